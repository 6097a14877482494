//! What is said of one picture, as fields. Their names are promised.

use serde::Serialize;
use watermark_core::{Detection, Geometry, Mark, Verdict};

/// Readings of unmarked pictures, or with the wrong key, that were made so far to test `log10_p`
/// (docs/robustness.md). They bear out probabilities down to about their reciprocal; what is smaller rests on the
/// model alone, and whoever states such a figure states that too.
pub const WRONG_KEY_TRIALS: u64 = 100_000;

/// The result of `detect` for one file. The fields of the strongest mark, or of the strongest trace of one, stand at
/// the top level; with an `error` they are null, and `found` is false.
#[derive(Debug, Default, Serialize)]
pub struct DetectReport {
    /// The input, as it was typed or dropped.
    pub file: String,
    /// The strongest mark, or the strongest trace of one.
    #[serde(flatten)]
    pub strongest: MarkFields,
    /// Every mark that is found or inconclusive, the strongest first.
    pub marks: Vec<MarkFields>,
    /// Time for this file.
    pub elapsed_ms: u64,
    /// What went wrong, in a sentence.
    pub error: Option<String>,
}

/// What is said of one mark.
#[derive(Debug, Default, Clone, Serialize)]
pub struct MarkFields {
    /// `found`, `inconclusive` or `not_found`; null with an error.
    pub verdict: Option<&'static str>,
    /// Whether the verdict is `found`.
    pub found: bool,
    /// The bits that were read, hexadecimal.
    pub payload: Option<String>,
    /// How many they are.
    pub bits: Option<usize>,
    /// Whether the key's owner issued the payload; null where the key cannot tell.
    pub authentic: Option<bool>,
    /// How often an unmarked picture would give such a reading, decimal logarithm.
    pub log10_p: Option<f64>,
    /// Public identifier of the key that reads the mark.
    pub key_id: Option<String>,
    /// Signal over what reading needs, dB.
    pub margin_db: Option<f64>,
    /// What happened to the picture since it was marked.
    pub geometry: Option<GeometryFields>,
}

/// What happened to the picture since it was marked.
#[derive(Debug, Clone, Serialize)]
pub struct GeometryFields {
    /// Rotation, degrees counter-clockwise.
    pub rotation_deg: Option<f64>,
    /// Width over height, 1 when unchanged.
    pub aspect: Option<f64>,
    /// Whether it was mirrored.
    pub mirrored: bool,
    /// The short side that the whole original would have at this copy's scale.
    pub full_short_side_px: Option<f64>,
    /// Whether that can be relied on; of a weak reading it may be off by a power of two.
    pub scale_certain: bool,
}

impl DetectReport {
    /// The report of an answer.
    pub fn of(file: &str, detection: &Detection, elapsed_ms: u64) -> Self {
        let marks = detection.marks.iter().filter(|mark| mark.verdict != Verdict::NotFound);
        Self {
            file: file.to_owned(),
            strongest: MarkFields::of(detection.strongest()),
            marks: marks.map(MarkFields::of).collect(),
            elapsed_ms,
            error: None,
        }
    }

    /// The report of a file that could not be looked at.
    pub fn failed(file: &str, error: impl Into<String>, elapsed_ms: u64) -> Self {
        Self { file: file.to_owned(), elapsed_ms, error: Some(error.into()), ..Self::default() }
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
            scale_certain: geometry.scale_certain,
        }
    }
}

/// A number as JSON can hold it: finite, or null; three decimals, which is more than any of them is known to.
pub fn number(value: f64) -> Option<f64> {
    // The sum turns -0 into 0.
    value.is_finite().then(|| (value * 1000.0).round() / 1000.0 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_finite() {
        assert_eq!(number(f64::NEG_INFINITY), None);
        assert_eq!(number(f64::NAN), None);
        assert_eq!(number(-12.345_678), Some(-12.346));
        assert_eq!(number(-0.000_1).map(f64::to_bits), Some(0.0_f64.to_bits()));
    }
}
