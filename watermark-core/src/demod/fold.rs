//! Folding: all copies of the tile over the picture are added up, once with their content signs, once without.
//!
//! The two sums travel as the real and imaginary part of one complex tile, so that one transform serves both.

use crate::normalise::{Pairs, WEIGHTINGS, White, catmull_rom};
use crate::pattern::{CellSigns, TILE, blend_row};
use crate::spectrum::{C32, Plane};
use crate::sync::Placement;

/// Folds a whitened plane whose samples are the octave's units, origin at the top-left corner.
pub(crate) fn fold_direct(white: &White, signs: &CellSigns) -> [Vec<C32>; WEIGHTINGS] {
    white.planes.each_ref().map(|plane| fold_plane(plane, signs))
}

fn fold_plane(white: &Plane, signs: &CellSigns) -> Vec<C32> {
    let width = white.ncols();
    let mut tile = vec![C32::default(); TILE * TILE];
    let mut weights = vec![0.0_f32; (signs.columns * crate::pattern::CELL).max(width)];
    let rows = white.as_slice().expect("planes are contiguous").chunks_exact(width);
    for (y, row) in rows.enumerate() {
        blend_row(&signs.weights, signs.columns, y, &mut weights);
        let line = &mut tile[y % TILE * TILE..(y % TILE + 1) * TILE];
        for (values, weights) in row.chunks(TILE).zip(weights.chunks(TILE)) {
            for ((sum, value), weight) in line.iter_mut().zip(values).zip(weights) {
                *sum += C32::new(value * weight, *value);
            }
        }
    }
    tile
}

/// Folds a whitened plane seen through `placement`. `first_unit` (x, y) is the tile-aligned unit at which the signs'
/// grid starts.
pub(crate) fn fold_aligned(
    white: &Pairs,
    placement: &Placement,
    signs: &CellSigns,
    first_unit: (i64, i64),
) -> [Vec<C32>; WEIGHTINGS] {
    let cell = crate::pattern::CELL;
    let (rows, columns) = (signs.rows * cell, signs.columns * cell);
    let mut tiles = [vec![C32::default(); TILE * TILE], vec![C32::default(); TILE * TILE]];
    let mut weights = vec![0.0_f32; columns];
    for row in 0..rows {
        let v = (first_unit.1 + row as i64) as f64 + 0.5;
        let (start, step) = placement.line(first_unit.0 as f64 + 0.5, v);
        let Some((from, to)) = inside(start, step, columns, white) else { continue };
        blend_row(&signs.weights, signs.columns, row, &mut weights);
        let line = row % TILE * TILE;
        for u in from..to {
            let (x, y) = (start.0 + step.0 * u as f64, start.1 + step.1 * u as f64);
            let values = cubic_at(white, x - 0.5, y - 0.5);
            for (tile, value) in tiles.iter_mut().zip(values) {
                tile[line + u % TILE] += C32::new(value * weights[u], value);
            }
        }
    }
    tiles
}

/// Range of steps along a line for which a 4 x 4 neighbourhood lies in the plane.
fn inside(start: (f64, f64), step: (f64, f64), count: usize, plane: &Pairs) -> Option<(usize, usize)> {
    let (mut from, mut to) = (0.0_f64, count as f64);
    let mut clip = |start: f64, step: f64, side: usize| {
        // One sample of margin on either side: 1.5 <= position < side - 2.5 in edge coordinates.
        let (low, high) = (1.6, side as f64 - 2.6);
        if step.abs() < 1e-12 {
            if start < low || start > high {
                to = -1.0;
            }
            return;
        }
        let (a, b) = ((low - start) / step, (high - start) / step);
        from = from.max(a.min(b));
        to = to.min(a.max(b));
    };
    clip(start.0, step.0, plane.columns);
    clip(start.1, step.1, plane.rows);
    let (from, to) = (libm::ceil(from.max(0.0)), libm::floor(to));
    (from < to).then_some((from as usize, to as usize))
}

/// Cubic interpolation at a position in sample coordinates, at least one sample away from the border.
#[inline]
fn cubic_at(plane: &Pairs, x: f64, y: f64) -> [f32; WEIGHTINGS] {
    let (x0, y0) = (x as u32 as usize, y as u32 as usize);
    let (wx, wy) = (catmull_rom((x - x0 as f64) as f32), catmull_rom((y - y0 as f64) as f32));
    let mut columns = [[0.0_f32; WEIGHTINGS]; 4];
    for (i, weight) in wy.into_iter().enumerate() {
        let row = &plane.values[(y0 + i - 1) * plane.columns + x0 - 1..][..4];
        for (sum, pair) in columns.iter_mut().zip(row) {
            sum[0] += weight * pair[0];
            sum[1] += weight * pair[1];
        }
    }
    std::array::from_fn(|k| (0..4).map(|i| wx[i] * columns[i][k]).sum())
}
