//! When in the clip the mark is: every span's agreement with the word that the whole clip gave.

use super::evidence::{Evidence, SPAN_S, SpanSoft};
use super::verdict::template_weights;
use crate::demod::Mix;

/// Agreement of one span, standard deviations of no mark, at which the mark is there: of some hundreds of unmarked
/// spans one in a hundred clips shows one.
const CLEAR: f64 = 4.0;
/// The same for a span with its neighbours, and what the span itself then has to show; spans further apart than so many seconds
/// are none.
const WITH_NEIGHBOURS: (f64, f64) = (4.5, 1.0);
const NEAR_S: f64 = 2.0 * SPAN_S;

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct TimeRange {
    /// Time of its first frame, seconds.
    pub from_s: f64,
    /// Time of its last frame, seconds.
    pub to_s: f64,
}

/// The stretch of evidence that is one span, if that agrees with a codeword by itself.
pub(super) fn whole(evidence: &Evidence, codeword: &[u8]) -> Option<TimeRange> {
    let span = evidence.apart().into_iter().next()?;
    let there = agreement(&span, &template_weights(&span.octaves), codeword) >= CLEAR;
    there.then_some(TimeRange { from_s: span.times.0, to_s: span.times.1 })
}

/// Adds a stretch to a list in order; those that overlap, or are not further apart than spans are long, become one.
pub(super) fn add(ranges: &mut Vec<TimeRange>, mut new: TimeRange) {
    let first = ranges.partition_point(|range| range.to_s + SPAN_S < new.from_s);
    let last = ranges.partition_point(|range| range.from_s <= new.to_s + SPAN_S);
    if first < last {
        new.from_s = new.from_s.min(ranges[first].from_s);
        new.to_s = new.to_s.max(ranges[last - 1].to_s);
    }
    ranges.splice(first..last, [new]);
}

/// Stretches in which the mark of a codeword was seen. `weights` are those of the octaves.
pub(super) fn ranges(evidence: &Evidence, weights: &[f32], codeword: &[u8]) -> Vec<TimeRange> {
    let spans = evidence.apart();
    let agreement: Vec<f64> = spans.iter().map(|span| agreement(span, weights, codeword)).collect();
    let mut out: Vec<TimeRange> = Vec::new();
    let mut before = false;
    for (i, span) in spans.iter().enumerate() {
        let around = i.saturating_sub(1)..(i + 2).min(spans.len());
        let near = |other: &usize| {
            spans[*other].times.0 - span.times.1 <= NEAR_S && span.times.0 - spans[*other].times.1 <= NEAR_S
        };
        let near: Vec<f64> = around.filter(near).map(|other| agreement[other]).collect();
        let joint = near.iter().sum::<f64>() / (near.len() as f64).sqrt();
        let there = agreement[i] >= CLEAR || (joint >= WITH_NEIGHBOURS.0 && agreement[i] >= WITH_NEIGHBOURS.1);
        match (there, before, out.last_mut()) {
            (true, true, Some(range)) => range.to_s = span.times.1,
            (true, ..) => out.push(TimeRange { from_s: span.times.0, to_s: span.times.1 }),
            _ => {}
        }
        before = there;
    }
    out
}

/// Correlation with the codeword, in standard deviations of no mark.
fn agreement(span: &SpanSoft, weights: &[f32], codeword: &[u8]) -> f64 {
    let mix = Mix::new(&span.octaves, weights);
    let (mut sum, mut energy) = (0.0, 1e-9);
    for (&z, &bit) in mix.z.iter().zip(codeword) {
        let z = f64::from(z);
        sum += if bit == 0 { z } else { -z };
        energy += z * z;
    }
    sum / energy.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_that_touch_become_one() {
        let range = |(from_s, to_s): (f64, f64)| TimeRange { from_s, to_s };
        let mut ranges: Vec<TimeRange> = [(1.0, 2.0), (4.0, 5.0), (9.0, 9.5)].map(range).to_vec();
        for new in [(6.0, 6.2), (2.3, 3.8), (0.0, 0.1), (9.1, 9.2), (12.0, 13.0)] {
            add(&mut ranges, range(new));
        }
        let expected = [(0.0, 0.1), (1.0, 5.0), (6.0, 6.2), (9.0, 9.5), (12.0, 13.0)].map(range);
        assert_eq!(ranges, expected);
    }
}
