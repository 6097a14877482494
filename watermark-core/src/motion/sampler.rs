//! Samples of a frame and of where a step puts them in another one.

use super::{Light, Step};
use crate::spectrum::Plane;

/// Samples looked at of a level, about.
const LOOKED_AT: usize = 16_384;

/// A level of a frame over that of another.
pub(super) struct Sampler<'a> {
    frame: &'a Plane,
    reference: &'a Plane,
    scale: f64,
    shift: [f64; 2],
    /// One row and column in so many is looked at.
    pub(super) stride: usize,
}

impl<'a> Sampler<'a> {
    pub(super) fn new(frame: &'a Light, reference: &'a Light, level: usize, step: &Step) -> Self {
        let pixels = frame.pitch_of(level);
        let plane = &frame.levels[level];
        let mut stride = 1;
        while plane.len() / (stride * stride) > LOOKED_AT {
            stride += 1;
        }
        Self {
            frame: plane,
            reference: &reference.levels[level],
            scale: step.scale,
            shift: step.shift.map(|shift| shift / pixels),
            stride,
        }
    }

    /// Middle of the level (x, y), edge coordinates in samples.
    pub(super) fn centre(&self) -> (f64, f64) {
        (self.frame.ncols() as f64 / 2.0, self.frame.nrows() as f64 / 2.0)
    }

    /// Samples looked at of a row.
    pub(super) fn columns(&self) -> usize {
        self.frame.ncols().div_ceil(self.stride)
    }

    /// Samples that would be looked at if the frames covered each other.
    pub(super) fn count(&self) -> usize {
        self.frame.nrows().div_ceil(self.stride) * self.columns()
    }

    /// With fewer samples: one row and column in `times` as many is looked at.
    pub(super) fn coarser(&self, times: usize) -> Self {
        Self { stride: self.stride * times, ..*self }
    }

    /// Calls `each` with every row of samples that the other frame has too.
    pub(super) fn rows(&self, each: &mut dyn FnMut(&Row<'_>)) {
        let columns = self.reference.ncols();
        let other = self.reference.as_slice().expect("planes are contiguous");
        let place = |x: usize| self.between(x, 0, columns).map(|(before, share)| Place { x, before, share });
        let places: Vec<Place> = (0..self.frame.ncols()).step_by(self.stride).filter_map(place).collect();
        let xs: Vec<usize> = places.iter().map(|place| place.x).collect();
        let mut samples = Samples::new(places.len());
        for y in (0..self.frame.nrows()).step_by(self.stride) {
            let Some((row, v)) = self.between(y, 1, self.reference.nrows()) else { continue };
            let line = self.frame.row(y);
            let line = line.as_slice().expect("planes are contiguous");
            samples.look(line, &other[row * columns..][..2 * columns], &places, v);
            let Samples { difference, across, down } = &samples;
            each(&Row { y, xs: &xs, difference, slopes: [across, down] });
        }
    }

    /// The sample of the other frame before a sample's place along an axis of `count`, and the share of the next one, where
    /// both are there.
    fn between(&self, sample: usize, axis: usize, count: usize) -> Option<(usize, f32)> {
        let at = self.scale * (sample as f64 + 0.5) + self.shift[axis] - 0.5;
        if !(at >= 0.0 && at < (count - 1) as f64) {
            return None;
        }
        // Truncation is the floor of what is not below 0.
        let before = at as usize;
        Some((before, (at - before as f64) as f32))
    }
}

/// Where a column of samples lies in the other frame.
struct Place {
    x: usize,
    before: usize,
    /// Of the sample behind.
    share: f32,
}

/// Samples of one row.
pub(super) struct Row<'a> {
    pub(super) y: usize,
    pub(super) xs: &'a [usize],
    /// What each has more light than the other frame there, grey levels.
    pub(super) difference: &'a [f32],
    /// The other frame's slopes across and down, grey levels a sample.
    pub(super) slopes: [&'a [f32]; 2],
}

/// The same, kept from row to row.
struct Samples {
    difference: Vec<f32>,
    across: Vec<f32>,
    down: Vec<f32>,
}

impl Samples {
    fn new(count: usize) -> Self {
        let zeros = || vec![0.0; count];
        Self { difference: zeros(), across: zeros(), down: zeros() }
    }

    /// Looks at a row between two of the other frame, `v` behind the first.
    fn look(&mut self, line: &[f32], other: &[f32], places: &[Place], v: f32) {
        let (above, below) = other.split_at(other.len() / 2);
        let samples = self.difference.iter_mut().zip(&mut self.across).zip(&mut self.down);
        for (((difference, across), down), &Place { x, before, share }) in samples.zip(places) {
            let (a, b, c, d) = (above[before], above[before + 1], below[before], below[before + 1]);
            let (top, bottom) = (a + share * (b - a), c + share * (d - c));
            *difference = line[x] - (top + v * (bottom - top));
            (*across, *down) = ((b - a) + v * ((d - c) - (b - a)), bottom - top);
        }
    }
}
