//! Cubic interpolation of a whitened plane along straight lines.

use crate::normalise::{Pairs, WEIGHTINGS, catmull_rom};

/// Values of four neighbours along a row.
pub(super) const NEAR: usize = 4 * WEIGHTINGS;

/// A coordinate along a line in steps of 2^-32 samples.
pub(super) struct Fixed {
    at: i64,
    step: i64,
}

impl Fixed {
    const ONE: f64 = (1_u64 << 32) as f64;

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn new(start: f64, step: f64, from: usize) -> Self {
        let step = (step * Self::ONE).round() as i64;
        Self { at: (start * Self::ONE).round() as i64 + step * from as i64, step }
    }

    /// Whole samples and the rest in 2^-32 samples; then a step on.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn next(&mut self) -> (usize, u32) {
        let at = self.at;
        self.at += self.step;
        ((at >> 32) as usize, at as u32)
    }
}

/// Weights of cubic interpolation for every position between two samples, in steps of 1/1024.
pub(crate) struct Cubic {
    weights: Vec<[f32; 4]>,
}

impl Cubic {
    const BITS: u32 = 10;

    pub(crate) fn new() -> Self {
        let count = 1 << Self::BITS;
        Self { weights: (0..count).map(|i| catmull_rom((i as f32 + 0.5) / count as f32)).collect() }
    }

    /// Value at a position in sample coordinates, if the samples around it are all there.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn within(&self, plane: &Pairs, (x, y): (f64, f64)) -> Option<[f32; WEIGHTINGS]> {
        let inside = |at: f64, side: usize| at >= 1.0 && at < side as f64 - 2.0;
        if !inside(x, plane.columns) || !inside(y, plane.rows) {
            return None;
        }
        Some(self.at(plane, Fixed::new(x, 0.0, 0).next(), Fixed::new(y, 0.0, 0).next()))
    }

    /// Value at a position in sample coordinates, at least one sample away from the border.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn at(&self, plane: &Pairs, x: (usize, u32), y: (usize, u32)) -> [f32; WEIGHTINGS] {
        sum(&self.near(plane, x, y))
    }

    /// What each column of the samples around a position adds to the value there.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn near(&self, plane: &Pairs, (x, across): (usize, u32), (y, down): (usize, u32)) -> [f32; NEAR] {
        let weights = |rest: u32| &self.weights[(rest >> (32 - Self::BITS)) as usize];
        let (wx, wy) = (weights(across), weights(down));
        let stride = WEIGHTINGS * plane.columns;
        let around = &plane.values[(y - 1) * stride + WEIGHTINGS * (x - 1)..][..3 * stride + NEAR];
        let mut columns = [0.0_f32; NEAR];
        for (i, weight) in wy.iter().enumerate() {
            let row: &[f32; NEAR] = around[i * stride..].first_chunk().expect("the slice reaches over four rows");
            columns.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
        let across = [wx[0], wx[0], wx[1], wx[1], wx[2], wx[2], wx[3], wx[3]];
        columns.iter_mut().zip(across).for_each(|(value, weight)| *value *= weight);
        columns
    }
}

/// Sum of the columns' parts for each weighting.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(super) fn sum(near: &[f32; NEAR]) -> [f32; WEIGHTINGS] {
    let half: [f32; NEAR / 2] = std::array::from_fn(|i| near[i] + near[i + NEAR / 2]);
    [half[0] + half[2], half[1] + half[3]]
}
