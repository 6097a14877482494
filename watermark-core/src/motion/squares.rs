//! Weighted least squares with few unknowns.

use crate::vector::wide;

/// Unknowns.
const COUNT: usize = 4;
/// Sums that are made side by side.
const LANES: usize = 8;
/// Added to the diagonal, over what is there and by itself: what has no light says that nothing changes.
const RIDGE: f64 = 1e-6;

/// Sums over the equations `row . unknowns = value`.
#[derive(Debug, Default)]
pub(super) struct Squares {
    /// Its upper half.
    matrix: [[f64; COUNT]; COUNT],
    right: [f64; COUNT],
}

impl Squares {
    /// Adds equations: the factors of each unknown, what the sums should be, and weights, in each equation's order. A few
    /// hundred at a time, for these are added up in single precision.
    pub(super) fn add(&mut self, factors: [&[f32]; COUNT], values: &[f32], weights: &[f32]) {
        let mut weighted = vec![0.0_f32; weights.len()];
        for i in 0..COUNT {
            wide(
                #[inline(always)]
                || {
                    let products = weights.iter().zip(factors[i]);
                    weighted.iter_mut().zip(products).for_each(|(out, (weight, factor))| *out = weight * factor);
                    self.right[i] += dot(&weighted, values);
                    (i..COUNT).for_each(|j| self.matrix[i][j] += dot(&weighted, factors[j]));
                },
            );
        }
    }

    /// The unknowns, by elimination; the matrix is positive.
    pub(super) fn solve(mut self) -> [f64; COUNT] {
        (0..COUNT).for_each(|i| self.matrix[i][i] += RIDGE * (self.matrix[i][i] + 1.0));
        for k in 0..COUNT {
            let (pivot, value) = (self.matrix[k], self.right[k]);
            for (i, (row, right)) in self.matrix.iter_mut().zip(&mut self.right).enumerate().skip(k + 1) {
                let factor = pivot[i] / pivot[k];
                row[i..].iter_mut().zip(&pivot[i..]).for_each(|(entry, other)| *entry -= factor * other);
                *right -= factor * value;
            }
        }
        let mut out = [0.0; COUNT];
        for k in (0..COUNT).rev() {
            let known: f64 = self.matrix[k][k + 1..].iter().zip(&out[k + 1..]).map(|(a, b)| a * b).sum();
            out[k] = (self.right[k] - known) / self.matrix[k][k];
        }
        out
    }
}

/// Sum of products, in [`LANES`] sums.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn dot(a: &[f32], b: &[f32]) -> f64 {
    let (a, b) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a.0.iter().zip(b.0) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
    }
    sums.iter_mut().zip(a.1.iter().zip(b.1)).for_each(|(sum, (a, b))| *sum += a * b);
    sums.iter().map(|&sum| f64::from(sum)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknowns_are_found_and_nothing_is_nothing() {
        let mut squares = Squares::default();
        let x: Vec<f32> = (0..43_u8).map(f32::from).collect();
        let factors = [|x: f32| x, |x: f32| x * x / 40.0, |x: f32| libm::sinf(x), |_: f32| 1.0];
        let factors = factors.map(|factor| x.iter().map(|&x| factor(x)).collect::<Vec<f32>>());
        let value = |i: usize| 2.0 * factors[0][i] - 3.0 * factors[1][i] + 0.5 * factors[2][i] + 7.0 * factors[3][i];
        let values: Vec<f32> = (0..x.len()).map(value).collect();
        let weights: Vec<f32> = x.iter().map(|x| 0.5 + x / 40.0).collect();
        squares.add(factors.each_ref().map(Vec::as_slice), &values, &weights);
        let out = squares.solve();
        assert!(out.iter().zip([2.0, -3.0, 0.5, 7.0]).all(|(a, b)| (a - b).abs() < 0.02), "{out:?}");
        assert_eq!(Squares::default().solve(), [0.0; COUNT]);
    }
}
