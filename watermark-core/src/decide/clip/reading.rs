//! What is known of a key, and what a reading has come to.

use super::evidence::Evidence;
use super::segments::{self, TimeRange};
use super::verdict::{Seen, template_weights};
use crate::decide::assess::Assessment;
use crate::decide::{Geometry, Verdict, geometry};
use crate::demod::OctaveSoft;

/// What is known for one key.
pub(super) struct KeyReading {
    /// Sums of the untouched geometry.
    pub(super) direct: Evidence,
    pub(super) best: Best,
}

impl KeyReading {
    /// Without frames, for so many spans.
    pub(super) fn new(spans: usize) -> Self {
        let assessment = Assessment { log10_p: 0.0, tests: 0, decoded: None, log10_word: 0.0, snr: 0.0 };
        let (geometry, ranges, octaves) = (geometry::untouched(0.0), Vec::new(), Vec::new());
        Self { direct: Evidence::new(spans), best: Best { assessment, geometry, ranges, octaves } }
    }
}

/// The best reading so far.
pub(super) struct Best {
    pub(super) assessment: Assessment,
    pub(super) geometry: Geometry,
    pub(super) ranges: Vec<TimeRange>,
    pub(super) octaves: Vec<OctaveReading>,
}

impl Best {
    /// What the sums under a geometry have come to.
    pub(super) fn of(evidence: &Evidence, seen: Seen, geometry: Geometry) -> Self {
        let weights = template_weights(&seen.octaves);
        let word = seen.assessment.decoded.as_ref().map(|decoded| decoded.codeword.as_slice());
        let ranges = word.map(|word| segments::ranges(evidence, &weights, word)).unwrap_or_default();
        let octaves = octave_readings(&seen.octaves, word);
        Self { geometry, ranges, octaves, assessment: seen.assessment }
    }
}

/// What one octave of the mark has come to, for those who study what a clip went through.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct OctaveReading {
    /// Mean size of the template's peaks along their phases in a frame, over the noise around them: 0 without a mark.
    pub template: f64,
    /// Mean agreement of the coded bits with the word, standard deviations of no mark; 0 without a word.
    pub payload: f64,
}

/// What is told of each octave.
fn octave_readings(octaves: &[OctaveSoft], word: Option<&[u8]>) -> Vec<OctaveReading> {
    let payload = |octave: &OctaveSoft| {
        let word = word.unwrap_or_default();
        let along = word.iter().enumerate().map(|(bit, &value)| {
            let z = f64::from(octave.sums[bit] / octave.variances[bit].sqrt());
            if value == 0 { z } else { -z }
        });
        along.sum::<f64>() / word.len().max(1) as f64
    };
    octaves.iter().map(|octave| OctaveReading { template: octave.coherence.into(), payload: payload(octave) }).collect()
}

/// Whether the code was readable and chance is out of the question whatever else would be tried.
pub(super) fn is_certain(assessment: &Assessment) -> bool {
    assessment.log10_word < Verdict::FOUND_LOG10_P - 4.0
}
