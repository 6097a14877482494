//! Results as JSON, one object on one line. Field names are promised.

use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use watermark_core::{Detection, Geometry, Mark, Verdict};

/// The result of `detect` for one file. The fields of the strongest mark, or of the strongest trace of one, stand at
/// the top level; with an `error` they are null, and `found` is false.
#[derive(Debug, Default, Serialize)]
pub(crate) struct DetectReport {
    file: String,
    #[serde(flatten)]
    strongest: MarkFields,
    /// Every mark that is found or inconclusive, the strongest first.
    marks: Vec<MarkFields>,
    elapsed_ms: u64,
    error: Option<String>,
}

/// What is said of one mark.
#[derive(Debug, Default, Clone, Serialize)]
struct MarkFields {
    verdict: Option<&'static str>,
    found: bool,
    payload: Option<String>,
    bits: Option<usize>,
    authentic: Option<bool>,
    log10_p: Option<f64>,
    key_id: Option<String>,
    margin_db: Option<f64>,
    geometry: Option<GeometryFields>,
}

#[derive(Debug, Clone, Serialize)]
struct GeometryFields {
    rotation_deg: Option<f64>,
    aspect: Option<f64>,
    mirrored: bool,
    full_short_side_px: Option<f64>,
}

/// The result of `embed`. With an `error` what was not reached is null.
#[derive(Debug, Default, Serialize)]
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
}

impl DetectReport {
    /// The report of an answer.
    pub(crate) fn of(file: &Path, detection: &Detection, elapsed_ms: u64) -> Self {
        let marks = detection.marks.iter().filter(|mark| mark.verdict != Verdict::NotFound);
        Self {
            file: file.to_string_lossy().into_owned(),
            strongest: MarkFields::of(detection.strongest()),
            marks: marks.map(MarkFields::of).collect(),
            elapsed_ms,
            error: None,
        }
    }

    /// The report of a file that could not be looked at.
    pub(crate) fn failed(file: &Path, error: &anyhow::Error, elapsed_ms: u64) -> Self {
        let file = file.to_string_lossy().into_owned();
        Self { file, elapsed_ms, error: Some(format!("{error:#}")), ..Self::default() }
    }
}

impl MarkFields {
    fn of(mark: &Mark) -> Self {
        Self {
            verdict: Some(mark.verdict.as_str()),
            found: mark.verdict == Verdict::Found,
            payload: mark.payload.as_ref().map(ToString::to_string),
            bits: mark.payload.as_ref().map(|payload| payload.class().bits()),
            authentic: mark.authentic,
            log10_p: number(mark.log10_p),
            key_id: Some(mark.key_id.to_string()),
            margin_db: number(mark.margin_db),
            geometry: mark.geometry.as_ref().map(GeometryFields::of),
        }
    }
}

impl GeometryFields {
    fn of(geometry: &Geometry) -> Self {
        Self {
            rotation_deg: number(geometry.rotation_deg),
            aspect: number(geometry.aspect),
            mirrored: geometry.mirrored,
            full_short_side_px: number(geometry.full_short_side_px),
        }
    }
}

/// A number as JSON can hold it: finite, or null; three decimals, which is more than any of them is known to.
pub(crate) fn number(value: f64) -> Option<f64> {
    // The sum turns -0 into 0.
    value.is_finite().then(|| (value * 1000.0).round() / 1000.0 + 0.0)
}

/// An object on one line.
pub(crate) fn line(report: &impl Serialize) -> Result<String> {
    Ok(serde_json::to_string(report)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_file_has_every_field() {
        let report = DetectReport::failed(Path::new("a.png"), &anyhow::anyhow!("no"), 7);
        let expected = r#"{"file":"a.png","verdict":null,"found":false,"payload":null,"bits":null,"authentic":null,"#
            .to_owned()
            + r#""log10_p":null,"key_id":null,"margin_db":null,"geometry":null,"marks":[],"elapsed_ms":7,"error":"no"}"#;
        assert_eq!(line(&report).unwrap(), expected);
    }

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number(f64::NEG_INFINITY), None);
        assert_eq!(number(f64::NAN), None);
        assert_eq!(number(-12.345_678), Some(-12.346));
        assert_eq!(number(-0.000_1).map(f64::to_bits), Some(0.0_f64.to_bits()));
    }
}
