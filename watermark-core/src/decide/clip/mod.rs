//! The clip detector: frames are handed in one after the other, and what they say is added up.
//!
//! All frames of a clip carry the same word with the same keyed phases, so their flattened bins are added before their
//! power is taken ([`crate::demod::OctaveSum`]): the null is exact whatever the frames have in common, and the order,
//! the speed and lost frames do not matter. Where the untouched geometry shows nothing, one search is made for the
//! whole clip, on the mean of several whitened frames: the template is the same in all of them, the content is not.
//! How it was chosen, with figures: docs/decisions/clips.md.

mod evidence;
mod held;
mod kept;
mod reading;
mod search;
mod segments;
mod shots;
mod verdict;

use super::assess::Look;
use super::detector::{KeyState, mark};
use super::{Detection, Detector, Mark, geometry};
use crate::demod::{base_pitch, read_direct, readable_octaves};
use crate::normalise::{resample, working_luma};
use crate::order::ascending;
use crate::pattern::Pattern;
use crate::spectrum::Plane;
use crate::{Error, ImageView, Result, parallel};
use held::Held;
use kept::Store;
pub use reading::OctaveReading;
use reading::{Best, KeyReading, is_certain};
pub use segments::TimeRange;
use shots::Shots;
use std::sync::Arc;
use verdict::look_at;

/// Spans of time held apart for all keys together, and least and most for one key: each takes some 150 kB.
const SPANS: (usize, usize, usize) = (512, 8, 256);
/// Frames at the first look at the sums; then each time there are twice as many.
const FIRST_LOOK: usize = 4;
/// Margin of a certain reading below which frames are looked at one by one, too, dB.
const THIN_DB: f64 = 4.0;
/// Mean difference of two frames below which they are the same frame again, grey levels.
const SAME_FRAME: f64 = 0.1;

/// A frame of a clip.
#[derive(Debug, Clone, Copy)]
pub struct ClipFrame<'a> {
    /// Its time in the clip, seconds; times need not be in order.
    pub time_s: f64,
    /// Its pixels; the luma plane alone is enough, and quickest.
    pub view: ImageView<'a>,
}

/// The answer for a clip.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ClipDetection {
    /// As for a picture; `log10_p` is that of the whole clip, corrected for everything that was tried on it. Marks have
    /// no [evidence map](crate::EvidenceMap).
    pub detection: Detection,
    /// When the strongest mark was seen, as far as frames were looked at; empty without a payload.
    pub ranges: Vec<TimeRange>,
    /// The octaves of the strongest reading, coarsest first.
    pub octaves: Vec<OctaveReading>,
    /// Frames that were read.
    pub frames: usize,
    /// Frames that were left out because they repeat the one before.
    pub repeated: usize,
}

/// Looks for the marks of a [`Detector`]'s keys in a clip. Memory does not grow with the clip.
///
/// ```
/// use watermark_core::*;
/// # fn main() -> Result<()> {
/// let key = Key::from_secret(KeyRole::Master, [7; SECRET_BYTES]);
/// let payload = Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8])?;
/// let embedder = Embedder::new(&key, EmbedOptions::default())?;
/// let detector = Detector::new(&[key], DetectOptions::default())?;
/// let mut clip = ClipDetector::new(&detector);
/// for frame in 0..4_u32 {
///     let grain = |i: u32| 100 + ((i ^ (frame << 20)).wrapping_mul(2_654_435_761) >> 27) as u8;
///     let mut pixels: Vec<u8> = (0..320 * 256).map(grain).collect();
///     let mut view = ImageViewMut::new(320, 256, 320, Layout::Luma, SamplesMut::U8(&mut pixels))?;
///     embedder.embed(&mut view, &payload)?;
///     clip.add(&[ClipFrame { time_s: f64::from(frame) / 24.0, view: view.as_view() }])?;
/// }
/// assert_eq!(clip.finish()?.detection.strongest().payload, Some(payload));
/// # Ok(())
/// # }
/// ```
pub struct ClipDetector<'a> {
    detector: Held<'a>,
    /// Width and height of every frame, pixels.
    size: Option<(usize, usize)>,
    readings: Vec<KeyReading>,
    store: Store,
    shots: Shots,
    last: Option<Plane>,
    frames: usize,
    repeated: usize,
    next_look: usize,
    tried: u64,
}

