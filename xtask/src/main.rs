//! Project tasks, each one command on a fresh machine: the tests, the wasm32 build check, the measurements.

mod cargo;
mod measure;
mod wasm;

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use cargo::cargo;

const HELP: &str = "\
Usage: cargo xtask TASK [ARGUMENTS...]

Tasks:
  test        every test of every crate, and the examples in the documentation; ARGUMENTS go to `cargo test`
  wasm-check  build what has to build for wasm32-unknown-unknown, with whichever compiler here can
  measure     run the benches and write docs/measurements.md; ARGUMENTS go to the benches (e.g. --quick)";

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let task = arguments.next().unwrap_or_default();
    let rest: Vec<OsString> = arguments.collect();
    let outcome = match task.to_str() {
        Some("test") => cargo(["test", "--workspace"]).args(rest).run(),
        Some("wasm-check") => wasm::check(),
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
