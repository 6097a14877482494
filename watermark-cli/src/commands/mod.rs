//! What each command does: a short list of calls each, in the order in which things happen.

mod demo;
mod detect;
mod embed;
mod key;
mod keygen;
mod manual;
mod verify_page;

use anyhow::Result;

use crate::args::Command;

/// Runs a command and gives the code to leave with.
pub(crate) fn run(command: Command) -> Result<u8> {
    match command {
        Command::Keygen(args) => keygen::run(&args),
        Command::Key(command) => key::run(&command),
        Command::Embed(args) => embed::run(&args),
        Command::Detect(args) => detect::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::VerifyPage(args) => verify_page::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}
