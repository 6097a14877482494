//! Folding: all copies of the tile over the picture are added up, once with their content signs, once without.
//!
//! The two sums travel as the real and imaginary part of one complex tile, so that one transform serves both.

use std::ops::Range;

use super::cubic::{Cubic, Fixed, NEAR, sum};
use crate::normalise::{Pairs, REDUCED_TILE, WEIGHTINGS, Whitener};
use crate::parallel;
use crate::pattern::{CELL, CellSigns, TILE, blend_row};
use crate::spectrum::{C32, Plane};
use crate::sync::{Placement, Warp};
use crate::vector::wide;

/// Most parts of a plane that are folded apart; each has tiles of its own.
const PARTS: usize = 4;

/// Units that are interpolated before they are added.
const BATCH: usize = 32;

/// Reduced samples along a cell's side.
const REDUCED_CELL: usize = CELL * REDUCED_TILE / TILE;

/// Whitens and folds a plane whose samples are the octave's units, origin at the top-left corner, with each of some
/// keys' signs, to tiles of reduced samples. The plane is cut in parts by its size alone and their tiles are added up in
/// order.
pub(crate) fn fold_direct(plane: &Plane, whitener: &Whitener, signs: &[CellSigns]) -> Vec<Folded> {
    let ranges = whitener.reduced().parts(plane.nrows(), PARTS);
    fold_ranges(plane, whitener, signs, ranges).folded()
}

/// As [`fold_direct`], of every second part, and of the whole where that is more.
pub(crate) fn fold_sample(
    plane: &Plane,
    whitener: &Whitener,
    signs: &[CellSigns],
) -> (Vec<Folded>, Option<Vec<Folded>>) {
    let (sampled, rest) = sampled_ranges(plane, whitener);
    let sample = fold_ranges(plane, whitener, signs, sampled);
    let folded = sample.folded();
    let whole = (!rest.is_empty()).then(|| sample.add(fold_ranges(plane, whitener, signs, rest)).folded());
    (folded, whole)
}

/// The first of [`fold_sample`] alone, and the share of the plane that it is.
pub(crate) fn fold_sample_only(plane: &Plane, whitener: &Whitener, signs: &[CellSigns]) -> (Vec<Folded>, f32) {
    let (sampled, rest) = sampled_ranges(plane, whitener);
    let rows = |ranges: &[Range<usize>]| ranges.iter().map(|range| range.len()).sum::<usize>() as f32;
    let share = rows(&sampled) / (rows(&sampled) + rows(&rest));
    (fold_ranges(plane, whitener, signs, sampled).folded(), share)
}

/// Tiles of one key under each weighting: with its signs in the real part, without in the imaginary part.
type Folded = [Vec<C32>; WEIGHTINGS];

/// Every second part of a plane, and the others; all in the first where there are few.
fn sampled_ranges(plane: &Plane, whitener: &Whitener) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
    let ranges = whitener.reduced().parts(plane.nrows(), PARTS);
    if ranges.len() < PARTS {
        return (ranges, Vec::new());
    }
    let every_second = |first: usize| ranges.iter().skip(first).step_by(2).cloned().collect();
    (every_second(0), every_second(1))
}

fn fold_ranges(plane: &Plane, whitener: &Whitener, signs: &[CellSigns], ranges: Vec<Range<usize>>) -> Part {
    let sum = parallel::map_reduce(ranges, |range| fold_part(plane, whitener, signs, range), Part::add);
    sum.expect("there is a part")
}

/// Tiles of one part of a plane: with each key's signs, and without signs.
struct Part {
    signed: Vec<Tiles>,
    unsigned: Tiles,
}

impl Part {
    fn folded(&self) -> Vec<Folded> {
        self.signed.iter().map(|signed| signed.beside(&self.unsigned)).collect()
    }

    /// Adds row `y` of the whitened plane; `weights` is scratch.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn add_row(&mut self, y: usize, white: [&[f32]; WEIGHTINGS], signs: &[CellSigns], weights: &mut [f32]) {
        let line = y % REDUCED_TILE * REDUCED_TILE..(y % REDUCED_TILE + 1) * REDUCED_TILE;
        for (row, tile) in white.iter().zip(&mut self.unsigned.0) {
            let tile = &mut tile[line.clone()];
            row.chunks(REDUCED_TILE)
                .for_each(|values| tile.iter_mut().zip(values).for_each(|(sum, value)| *sum += value));
        }
        for (signs, tiles) in signs.iter().zip(&mut self.signed) {
            blend_row(&signs.weights, signs.columns, y, REDUCED_CELL, weights);
            for (row, tile) in white.iter().zip(&mut tiles.0) {
                let tile = &mut tile[line.clone()];
                for (values, weights) in row.chunks(REDUCED_TILE).zip(weights.chunks(REDUCED_TILE)) {
                    let values = values.iter().zip(weights);
                    tile.iter_mut().zip(values).for_each(|(sum, (value, weight))| *sum += value * weight);
                }
            }
        }
    }

    fn add(mut self, other: Self) -> Self {
        self.unsigned.add(&other.unsigned);
        self.signed.iter_mut().zip(&other.signed).for_each(|(sum, part)| sum.add(part));
        self
    }
}

