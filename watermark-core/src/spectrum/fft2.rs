//! Two-dimensional transforms of square arrays, planned once.

use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

use super::C32;

/// Complex transform of an `n` x `n` array, not normalised in either direction.
pub(crate) struct Fft2 {
    side: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
}

impl Fft2 {
    pub(crate) fn new(side: usize) -> Self {
        let mut planner = FftPlanner::new();
        Self { side, forward: planner.plan_fft_forward(side), inverse: planner.plan_fft_inverse(side) }
    }

    /// Transforms in place, `[row][column]` in and `[row frequency][column frequency]` out.
    pub(crate) fn forward(&self, data: &mut Vec<C32>) {
        self.run(data, self.forward.as_ref());
    }

    /// The inverse of [`Self::forward`] but for a factor of `n * n`, left `[column][row]`; quick where most rows are
    /// zero.
    pub(crate) fn inverse_transposed(&self, data: &mut Vec<C32>) {
        let side = self.side;
        let mut scratch = vec![C32::default(); self.inverse.get_inplace_scratch_len()];
        let zero = |row: &[C32]| row.iter().fold(0, |bits, v| bits | v.re.to_bits() | v.im.to_bits()) == 0;
        let used: Vec<usize> = (0..side).filter(|y| !zero(&data[y * side..][..side])).collect();
        for y in &used {
            self.inverse.process_with_scratch(&mut data[y * side..][..side], &mut scratch);
        }
        let mut turned = vec![C32::default(); data.len()];
        // Few columns at a time, so that they are still at hand when they are transformed.
        for (i, columns) in turned.chunks_mut(SQUARE * side).enumerate() {
            for y in &used {
                let line = &data[y * side + i * SQUARE..(y + 1) * side];
                columns.iter_mut().skip(*y).step_by(side).zip(line).for_each(|(out, value)| *out = *value);
            }
            self.inverse.process_with_scratch(columns, &mut scratch);
        }
        *data = turned;
    }

    /// As [`Self::forward`], from `data`, which is lost, to `out`, left `[column frequency][row frequency]`; for many
    /// transforms one after the other.
    pub(crate) fn forward_to(&self, data: &mut [C32], out: &mut [C32], scratch: &mut Vec<C32>) {
        self.turn_to(self.forward.as_ref(), data, out, scratch);
    }

    /// The inverse of [`Self::forward_to`] but for a factor of `n * n`: `[row][column]` in `out`.
    pub(crate) fn inverse_to(&self, data: &mut [C32], out: &mut [C32], scratch: &mut Vec<C32>) {
        self.turn_to(self.inverse.as_ref(), data, out, scratch);
    }

    fn turn_to(&self, fft: &dyn Fft<f32>, data: &mut [C32], out: &mut [C32], scratch: &mut Vec<C32>) {
        let side = self.side;
        scratch.resize(fft.get_inplace_scratch_len(), C32::default());
        // Few rows at a time, so that they are still at hand when they are turned.
        for (i, rows) in data.chunks_mut(SQUARE * side).enumerate() {
            fft.process_with_scratch(rows, scratch);
            turn(rows, side, &mut out[i * SQUARE..], side);
        }
        fft.process_with_scratch(out, scratch);
    }

    fn run(&self, data: &mut Vec<C32>, fft: &dyn Fft<f32>) {
        assert_eq!(data.len(), self.side * self.side, "a square array");
        fft.process(data);
        let mut turned = transpose(data, self.side, self.side);
        fft.process(&mut turned);
        *data = transpose(&turned, self.side, self.side);
    }
}

fn transpose(data: &[C32], rows: usize, columns: usize) -> Vec<C32> {
    let mut out = vec![C32::default(); data.len()];
    transpose_to(data, rows, columns, &mut out);
    out
}

/// Side of the squares that are turned at a time: a cache line on either side.
const SQUARE: usize = 8;

fn transpose_to(data: &[C32], rows: usize, columns: usize, out: &mut [C32]) {
    for (i, lines) in data.chunks(SQUARE * columns).enumerate() {
        turn(lines, columns, &mut out[i * SQUARE..], rows);
    }
}

/// Turns at most [`SQUARE`] rows of `columns` values to the beginnings of columns, which begin every `apart` values of `out`.
fn turn(rows: &[C32], columns: usize, out: &mut [C32], apart: usize) {
    let count = rows.len() / columns;
    let whole = if count == SQUARE { columns / SQUARE * SQUARE } else { 0 };
    for left in (0..whole).step_by(SQUARE) {
        let lines: [&[C32; SQUARE]; SQUARE] =
            std::array::from_fn(|i| rows[i * columns + left..].first_chunk().expect("a square lies inside"));
        for x in 0..SQUARE {
            let column: &mut [C32] = &mut out[(left + x) * apart..][..SQUARE];
            column.iter_mut().zip(lines).for_each(|(value, line)| *value = line[x]);
        }
    }
    for x in whole..columns {
        (0..count).for_each(|y| out[x * apart + y] = rows[y * columns + x]);
    }
}

