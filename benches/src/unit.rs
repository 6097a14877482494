//! The unit of time: one real two-dimensional FFT of 1024 x 1024 samples. Machines differ, and so does one machine
//! from minute to minute; figures in this unit can be compared.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Samples on a side.
pub const UNIT_SIDE: usize = 1024;

/// Coefficients of a row that a real transform gives.
const HALF: usize = UNIT_SIDE / 2 + 1;

/// A prepared transform with its buffers.
pub struct Unit {
    rows: Arc<dyn RealToComplex<f32>>,
    columns: Arc<dyn Fft<f32>>,
    line: Vec<f32>,
    spectrum: Vec<Complex32>,
    turned: Vec<Complex32>,
    row_scratch: Vec<Complex32>,
    column_scratch: Vec<Complex32>,
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unit({UNIT_SIDE}x{UNIT_SIDE})")
    }
}

impl Default for Unit {
    fn default() -> Self {
        Self::new()
    }
}

impl Unit {
    /// Plans the transform and makes the buffers.
    pub fn new() -> Self {
        let rows = RealFftPlanner::new().plan_fft_forward(UNIT_SIDE);
        let columns = FftPlanner::new().plan_fft_forward(UNIT_SIDE);
        Self {
            line: vec![0.0; UNIT_SIDE],
            spectrum: vec![Complex32::default(); HALF * UNIT_SIDE],
            turned: vec![Complex32::default(); HALF * UNIT_SIDE],
            row_scratch: rows.make_scratch_vec(),
            column_scratch: vec![Complex32::default(); columns.get_inplace_scratch_len()],
            rows,
            columns,
        }
    }

    /// Transforms `samples`, row by row and then column by column. Gives the coefficients of frequency 0 to half the
    /// side across, one column after the other.
    ///
    /// # Panics
    /// When there are not `UNIT_SIDE` squared samples.
    pub fn transform(&mut self, samples: &[f32]) -> &[Complex32] {
        assert_eq!(samples.len(), UNIT_SIDE * UNIT_SIDE);
        for (row, out) in samples.chunks_exact(UNIT_SIDE).zip(self.spectrum.chunks_exact_mut(HALF)) {
            self.line.copy_from_slice(row);
            self.rows.process_with_scratch(&mut self.line, out, &mut self.row_scratch).expect("lengths fit");
        }
        turn(&self.spectrum, &mut self.turned);
        self.columns.process_with_scratch(&mut self.turned, &mut self.column_scratch);
        &self.turned
    }
}

/// Rows to columns, in squares that fit the cache.
fn turn(from: &[Complex32], to: &mut [Complex32]) {
    const SQUARE: usize = 16;
    for top in (0..UNIT_SIDE).step_by(SQUARE) {
        for left in (0..HALF).step_by(SQUARE) {
            for x in left..(left + SQUARE).min(HALF) {
                let column = &mut to[x * UNIT_SIDE + top..][..SQUARE];
                column.iter_mut().enumerate().for_each(|(y, value)| *value = from[(top + y) * HALF + x]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_gives_one_coefficient() {
        let (across, down) = (37, 5);
        let phase = |x: usize, y: usize| (across * x + down * y) as f64 / UNIT_SIDE as f64;
        let samples: Vec<f32> = (0..UNIT_SIDE * UNIT_SIDE)
            .map(|i| (std::f64::consts::TAU * phase(i % UNIT_SIDE, i / UNIT_SIDE)).cos() as f32)
            .collect();
        let mut unit = Unit::new();
        let spectrum = unit.transform(&samples);
        let at = across * UNIT_SIDE + down;
        let expected = (UNIT_SIDE * UNIT_SIDE / 2) as f32;
        assert!((spectrum[at].re - expected).abs() < 1e-3 * expected, "{}", spectrum[at]);
        let rest = spectrum.iter().enumerate().filter(|&(i, _)| i != at).map(|(_, c)| c.norm()).fold(0.0, f32::max);
        assert!(rest < 1e-3 * expected, "{rest}");
    }
}
