//! Content signs of successive frames, eased so that nothing flickers.
//!
//! Signs are made anew from every frame, as a reader of that frame makes them. A cell keeps its sign as long as the
//! content does not clearly say the other one (a reader gives a doubtful cell next to no weight), and turns over some
//! frames. On a still picture nothing ever turns.

use super::Grid;
use super::between::Between;
use super::grid::{PATCH, PATCHES_PER_BLOCK};
use crate::motion::Step;
use crate::pattern::{BLOCK, BLOCKS_PER_CELL, CELL, CellGrid, CellSigns, Pattern, TILE};
use crate::spectrum::Plane;

/// Weight that a reader gives to the other sign before a cell turns.
const TURNS_FROM: f32 = 0.35;
/// Share of a whole turn (from -1 to 1) that a cell makes in one frame.
const TURN: f32 = 0.5;

/// Signs of one octave.
pub(super) struct Signs {
    octave: usize,
    /// The first cell, across and down.
    pub(super) first: (i64, i64),
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
        Self { octave, first: (0, 0), now, goal: zeros }
    }

    /// Follows a frame whose first cell is `first`; at a cut at once, and so do cells that come into view.
    pub(super) fn follow(&mut self, seen: &CellSigns, first: (i64, i64), cut: bool) {
        self.cover(first, (seen.rows, seen.columns));
        let cells = self.now.signs.iter_mut().zip(&mut self.goal);
        for ((now, goal), (&sign, &weight)) in cells.zip(seen.signs.iter().zip(&seen.weights)) {
            let new = cut || *goal == 0.0;
            if new || (sign != *goal && weight.abs() > TURNS_FROM) {
                *goal = sign;
            }
            if new {
                *now = sign;
            }
        }
        self.go_on();
    }

    /// Makes room for other cells; those that were there already stay as they are.
    fn cover(&mut self, first: (i64, i64), (rows, columns): (usize, usize)) {
        if (first, rows, columns) == (self.first, self.now.rows, self.now.columns) {
            return;
        }
        let (mut now, mut goal) = (vec![0.0; rows * columns], vec![0.0; rows * columns]);
        for row in 0..rows {
            for column in 0..columns {
                let (x, y) = (first.0 + column as i64 - self.first.0, first.1 + row as i64 - self.first.1);
                let inside = (0..self.now.columns as i64).contains(&x) && (0..self.now.rows as i64).contains(&y);
                if inside {
                    let from = y as usize * self.now.columns + x as usize;
                    (now[row * columns + column], goal[row * columns + column]) =
                        (self.now.signs[from], self.goal[from]);
                }
            }
        }
        (self.first, self.goal) = (first, goal);
        self.now = CellSigns { columns, rows, signs: now, weights: Vec::new() };
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

/// Signs of the cells that a frame shows, and which of them is the first, across and down.
type Seen = ((i64, i64), CellSigns);

/// What a reader would see as the signs of each octave, coarsest first, from the light of the patches; `pose` says which
/// pixels of the pattern are under those of the frame.
pub(super) fn seen(
    mean: &Plane,
    grid: &Grid,
    octaves: impl Iterator<Item = usize>,
    pattern: &Pattern,
    pose: &Step,
) -> Vec<Seen> {
    let still = *pose == Step::NONE;
    let mut light = if still { merged(mean, PATCHES_PER_BLOCK) } else { mean.clone() };
    let mut level = grid.finest;
    let mut finest_first = octaves.collect::<Vec<_>>();
    finest_first.reverse();
    let mut signs = Vec::with_capacity(finest_first.len());
    for octave in finest_first {
        while level > octave {
            light = merged(&light, 2);
            level -= 1;
        }
        signs.push(if still {
            let (rows, columns) = grid.cells(octave);
            let blocks = filled(&light, rows, columns);
            ((0, 0), pattern.cells.signs(&CellGrid { blocks, first: (0, 0) }))
        } else {
            seen_from(&light, grid, octave, pattern, pose)
        });
    }
    signs.reverse();
    signs
}

/// The same of one octave where the pattern lies elsewhere, from light of [`PATCH`] units of that octave.
fn seen_from(light: &Plane, grid: &Grid, octave: usize, pattern: &Pattern, pose: &Step) -> Seen {
    let pitch = grid.pitch_of(octave);
    let (low, high) = (pose.at(0.0, 0.0), pose.at(grid.width as f64, grid.height as f64));
    let (left, columns) = covering(low.0, high.0, CELL as f64 * pitch);
    let (top, rows) = covering(low.1, high.1, CELL as f64 * pitch);
    let back = pose.back();
    // A block's light is that of the middles of its quarters.
    let places = |first: i64, cells: usize, axis: usize, count: usize| -> Vec<Between> {
        let place = |i: usize| {
            let unit = (first * CELL as i64) as f64 + (i as f64 + 0.5) * (BLOCK as f64 / 2.0);
            let pixel = back.scale * unit * pitch + back.shift[axis];
            Between::new(pixel / (PATCH as f64 * pitch) - 0.5, count)
        };
        (0..2 * BLOCKS_PER_CELL * cells).map(place).collect()
    };
    let (across, down) = (places(left, columns, 0, light.ncols()), places(top, rows, 1, light.nrows()));
    let samples = light.as_slice().expect("planes are contiguous");
    let mut blocks = Plane::zeros((rows * BLOCKS_PER_CELL, columns * BLOCKS_PER_CELL));
    let mut line = vec![0.0_f32; across.len()];
    for (mut blocks, down) in blocks.outer_iter_mut().zip(down.chunks_exact(2)) {
        line.fill(0.0);
        for place in down {
            let row = |row: usize| &samples[row * light.ncols()..][..light.ncols()];
            let (above, below) = (row(place.first), row(place.second));
            for (sum, across) in line.iter_mut().zip(&across) {
                *sum += place.mix(across.of(above), across.of(below));
            }
        }
        blocks.iter_mut().zip(line.chunks_exact(2)).for_each(|(block, pair)| *block = 0.25 * (pair[0] + pair[1]));
    }
    let on_tile = |first: i64| first.rem_euclid((TILE / CELL) as i64) as usize;
    let signs = pattern.cells.signs(&CellGrid { blocks, first: (on_tile(left), on_tile(top)) });
    ((left, top), signs)
}

/// The first of the cells of `cell` pixels that reach from one pixel to another, and how many they are.
fn covering(from: f64, to: f64, cell: f64) -> (i64, usize) {
    const EDGE: f64 = 1e-6;
    let first = libm::floor(from / cell + EDGE);
    (first as i64, libm::ceil(to / cell - first - EDGE).max(1.0) as usize)
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
        signs.follow(&seen_as([1.0, -1.0, 1.0], [0.9, -0.1, 0.2]), (0, 0), true);
        assert_eq!(signs.now.signs, [1.0, -1.0, 1.0]);
        let other = seen_as([-1.0, 1.0, 1.0], [-0.9, 0.2, 1.0]);
        let mut path = Vec::new();
        for _ in 0..8 {
            signs.follow(&other, (0, 0), false);
            assert_eq!(signs.now.signs[1..], [-1.0, 1.0]);
            path.push(signs.now.signs[0]);
        }
        assert!(path.windows(2).all(|pair| pair[1] <= pair[0]) && path[7] == -1.0 && path[0] > -1.0, "{path:?}");
    }
}
