//! One search over geometry for the whole clip.

use super::evidence::{Evidence, Weights};
use super::kept::Kept;
use super::verdict::{Seen, look_at};
use super::{Best, ClipDetector, is_certain};
use crate::decide::assess::Look;
use crate::decide::detector::look;
use crate::decide::geometry;
use crate::demod::{Heard, read_levels, readable_octaves};
use crate::normalise::Pairs;
use crate::order::descending;
use crate::parallel;
use crate::spectrum::Plane;
use crate::sync::{Alignment, Scene, Whole, locate, pyramid};

/// Frames whose mean is searched.
const SEARCHED: usize = 20;
/// Frames with which every alignment that was found is tried.
const TRIED: usize = 6;
/// Alignments of a key with which the other frames are read: those whose templates stand out most in the frames tried,
/// and the one that the search likes best, which has seen more frames.
const FOLLOWED: usize = 2;
/// Frames in memory at a time with all their whitened planes.
const AT_ONCE: usize = 4;
/// Keys whose readings are in memory at a time.
const KEYS_AT_ONCE: usize = 4;
/// Spans of time held apart for an alignment.
const SPANS: usize = 64;

/// One alignment of one key, and what the frames say under it.
struct Candidate {
    key: usize,
    rank: usize,
    alignment: Alignment,
    evidence: Evidence,
}

impl ClipDetector<'_> {
    /// Searches for the keys that show nothing where the clip would be untouched, of `size` (width, height) pixels.
    pub(super) fn search(&mut self, size: (usize, usize)) {
        let budget = self.detector.options.effort.budget();
        let Some(scene) = self.mean_scene() else { return };
        let Some(finest) = scene.levels.first() else { return };
        let (height, width) = finest.luma.dim();
        let working = (width as f64, height as f64);
        let short = size.0.min(size.1);
        let whole = Whole { size: working, octaves: readable_octaves(short) };
        let pitch = size.0 as f64 / working.0;
        let keys: Vec<usize> = (0..self.detector.keys.len()).collect();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let found = parallel::map(keys.to_vec(), |key| {
                let template = &self.detector.keys[key].pattern.template;
                (key, locate(&scene, template, &self.detector.tile_fft, &whole, &budget))
            });
            let mut candidates: Vec<Candidate> = Vec::new();
            for (key, alignments) in found {
                let ranked = alignments.into_iter().enumerate();
                candidates.extend(ranked.map(|(rank, alignment)| Candidate {
                    key,
                    rank,
                    alignment,
                    evidence: Evidence::new(SPANS),
                }));
            }
            self.read_aligned(&self.store.split(TRIED).0, &mut candidates);
            let mut promising = self.judge(candidates, (working, pitch), false);
            let rest = self.store.split(TRIED).1;
            if !rest.is_empty() {
                self.read_aligned(&rest, &mut promising);
                self.judge(promising, (working, pitch), true);
            }
        }
    }

    /// The mean of several whitened frames, as the search sees a picture.
    fn mean_scene(&self) -> Option<Scene> {
        let frames = self.store.spread(SEARCHED);
        let mut sum: Option<Vec<(Plane, Pairs)>> = None;
        for some in frames.chunks(AT_ONCE) {
            let planes = parallel::map(some.to_vec(), |kept| self.whitened(kept));
            for planes in planes {
                match &mut sum {
                    None => sum = Some(planes),
                    Some(sum) => sum.iter_mut().zip(&planes).for_each(|((_, sum), (_, white))| {
                        sum.values.iter_mut().zip(&white.values).for_each(|(sum, value)| *sum += value);
                    }),
                }
            }
        }
        Some(Scene::of_planes(sum?, &self.detector.spectrum))
    }

    fn whitened(&self, kept: &Kept) -> Vec<(Plane, Pairs)> {
        let levels = pyramid(kept.plane());
        levels
            .into_iter()
            .map(|luma| (self.detector.whitener.every().pairs(&luma), luma))
            .map(|(white, luma)| (luma, white))
            .collect()
    }

    /// Reads frames under every candidate.
    fn read_aligned(&self, frames: &[&Kept], candidates: &mut [Candidate]) {
        for some in frames.chunks(AT_ONCE) {
            let places: Vec<(usize, Alignment)> = candidates.iter().map(|one| (one.key, one.alignment)).collect();
            let read = parallel::map(some.to_vec(), |kept| {
                let planes = self.whitened(kept);
                let luma: Vec<&Plane> = planes.iter().map(|(luma, _)| luma).collect();
                let one = |&(key, alignment): &(usize, Alignment)| {
                    let mut units = self.detector.options.effort.budget().units;
                    let pattern = &self.detector.keys[key].pattern;
                    read_levels(
                        &luma,
                        |level| &planes[level].1,
                        (&alignment, None),
                        pattern,
                        &self.detector.demodulator,
                        &mut units,
                    )
                };
                (kept.time_s, parallel::map(places.clone(), |place| one(&place)))
            });
            for (time_s, readings) in read {
                let readings: Vec<Vec<Heard>> = readings;
                candidates.iter_mut().zip(readings).for_each(|(one, heard)| one.evidence.add(time_s, heard));
            }
        }
    }

    /// Looks at the sums of every candidate, and gives those of each key that are worth more frames.
    fn judge(&mut self, candidates: Vec<Candidate>, (working, pitch): ((f64, f64), f64), last: bool) -> Vec<Candidate> {
        let mut ranked: Vec<((bool, f64), Candidate)> = Vec::new();
        for candidate in candidates {
            let key = &self.detector.keys[candidate.key];
            let effort = if last { Look::Thorough } else { look(candidate.rank) };
            let Some(seen) = look_at(&candidate.evidence, &key.reader, effort, last) else { continue };
            self.tried += 1;
            let template = candidate.evidence.together(0..candidate.evidence.spans(), Weights::Even);
            let coherence = template.iter().map(|octave| f64::from(octave.coherence.max(0.0)).powi(2)).sum();
            ranked.push(((is_certain(&seen.assessment), coherence), candidate));
            let candidate = &ranked[ranked.len() - 1].1;
            let best = &mut self.readings[candidate.key].best;
            if seen.assessment.is_better_than(&best.assessment) {
                *best = reading(&candidate.alignment, &candidate.evidence, seen, working, pitch);
            }
        }
        descending(&mut ranked, |((_, coherence), _)| *coherence);
        descending(&mut ranked, |((certain, _), _)| f64::from(u8::from(*certain)));
        let mut out: Vec<Candidate> = Vec::new();
        for ((certain, _), candidate) in ranked {
            let before = out.iter().filter(|other| other.key == candidate.key).count();
            // Behind one that is certain nothing more is wanted than its other frames.
            let done = is_certain(&self.readings[candidate.key].best.assessment);
            let wanted = if done { certain && before == 0 } else { before < FOLLOWED || candidate.rank == 0 };
            if wanted {
                out.push(candidate);
            }
        }
        out
    }
}

/// What a reading under an alignment has come to.
pub(super) fn reading(alignment: &Alignment, evidence: &Evidence, seen: Seen, working: (f64, f64), pitch: f64) -> Best {
    let geometry = geometry::estimate(alignment, seen.assessment.margin_db(), &seen.octaves, working, pitch);
    Best::of(evidence, seen, geometry)
}
