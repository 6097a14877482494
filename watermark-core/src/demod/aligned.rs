//! An alignment read: each octave from the level of the pyramid whose samples are about its units.

use super::{Demodulator, Heard, blocks_aligned, fold_aligned};
use crate::pattern::{BLOCK, CELL, Pattern, TILE};
use crate::sync::{Alignment, Scene};

/// Most units of one octave that are resampled; a larger field is left out.
const MOST_UNITS: f64 = 12e6;

/// Soft values of every octave of an alignment, coarsest first.
pub(crate) fn read_aligned(scene: &Scene, alignment: &Alignment, pattern: &Pattern, demodulator: &Demodulator) -> Vec<Heard> {
    (0..alignment.octaves).filter_map(|i| read_octave(scene, alignment, i, pattern, demodulator)).collect()
}

fn read_octave(
    scene: &Scene,
    alignment: &Alignment,
    octave: usize,
    pattern: &Pattern,
    demodulator: &Demodulator,
) -> Option<Heard> {
    let (height, width) = scene.levels[0].luma.dim();
    let (low, high) = alignment.bounds(octave, width as f64, height as f64);
    let tile = TILE as f64;
    let first = (libm::floor(low.0 / tile) as i64 * TILE as i64, libm::floor(low.1 / tile) as i64 * TILE as i64);
    let span = |from: i64, to: f64| (libm::ceil((to - from as f64) / CELL as f64).max(1.0) as usize) * CELL;
    if (high.0 - low.0) * (high.1 - low.1) > MOST_UNITS || (high.0 - low.0).max(high.1 - low.1) > 1e5 {
        return None;
    }
    let units = (span(first.1, high.1), span(first.0, high.0));
    let pitch = alignment.pitch(octave);
    let level = |samples_per_unit: f64| {
        let halvings = libm::floor(libm::log2((pitch * samples_per_unit).max(1.0))) as usize;
        halvings.min(scene.levels.len() - 1)
    };
    // Between 0.6 and 1.2 samples a unit: no aliasing into the band, and no needless samples.
    let fine = level(1.0 / 0.6);
    // Some two to four samples a block.
    let coarse = level(BLOCK as f64 / 2.0);
    let blocks = blocks_aligned(&scene.levels[coarse].luma, &alignment.placement(octave, coarse), first, units);
    let signs = pattern.cells.signs(&blocks);
    let folded = fold_aligned(&scene.levels[fine].white, &alignment.placement(octave, fine), &signs, first);
    Some(demodulator.read(folded, pattern))
}
