//! The `watermark` command line: what was typed (`args`), what it means (`settings`), what is done (`commands`),
//! and how the result is said (`output`).
//!
//! Results go to standard output, everything else to standard error. Exit codes: see `exit`.

mod args;
mod batch;
mod clip;
mod commands;
mod config;
mod detect;
mod draw;
mod exit;
mod fault;
mod files;
mod hash;
mod key_file;
mod key_ring;
mod metrics;
mod output;
mod passphrase;
#[doc(hidden)]
pub mod readers;
mod registry;
mod sequence;
mod settings;
mod signing_key;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line on `arguments` (the program's name first) and gives the code to leave with.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match args::Cli::of(arguments) {
        Ok(cli) => cli,
        Err(usage) => {
            // Help and version also come this way, with code 0. When the terminal is gone, there is nobody to tell.
            let _ = usage.print();
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(exit::TROUBLE));
        }
    };
    fault::quieten();
    exit::outlive_limits();
    match commands::run(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) if exit::reader_left(&error) => ExitCode::from(exit::TROUBLE),
        Err(error) => {
            output::complain(&error);
            ExitCode::from(exit::TROUBLE)
        }
    }
}
