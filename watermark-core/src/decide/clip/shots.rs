//! A search shot by shot: where the pattern goes along with the camera it lies elsewhere in every frame.
//!
//! Frames are followed from one to the next as the embedder follows them. Those that show much the same are brought to one
//! place and averaged, and the pattern is searched for there; what the parts say is added up and read once.

use super::evidence::Evidence;
use super::kept::{Kept, Store};
use super::search::reading;
use super::verdict::look_at;
use super::{ClipDetector, segments};
use crate::decide::assess::Look;
use crate::demod::{Heard, read_aligned, readable_octaves};
use crate::motion::{self, Light, Step, Tracker};
use crate::normalise::halve;
use crate::order::descending;
use crate::parallel;
use crate::spectrum::Plane;
use crate::sync::{Alignment, Scene, Whole, determinant, locate, nearby, shifted};
use std::borrow::Cow;

/// Most parts searched.
const MOST_PARTS: usize = 12;
/// Keys that are searched for in more than the largest part: those whose templates stand out most.
const KEYS: usize = 2;
/// Alignments of the search that are read.
const LIKED: usize = 3;
/// Spans of time held apart for a key.
const SPANS: usize = 64;
/// Most rows of the plane that a camera is followed by.
const ROWS: usize = 270;

/// Where a frame lies in its shot.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Number of the shot.
    pub(super) shot: usize,
    /// Samples of the frame to those of the shot's first frame.
    pub(super) pose: Step,
}

/// Follows the frames of a clip.
#[derive(Default)]
pub(super) struct Shots {
    count: usize,
    /// Of the shot, with the pose of its last frame.
    tracker: Option<(Tracker, Step)>,
}

impl Shots {
    /// The place of the next frame.
    pub(super) fn follow(&mut self, plane: &Plane) -> Place {
        let (mut small, mut pitch) = (halve(plane), 2.0);
        while small.nrows().min(small.ncols()) > ROWS {
            (small, pitch) = (halve(&small), 2.0 * pitch);
        }
        let light = Light::of(small, pitch);
        let seen = self.tracker.as_mut().and_then(|(tracker, last)| {
            let seen = tracker.look(&light, last).filter(|seen| !seen.is_strange())?;
            Some((tracker, last, seen))
        });
        let pose = match seen {
            Some((tracker, last, seen)) => {
                tracker.go_on(light, seen.pose, Some(&seen));
                *last = seen.pose;
                seen.pose
            }
            None => {
                self.count += 1;
                self.tracker = Some((Tracker::new(light, Step::NONE), Step::NONE));
                Step::NONE
            }
        };
        Place { shot: self.count, pose }
    }
}

/// Frames that show much the same of a shot, brought to the place of the one in the middle and averaged: what compression
/// added is another in each.
struct Part {
    /// Of the frame in the middle, and of the first and the last, seconds.
    time_s: f64,
    times: (f64, f64),
    place: Place,
    scene: Scene,
}

impl Part {
    /// Its shot's number, and an alignment of the part on the samples of the shot's first frame.
    fn known(&self, alignment: &Alignment) -> (usize, Alignment) {
        (self.place.shot, moved(alignment, &self.place.pose.back()))
    }
}

/// An alignment that may be a part's, and what the part says under it.
struct Sighting {
    time_s: f64,
    times: (f64, f64),
    alignment: Alignment,
    heard: Vec<Heard>,
    /// Energy of the templates.
    template: f64,
    /// Alignments that it was chosen from.
    tried: u64,
    /// Units that may still be looked up.
    units: f64,
}

impl Sighting {
    fn add_to(self, evidence: &mut Evidence) {
        evidence.add_over(self.time_s, self.times, self.heard);
    }
}

