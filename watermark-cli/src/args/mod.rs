//! What was typed. Flags, help and their texts come from these definitions alone; `settings` says what they mean.

mod detect;
mod embed;
mod keys;
mod manual;
pub(crate) mod registry;
mod verify_page;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

pub(crate) use detect::{DetectArgs, EffortName, LanguageName, ReportArgs, SuspectArgs};
pub(crate) use embed::{CredentialsRule, EmbedArgs, ProfileName};
pub(crate) use keys::{DeriveArgs, KeyAccess, KeyCommand, KeygenArgs, ShowArgs};
pub(crate) use manual::{CompletionsArgs, ManArgs};
pub(crate) use verify_page::VerifyPageArgs;

const EXAMPLES: &str = "\
Examples:
  watermark keygen --out studio.key
  watermark key derive studio.key --title 'Episode 12' --out episode-12.key
  watermark embed still.png --out still-marked.png --key episode-12.key
  watermark embed stills --out marked --key episode-12.key --resume
  watermark detect suspect.jpg --key episode-12.key
  watermark report suspect.jpg --key episode-12.key --registry studio.db --out report.html
  watermark demo
  watermark verify-page

Exit codes:
  0  done; detect: a mark was found in every input
  1  detect: no mark was found in at least one input
  2  trouble with an input, an option or a file
  3  embed: the picture cannot carry the mark; nothing was written
  130, 143, 129  embed: interrupted (SIGINT, SIGTERM, SIGHUP); the pictures in work were finished";

/// Invisible, keyed watermarks for pictures: marks them, and reads them back from copies without the original.
#[derive(Debug, Parser)]
#[command(name = "watermark", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// Configuration file [default: watermark.toml in the directory where the program runs, if it is there].
    #[arg(long, global = true, value_name = "FILE", env = "WATERMARK_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// From a program's arguments, its name first. A variable of the environment that is set to nothing names nothing.
    ///
    /// # Errors
    /// What clap finds wrong with them; help and version come this way, too.
    pub(crate) fn of(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let mut command = without_empty_variables(Self::command());
        let mut matches = command.try_get_matches_from_mut(arguments)?;
        Self::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
    }
}

fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |name: &OsStr| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let heed = |arg: clap::Arg| {
        let empty = arg.get_env().is_some_and(is_empty);
        if empty { arg.env(Resettable::Reset) } else { arg }
    };
    command.mut_args(heed).mut_subcommands(without_empty_variables)
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a new master key from the system's random source.
    Keygen(KeygenArgs),
    /// Derive the key of a title, or show what a key file holds.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Mark a picture, or many.
    Embed(Box<EmbedArgs>),
    /// Look for marks in pictures.
    Detect(DetectArgs),
    /// Write a page on pictures that were found, for people who have to decide something by it.
    Report(ReportArgs),
    /// Mark a picture that ships with the program, attack copies of it, and read them back.
    Demo(DemoArgs),
    /// Serve the page that looks for marks in the browser, to browsers on this machine only.
    VerifyPage(VerifyPageArgs),
    /// Look into the registry of what was marked.
    #[command(subcommand)]
    Registry(registry::RegistryCommand),
    /// Print the completion script of a shell.
    Completions(CompletionsArgs),
    /// Write the manual pages into a directory.
    Man(ManArgs),
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Directory for `contact-sheet.png` and `marked.png`; made when it is missing. Only files with these two names
    /// are replaced.
    #[arg(long, value_name = "DIR", default_value = "demo-out")]
    pub(crate) out: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_consistent() {
        Cli::command().debug_assert();
    }
}
