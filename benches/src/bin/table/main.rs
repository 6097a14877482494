//! Makes docs/measurements.md of what the benches measured, and measures the memory itself.
//!
//! `table` prints; `table --write` writes the document. `cargo xtask measure` runs the benches first and then this.

mod document;
mod estimates;
mod memory;

use std::path::Path;
use std::process::ExitCode;

use document::Measured;

/// What was asked for on the command line.
#[derive(Debug, Default)]
struct Options {
    write: bool,
    load_before: Option<String>,
    bench_options: String,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [memory::CHILD, step, size] => memory::in_child(step, size),
        _ => parse(&arguments).and_then(|options| table(&options)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("table: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().cloned().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "--write" => options.write = true,
            "--load-before" => options.load_before = Some(value()?),
            "--bench-options" => options.bench_options = value()?,
            other => return Err(format!("unknown argument {other}")),
        }
    }
    Ok(options)
}

fn table(options: &Options) -> Result<(), String> {
    let measured = Measured {
        times: estimates::read(&watermark_benches::estimates())?,
        memory: memory::measure(),
        commit: watermark_benches::commit(),
        machine: watermark_benches::machine(),
        load_before: options.load_before.clone(),
        bench_options: options.bench_options.clone(),
    };
    let text = document::of(&measured);
    if !options.write {
        print!("{text}");
        return Ok(());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/measurements.md");
    std::fs::write(&path, text).map_err(|error| format!("docs/measurements.md cannot be written: {error}"))?;
    eprintln!("table: wrote docs/measurements.md");
    Ok(())
}
