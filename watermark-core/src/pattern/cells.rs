//! Content-signed cells: the payload's sign in every cell comes from a keyed projection of the cell's own coarse
//! content, so that folding, averaging and copying to other content cancel (design note "signed").
//!
//! The projection looks at block means far below the mark's band, which marking, compression and scaling hardly
//! move. Its directions mix seven low cosine functions, each brought to the same expected energy in natural
//! pictures (spectrum falling as 1/f), so that pictures with alike gradients still give unlike signs.

use super::TILE;
use crate::key::KeyStream;
use crate::spectrum::Plane;
use crate::vector::wide;

/// Side of a cell, units.
pub(crate) const CELL: usize = 32;
/// Side of a block whose mean is one coarse sample, units.
pub(crate) const BLOCK: usize = 8;
/// Blocks along a cell's side.
pub(crate) const BLOCKS_PER_CELL: usize = CELL / BLOCK;
/// Cells along a tile's side.
const CELLS: usize = TILE / CELL;
/// Blocks along the side of the window that a projection looks at, centred on its cell.
const WINDOW: usize = 8;
/// Low cosine functions (cycles of half a window along x and y).
const COSINES: [(u32, u32); 7] = [(0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (1, 2), (2, 1)];
/// As many values as vector code adds up at once.
const LANES: usize = COSINES.len() + 1;
/// Width of the transition between two cells, units: softens the edges of a sign change.
const RAMP: f32 = 3.0;
/// Absolute uncertainty of a projection, grey levels: rounding and the mark's own leakage.
const FLOOR: f32 = 0.5;
/// Uncertainty of a projection as a share of the window's contrast (measured on the sketch: 0.25).
const SHARE: f32 = 0.10;

/// The keyed direction of each cell of a tile.
pub(crate) struct CellKeys {
    /// `CELLS * CELLS` mixes of the seven functions, unit length.
    mixes: Vec<[f32; COSINES.len()]>,
    /// At each place of the window the functions' values (unit norm, times their frequency), and a zero.
    functions: Vec<[f32; LANES]>,
}

/// Signs and weights of a rectangle of cells, row-major.
#[derive(Debug, Clone)]
pub(crate) struct CellSigns {
    /// Cells in a row.
    pub(crate) columns: usize,
    /// Rows of cells.
    pub(crate) rows: usize,
    /// +1 or -1.
    pub(crate) signs: Vec<f32>,
    /// Sign times reliability, -1..=1.
    pub(crate) weights: Vec<f32>,
}

/// Block means over a rectangle of whole cells, in grey levels.
pub(crate) struct CellGrid {
    /// `rows * BLOCKS_PER_CELL` x `columns * BLOCKS_PER_CELL` means.
    pub(crate) blocks: Plane,
    /// Position of the first cell on its tile, cells (x, y), each in 0..CELLS.
    pub(crate) first: (usize, usize),
}

impl CellKeys {
    pub(crate) fn new(stream: &mut KeyStream) -> Self {
        let mixes = (0..CELLS * CELLS).map(|_| direction(stream)).collect();
        let functions = COSINES.map(|(x, y)| cosine(x, y));
        let at = |place: usize| std::array::from_fn(|i| functions.get(i).map_or(0.0, |function| function[place]));
        Self { mixes, functions: (0..WINDOW * WINDOW).map(at).collect() }
    }

    /// Signs of all cells of the grid. Windows that reach over its border see the border's blocks repeated.
    pub(crate) fn signs(&self, grid: &CellGrid) -> CellSigns {
        let (block_rows, block_columns) = grid.blocks.dim();
        let (rows, columns) = (block_rows / BLOCKS_PER_CELL, block_columns / BLOCKS_PER_CELL);
        let mut out = CellSigns { columns, rows, signs: Vec::new(), weights: Vec::new() };
        for row in 0..rows {
            wide(
                #[inline(always)]
                || self.row(grid, row, columns, &mut out),
            );
        }
        out
    }

    /// One row of cells.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn row(&self, grid: &CellGrid, row: usize, columns: usize, out: &mut CellSigns) {
        let mut window = [0.0_f32; WINDOW * WINDOW];
        for column in 0..columns {
            gather(&grid.blocks, row, column, &mut window);
            let mix = &self.mixes[(grid.first.1 + row) % CELLS * CELLS + (grid.first.0 + column) % CELLS];
            let (projection, contrast) = self.project(&window, mix);
            out.signs.push(if projection < 0.0 { -1.0 } else { 1.0 });
            out.weights.push((projection / (SHARE * contrast + FLOOR)).clamp(-1.0, 1.0));
        }
    }

    /// Projection on a keyed direction and the length of the window's coefficient vector, grey levels.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn project(&self, window: &[f32; WINDOW * WINDOW], mix: &[f32; COSINES.len()]) -> (f32, f32) {
        let mut coefficients = [0.0_f32; LANES];
        for (functions, &value) in self.functions.iter().zip(window) {
            coefficients.iter_mut().zip(functions).for_each(|(sum, function)| *sum += function * value);
        }
        let (mut projection, mut energy) = (0.0_f32, 0.0_f32);
        for (&coefficient, &weight) in coefficients.iter().zip(mix) {
            projection += weight * coefficient;
            energy += coefficient * coefficient;
        }
        (projection, energy.sqrt())
    }
}

