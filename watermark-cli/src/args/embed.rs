//! Arguments of `embed`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::KeyAccess;

/// Arguments of `embed`.
#[derive(Debug, Args)]
pub(crate) struct EmbedArgs {
    /// Picture to mark: PNG, JPEG, WebP, TIFF. It is not changed.
    #[arg(value_name = "INPUT")]
    pub(crate) input: PathBuf,
    /// File to write; its extension gives the format.
    #[arg(long, value_name = "OUTPUT")]
    pub(crate) out: PathBuf,
    /// Key file to mark with.
    #[arg(long, value_name = "KEYFILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) access: KeyAccess,
    /// The bits to carry, as 8, 16 or 32 hexadecimal digits. Without it an id is derived from the picture's content:
    /// the same picture and key give the same id.
    #[arg(long, value_name = "HEX")]
    pub(crate) payload: Option<String>,
    /// How many bits to carry: 32, 64 or 128. Default: as many as the payload has, else 64.
    #[arg(long, value_name = "BITS", value_parser = ["32", "64", "128"])]
    pub(crate) bits: Option<String>,
    /// How strong the mark is [default: standard].
    #[arg(long, value_enum, conflicts_with = "psnr")]
    pub(crate) profile: Option<ProfileName>,
    /// Strength as the PSNR of the marked picture against the original, in dB, 30 to 60; lower is stronger.
    #[arg(long, value_name = "DB", allow_negative_numbers = true)]
    pub(crate) psnr: Option<f64>,
    /// Also report SSIMULACRA2 (100: no difference; 90: invisible side by side). Keeps a second copy of the picture.
    #[arg(long)]
    pub(crate) metrics: bool,
    /// Replace OUTPUT when it exists. It is never the same file as INPUT.
    #[arg(long)]
    pub(crate) force: bool,
    /// One JSON object on one line instead of sentences.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Named strengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// For masters and prints: about 4 dB quieter than standard.
    Subtle,
    /// The default.
    Standard,
    /// For pictures that will be mistreated: about 3 dB louder than standard.
    Robust,
}
