//! The untouched geometry: the working plane's grid is the tile's grid, so no interpolation is needed.

use super::{Demodulator, Heard, blocks_direct, fold_direct};
use crate::normalise::{White, Whitener, halve, resample};
use crate::pattern::{BLOCK, Pattern, TILE};
use crate::spectrum::Plane;

/// Finest octave that a reader looks at when the whole picture is there: 1024 units on the short side.
pub(crate) const FINEST_READ: usize = 2;

/// A picture on the grid of its finest readable octave and of the coarser ones.
pub(crate) struct DirectPlanes {
    /// Luma, finest octave first.
    pub(crate) luma: Vec<Plane>,
    /// Whitened luma, finest octave first.
    pub(crate) white: Vec<White>,
}

/// Octaves read directly from a picture of this short side, counted from the coarsest.
pub(crate) fn direct_octaves(short_side: usize) -> usize {
    crate::pattern::octaves(short_side).end().min(&FINEST_READ) + 1
}

/// Pixels of the picture to a sample of the base plane.
pub(crate) fn base_pitch(short_side: usize) -> f64 {
    short_side as f64 / (TILE << (direct_octaves(short_side) - 1)) as f64
}

impl DirectPlanes {
    /// From working luma of `working_pitch` picture pixels a sample.
    pub(crate) fn new(working: &Plane, working_pitch: f64, short_side: usize, whitener: &Whitener) -> Self {
        let base = resample(working, base_pitch(short_side) / working_pitch);
        Self::from_base(base, direct_octaves(short_side), whitener)
    }

    /// From the base plane itself.
    pub(crate) fn from_base(base: Plane, octaves: usize, whitener: &Whitener) -> Self {
        let mut luma = vec![base];
        for _ in 1..octaves {
            let next = halve(&luma[luma.len() - 1]);
            luma.push(next);
        }
        let white = luma.iter().map(|plane| whitener.apply(plane)).collect();
        Self { luma, white }
    }

    /// Soft values of every octave, coarsest first.
    pub(crate) fn read(&self, pattern: &Pattern, demodulator: &Demodulator) -> Vec<Heard> {
        let octaves = self.luma.iter().zip(&self.white).rev();
        let read = octaves.map(|(luma, white)| {
            let signs = pattern.cells.signs(&blocks_direct(luma, BLOCK, luma.dim()));
            demodulator.read(fold_direct(white, &signs), pattern)
        });
        read.collect()
    }
}