impl ClipDetector<'_> {
    /// Searches for the keys part by part, in a clip of `size` (width, height) pixels.
    pub(super) fn search_shots(&mut self, size: (usize, usize)) {
        self.search_parts(|store| store.parts(MOST_PARTS), size);
    }

    /// Whether [`Self::search_shots`] looks at every frame by itself.
    pub(super) fn frames_were_parts(&self) -> bool {
        self.store.parts(MOST_PARTS).len() == self.store.len()
    }

    /// Searches for the keys frame by frame: where the pattern does not go along with the camera, frames brought to one place
    /// blur it.
    pub(super) fn search_frames(&mut self, size: (usize, usize)) {
        self.search_parts(|store| store.spread(MOST_PARTS).into_iter().map(|kept| vec![kept]).collect(), size);
    }

    fn search_parts(&mut self, parts: impl Fn(&Store) -> Vec<Vec<&Kept>>, size: (usize, usize)) {
        let parts = parts(&self.store);
        let Some(whole) = whole(&parts, size) else { return };
        let found = self.sight(&parts, &whole);
        let pitch = size.0 as f64 / whole.size.0;
        for (key, mut sightings) in found.into_iter().enumerate() {
            let Some(alignment) = strongest(&sightings).map(|sighting| sighting.alignment) else { continue };
            self.tried += sightings.iter().map(|sighting| sighting.tried).sum::<u64>();
            agree(&mut sightings, &alignment);
            let mut evidence = Evidence::new(SPANS);
            sightings.into_iter().for_each(|sighting| sighting.add_to(&mut evidence));
            let Some(seen) = look_at(&evidence, &self.detector.keys[key].reader, Look::Thorough, true) else {
                continue;
            };
            if seen.assessment.is_better_than(&self.readings[key].best.assessment) {
                self.readings[key].best = reading(&alignment, &evidence, seen, whole.size, pitch);
            }
        }
    }

    /// What every part says of every key; of all but the first part, of the keys that stand out most there.
    fn sight(&self, parts: &[Vec<&Kept>], whole: &Whole) -> Vec<Vec<Sighting>> {
        let count = self.detector.keys.len();
        let mut found: Vec<Vec<Sighting>> = (0..count).map(|_| Vec::new()).collect();
        let mut wanted: Vec<usize> = (0..count).collect();
        // Alignments on the samples of the first frame of a shot, by the shot's number, for every key.
        let mut known: Vec<Vec<(usize, Alignment)>> = vec![Vec::new(); count];
        let (first, others) = parts.split_at(usize::from(count > KEYS));
        for some in [first].into_iter().chain(others.chunks(parallel::AT_ONCE)) {
            let searched = parallel::map(some.to_vec(), |frames| self.search_part(&frames, &wanted, whole));
            let mut strengths: Vec<(usize, f64)> = Vec::new();
            for (part, sightings) in searched {
                for (key, mut sighting) in sightings {
                    self.follow(key, &part, &known[key], &mut sighting);
                    strengths.push((key, sighting.template));
                    known[key].push(part.known(&sighting.alignment));
                    found[key].push(sighting);
                }
            }
            if wanted.len() > KEYS {
                descending(&mut strengths, |&(_, strength)| strength);
                wanted = strengths.iter().take(KEYS).map(|&(key, _)| key).collect();
            }
        }
        found
    }

    /// Adds to the stretches in which the strongest key's word is seen the parts that lie outside of them: where the camera
    /// moves, the pattern is not where an untouched clip has it.
    pub(super) fn complete_ranges(&mut self, size: (usize, usize)) {
        let assessment = |key: usize| &self.readings[key].best.assessment;
        let better = |a: usize, b: usize| if assessment(b).is_better_than(assessment(a)) { b } else { a };
        let Some(key) = (0..self.readings.len()).reduce(better) else { return };
        let Some(decoded) = &assessment(key).decoded else { return };
        let mut ranges = self.readings[key].best.ranges.clone();
        let inside = |kept: &&Kept| ranges.iter().any(|range| (range.from_s..=range.to_s).contains(&kept.time_s));
        let mut parts = self.store.parts(MOST_PARTS);
        parts.retain(|part| !part.iter().all(inside));
        let Some(whole) = whole(&parts, size) else { return };
        let mut known = Vec::new();
        for frames in &parts {
            let (part, mut sightings) = self.search_part(frames, &[key], &whole);
            let Some((_, mut sighting)) = sightings.pop() else { continue };
            self.follow(key, &part, &known, &mut sighting);
            let alignment = sighting.alignment;
            let mut evidence = Evidence::new(SPANS);
            sighting.add_to(&mut evidence);
            if let Some(range) = segments::whole(&evidence, &decoded.codeword) {
                known.push(part.known(&alignment));
                segments::add(&mut ranges, range);
            }
        }
        self.readings[key].best.ranges = ranges;
    }

    /// The mean of a part's frames, as a search sees it.
    fn part(&self, frames: &[&Kept]) -> Part {
        let middle = frames[frames.len() / 2];
        let to = |kept: &Kept| middle.place.pose.then(&kept.place.pose.back());
        let planes = frames.iter().map(|kept| (Cow::Owned(kept.plane()), to(kept)));
        let mean = motion::mean(planes).expect("a part has frames");
        let scene = Scene::new(mean, &self.detector.whitener, &self.detector.spectrum);
        let times = (frames[0].time_s, frames[frames.len() - 1].time_s);
        Part { time_s: middle.time_s, times, place: middle.place, scene }
    }

    /// A part, and for each of `keys` where its pattern lies as far as the part itself shows it.
    fn search_part(&self, frames: &[&Kept], keys: &[usize], whole: &Whole) -> (Part, Vec<(usize, Sighting)>) {
        let part = self.part(frames);
        let sightings = parallel::map(keys.to_vec(), |key| (key, self.place(key, &part, whole)));
        (part, sightings)
    }

    /// Where a key's pattern lies in a part, by the templates of some alignments: where it would be if the shot began like an
    /// untouched picture, those that the search likes best, and where it would be if the picture were neither turned nor
    /// scaled.
    fn place(&self, key: usize, part: &Part, whole: &Whole) -> Sighting {
        let budget = self.detector.options.effort.budget();
        let (scene, template) = (&part.scene, &self.detector.keys[key].pattern.template);
        let fft = &self.detector.tile_fft;
        let mut others: Vec<Alignment> = locate(scene, template, fft, whole, &budget);
        others.truncate(LIKED);
        others.extend(shifted(scene, template, fft, whole));
        let upright = nearby(scene, template, &moved(&whole.upright(), &part.place.pose));
        let mut best = self.read_part(key, part, upright, budget.units);
        self.compare(key, part, others, &mut best);
        best
    }

    /// Where it lies if other parts of the shot are right, when that stands out more.
    fn follow(&self, key: usize, part: &Part, known: &[(usize, Alignment)], best: &mut Sighting) {
        let template = &self.detector.keys[key].pattern.template;
        let same = known.iter().filter(|(shot, _)| *shot == part.place.shot);
        let there = same.map(|(_, alignment)| nearby(&part.scene, template, &moved(alignment, &part.place.pose)));
        self.compare(key, part, there.collect(), best);
    }

    /// Reads a part under other alignments; what stands out more is the best from then on.
    fn compare(&self, key: usize, part: &Part, others: Vec<Alignment>, best: &mut Sighting) {
        for alignment in others {
            let read = self.read_part(key, part, alignment, best.units);
            (best.units, best.tried) = (read.units, best.tried + 1);
            if read.template > best.template {
                *best = Sighting { tried: best.tried, ..read };
            }
        }
    }

    fn read_part(&self, key: usize, part: &Part, alignment: Alignment, mut units: f64) -> Sighting {
        let pattern = &self.detector.keys[key].pattern;
        let heard = read_aligned(&part.scene, (&alignment, None), pattern, &self.detector.demodulator, &mut units);
        let coherence = |heard: &Heard| heard.iter().map(|o| f64::from(o.coherence.max(0.0))).fold(0.0, f64::max);
        let template = heard.iter().map(|heard| coherence(heard) * coherence(heard)).sum();
        Sighting { time_s: part.time_s, times: part.times, alignment, heard, template, tried: 1, units }
    }
}

