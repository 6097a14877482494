//! The measurements: benches, then the table made of them, in one go.

use std::ffi::OsString;
use std::fs;

use crate::cargo::{Outcome, Run, cargo, root, target_dir};

/// Runs the benches into a directory of their own, so that no older figure is mixed in, and writes the document.
pub(crate) fn run(bench_arguments: &[OsString]) -> Outcome {
    let home = target_dir().join("measurements");
    if home.exists() {
        fs::remove_dir_all(&home).map_err(|error| format!("{}: cannot be cleared: {error}", home.display()))?;
    }
    let table = ["run", "--release", "-p", "watermark-benches", "--bin", "table", "--"];
    // Built before the benches, so that compiling is over when the load of the machine is taken down.
    cargo(["build", "--release", "-p", "watermark-benches", "--bin", "table"]).run()?;
    cargo(["bench", "-p", "watermark-benches", "--no-run"]).run()?;
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("unknown").to_owned();
    cargo(["bench", "-p", "watermark-benches", "--"]).args(bench_arguments).env("CRITERION_HOME", &home).run()?;
    let options = bench_arguments.iter().map(|argument| argument.to_string_lossy()).collect::<Vec<_>>().join(" ");
    cargo(table)
        .args(["--write", "--load-before", load.as_str(), "--bench-options", options.as_str()])
        .env("CRITERION_HOME", &home)
        .run()
}

/// Measures what marking adds to decoding and encoding each format, and writes the page.
pub(crate) fn files() -> Outcome {
    cargo(["build", "--release", "-p", "watermark-benches", "--bin", "formats"]).run()?;
    let page = Run::new(target_dir().join("release/formats")).text()?;
    write("docs/measurements-files.md", &page)
}

/// Measures what marking and reading a film cost beside ffmpeg alone, and writes the page.
pub(crate) fn films() -> Outcome {
    of_the_program("films")
}

/// Measures what a batch takes of processors and memory, and writes the page.
pub(crate) fn batch() -> Outcome {
    of_the_program("batch")
}

/// Writes the page of a bench that runs the command line.
fn of_the_program(bench: &str) -> Outcome {
    cargo(["build", "--release", "-p", "watermark-benches", "--bin", bench]).run()?;
    cargo(["build", "--release", "-p", "watermark-cli"]).run()?;
    let programs = target_dir().join("release");
    let page = Run::new(programs.join(bench)).args([programs.join("watermark")]).text()?;
    write(&format!("docs/measurements-{bench}.md"), &page)
}

fn write(document: &str, page: &str) -> Outcome {
    let path = root().join(document);
    fs::write(&path, page).map_err(|error| format!("{}: {error}", path.display()))
}
