//! Project tasks, each one command on a fresh machine: the tests, the wasm32 build check, the measurements.

mod cargo;
mod deb;
mod floors;
mod measure;
mod wasm;
mod web;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use cargo::cargo;

const HELP: &str = "\
Usage: cargo xtask TASK [ARGUMENTS...]

Tasks:
  test        every test of every crate, and the examples in the documentation; ARGUMENTS go to `cargo test`
  wasm-check  build what has to build for wasm32-unknown-unknown, with whichever compiler here can
  web         build the browser page (watermark-wasm/page) and the npm package (watermark-wasm/pkg)
  web-test    test the built page in headless Chromium; ARGUMENTS go to `node --test`
  web-agreement FOLDER...
              compare native and browser on every picture of the folders; writes docs/studies/browser-agreement.md
  web-measure measure the page in headless Chromium; writes docs/measurements-browser.md
  web-screenshots
              take the pictures of the page that the documents show
  deb         build a Debian package of the command line (target/debian); needs dpkg-dev
  floors      run the laboratory's quick suite and fail where a row is below its floor in lab/floors.toml; with
              `--record` write the floors
  measure     run the benches and write docs/measurements.md; ARGUMENTS go to the benches (e.g. --quick)
  measure-files
              measure what marking adds to each format; writes docs/measurements-files.md
  measure-films
              measure what marking and reading a film cost beside ffmpeg; writes docs/measurements-films.md
  measure-batch
              measure what thousands of files and very large ones take; writes docs/measurements-batch.md";

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let outcome = match task.to_str() {
        Some("test") => cargo(["test", "--workspace"]).args(rest).run(),
        Some("wasm-check") => wasm::check(),
        Some("web") => web::build(),
        Some("web-test") => web::test(&rest),
        Some("web-agreement") => web::agreement(&rest),
        Some("web-measure") => web::measure(),
        Some("web-screenshots") => web::screenshots(),
        Some("floors") => floors::run(rest.iter().any(|argument| argument == "--record")),
        Some("deb") => deb::build(),
        Some("measure-files") => measure::files(),
        Some("measure-films") => measure::films(),
        Some("measure-batch") => measure::batch(),
        Some("measure") => measure::run(&rest),
        Some("help" | "--help" | "-h") => {
            println!("{HELP}");
            Ok(())
        }
        _ => Err(format!("no such task: {}\n\n{HELP}", task.display())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::from(2)
        }
    }
}
