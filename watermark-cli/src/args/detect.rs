//! Arguments of `detect` and `report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::KeyAccess;

/// What is looked at, and with what.
#[derive(Debug, Args)]
pub(crate) struct SuspectArgs {
    /// Pictures to look at: files, directories with all that is below them, quoted patterns such as 'found/**/*.jpg';
    /// `-`: standard input.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Key file to read with; several make a key ring, and the mark of any of them is found
    /// [env: WATERMARK_KEY].
    #[arg(long = "key", value_name = "KEYFILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// File that lists keys with their titles, days and status; all of them read, retired and revoked ones too
    /// [env: WATERMARK_KEY_RING].
    #[arg(long, value_name = "FILE")]
    pub(crate) key_ring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) access: KeyAccess,
    /// How much of the geometry search is done [default: normal].
    #[arg(long, value_enum)]
    pub(crate) effort: Option<EffortName>,
    /// Frames of an animation that are looked at, spread evenly. Of several pages each is.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) frames: u32,
    /// Registry that says which asset it is and for whom it was marked, and whether the content fits.
    #[arg(long, value_name = "DB", env = "WATERMARK_REGISTRY")]
    pub(crate) registry: Option<PathBuf>,
    /// Files in work at the same time [default: as many as there are processors].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

/// Arguments of `detect`.
#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    #[command(flatten)]
    pub(crate) suspects: SuspectArgs,
    /// One JSON object per input, on one line, instead of sentences.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Comma-separated values with a line of names, one row per input, instead of sentences.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) suspects: SuspectArgs,
    /// Page to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Language of the page.
    #[arg(long, value_enum, default_value_t = LanguageName::En)]
    pub(crate) lang: LanguageName,
    /// Replace a page that is there.
    #[arg(long)]
    pub(crate) force: bool,
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

/// Languages of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    /// English.
    En,
    /// Japanese.
    Ja,
}
