//! Where blocks and cells of the octaves lie on a frame.

use crate::pattern::{BLOCK, CELL, TILE, octaves};

/// Units of the finest octave along the side of a patch: the smallest area whose light is looked at.
pub(super) const PATCH: usize = 4;
/// Patches along the side of a block of the finest octave.
pub(super) const PATCHES_PER_BLOCK: usize = BLOCK / PATCH;

/// The geometry of frames of one size.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Pixels to a unit of the finest octave.
    pub(super) pitch: f64,
    /// The finest octave.
    pub(super) finest: usize,
    /// First pixel of every patch across, and the end of the last.
    pub(super) across: Vec<usize>,
    /// The same down.
    pub(super) down: Vec<usize>,
}

impl Grid {
    pub(super) fn new(width: usize, height: usize) -> Self {
        let short = width.min(height);
        let finest = *octaves(short).end();
        let pitch = short as f64 / (TILE << finest) as f64;
        // Whole pixels: a block's mean is that of a block half a pixel larger or smaller.
        let edges = |n: usize| -> Vec<usize> {
            let patches = libm::ceil(n as f64 / pitch / PATCH as f64 - 1e-6) as usize;
            (0..=patches).map(|i| (libm::round(i as f64 * PATCH as f64 * pitch) as usize).min(n)).collect()
        };
        // A last patch of no pixels is none.
        let trimmed = |mut edges: Vec<usize>, n: usize| {
            while edges.len() > 2 && edges[edges.len() - 2] >= n {
                edges.pop();
            }
            if let Some(last) = edges.last_mut() {
                *last = n;
            }
            edges
        };
        let (across, down) = (trimmed(edges(width), width), trimmed(edges(height), height));
        Self { width, height, pitch, finest, across, down }
    }

    /// Rows and columns of patches.
    pub(super) fn patches(&self) -> (usize, usize) {
        (self.down.len() - 1, self.across.len() - 1)
    }

    /// Pixels to a unit of an octave.
    pub(super) fn pitch_of(&self, octave: usize) -> f64 {
        self.pitch * (1_usize << (self.finest - octave)) as f64
    }

    /// Rows and columns of cells of an octave.
    pub(super) fn cells(&self, octave: usize) -> (usize, usize) {
        let pitch = self.pitch_of(octave);
        let cells = |n: usize| (libm::ceil(n as f64 / pitch - 1e-6) as usize).div_ceil(CELL);
        (cells(self.height), cells(self.width))
    }
}
