//! The picture's coarse content on the block grid of an octave, from which content signs are computed.

use super::Sight;
use crate::pattern::{BLOCK, BLOCKS_PER_CELL, CellGrid};
use crate::spectrum::Plane;

/// Means over `side` x `side` samples of a plane whose grid coincides with the octave's: `side` samples are one
/// block. Covers `units` (rows, columns) of the octave, in whole cells; blocks outside repeat the border.
pub(crate) fn blocks_direct(plane: &Plane, side: usize, units: (usize, usize)) -> CellGrid {
    let count = |n: usize| n.div_ceil(BLOCK * BLOCKS_PER_CELL) * BLOCKS_PER_CELL;
    let (height, width) = plane.dim();
    let (inside_rows, inside_columns) = (height.div_ceil(side), width.div_ceil(side));
    let source = plane.as_slice().expect("planes are contiguous");
    let mut inside = Plane::zeros((inside_rows, inside_columns));
    let mut sums = vec![0.0_f32; inside_columns];
    for row in 0..inside_rows {
        let lines = row * side..((row + 1) * side).min(height);
        sums.fill(0.0);
        for y in lines.clone() {
            let line = source[y * width..(y + 1) * width].chunks(side);
            sums.iter_mut().zip(line).for_each(|(sum, chunk)| *sum += chunk.iter().sum::<f32>());
        }
        for (column, sum) in sums.iter().enumerate() {
            let across = ((column + 1) * side).min(width) - column * side;
            inside[(row, column)] = sum / (across * lines.len()) as f32;
        }
    }
    let blocks = Plane::from_shape_fn((count(units.0), count(units.1)), |(y, x)| {
        inside[(y.min(inside_rows - 1), x.min(inside_columns - 1))]
    });
    CellGrid { blocks, first: (0, 0) }
}

/// Samples of the block grid over `tiles`-aligned units, taken from a plane of the luma pyramid in which a block is
/// some two samples wide.
pub(crate) fn blocks_aligned(
    plane: &Plane,
    sight: &Sight<'_>,
    first_unit: (i64, i64),
    units: (usize, usize),
) -> CellGrid {
    let count = |n: usize| n.div_ceil(BLOCK);
    let (height, width) = plane.dim();
    let at = |x: f64, y: f64| {
        let (x, y) = ((x - 0.5).clamp(0.0, (width - 1) as f64), (y - 0.5).clamp(0.0, (height - 1) as f64));
        let (x0, y0) = (x as usize, y as usize);
        let (x1, y1) = ((x0 + 1).min(width - 1), (y0 + 1).min(height - 1));
        let (tx, ty) = ((x - x0 as f64) as f32, (y - y0 as f64) as f32);
        (plane[(y0, x0)] * (1.0 - tx) + plane[(y0, x1)] * tx) * (1.0 - ty)
            + (plane[(y1, x0)] * (1.0 - tx) + plane[(y1, x1)] * tx) * ty
    };
    let blocks = Plane::from_shape_fn((count(units.0), count(units.1)), |(row, column)| {
        let unit = |first: i64, i: usize| first as f64 + (i as f64 + 0.5) * BLOCK as f64;
        let (u, v) = (unit(first_unit.0, column), unit(first_unit.1, row));
        let quarter = BLOCK as f64 / 4.0;
        let corners = [(-quarter, -quarter), (quarter, -quarter), (-quarter, quarter), (quarter, quarter)];
        let sum: f32 = corners
            .iter()
            .map(|(du, dv)| {
                let (x, y) = sight.picture_at(u + du, v + dv);
                at(x, y)
            })
            .sum();
        sum * 0.25
    });
    let cell = |first: i64| (first.rem_euclid(crate::pattern::TILE as i64) as usize) / (BLOCK * BLOCKS_PER_CELL);
    CellGrid { blocks, first: (cell(first_unit.0), cell(first_unit.1)) }
}
