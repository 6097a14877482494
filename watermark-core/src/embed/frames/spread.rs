//! Signs of cells spread over the pixels of a row, with ramps between cells as stills have them.

use super::Grid;
use super::signs::Signs;
use crate::pattern::CELL;

/// Width of the transition between two cells, units: as where stills are marked and read.
const RAMP: f64 = 3.0;
/// Steps of a share between two cells.
const SHARES: f64 = 32.0;

/// Spreads the signs of one octave.
pub(super) struct Spread {
    pitch: f64,
    /// What `columns` and `ramps` are for.
    laid: Option<Lay>,
    /// First pixel of each column of cells, and the end of the last.
    columns: Vec<usize>,
    /// Pixels of the ramps: pixel, the two cells, the second one's share.
    ramps: Vec<(usize, usize, usize, f32)>,
    /// The rows of cells and the share that `values` are of.
    held: Option<(usize, usize, u8)>,
    cells: Vec<f32>,
    values: Vec<i16>,
}

/// Which pixels of the pattern a row has, and which cells.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Lay {
    left: i64,
    width: usize,
    first: i64,
    cells: usize,
}

/// The cell at a pixel of the pattern, the neighbour whose ramp reaches it, and that one's share in steps; cells are counted
/// from `first`.
fn neighbour(pixel: i64, pitch: f64, first: i64, cells: usize) -> (usize, usize, u8) {
    let unit = (pixel as f64 + 0.5) / pitch - (first * CELL as i64) as f64;
    let cell = ((unit / CELL as f64).max(0.0) as usize).min(cells - 1);
    let offset = unit - (cell * CELL) as f64;
    let share = |distance: f64| libm::round((0.5 - distance / RAMP).clamp(0.0, 0.5) * SHARES) as u8;
    if offset < CELL as f64 / 2.0 {
        (cell, cell.saturating_sub(1), share(offset))
    } else {
        (cell, (cell + 1).min(cells - 1), share(CELL as f64 - offset))
    }
}

fn part(share: u8) -> f32 {
    f32::from(share) / SHARES as f32
}

impl Spread {
    pub(super) fn new(signs: &Signs, grid: &Grid) -> Self {
        Self {
            pitch: grid.pitch_of(signs.octave()),
            laid: None,
            columns: Vec::new(),
            ramps: Vec::new(),
            held: None,
            cells: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Prepares rows of `width` pixels of the pattern, from `left` on; what is held is of an earlier frame.
    pub(super) fn lay(&mut self, signs: &Signs, left: i64, width: usize) {
        self.held = None;
        let lay = Lay { left, width, first: signs.first.0, cells: signs.now.columns };
        if self.laid == Some(lay) {
            return;
        }
        let place = |x: usize| neighbour(left + x as i64, self.pitch, lay.first, lay.cells);
        let places: Vec<_> = (0..width).map(place).collect();
        self.columns = (0..=lay.cells).map(|cell| places.partition_point(|place| place.0 < cell)).collect();
        let ramps = places.iter().enumerate().filter(|(_, place)| place.2 > 0);
        self.ramps = ramps.map(|(x, &(cell, other, share))| (x, cell, other, part(share))).collect();
        self.cells.resize(lay.cells, 0.0);
        self.values.resize(width, 0);
        self.laid = Some(lay);
    }

    /// Signs times `scale` along the pixels of row `y` of the pattern.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn row(&mut self, y: i64, signs: &Signs, scale: f32) -> &[i16] {
        let place = neighbour(y, self.pitch, signs.first.1, signs.now.rows);
        let place = if place.2 == 0 { (place.0, place.0, 0) } else { place };
        if self.held != Some(place) {
            let (row, other, share) = (place.0, place.1, part(place.2));
            let at = |row: usize, column: usize| signs.now.signs[row * signs.now.columns + column];
            for (column, value) in self.cells.iter_mut().enumerate() {
                let (near, far) = (at(row, column), at(other, column));
                *value = scale * (near + share * (far - near));
            }
            for (span, value) in self.columns.windows(2).zip(&self.cells) {
                self.values[span[0]..span[1]].fill(*value as i16);
            }
            for &(x, near, far, share) in &self.ramps {
                self.values[x] = (self.cells[near] + share * (self.cells[far] - self.cells[near])) as i16;
            }
            self.held = Some(place);
        }
        &self.values
    }
}
