//! Content signs of successive frames, eased so that nothing flickers.
//!
//! Signs are made anew from every frame, as a reader of that frame makes them. A cell keeps its sign as long as the
//! content does not clearly say the other one (a reader gives a doubtful cell next to no weight), and turns over some
//! frames. On a still picture nothing ever turns.

use super::Grid;
use crate::pattern::{BLOCKS_PER_CELL, CELL, CellGrid, CellSigns, Pattern};
use crate::spectrum::Plane;

use super::grid::PATCHES_PER_BLOCK;

/// Weight that a reader gives to the other sign before a cell turns.
const TURNS_FROM: f32 = 0.35;
/// Share of a whole turn (from -1 to 1) that a cell makes in one frame.
const TURN: f32 = 0.5;

/// Signs of one octave.
pub(super) struct Signs {
    octave: usize,
    /// Where a cell's sign is on its way from one to the other.
    pub(super) now: CellSigns,
    /// Where it goes.
    goal: Vec<f32>,
}

impl Signs {
    pub(super) fn new(octave: usize, grid: &Grid) -> Self {
        let (rows, columns) = grid.cells(octave);
        let zeros = vec![0.0; rows * columns];
        let now = CellSigns { columns, rows, signs: zeros.clone(), weights: Vec::new() };
        Self { octave, now, goal: zeros }
    }

    /// Follows a frame; at a cut at once.
    pub(super) fn follow(&mut self, seen: &CellSigns, cut: bool) {
        let cells = self.now.signs.iter_mut().zip(&mut self.goal);
        for ((now, goal), (&sign, &weight)) in cells.zip(seen.signs.iter().zip(&seen.weights)) {
            if cut || (sign != *goal && weight.abs() > TURNS_FROM) {
                *goal = sign;
            }
            if cut {
                *now = sign;
            }
        }
        self.go_on();
    }

    /// Goes on to where the signs were going.
    pub(super) fn go_on(&mut self) {
        for (now, goal) in self.now.signs.iter_mut().zip(&self.goal) {
            *now += (*goal - *now).clamp(-2.0 * TURN, 2.0 * TURN);
        }
    }

    pub(super) fn octave(&self) -> usize {
        self.octave
    }
}

/// What a reader would see as the signs of each octave, coarsest first, from the light of the patches.
pub(super) fn seen(
    mean: &Plane,
    grid: &Grid,
    octaves: impl Iterator<Item = usize>,
    pattern: &Pattern,
) -> Vec<CellSigns> {
    let mut blocks = merged(mean, PATCHES_PER_BLOCK);
    let mut level = grid.finest;
    let mut signs: Vec<CellSigns> = octaves
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .map(|octave| {
            while level > octave {
                blocks = merged(&blocks, 2);
                level -= 1;
            }
            let (rows, columns) = grid.cells(octave);
            pattern.cells.signs(&CellGrid { blocks: filled(&blocks, rows, columns), first: (0, 0) })
        })
        .collect();
    signs.reverse();
    signs
}

/// Means of `side` x `side` samples; fewer at the border.
fn merged(plane: &Plane, side: usize) -> Plane {
    let (rows, columns) = plane.dim();
    Plane::from_shape_fn((rows.div_ceil(side), columns.div_ceil(side)), |(row, column)| {
        let (mut sum, mut count) = (0.0, 0.0);
        for y in row * side..((row + 1) * side).min(rows) {
            for x in column * side..((column + 1) * side).min(columns) {
                sum += plane[(y, x)];
                count += 1.0;
            }
        }
        sum / count
    })
}

/// Whole cells of blocks, the border's repeated.
fn filled(blocks: &Plane, rows: usize, columns: usize) -> Plane {
    let (height, width) = blocks.dim();
    Plane::from_shape_fn((rows * BLOCKS_PER_CELL, columns * BLOCKS_PER_CELL), |(y, x)| {
        blocks[(y.min(height - 1), x.min(width - 1))]
    })
}

const _: () = assert!(CELL.is_multiple_of(BLOCKS_PER_CELL));

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_as(signs: [f32; 3], weights: [f32; 3]) -> CellSigns {
        CellSigns { columns: 3, rows: 1, signs: signs.to_vec(), weights: weights.to_vec() }
    }

    #[test]
    fn doubtful_cells_keep_their_sign_and_clear_ones_turn_over_frames() {
        let grid = Grid::new(128, 128);
        let mut signs = Signs::new(0, &grid);
        signs.now = seen_as([0.0; 3], [0.0; 3]);
        signs.goal = vec![0.0; 3];
        signs.follow(&seen_as([1.0, -1.0, 1.0], [0.9, -0.1, 0.2]), true);
        assert_eq!(signs.now.signs, [1.0, -1.0, 1.0]);
        let other = seen_as([-1.0, 1.0, 1.0], [-0.9, 0.2, 1.0]);
        let mut path = Vec::new();
        for _ in 0..8 {
            signs.follow(&other, false);
            assert_eq!(signs.now.signs[1..], [-1.0, 1.0]);
            path.push(signs.now.signs[0]);
        }
        assert!(path.windows(2).all(|pair| pair[1] <= pair[0]) && path[7] == -1.0 && path[0] > -1.0, "{path:?}");
    }
}
