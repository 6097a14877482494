//! What the sums of a clip come to: the same two statistics as for a picture, over frames and octaves.

use super::evidence::{Evidence, Weights};
use crate::code::Reader;
use crate::decide::assess::{Assessment, Look, assess_combinations};
use crate::decide::null::log10_corrected;
use crate::demod::OctaveSoft;

/// Least weight of an octave.
const LEAST_WEIGHT: f32 = 0.02;
/// Spans that a part of the clip has at least, to be looked at by itself.
const LEAST_SPANS: usize = 2;

/// What a look at the sums shows.
pub(super) struct Seen {
    /// Corrected for the tests of this look.
    pub(super) assessment: Assessment,
    /// Octaves behind the assessment.
    pub(super) octaves: Vec<OctaveSoft>,
}

/// Looks at the sums: the whole clip, by the template's weights and evenly, and where that shows nothing and `parts` is
/// set its halves and quarters.
pub(super) fn look_at(evidence: &Evidence, reader: &Reader, look: Look, parts: bool) -> Option<Seen> {
    let whole = 0..evidence.spans();
    let mut best: Option<Seen> = None;
    let mut looks = 0_u64;
    let mut consider = |range: std::ops::Range<usize>, weights: Weights, look: Look| {
        let octaves = evidence.together(range, weights);
        if octaves.is_empty() {
            return false;
        }
        looks += 1;
        let assessment = assess_combinations(&octaves, &combinations(&octaves), reader, look);
        let read = assessment.decoded.is_some();
        if best.as_ref().is_none_or(|best| assessment.is_better_than(&best.assessment)) {
            best = Some(Seen { assessment, octaves });
        }
        read
    };
    let read = consider(whole.clone(), Weights::Template, look) | consider(whole.clone(), Weights::Even, look);
    if !read && parts {
        for count in [2, 4] {
            let at = |part: usize| part * whole.end / count;
            for part in (0..count).filter(|_| whole.end >= count * LEAST_SPANS) {
                consider(at(part)..at(part + 1), Weights::Template, Look::Brief);
            }
        }
    }
    let mut seen = best?;
    seen.assessment.tests *= looks;
    seen.assessment.log10_p = log10_corrected(seen.assessment.log10_p, looks);
    seen.assessment.log10_word = log10_corrected(seen.assessment.log10_word, looks);
    Some(seen)
}

/// Weights of the octaves: by their templates, evenly, each alone. The template of many frames together says more of
/// an octave than that of one, so nothing is taken off for its noise.
fn combinations(octaves: &[OctaveSoft]) -> Vec<Vec<f32>> {
    let mut out = vec![template_weights(octaves)];
    if octaves.len() > 1 {
        out.push(vec![1.0; octaves.len()]);
        out.extend((0..octaves.len()).map(|i| (0..octaves.len()).map(|j| if i == j { 1.0 } else { 0.0 }).collect()));
    }
    out
}

/// Weights of octaves by the coherence of their templates.
pub(super) fn template_weights(octaves: &[OctaveSoft]) -> Vec<f32> {
    octaves.iter().map(|octave| octave.coherence.max(LEAST_WEIGHT)).collect()
}
