//! Where the mark is: the picture's agreement with the mark that was read, place by place.

use super::Sight;
use super::aligned::{OctaveGrid, content_signs};
use crate::normalise::{WEIGHTINGS, Weighting, Whitener};
use crate::pattern::{CELL, CellSigns, Pattern, TILE, TileSynth, even_gains};
use crate::spectrum::Plane;
use crate::sync::{Alignment, Warp};

/// Fields along the picture's short side.
const SHORT_SIDE_FIELDS: usize = 12;
/// Most fields along a side.
const MOST_FIELDS: usize = 96;
/// Share of the strongest octave's weight below which an octave is left out.
const LEAST_WEIGHT: f32 = 0.2;
/// Samples of one plane that are enough for a map this coarse; where a coarser octave speaks, larger planes are left
/// out.
const ENOUGH_SAMPLES: usize = 300_000;

/// Agreement on a coarse grid over the picture.
pub(crate) struct Trace {
    pub(crate) columns: usize,
    pub(crate) rows: usize,
    sums: Vec<f64>,
    squares: Vec<f64>,
}

/// What was read: by which alignment, with what weight in each octave, and the codeword.
pub(crate) struct Found<'a> {
    pub(crate) alignment: Alignment,
    pub(crate) warp: Option<&'a Warp>,
    pub(crate) weights: &'a [f32],
    pub(crate) codeword: &'a [u8],
}

impl Trace {
    /// Correlates the whitened pyramid `levels` (each half the size of the one before) with the mark that was found.
    pub(crate) fn new(levels: &[&Plane], found: &Found<'_>, pattern: &Pattern, whitener: &Whitener) -> Self {
        let (height, width) = levels[0].dim();
        let fields = |side: usize| (side * SHORT_SIDE_FIELDS).div_ceil(height.min(width)).min(MOST_FIELDS);
        let (columns, rows) = (fields(width), fields(height));
        let mut trace = Self { columns, rows, sums: vec![0.0; columns * rows], squares: vec![0.0; columns * rows] };
        let strongest = found.weights.iter().copied().fold(0.0, f32::max);
        let mut seen = false;
        for (octave, &weight) in found.weights.iter().enumerate() {
            let Some(grid) = OctaveGrid::new(levels.len(), (height, width), &found.alignment, octave) else { continue };
            let large = levels[grid.fine].len() > ENOUGH_SAMPLES;
            if weight < LEAST_WEIGHT * strongest || (large && seen) {
                continue;
            }
            seen = true;
            let tile = TileSynth::new().payloads(pattern, found.codeword, &[(octave, even_gains())]).remove(0);
            let view = View {
                sight: Sight {
                    placement: found.alignment.placement(octave, grid.fine),
                    level: grid.fine,
                    warp: found.warp,
                },
                signs: content_signs(levels, (&found.alignment, found.warp), octave, &grid, pattern),
                first: grid.first,
                tile: &tile,
            };
            trace.add(levels[grid.fine], &view, weight, whitener);
        }
        trace
    }

    fn add(&mut self, plane: &Plane, view: &View<'_>, weight: f32, whitener: &Whitener) {
        let (height, width) = plane.dim();
        whitener.every().rows(plane, 0..height, |y, white: [&[f32]; WEIGHTINGS]| {
            let line = y * self.rows / height * self.columns;
            for (x, value) in white[Weighting::Even as usize].iter().enumerate() {
                let field = line + x * self.columns / width;
                let product = f64::from(weight * value * view.expected(x as f64 + 0.5, y as f64 + 0.5));
                self.sums[field] += product;
                self.squares[field] += product * product;
            }
        });
    }

    /// Agreement of each field, with its neighbours at half and quarter weight, in standard deviations of no mark;
    /// row-major.
    pub(crate) fn z(&self) -> Vec<f32> {
        let field = |at: usize| {
            let (row, column) = (at / self.columns, at % self.columns);
            let (mut sum, mut squares) = (0.0, 0.0);
            for y in row.saturating_sub(1)..(row + 2).min(self.rows) {
                for x in column.saturating_sub(1)..(column + 2).min(self.columns) {
                    let weight = if y == row { 1.0 } else { 0.5 } * if x == column { 1.0 } else { 0.5 };
                    sum += weight * self.sums[y * self.columns + x];
                    squares += weight * weight * self.squares[y * self.columns + x];
                }
            }
            if squares > 0.0 { (sum / libm::sqrt(squares)) as f32 } else { 0.0 }
        };
        (0..self.sums.len()).map(field).collect()
    }
}

/// One octave of the mark as a plane should show it.
struct View<'a> {
    sight: Sight<'a>,
    signs: CellSigns,
    first: (i64, i64),
    tile: &'a [f32],
}

impl View<'_> {
    /// The payload's pattern at edge coordinates of the plane.
    fn expected(&self, x: f64, y: f64) -> f32 {
        let (u, v) = self.sight.units_at(x, y);
        let (cu, cv) = (u - self.first.0 as f64, v - self.first.1 as f64);
        let (column, row) = ((cu / CELL as f64) as usize, (cv / CELL as f64) as usize);
        if cu < 0.0 || cv < 0.0 || column >= self.signs.columns || row >= self.signs.rows {
            return 0.0;
        }
        // The tile's sample n lies at unit n + 0.5.
        let (u0, v0) = (libm::floor(u - 0.5), libm::floor(v - 0.5));
        let (tu, tv) = ((u - 0.5 - u0) as f32, (v - 0.5 - v0) as f32);
        let wrap = |n: f64, step: i64| (n as i64 + step).rem_euclid(TILE as i64) as usize;
        let at = |du: i64, dv: i64| self.tile[wrap(v0, dv) * TILE + wrap(u0, du)];
        let value = (at(0, 0) * (1.0 - tu) + at(1, 0) * tu) * (1.0 - tv) + (at(0, 1) * (1.0 - tu) + at(1, 1) * tu) * tv;
        value * self.signs.weights[row * self.signs.columns + column]
    }
}
