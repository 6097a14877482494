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

    /// Calls `each` with a sample's column and row, what it has more light than the other frame there, and the other one's
    /// slopes across and down.
    pub(super) fn each(&self, mut each: impl FnMut((usize, usize), f32, (f32, f32))) {
        let (rows, columns) = self.reference.dim();
        let other = self.reference.as_slice().expect("planes are contiguous");
        for y in (0..self.frame.nrows()).step_by(self.stride) {
            let down = self.scale * (y as f64 + 0.5) + self.shift[1] - 0.5;
            if !(down >= 0.0 && down < (rows - 1) as f64) {
                continue;
            }
            // Truncation is the floor of what is not below 0.
            let row = down as usize;
            let v = (down - row as f64) as f32;
            let (above, below) = (&other[row * columns..][..columns], &other[(row + 1) * columns..][..columns]);
            let line = self.frame.row(y);
            let line = line.as_slice().expect("planes are contiguous");
            for x in (0..line.len()).step_by(self.stride) {
                let across = self.scale * (x as f64 + 0.5) + self.shift[0] - 0.5;
                if !(across >= 0.0 && across < (columns - 1) as f64) {
                    continue;
                }
                let column = across as usize;
                let u = (across - column as f64) as f32;
                let (a, b, c, d) = (above[column], above[column + 1], below[column], below[column + 1]);
                let (top, bottom) = (a + u * (b - a), c + u * (d - c));
                let slopes = ((b - a) + v * ((d - c) - (b - a)), bottom - top);
                each((x, y), line[x] - (top + v * (bottom - top)), slopes);
            }
        }
    }
}
