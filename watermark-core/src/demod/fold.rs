//! Folding: all copies of the tile over the picture are added up, once with their content signs, once without.
//!
//! The two sums travel as the real and imaginary part of one complex tile, so that one transform serves both.

use std::ops::Range;

use crate::normalise::{Pairs, WEIGHTINGS, Whitener, catmull_rom};
use crate::parallel;
use crate::pattern::{CellSigns, TILE, blend_row};
use crate::spectrum::{C32, Plane};
use crate::sync::Placement;

/// Most parts of a plane that are folded apart; each has tiles of its own.
const PARTS: usize = 4;

/// Whitens and folds a plane whose samples are the octave's units, origin at the top-left corner, with each of some
/// keys' signs. The plane is cut in parts by its size alone and their tiles are added up in order.
pub(crate) fn fold_direct(plane: &Plane, whitener: &Whitener, signs: &[CellSigns]) -> Vec<[Vec<C32>; WEIGHTINGS]> {
    let rows = plane.nrows();
    let parts = (rows / TILE).clamp(1, PARTS);
    let ranges = (0..parts).map(|part| part * rows / parts..(part + 1) * rows / parts);
    let sum = parallel::map_reduce(ranges.collect(), |range| fold_part(plane, whitener, signs, range), Part::add);
    let sum = sum.expect("there is a part");
    sum.signed.iter().map(|signed| signed.beside(&sum.unsigned)).collect()
}

/// Tiles of one part of a plane: with each key's signs, and without signs.
struct Part {
    signed: Vec<Tiles>,
    unsigned: Tiles,
}

impl Part {
    fn add(mut self, other: Self) -> Self {
        self.unsigned.add(&other.unsigned);
        self.signed.iter_mut().zip(&other.signed).for_each(|(sum, part)| sum.add(part));
        self
    }
}

/// A real tile for each weighting.
struct Tiles([Vec<f32>; WEIGHTINGS]);

impl Tiles {
    fn new() -> Self {
        Self(std::array::from_fn(|_| vec![0.0; TILE * TILE]))
    }

    fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            sum.iter_mut().zip(other).for_each(|(sum, value)| *sum += value);
        }
    }

    /// This in the real part and `unsigned` in the imaginary part.
    fn beside(&self, unsigned: &Self) -> [Vec<C32>; WEIGHTINGS] {
        std::array::from_fn(|i| self.0[i].iter().zip(&unsigned.0[i]).map(|(&re, &im)| C32::new(re, im)).collect())
    }
}

fn fold_part(plane: &Plane, whitener: &Whitener, signs: &[CellSigns], rows: Range<usize>) -> Part {
    let mut part = Part { signed: signs.iter().map(|_| Tiles::new()).collect(), unsigned: Tiles::new() };
    let spread = signs.iter().map(|signs| signs.columns * crate::pattern::CELL).fold(plane.ncols(), usize::max);
    let mut weights = vec![0.0_f32; spread];
    whitener.rows(plane, rows, |y, white| {
        let line = y % TILE * TILE..(y % TILE + 1) * TILE;
        for (row, tile) in white.iter().zip(&mut part.unsigned.0) {
            let tile = &mut tile[line.clone()];
            row.chunks(TILE).for_each(|values| tile.iter_mut().zip(values).for_each(|(sum, value)| *sum += value));
        }
        for (signs, tiles) in signs.iter().zip(&mut part.signed) {
            blend_row(&signs.weights, signs.columns, y, &mut weights);
            for (row, tile) in white.iter().zip(&mut tiles.0) {
                let tile = &mut tile[line.clone()];
                for (values, weights) in row.chunks(TILE).zip(weights.chunks(TILE)) {
                    let values = values.iter().zip(weights);
                    tile.iter_mut().zip(values).for_each(|(sum, (value, weight))| *sum += value * weight);
                }
            }
        }
    });
    part
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
