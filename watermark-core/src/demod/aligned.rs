//! An alignment read: each octave from the level of the pyramid whose samples are about its units.

use super::{Demodulator, Heard, Sight, blocks_aligned, fold_aligned};
use crate::normalise::Pairs;
use crate::pattern::{BLOCK, CELL, CellSigns, Pattern, TILE};
use crate::spectrum::Plane;
use crate::sync::{Alignment, Scene, Warp};

/// Most units of one octave that are resampled; a larger field is left out.
const MOST_UNITS: f64 = 12e6;

/// [`read_levels`] of a scene.
pub(crate) fn read_aligned(
    scene: &Scene,
    (alignment, warp): (&Alignment, Option<&Warp>),
    pattern: &Pattern,
    demodulator: &Demodulator,
    units: &mut f64,
) -> Vec<Heard> {
    let luma: Vec<&Plane> = scene.levels.iter().map(|level| &level.luma).collect();
    read_levels(&luma, |level| &scene.levels[level].white, (alignment, warp), pattern, demodulator, units)
}

/// Soft values of the octaves of an alignment, coarsest first, from a pyramid of luma and whitened planes, as far as
/// `units` lasts: the number of units that may still be looked up, which goes down by those that were. The coarsest
/// octave is always read. `warp` is what the alignment does not follow.
pub(crate) fn read_levels<'a>(
    luma: &[&Plane],
    white: impl Fn(usize) -> &'a Pairs,
    (alignment, warp): (&Alignment, Option<&Warp>),
    pattern: &Pattern,
    demodulator: &Demodulator,
    units: &mut f64,
) -> Vec<Heard> {
    let (height, width) = luma[0].dim();
    let mut out = Vec::with_capacity(alignment.octaves);
    for octave in 0..alignment.octaves {
        let wanted = (height * width) as f64 / alignment.pitch(octave).powi(2);
        if octave > 0 && wanted > *units {
            break;
        }
        *units -= wanted;
        out.extend(read_octave(luma, &white, (alignment, warp), octave, pattern, demodulator));
    }
    out
}

fn read_octave<'a>(
    levels: &[&Plane],
    white: &impl Fn(usize) -> &'a Pairs,
    (alignment, warp): (&Alignment, Option<&Warp>),
    octave: usize,
    pattern: &Pattern,
    demodulator: &Demodulator,
) -> Option<Heard> {
    let grid = OctaveGrid::new(levels.len(), levels[0].dim(), alignment, octave)?;
    let signs = content_signs(levels, (alignment, warp), octave, &grid, pattern);
    let sight = Sight { placement: alignment.placement(octave, grid.fine), level: grid.fine, warp };
    let folded = fold_aligned(white(grid.fine), &sight, &signs, grid.first, demodulator.cubic());
    Some(demodulator.read(folded, pattern))
}

/// The part of an octave's grid that covers the picture, and the levels of the pyramid to see it from.
pub(crate) struct OctaveGrid {
    /// Level whose samples are about units.
    pub(crate) fine: usize,
    /// Level with some two to four samples a block.
    coarse: usize,
    /// First unit (x, y), a corner of a tile.
    pub(crate) first: (i64, i64),
    /// Rows and columns, whole cells.
    units: (usize, usize),
}

impl OctaveGrid {
    /// For a pyramid of `levels` levels over a working plane of `size` (rows, columns); `None` for a field too large.
    pub(crate) fn new(levels: usize, size: (usize, usize), alignment: &Alignment, octave: usize) -> Option<Self> {
        let (low, high) = alignment.bounds(octave, size.1 as f64, size.0 as f64);
        let tile = TILE as f64;
        let first = (libm::floor(low.0 / tile) as i64 * TILE as i64, libm::floor(low.1 / tile) as i64 * TILE as i64);
        let span = |from: i64, to: f64| (libm::ceil((to - from as f64) / CELL as f64).max(1.0) as usize) * CELL;
        if (high.0 - low.0) * (high.1 - low.1) > MOST_UNITS || (high.0 - low.0).max(high.1 - low.1) > 1e5 {
            return None;
        }
        let pitch = alignment.pitch(octave);
        let level = |samples_per_unit: f64| {
            let halvings = libm::floor(libm::log2((pitch * samples_per_unit).max(1.0))) as usize;
            halvings.min(levels - 1)
        };
        Some(Self {
            // Between 0.6 and 1.2 samples a unit: no aliasing into the band, and no needless samples.
            fine: level(1.0 / 0.6),
            coarse: level(BLOCK as f64 / 2.0),
            first,
            units: (span(first.1, high.1), span(first.0, high.0)),
        })
    }
}

/// Signs of an octave's cells as the picture's content gives them.
pub(crate) fn content_signs(
    levels: &[&Plane],
    (alignment, warp): (&Alignment, Option<&Warp>),
    octave: usize,
    grid: &OctaveGrid,
    pattern: &Pattern,
) -> CellSigns {
    let sight = Sight { placement: alignment.placement(octave, grid.coarse), level: grid.coarse, warp };
    pattern.cells.signs(&blocks_aligned(levels[grid.coarse], &sight, grid.first, grid.units))
}
