//! What each command does: a short list of calls each, in the order in which things happen.

mod demo;
mod detect;
mod embed;
mod key;
mod keygen;
mod manual;
pub(crate) mod registry;
mod report;
mod verify_page;

use anyhow::Result;

use crate::args::{Cli, Command};
use crate::config::Config;

/// Runs a command and gives the code to leave with.
pub(crate) fn run(cli: Cli) -> Result<u8> {
    // Read where it is used alone: a page or a key needs no configuration, and no trouble with one.
    let config = || Config::find(cli.config.as_deref());
    match cli.command {
        Command::Keygen(args) => keygen::run(&args),
        Command::Key(command) => key::run(&command),
        Command::Embed(args) => embed::run(*args, config()?),
        Command::Detect(args) => detect::run(&args, &config()?),
        Command::Report(args) => report::run(&args, &config()?),
        Command::Demo(args) => demo::run(&args),
        Command::VerifyPage(args) => verify_page::run(&args),
        Command::Registry(command) => registry::run(&command, &config()?),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}
