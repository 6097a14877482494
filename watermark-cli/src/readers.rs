//! The readers of small files that users write, for the fuzzer: each says whether a file is accepted, or what the user
//! would be told. No part of the program's interface.

use std::path::Path;

use anyhow::{Result, bail};
use clap::Parser;

use crate::args::{Cli, Command, EmbedArgs};
use crate::batch::{Journal, has_credentials, lists};
use crate::config::Config;
use crate::key_ring::KeyRing;
use crate::output::text::printable;
use crate::settings;

/// What a reader makes of a file.
pub type Reader = fn(&Path) -> std::result::Result<(), String>;

/// Lists of inputs.
pub fn manifest(path: &Path) -> std::result::Result<(), String> {
    told(arguments().and_then(|args| lists::manifest(path, &args, settings::strength(&args)?).map(drop)))
}

/// Lists of recipients.
pub fn recipients(path: &Path) -> std::result::Result<(), String> {
    told(arguments().and_then(|args| lists::recipients(path, &args).map(drop)))
}

/// The configuration, and what its rules say of a file.
pub fn configuration(path: &Path) -> std::result::Result<(), String> {
    told(Config::find(Some(path)).map(|config| {
        config.rules.of(Path::new("shots/010/a.png"));
    }))
}

/// Key rings.
pub fn key_ring(path: &Path) -> std::result::Result<(), String> {
    told(KeyRing::read(path, true).map(drop))
}

/// The journal of an output directory: whether it names a file. Opened twice it says the same.
pub fn journal(folder: &Path) -> std::result::Result<bool, String> {
    let read = || Journal::open(folder, true).map(|journal| journal.named());
    let result = read().and_then(|first| Ok((first, read()?))).map_err(|error| printable(&format!("{error:#}")));
    result.map(|(first, second)| {
        assert_eq!(first, second, "a journal that says something else the second time");
        first > 0
    })
}

/// Whether a film has content credentials.
pub fn film_credentials(path: &Path) -> bool {
    has_credentials(path)
}

fn told(result: Result<()>) -> std::result::Result<(), String> {
    result.map_err(|error| printable(&format!("{error:#}")))
}

/// Those of a plain command.
fn arguments() -> Result<EmbedArgs> {
    match Cli::try_parse_from(["watermark", "embed", "a.png", "--out", "b"])?.command {
        Command::Embed(args) => Ok(*args),
        _ => bail!("another command"),
    }
}
