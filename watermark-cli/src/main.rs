//! The `watermark` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    watermark_cli::run(std::env::args_os())
}