impl std::fmt::Debug for ClipDetector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClipDetector({:?}, {} frames)", *self.detector, self.frames)
    }
}

impl<'a> ClipDetector<'a> {
    /// For a clip of which nothing was seen yet.
    pub fn new(detector: &'a Detector) -> Self {
        Self::with(Held::Lent(detector))
    }

    /// The same for those who cannot lend a detector for as long as frames come in, as when these are handed in by another
    /// program.
    pub fn shared(detector: Arc<Detector>) -> ClipDetector<'static> {
        ClipDetector::with(Held::Shared(detector))
    }

    fn with(detector: Held<'a>) -> Self {
        let spans = (SPANS.0 / detector.keys.len()).clamp(SPANS.1, SPANS.2);
        let reading = |_| KeyReading::new(spans);
        let readings = detector.keys.iter().map(reading).collect();
        Self {
            detector,
            size: None,
            readings,
            store: Store::new(),
            shots: Shots::default(),
            last: None,
            frames: 0,
            repeated: 0,
            next_look: FIRST_LOOK,
            tried: 0,
        }
    }

    /// Reads frames where an untouched clip has the mark, several at a time with the `parallel` feature. They are in
    /// memory together as working planes of up to 8 MB each: hand in some, not all.
    ///
    /// # Errors
    /// [`Error::Input`] for a frame of another size than the first, a time that is no number, or samples that are none;
    /// [`Error::Limit`] beyond the limits. What was added before stays.
    pub fn add(&mut self, frames: &[ClipFrame<'_>]) -> Result<()> {
        for frame in frames {
            self.check(frame)?;
        }
        let luma = parallel::map(frames.to_vec(), |frame| Ok((frame.time_s, working_luma(&frame.view)?)));
        let mut new = Vec::with_capacity(frames.len());
        for luma in luma.into_iter().collect::<Result<Vec<_>>>()? {
            let (time_s, (plane, pitch)) = luma;
            if self.last.as_ref().is_some_and(|last| difference(last, &plane) < SAME_FRAME) {
                self.repeated += 1;
                self.readings.iter_mut().for_each(|reading| reading.direct.again(time_s));
                continue;
            }
            let place = self.shots.follow(&plane);
            self.store.offer(time_s, place, &plane);
            self.last = Some(plane.clone());
            new.push((time_s, plane, pitch));
        }
        self.read(new);
        if self.frames >= self.next_look {
            self.look(false);
            self.next_look = 2 * self.frames;
        }
        Ok(())
    }

    /// Whether a mark was read beyond doubt, so that more frames are not needed for a verdict.
    pub fn is_certain(&self) -> bool {
        self.readings.iter().any(|reading| is_certain(&reading.best.assessment))
    }

    /// Margin of the strongest reading so far, dB.
    fn margin_db(&self) -> f64 {
        self.readings.iter().map(|reading| reading.best.assessment.margin_db()).fold(f64::MIN, f64::max)
    }

    /// Frames read so far.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The answer. Where nothing is certain yet, the geometry is searched for first, which takes about as long as ten
    /// pictures do.
    ///
    /// # Errors
    /// [`Error::Input`] when there was no frame.
    pub fn finish(mut self) -> Result<ClipDetection> {
        let Some((width, height)) = self.size else {
            return Err(Error::input("the clip has no frames; at least one is needed"));
        };
        self.look(true);
        let direct = self.is_certain();
        if !direct {
            self.search_shots((width, height));
        }
        // A pattern that goes along with the camera is now and then where an untouched clip has it, and one that does so in
        // part is blurred where frames are brought to one place: a certain reading can be a thin one.
        if (!self.is_certain() || self.margin_db() < THIN_DB) && (direct || !self.frames_were_parts()) {
            self.search_frames((width, height));
        }
        if !self.is_certain() {
            self.search((width, height));
        }
        if direct {
            self.complete_ranges((width, height));
        }
        let keys = self.detector.keys.iter().zip(&self.readings);
        let one = |(key, reading)| (mark_of(key, reading, self.tried), reading);
        let mut marks: Vec<(Mark, &KeyReading)> = keys.map(one).collect();
        ascending(&mut marks, |(mark, _)| mark.log10_p);
        let (strongest, reading) = &marks[0];
        let ranges = if strongest.payload.is_some() { reading.best.ranges.clone() } else { Vec::new() };
        let octaves = reading.best.octaves.clone();
        let detection = Detection { marks: marks.into_iter().map(|(mark, _)| mark).collect(), tried: self.tried };
        Ok(ClipDetection { detection, ranges, octaves, frames: self.frames, repeated: self.repeated })
    }

    fn check(&mut self, frame: &ClipFrame<'_>) -> Result<()> {
        let (width, height) = (frame.view.width(), frame.view.height());
        self.detector.options.limits.check(width, height)?;
        if !frame.time_s.is_finite() {
            return Err(Error::input(format!("a frame has the time {}; it must be a number of seconds", frame.time_s)));
        }
        let (first_width, first_height) = *self.size.get_or_insert((width, height));
        if (width, height) != (first_width, first_height) {
            return Err(Error::input(format!(
                "a frame of {width}x{height} px follows frames of {first_width}x{first_height} px; scale all frames of a \
                 clip to one size"
            )));
        }
        Ok(())
    }

    /// Reads working planes of so many pixels to a sample where an untouched frame has the mark.
    fn read(&mut self, planes: Vec<(f64, Plane, f64)>) {
        let Some((width, height)) = self.size else { return };
        let short = width.min(height);
        let octaves = readable_octaves(short);
        let detector: &Detector = &self.detector;
        let patterns: Vec<&Pattern> = detector.keys.iter().map(|key| &key.pattern).collect();
        let heard = parallel::map(planes, |(time_s, working, pitch)| {
            let base = resample(&working, base_pitch(short, octaves) / pitch);
            (time_s, read_direct(&base, octaves, &patterns, &detector.whitener, &detector.demodulator))
        });
        for (time_s, keys) in heard {
            self.frames += 1;
            self.readings.iter_mut().zip(keys).for_each(|(reading, heard)| reading.direct.add(time_s, heard));
        }
    }

    /// Looks at the sums of the untouched geometry; at the end also at parts of the clip.
    fn look(&mut self, last: bool) {
        let Some((width, height)) = self.size else { return };
        for (key, reading) in self.detector.keys.iter().zip(&mut self.readings) {
            let Some(seen) = look_at(&reading.direct, &key.reader, Look::Thorough, last) else { continue };
            self.tried += 1;
            let better = seen.assessment.is_better_than(&reading.best.assessment);
            // Later looks have seen more of the clip, and say better when the mark was there.
            if better || (last && seen.assessment.decoded.is_some()) {
                let new = Best::of(&reading.direct, seen, geometry::untouched(width.min(height) as f64));
                let assessment = if better { new.assessment } else { reading.best.assessment.clone() };
                reading.best = Best { assessment, ..new };
            }
        }
    }
}

fn mark_of(key: &KeyState, reading: &KeyReading, tried: u64) -> Mark {
    mark(key.id, &reading.best.assessment, reading.best.geometry, tried)
}

/// Mean difference of two planes of one size, grey levels.
fn difference(a: &Plane, b: &Plane) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from((a - b).abs())).sum();
    sum / a.len().max(1) as f64
}

#[cfg(test)]
mod tests;
