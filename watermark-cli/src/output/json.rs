//! Results as JSON, one object on one line. Field names are promised.

use anyhow::Result;
use serde::Serialize;

pub(crate) use watermark_formats::number;

/// The result of `embed`. With an `error` what was not reached is null.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct EmbedReport {
    /// Input, as it was typed.
    pub(crate) file: String,
    /// The file that was written, null when none was.
    pub(crate) output: Option<String>,
    /// The bits carried, hexadecimal.
    pub(crate) payload: Option<String>,
    /// How many they are.
    pub(crate) bits: Option<usize>,
    /// `given`, or `content` when it was derived from the picture.
    pub(crate) payload_from: Option<&'static str>,
    /// Public identifier of the key.
    pub(crate) key_id: Option<String>,
    /// PSNR of the mark, before a lossy format adds its own changes, dB.
    pub(crate) psnr_db: Option<f64>,
    /// Margin of the read-back over the decoder's threshold, dB.
    pub(crate) margin_db: Option<f64>,
    /// Evidence of the read-back.
    pub(crate) log10_p: Option<f64>,
    /// What was read back: `pixels` (written without loss) or `file` (decoded again after a lossy format).
    pub(crate) read_back: Option<&'static str>,
    /// SSIMULACRA2 of the mark, with `--metrics`.
    pub(crate) ssimulacra2: Option<f64>,
    /// Number of tiles it is the mean of; 1: the whole picture at once.
    pub(crate) ssimulacra2_tiles: Option<usize>,
    /// Whether the picture was refused because it cannot carry the mark.
    pub(crate) refused: bool,
    /// Time taken.
    pub(crate) elapsed_ms: u64,
    /// What went wrong.
    pub(crate) error: Option<String>,
    /// `marked`, `unchanged` (done by an earlier run), `refused` (it cannot carry the mark, or must not be marked),
    /// `failed`, `skipped` (not a picture, or by a rule), or `planned` with `--dry-run`.
    pub(crate) status: &'static str,
    /// What it was marked for, in the user's words.
    pub(crate) label: Option<String>,
    /// Who the copy is for.
    pub(crate) recipient: Option<String>,
    /// Of a clip; pictures have no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clip: Option<ClipReport>,
    /// What of the input was not kept, and what else is worth knowing, in sentences.
    pub(crate) losses: Vec<String>,
}

/// What `embed` says of a clip besides.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ClipReport {
    /// Frames marked.
    pub(crate) frames: u64,
    /// Shots that the marker saw.
    pub(crate) shots: u64,
    /// Frames done in a second, decoding and encoding included.
    pub(crate) frames_per_second: f64,
    /// Codec written.
    pub(crate) codec: &'static str,
    /// Frames of the written file that were looked at, each by itself.
    pub(crate) frames_looked_at: usize,
    /// How many of them gave the payload.
    pub(crate) frames_read: usize,
}

/// An object on one line.
pub(crate) fn line(report: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(report)?)
}
