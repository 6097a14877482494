//! Bends that no affine map follows: the phases of the template's peaks, window by window, say how far each place has
//! moved, from the coarsest octave, in which a move is a small part of a period, to the finest.
//!
//! The template has nothing to do with the carriers of the code, so what is fitted here favours no payload.

use super::placement::{Alignment, Placement};
use super::scene::Scene;
use super::window::{View, Waves};
use crate::demod::Cubic;
use crate::pattern::Template;

/// Distance between the centres of two windows, units.
const SPACING: f64 = 64.0;

/// Farthest move that is looked for, units: of the coarsest octave, and of what is left in the others.
const FARTHEST: (usize, usize) = (4, 2);

/// Weight of the belief that nothing is left to move.
const STILL: f64 = 1.0;
/// What a window's belief counts for its neighbour.
const BESIDE: f64 = 0.5;
/// Windows that are enough to tell a mark from chance, and the mean belief in them that does: 0.06 was the most of thirty
/// unmarked pictures, 0.13 the least of those that were read (docs/decisions/warps.md).
const ENOUGH: (usize, f64) = (64, 0.09);

/// Moves over a working plane, in its samples.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Warp {
    grids: Vec<Grid>,
}

/// Moves on a grid, interpolated in between.
#[derive(Debug, Clone, PartialEq)]
struct Grid {
    /// Samples from knot to knot; the first lies half of it inside.
    spacing: f64,
    columns: usize,
    rows: usize,
    moves: Vec<[f64; 2]>,
}

impl Warp {
    /// How far what belongs at a point of the working plane has moved, samples.
    pub(crate) fn at(&self, x: f64, y: f64) -> [f64; 2] {
        self.grids.iter().map(|grid| grid.at(x, y)).fold([0.0; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]])
    }

    /// The point of a level of the pyramid at which a unit is found.
    pub(crate) fn picture_at(&self, placement: &Placement, level: usize, u: f64, v: f64) -> (f64, f64) {
        let halvings = (1_u64 << level) as f64;
        let (x, y) = placement.picture_at(u, v);
        let [right, down] = self.at(x * halvings, y * halvings);
        (x + right / halvings, y + down / halvings)
    }
}

impl Grid {
    fn new(size: (f64, f64), spacing: f64) -> Self {
        let count = |side: f64| (libm::round(side / spacing) as usize).max(2);
        let (columns, rows) = (count(size.0), count(size.1));
        Self { spacing, columns, rows, moves: vec![[0.0; 2]; columns * rows] }
    }

    /// The knot at a place of the grid, samples.
    fn knot(&self, column: usize, row: usize) -> (f64, f64) {
        ((column as f64 + 0.5) * self.spacing, (row as f64 + 0.5) * self.spacing)
    }

    fn at(&self, x: f64, y: f64) -> [f64; 2] {
        let place = |at: f64, count: usize| {
            let at = (at / self.spacing - 0.5).clamp(0.0, (count - 1) as f64);
            let before = (at as usize).min(count - 2);
            (before, at - before as f64)
        };
        let ((column, right), (row, down)) = (place(x, self.columns), place(y, self.rows));
        let knot = |row: usize, column: usize| self.moves[row * self.columns + column];
        [0, 1].map(|part| {
            let line = |row: usize| {
                let (a, b) = (knot(row, column)[part], knot(row, column + 1)[part]);
                a + right * (b - a)
            };
            let (a, b) = (line(row), line(row + 1));
            a + down * (b - a)
        })
    }

    /// Sets the moves to what the windows say, each with its neighbours, as far as they are believed.
    fn settle(&mut self, seen: &[([f64; 2], f64)]) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let (mut sum, mut total) = ([0.0; 2], STILL);
                for y in row.saturating_sub(1)..(row + 2).min(self.rows) {
                    for x in column.saturating_sub(1)..(column + 2).min(self.columns) {
                        let ([right, down], belief) = seen[y * self.columns + x];
                        let near = belief * BESIDE.powi((y.abs_diff(row) + x.abs_diff(column)) as i32);
                        sum = [sum[0] + near * right, sum[1] + near * down];
                        total += near;
                    }
                }
                self.moves[row * self.columns + column] = sum.map(|sum| sum / total);
            }
        }
    }
}

/// Moves that bring the template of every octave of an alignment together; `None` where the windows show no template.
pub(crate) fn follow(scene: &Scene, alignment: &Alignment, template: &Template, cubic: &Cubic) -> Option<Warp> {
    let (height, width) = scene.levels[0].luma.dim();
    let size = (width as f64, height as f64);
    let (mut warp, mut shown) = (Warp::default(), false);
    let waves = Waves::new(template, FARTHEST.0);
    for octave in 0..alignment.octaves {
        let pitch = alignment.pitch(octave);
        if SPACING * pitch * 2.0 > size.0.min(size.1) {
            continue;
        }
        let level = (libm::floor(libm::log2((pitch / 0.6).max(1.0))) as usize).min(scene.levels.len() - 1);
        let placement = alignment.placement(octave, level);
        let view = View { scene, level, placement, warp: &warp, template, waves: &waves, cubic };
        let farthest = if warp.grids.is_empty() { FARTHEST.0 } else { FARTHEST.1 };
        let mut grid = Grid::new(size, SPACING * pitch);
        let knots = (0..grid.rows).flat_map(|row| (0..grid.columns).map(move |column| (column, row)));
        let seen: Vec<_> = knots
            .map(|(column, row)| {
                let (x, y) = grid.knot(column, row);
                let (units, belief) = view.moved(alignment.units(octave, x, y), farthest);
                (alignment.samples(octave, units), belief)
            })
            .collect();
        let mean = seen.iter().map(|(_, belief)| belief).sum::<f64>() / seen.len() as f64;
        shown |= mean >= ENOUGH.1;
        if seen.len() >= ENOUGH.0 && !shown {
            return None;
        }
        grid.settle(&seen);
        warp.grids.push(grid);
    }
    shown.then_some(warp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_between_the_knots_are_between_theirs() {
        let mut grid = Grid::new((400.0, 200.0), 100.0);
        assert_eq!((grid.columns, grid.rows), (4, 2));
        grid.moves[1] = [8.0, -4.0];
        let warp = Warp { grids: vec![grid.clone(), grid] };
        assert_eq!(warp.at(150.0, 50.0), [16.0, -8.0]);
        assert_eq!(warp.at(100.0, 50.0), [8.0, -4.0]);
        assert_eq!(warp.at(150.0, 100.0), [8.0, -4.0]);
        assert_eq!(warp.at(350.0, 150.0), [0.0; 2]);
        assert_eq!(warp.at(-50.0, 900.0), [0.0; 2]);
    }

    #[test]
    fn one_strong_window_moves_its_neighbours_a_little() {
        let mut grid = Grid::new((300.0, 300.0), 100.0);
        let mut seen = vec![([0.0; 2], 0.0); 9];
        seen[4] = ([2.0, 1.0], 9.0);
        grid.settle(&seen);
        assert!((grid.moves[4][0] - 1.8).abs() < 1e-9 && (grid.moves[4][1] - 0.9).abs() < 1e-9);
        assert!(grid.moves[3][0] > grid.moves[0][0] && grid.moves[0][0] > 1.0);
    }
}
