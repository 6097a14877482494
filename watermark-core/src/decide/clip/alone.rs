//! One frame by itself: that whose template stands out most. A codec that leaves the mark in a key frame and takes it from
//! those between makes a clip in which adding frames up hides what one of them proves.

use super::evidence::Evidence;
use super::verdict::{Seen, look_at};
use crate::code::Reader;
use crate::decide::assess::Look;
use crate::decide::null::log10_corrected;
use crate::demod::Heard;

/// A frame, and how many it was chosen from.
pub(super) struct Alone {
    /// Its time, and those of the first and the last frame behind what was heard, seconds.
    time_s: f64,
    times: (f64, f64),
    heard: Vec<Heard>,
    template: f64,
    of: u64,
}

impl Alone {
    pub(super) fn new(time_s: f64, heard: Vec<Heard>) -> Self {
        Self::chosen(time_s, (time_s, time_s), heard, 1)
    }

    /// One that was chosen from so many already.
    #[inline(never)]
    pub(super) fn chosen(time_s: f64, times: (f64, f64), heard: Vec<Heard>, of: u64) -> Self {
        Self { time_s, times, template: template(&heard), heard, of }
    }

    /// The one of two, chosen from all that they were chosen from.
    pub(super) fn or(self, other: Self) -> Self {
        let of = self.of + other.of;
        if other.template > self.template { Self { of, ..other } } else { Self { of, ..self } }
    }

    /// Looks at it, as one that was chosen: chance had as many tries as there were frames.
    #[inline(never)]
    pub(super) fn look(self, reader: &Reader) -> Option<(Evidence, Seen)> {
        let mut evidence = Evidence::new(2);
        evidence.add_over(self.time_s, self.times, self.heard);
        let mut seen = look_at(&evidence, reader, Look::Thorough, false)?;
        seen.assessment.tests *= self.of;
        seen.assessment.log10_p = log10_corrected(seen.assessment.log10_p, self.of);
        seen.assessment.log10_word = log10_corrected(seen.assessment.log10_word, self.of);
        Some((evidence, seen))
    }
}

/// Energy of the template over octaves, each under the weighting in which it stands out most.
pub(super) fn template(heard: &[Heard]) -> f64 {
    let coherence = |heard: &Heard| heard.iter().map(|o| f64::from(o.coherence.max(0.0))).fold(0.0, f64::max);
    heard.iter().map(|heard| coherence(heard) * coherence(heard)).sum()
}