/// A real tile of reduced samples for each weighting.
struct Tiles([Vec<f32>; WEIGHTINGS]);

impl Tiles {
    fn new() -> Self {
        Self(std::array::from_fn(|_| vec![0.0; REDUCED_TILE * REDUCED_TILE]))
    }

    fn add(&mut self, other: &Self) {
        for (sum, other) in self.0.iter_mut().zip(&other.0) {
            sum.iter_mut().zip(other).for_each(|(sum, value)| *sum += value);
        }
    }

    /// This in the real part and `unsigned` in the imaginary part.
    fn beside(&self, unsigned: &Self) -> Folded {
        std::array::from_fn(|i| self.0[i].iter().zip(&unsigned.0[i]).map(|(&re, &im)| C32::new(re, im)).collect())
    }
}

fn fold_part(plane: &Plane, whitener: &Whitener, signs: &[CellSigns], rows: Range<usize>) -> Part {
    let mut part = Part { signed: signs.iter().map(|_| Tiles::new()).collect(), unsigned: Tiles::new() };
    let whitener = whitener.reduced();
    let columns = whitener.samples(plane.ncols());
    let spread = signs.iter().map(|signs| signs.columns * REDUCED_CELL).fold(columns, usize::max);
    let mut weights = vec![0.0_f32; spread];
    whitener.rows(plane, rows, |y, white| {
        wide(
            #[inline(always)]
            || part.add_row(y, white, signs, &mut weights),
        );
    });
    part
}

/// Folds a whitened plane as `sight` has it. `first_unit` (x, y) is the tile-aligned unit at which the signs'
/// grid starts.
pub(crate) fn fold_aligned(
    white: &Pairs,
    sight: &Sight<'_>,
    signs: &CellSigns,
    first_unit: (i64, i64),
    cubic: &Cubic,
) -> [Vec<C32>; WEIGHTINGS] {
    let (rows, columns) = (signs.rows * CELL, signs.columns * CELL);
    // For each unit of the tile and each weighting the signed and the unsigned sum.
    let mut tile = vec![[0.0_f32; 2 * WEIGHTINGS]; TILE * TILE];
    let mut weights = vec![0.0_f32; columns];
    // Units of a row that lie on a straight line.
    let straight = if sight.warp.is_some() { CELL } else { columns };
    for row in 0..rows {
        let v = (first_unit.1 + row as i64) as f64 + 0.5;
        let line = &mut tile[row % TILE * TILE..][..TILE];
        blend_row(&signs.weights, signs.columns, row, CELL, &mut weights);
        for first in (0..columns).step_by(straight) {
            let (start, step) = sight.line(first_unit.0 as f64 + first as f64 + 0.5, v, straight);
            let Some((from, to)) = inside(start, step, straight, white) else { continue };
            wide(
                #[inline(always)]
                || {
                    let mut x = Fixed::new(start.0 - 0.5, step.0, from);
                    let mut y = Fixed::new(start.1 - 0.5, step.1, from);
                    // In two steps, some units at a time: so the compiler takes all of a neighbourhood's values at once.
                    let mut near = [[0.0_f32; NEAR]; BATCH];
                    let mut u = first + from;
                    for weights in weights[first + from..first + to].chunks(BATCH) {
                        let near = &mut near[..weights.len()];
                        for near in near.iter_mut() {
                            *near = cubic.near(white, x.next(), y.next());
                        }
                        for (near, weight) in near.iter().zip(weights) {
                            let [matched, even] = sum(near);
                            let sums = &mut line[u % TILE];
                            let values = [matched * weight, matched, even * weight, even];
                            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                            u += 1;
                        }
                    }
                },
            );
        }
    }
    std::array::from_fn(|i| tile.iter().map(|sums| C32::new(sums[2 * i], sums[2 * i + 1])).collect())
}

/// An octave as a level of the pyramid shows it.
pub(crate) struct Sight<'a> {
    pub(crate) placement: Placement,
    /// The level, for a warp that is in samples of the finest.
    pub(crate) level: usize,
    pub(crate) warp: Option<&'a Warp>,
}

impl Sight<'_> {
    /// Edge coordinates at a unit.
    pub(crate) fn picture_at(&self, u: f64, v: f64) -> (f64, f64) {
        match self.warp {
            Some(warp) => warp.picture_at(&self.placement, self.level, u, v),
            None => self.placement.picture_at(u, v),
        }
    }

    /// Units at edge coordinates, of a warp that hardly changes over its own length.
    pub(crate) fn units_at(&self, x: f64, y: f64) -> (f64, f64) {
        let halvings = (1_u64 << self.level) as f64;
        let [right, down] = self.warp.map_or([0.0; 2], |warp| warp.at(x * halvings, y * halvings));
        self.placement.units_at(x - right / halvings, y - down / halvings)
    }

    /// Edge coordinates at a unit and the step to the next unit of its row, straight over `count` units.
    fn line(&self, u: f64, v: f64, count: usize) -> ((f64, f64), (f64, f64)) {
        if self.warp.is_none() {
            return self.placement.line(u, v);
        }
        let (start, end) = (self.picture_at(u, v), self.picture_at(u + count as f64, v));
        (start, ((end.0 - start.0) / count as f64, (end.1 - start.1) / count as f64))
    }
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
