//! The decision: evidence to verdict.

pub(crate) mod assess;
mod clip;
mod detector;
mod geometry;
mod null;
mod planes;
mod progress;
#[cfg(feature = "trials")]
mod trials;

pub use clip::{ClipDetection, ClipDetector, ClipFrame, OctaveReading, TimeRange};
pub use detector::Detector;
#[cfg(feature = "trials")]
pub use trials::{DecisionTrials, Trial};

use crate::{KeyId, Payload};

/// What the evidence allows to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// `log10_p <= -9`.
    Found,
    /// `-9 < log10_p <= -4`.
    Inconclusive,
    /// Anything weaker.
    NotFound,
}

impl Verdict {
    /// Largest `log10_p` that is `Found`.
    pub const FOUND_LOG10_P: f64 = -9.0;
    /// Largest `log10_p` that is `Inconclusive`.
    pub const INCONCLUSIVE_LOG10_P: f64 = -4.0;

    /// The verdict for an evidence value.
    pub fn of(log10_p: f64) -> Self {
        if log10_p <= Self::FOUND_LOG10_P {
            Self::Found
        } else if log10_p <= Self::INCONCLUSIVE_LOG10_P {
            Self::Inconclusive
        } else {
            Self::NotFound
        }
    }

    /// `found`, `inconclusive` or `not_found`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Inconclusive => "inconclusive",
            Self::NotFound => "not_found",
        }
    }
}

/// What was done to the picture since it was marked.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Geometry {
    /// Rotation of the picture, degrees counter-clockwise as seen, range (-180, 180].
    pub rotation_deg: f64,
    /// Width scale over height scale, before the rotation.
    pub aspect: f64,
    /// Whether the picture was mirrored (left to right, before the rotation).
    pub mirrored: bool,
    /// Short side that the whole original would have at the suspect's scale, pixels. Which side is the short one is not
    /// in the mark; it is taken to be as in the suspect picture.
    pub full_short_side_px: f64,
    /// Whether [`Self::full_short_side_px`] can be relied on. The pattern repeats at pitches of 1 : 2 : 4, and a weak reading may
    /// take one for another: 10 of 133 did with a margin below 0 dB, 2 of 6,243 above (laboratory, suite `core`).
    pub scale_certain: bool,
}

/// Where the mark is: a coarse grid over the suspect picture.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceMap {
    /// Cells in a row.
    pub columns: usize,
    /// Rows of cells.
    pub rows: usize,
    /// Row-major, each cell's agreement with the mark that was read, in standard deviations of no mark.
    pub z: Vec<f32>,
}

/// One mark that was read, or the strongest trace of one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mark {
    /// Key that reads it.
    pub key_id: KeyId,
    /// Verdict for this mark.
    pub verdict: Verdict,
    /// How often an unmarked picture would give such a reading, log10, corrected for everything tried. At most 0.
    pub log10_p: f64,
    /// The user's bits when the code was readable.
    pub payload: Option<Payload>,
    /// Whether the tag shows that the key's owner issued this payload; `None` with a detect-only key or without payload.
    pub authentic: Option<bool>,
    /// Signal over the decoder's threshold, dB.
    pub margin_db: f64,
    /// Estimated geometry; `None` when nothing was found.
    pub geometry: Option<Geometry>,
    /// Where the mark is; `None` when the payload was not read.
    pub evidence: Option<EvidenceMap>,
}

/// The answer for one picture.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Detection {
    /// The strongest mark first; never empty: without a mark it holds the strongest trace, `NotFound`.
    pub marks: Vec<Mark>,
    /// Number of hypotheses (alignments x keys x statistics) that `log10_p` was corrected for.
    pub tried: u64,
}

impl Detection {
    /// The strongest mark or trace.
    pub fn strongest(&self) -> &Mark {
        &self.marks[0]
    }
    /// Verdict of the strongest mark.
    pub fn verdict(&self) -> Verdict {
        self.strongest().verdict
    }
}