/// Rows that are turned together: what they write to a column fills cache lines.
const PANEL: usize = 16;

/// Transform of a real `n` x `n` array; only column frequencies 0..=n/2 are kept.
pub(crate) struct RealFft2 {
    side: usize,
    rows: Arc<dyn RealToComplex<f32>>,
    columns: Arc<dyn Fft<f32>>,
}

/// Half of the spectrum of a real array, stored `[column frequency 0..=n/2][row frequency 0..n]`.
#[derive(Clone)]
pub(crate) struct HalfSpectrum<T> {
    /// Side of the transform.
    pub(crate) side: usize,
    /// `(side / 2 + 1) * side` values.
    pub(crate) values: Vec<T>,
}

impl RealFft2 {
    pub(crate) fn new(side: usize) -> Self {
        let rows = RealFftPlanner::new().plan_fft_forward(side);
        Self { side, rows, columns: FftPlanner::new().plan_fft_forward(side) }
    }

    /// Side of the arrays, samples.
    pub(crate) fn side(&self) -> usize {
        self.side
    }

    /// Transforms `data` (row-major, destroyed). Rows from `used_rows` on are taken to be zero.
    pub(crate) fn forward(&self, data: &mut [f32], used_rows: usize) -> HalfSpectrum<C32> {
        let (side, half) = (self.side, self.side / 2 + 1);
        let mut spectrum = vec![C32::default(); half * side];
        let mut panel = vec![C32::default(); half * PANEL];
        let mut scratch = self.rows.make_scratch_vec();
        let used = &mut data[..used_rows.min(side) * side];
        for (i, rows) in used.chunks_mut(PANEL * side).enumerate() {
            let count = rows.len() / side;
            for (row, line) in rows.chunks_exact_mut(side).zip(panel.chunks_exact_mut(half)) {
                self.rows.process_with_scratch(row, line, &mut scratch).expect("lengths are those planned");
            }
            for (x, column) in spectrum.chunks_exact_mut(side).enumerate() {
                let column = &mut column[i * PANEL..][..count];
                column.iter_mut().enumerate().for_each(|(y, value)| *value = panel[y * half + x]);
            }
        }
        self.columns.process(&mut spectrum);
        HalfSpectrum { side, values: spectrum }
    }
}

impl<T: Copy> HalfSpectrum<T> {
    /// Value at integer frequencies (any sign); `true` when it stands for the conjugate.
    #[inline]
    pub(crate) fn at(&self, fx: i32, fy: i32) -> (T, bool) {
        let side = self.side as i32;
        let fx = (fx + side / 2).rem_euclid(side) - side / 2;
        let (x, y, conjugate) = if fx < 0 { (-fx, -fy, true) } else { (fx, fy, false) };
        (self.values[x as usize * self.side + y.rem_euclid(side) as usize], conjugate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(data: &[f32], side: usize, fx: usize, fy: usize) -> C32 {
        let mut sum = C32::default();
        for y in 0..side {
            for x in 0..side {
                let angle = -2.0 * std::f32::consts::PI * ((fx * x + fy * y) % side) as f32 / side as f32;
                sum += C32::from_polar(data[y * side + x], angle);
            }
        }
        sum
    }

    #[test]
    fn both_transforms_agree_with_their_naive_twin() {
        let side = 16;
        let data: Vec<f32> = (0..side * side).map(|i| ((i * 37) % 23) as f32 - 11.0).collect();
        let mut full: Vec<C32> = data.iter().map(|&v| C32::new(v, 0.0)).collect();
        Fft2::new(side).forward(&mut full);
        let half = RealFft2::new(side).forward(&mut data.clone(), side);
        for fy in 0..side {
            for fx in 0..side {
                let expected = naive(&data, side, fx, fy);
                assert!((full[fy * side + fx] - expected).norm() < 1e-2);
                let (value, conjugate) = half.at(fx as i32, fy as i32);
                let value = if conjugate { value.conj() } else { value };
                assert!((value - expected).norm() < 1e-2, "{fx} {fy}");
            }
        }
    }

    #[test]
    fn inverse_undoes_forward() {
        let side = 8;
        let data: Vec<C32> = (0..side * side).map(|i| C32::new((i % 7) as f32, (i % 5) as f32)).collect();
        let fft = Fft2::new(side);
        let mut there = data.clone();
        fft.forward(&mut there);
        fft.inverse_transposed(&mut there);
        for (a, b) in transpose(&there, side, side).iter().zip(&data) {
            assert!((a / (side * side) as f32 - b).norm() < 1e-4);
        }
    }
}