/// A direction that is uniform enough: independent uniform components, brought to unit length.
fn direction(stream: &mut KeyStream) -> [f32; COSINES.len()] {
    let raw: [f64; COSINES.len()] = std::array::from_fn(|_| 2.0 * stream.unit_f64() - 1.0);
    let norm = libm::sqrt(raw.iter().map(|v| v * v).sum::<f64>().max(1e-12));
    raw.map(|v| (v / norm) as f32)
}

fn cosine(fx: u32, fy: u32) -> [f32; WINDOW * WINDOW] {
    let wave = |f: u32, i: usize| libm::cos(f64::from(f) * (i as f64 + 0.5) * std::f64::consts::PI / WINDOW as f64);
    let raw: [f64; WINDOW * WINDOW] = std::array::from_fn(|i| wave(fx, i % WINDOW) * wave(fy, i / WINDOW));
    let norm = libm::sqrt(raw.iter().map(|v| v * v).sum::<f64>());
    let frequency = libm::sqrt(f64::from(fx * fx + fy * fy));
    // Unit norm over 64 blocks would make a coefficient 8 times a mean; divide, so that it is in grey levels.
    raw.map(|v| (v / norm * frequency / WINDOW as f64) as f32)
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn gather(blocks: &Plane, row: usize, column: usize, window: &mut [f32; WINDOW * WINDOW]) {
    const MARGIN: usize = (WINDOW - BLOCKS_PER_CELL) / 2;
    let (height, width) = blocks.dim();
    let blocks = blocks.as_slice().expect("planes are contiguous");
    let near = |i: usize, count: usize| i.saturating_sub(MARGIN).min(count - 1);
    let (top, left) = (row * BLOCKS_PER_CELL, column * BLOCKS_PER_CELL);
    let columns: [usize; WINDOW] = std::array::from_fn(|j| near(left + j, width));
    for (i, line) in window.as_chunks_mut::<WINDOW>().0.iter_mut().enumerate() {
        let source = &blocks[near(top + i, height) * width..][..width];
        line.iter_mut().zip(columns).for_each(|(value, column)| *value = source[column]);
    }
}

/// Values of the cells along row `row` of the grid, spread over `out`, with ramps between cells. Rows and columns have
/// `density` samples to a cell's side ([`CELL`]: one a unit); sample `n` lies at unit `n * CELL / density + 0.5`.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn blend_row(values: &[f32], columns: usize, row: usize, density: usize, out: &mut [f32]) {
    let rows = values.len() / columns;
    let step = CELL as f32 / density as f32;
    let (row, other, share) = neighbour(row, density, rows);
    let (near, far) = (&values[row * columns..][..columns], &values[other * columns..][..columns]);
    for (column, chunk) in out.chunks_mut(density).enumerate().take(columns) {
        let mix = |c: usize| near[c] * (1.0 - share) + far[c] * share;
        let here = mix(column);
        chunk.fill(here);
        let (before, after) = (mix(column.saturating_sub(1)), mix((column + 1).min(columns - 1)));
        for i in 0..(RAMP / 2.0) as usize {
            let (first, last) = (i as f32 * step + 0.5, (i + 1) as f32 * step - 0.5);
            if let Some(value) = chunk.get_mut(i) {
                *value = here + (0.5 - first / RAMP).max(0.0) * (before - here);
            }
            if let Some(value) = chunk.get_mut(density - 1 - i) {
                *value = here + (0.5 - last / RAMP).max(0.0) * (after - here);
            }
        }
    }
}

/// The cell of a row of samples, the neighbour that its ramp reaches into, and that neighbour's share.
fn neighbour(row: usize, density: usize, cells: usize) -> (usize, usize, f32) {
    let cell = (row / density).min(cells - 1);
    let offset = (row - cell * density) as f32 * (CELL as f32 / density as f32) + 0.5;
    let half = RAMP / 2.0;
    if offset < half {
        (cell, cell.saturating_sub(1), 0.5 - offset / RAMP)
    } else if offset > CELL as f32 - half {
        (cell, (cell + 1).min(cells - 1), 0.5 - (CELL as f32 - offset).max(0.0) / RAMP)
    } else {
        (cell, cell, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blended_rows_are_the_cell_value_inside_and_halfway_at_the_border() {
        let mut row = vec![0.0; 2 * CELL];
        blend_row(&[1.0, -1.0], 2, 5, CELL, &mut row);
        assert_eq!(row[CELL / 2], 1.0);
        assert_eq!(row[CELL + CELL / 2], -1.0);
        assert!((row[CELL - 1] + row[CELL]).abs() < 1e-6);
        // Half a unit from the border: a third of the other cell's value.
        assert!((row[CELL - 1] - 1.0 / 3.0).abs() < 1e-6);
    }
}
