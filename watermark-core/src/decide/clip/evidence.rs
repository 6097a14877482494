//! What the frames of a clip say for one key under one alignment: sums over short spans of time, so that memory does
//! not grow with the clip, and frames can come in any order.

use std::collections::BTreeMap;

use crate::demod::{Heard, HeardSum, OctaveSoft, OctaveSum, weighted};
use crate::normalise::WEIGHTINGS;
use crate::pattern::PEAKS;

/// Length of a span that is told apart in time, seconds.
pub(super) const SPAN_S: f64 = 0.5;
/// Length of a span of sums at first, seconds: short enough that every frame is weighted by itself.
const SUM_S: f64 = SPAN_S / 32.0;
/// Coherence that a weight is never below: what the template does not show may still be there (averaging many frames
/// of a clip and subtracting the mean takes the template, and not the code).
const LEAST_WEIGHT: f64 = 0.02;

/// Frames of one span of time.
struct Span {
    /// Times of the first and the last frame, seconds.
    times: (f64, f64),
    octaves: Vec<HeardSum>,
}

/// How frames are weighted against each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weights {
    /// By what the template shows of them.
    Template,
    /// All alike.
    Even,
}

/// Sums over the frames that were read.
pub(super) struct Evidence {
    span_s: f64,
    most: usize,
    spans: BTreeMap<i64, Span>,
}

/// One span as it stands beside the others.
pub(super) struct SpanSoft {
    /// Times of the first and the last frame, seconds.
    pub(super) times: (f64, f64),
    /// What it says.
    pub(super) octaves: Vec<OctaveSoft>,
}

impl Evidence {
    /// Without frames; at most `most` spans are held apart, 2 or more.
    pub(super) fn new(most: usize) -> Self {
        Self { span_s: SUM_S, most: most.max(2), spans: BTreeMap::new() }
    }

    /// Adds a frame. All frames of a clip have the same octaves; one that has not is left out.
    pub(super) fn add(&mut self, time_s: f64, heard: Vec<Heard>) {
        self.add_over(time_s, (time_s, time_s), heard);
    }

    /// Adds what frames between two times, the middle one at `time_s`, say together.
    pub(super) fn add_over(&mut self, time_s: f64, times: (f64, f64), heard: Vec<Heard>) {
        let octaves: Vec<HeardSum> = heard.into_iter().map(HeardSum::of).collect();
        let wanted = self.spans.first_key_value().map_or(octaves.len(), |(_, span)| span.octaves.len());
        if octaves.is_empty() || octaves.len() != wanted {
            return;
        }
        self.insert(libm::floor(time_s / self.span_s) as i64, Span { times, octaves });
        while self.spans.len() > self.most {
            self.span_s *= 2.0;
            for (at, span) in std::mem::take(&mut self.spans) {
                self.insert(at.div_euclid(2), span);
            }
        }
    }

    /// A frame that is another one again: it says nothing new, but the mark of that one is there at this time too.
    pub(super) fn again(&mut self, time_s: f64) {
        let at = libm::floor(time_s / self.span_s) as i64;
        if let Some((_, span)) = self.spans.range_mut(..=at).next_back() {
            span.times = (span.times.0.min(time_s), span.times.1.max(time_s));
        }
    }

    fn insert(&mut self, at: i64, new: Span) {
        match self.spans.get_mut(&at) {
            Some(span) => {
                span.times = (span.times.0.min(new.times.0), span.times.1.max(new.times.1));
                span.octaves.iter_mut().zip(&new.octaves).for_each(|(sum, octave)| sum.add(octave));
            }
            None => {
                self.spans.insert(at, new);
            }
        }
    }

    /// Spans held apart.
    pub(super) fn spans(&self) -> usize {
        self.spans.len()
    }

    /// The octaves of the frames of some spans (by their order), added up, coarsest first, each under the weighting in
    /// which its template stands out most over the whole clip.
    pub(super) fn together(&self, spans: std::ops::Range<usize>, weights: Weights) -> Vec<OctaveSoft> {
        let all: Vec<&Span> = self.spans.values().collect();
        let Some(first) = all.first() else { return Vec::new() };
        let octaves = 0..first.octaves.len();
        let chosen = spans.start.min(all.len())..spans.end.min(all.len());
        octaves
            .filter_map(|octave| {
                let weighting = best_weighting(&all, octave);
                let column: Vec<&OctaveSum> = all.iter().map(|span| span.octaves[octave].under(weighting)).collect();
                let frames: Vec<usize> = all.iter().map(|span| span.octaves[octave].frames()).collect();
                let weights = match weights {
                    Weights::Even => vec![1.0; all.len()],
                    Weights::Template => shrunk(&column, &frames),
                };
                let groups: Vec<(&OctaveSum, f64)> = column.into_iter().zip(weights).collect();
                weighted(&groups[chosen.clone()])
            })
            .collect()
    }

    /// Stretches of [`SPAN_S`], or of the spans where those are longer, each by itself.
    pub(super) fn apart(&self) -> Vec<SpanSoft> {
        let spans: Vec<(&i64, &Span)> = self.spans.iter().collect();
        let stretch = |at: &i64| libm::floor(*at as f64 * self.span_s / SPAN_S);
        let mut first = 0;
        let alone = spans.chunk_by(|a, b| stretch(a.0) == stretch(b.0)).map(|chunk| {
            let range = first..first + chunk.len();
            first = range.end;
            let times = (chunk[0].1.times.0, chunk[chunk.len() - 1].1.times.1);
            SpanSoft { times, octaves: self.together(range, Weights::Even) }
        });
        alone.collect()
    }
}

/// The weighting under which an octave's template stands out most over all frames.
fn best_weighting(spans: &[&Span], octave: usize) -> usize {
    let total = |weighting: usize| -> f64 {
        let each = spans.iter().map(|span| &span.octaves[octave]);
        each.map(|sum| sum.under(weighting).coherence() * sum.frames() as f64).sum()
    };
    (0..WEIGHTINGS).max_by(|&a, &b| total(a).total_cmp(&total(b))).unwrap_or(0)
}

/// Weights of spans by the mean coherence of their frames, which is drawn towards the clip's mean as far as the
/// spans differ by no more than chance would have them differ.
fn shrunk(spans: &[&OctaveSum], frames: &[usize]) -> Vec<f64> {
    /// Variance of one frame's coherence for random phases.
    const NOISE: f64 = 0.5 / PEAKS as f64;
    let total: f64 = frames.iter().map(|&n| n as f64).sum();
    let each = || spans.iter().zip(frames).map(|(span, &n)| (span.coherence(), n as f64));
    let mean = each().map(|(c, n)| c * n).sum::<f64>() / total.max(1.0);
    let spread = each().map(|(c, n)| (c - mean) * (c - mean) * n).sum::<f64>() / total.max(1.0);
    // By chance alone the spread would be that of one frame times spans over frames.
    let beyond = (spread - NOISE * spans.len() as f64 / total.max(1.0)).max(0.0);
    each()
        .map(|(c, n)| {
            let trust = beyond / (beyond + NOISE / n.max(1.0));
            (mean + trust * (c - mean)).max(LEAST_WEIGHT)
        })
        .collect()
}
