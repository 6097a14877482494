//! What was typed. Flags, help and their texts come from these definitions alone; `settings` says what they mean.

mod embed;
mod keys;
mod verify_page;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use embed::{CredentialsRule, EmbedArgs, ProfileName};
pub(crate) use keys::{DeriveArgs, KeyAccess, KeyCommand, KeygenArgs, ShowArgs};
pub(crate) use verify_page::VerifyPageArgs;

const EXAMPLES: &str = "\
Examples:
  watermark keygen --out studio.key
  watermark key derive studio.key --title 'Episode 12' --out episode-12.key
  watermark embed still.png --out still-marked.png --key episode-12.key
  watermark embed stills --out marked --key episode-12.key --resume
  watermark detect suspect.jpg --key episode-12.key
  watermark demo
  watermark verify-page

Exit codes:
  0  done; detect: a mark was found in every input
  1  detect: no mark was found in at least one input
  2  trouble with an input, an option or a file
  3  embed: the picture cannot carry the mark; nothing was written
  130, 143  interrupted (SIGINT, SIGTERM): the files in work were finished";

/// Invisible, keyed watermarks for pictures: marks them, and reads them back from copies without the original.
#[derive(Debug, Parser)]
#[command(name = "watermark", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
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
    /// Mark a picture that ships with the program, attack copies of it, and read them back.
    Demo(DemoArgs),
    /// Serve the page that looks for marks in the browser, to browsers on this machine only.
    VerifyPage(VerifyPageArgs),
}

/// Arguments of `detect`.
#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    /// Pictures to look at: PNG, JPEG, WebP, TIFF.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Key file to read with; several make a key ring, and the mark of any of them is found.
    #[arg(long = "key", required = true, value_name = "KEYFILE")]
    pub(crate) keys: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) access: KeyAccess,
    /// How much of the geometry search is done.
    #[arg(long, value_enum, default_value_t = EffortName::Normal)]
    pub(crate) effort: EffortName,
    /// One JSON object per input, on one line, instead of sentences.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How much of the geometry search is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EffortName {
    /// Untouched geometry, mirrors and quarter turns only.
    Fast,
    /// Any rotation, scaling, mirror, aspect change and crop.
    Normal,
    /// As normal with more candidates and finer steps, several times slower.
    Thorough,
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
    use clap::CommandFactory;

    #[test]
    fn the_definitions_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