/// A clip of `size` (width, height) pixels that was not cut, as its parts show it; `None` without parts.
fn whole(parts: &[Vec<&Kept>], size: (usize, usize)) -> Option<Whole> {
    let (height, width) = parts.first()?.first()?.size();
    Some(Whole { size: (width as f64, height as f64), octaves: readable_octaves(size.0.min(size.1)) })
}

/// An alignment on the samples of another frame, which `step` brings to those of the first.
fn moved(alignment: &Alignment, step: &Step) -> Alignment {
    alignment.before(step.scale, step.shift)
}

fn strongest(sightings: &[Sighting]) -> Option<&Sighting> {
    sightings.iter().max_by(|a, b| a.template.total_cmp(&b.template))
}

/// Brings sightings to the octaves of an alignment; leaves out those that do not have all of them.
fn agree(sightings: &mut Vec<Sighting>, alignment: &Alignment) {
    let size = |alignment: &Alignment| libm::log2(determinant(&alignment.matrix).abs()) / 2.0;
    sightings.retain_mut(|sighting| {
        let coarser = libm::round(size(alignment) - size(&sighting.alignment));
        if coarser < 0.0 || coarser as usize >= sighting.heard.len() {
            return false;
        }
        sighting.heard.drain(..coarser as usize);
        sighting.heard.truncate(alignment.octaves);
        sighting.heard.len() == alignment.octaves
    });
}
