//! Two runs side by side: what got better or worse, beyond noise.
//!
//! Trials are paired: the same picture, repetition, attack and seed in both runs. What one run alone has is left out.

mod pairs;
mod tables;

use crate::results::Results;
use anyhow::Context as _;
use pairs::Pairs;
use std::path::PathBuf;

/// What to compare.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder of the run before.
    before: PathBuf,
    /// Folder of the run after.
    after: PathBuf,
    /// Also write the comparison to this file.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Only these attacks.
    #[arg(long, value_delimiter = ',')]
    attacks: Vec<String>,
    /// Only rows beyond noise.
    #[arg(long)]
    brief: bool,
}

/// Compares and prints.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let (before, after) = (Results::read(&options.before)?, Results::read(&options.after)?);
    let wanted = |attack: &str| options.attacks.is_empty() || options.attacks.iter().any(|name| name == attack);
    let pairs = Pairs::new(&before, &after, wanted);
    anyhow::ensure!(!pairs.readings.is_empty(), "the two runs have no trial in common");
    let text = tables::text(&before, &after, &pairs, options.brief);
    print!("{text}");
    let Some(out) = &options.out else { return Ok(()) };
    std::fs::write(out, text).with_context(|| format!("writing {}", out.display()))
}
