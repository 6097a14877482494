//! Weighted least squares with few unknowns.

/// Unknowns.
const COUNT: usize = 4;
/// Added to the diagonal, over what is there and by itself: what has no light says that nothing changes.
const RIDGE: f64 = 1e-6;

/// Sums over the equations `row . unknowns = value`.
#[derive(Debug, Default)]
pub(super) struct Squares {
    /// Its upper half.
    matrix: [[f64; COUNT]; COUNT],
    right: [f64; COUNT],
    pub(super) equations: usize,
}

impl Squares {
    /// Adds an equation.
    #[inline]
    pub(super) fn add(&mut self, row: [f32; COUNT], value: f32, weight: f32) {
        for (i, (sums, right)) in self.matrix.iter_mut().zip(&mut self.right).enumerate() {
            let weighted = weight * row[i];
            *right += f64::from(weighted * value);
            sums[i..].iter_mut().zip(&row[i..]).for_each(|(sum, other)| *sum += f64::from(weighted * other));
        }
        self.equations += 1;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknowns_are_found_and_nothing_is_nothing() {
        let mut squares = Squares::default();
        for i in 0..40_u8 {
            let x = f32::from(i);
            let row = [x, x * x / 40.0, libm::sinf(x), 1.0];
            squares.add(row, 2.0 * row[0] - 3.0 * row[1] + 0.5 * row[2] + 7.0, 0.5 + x / 40.0);
        }
        let out = squares.solve();
        assert!(out.iter().zip([2.0, -3.0, 0.5, 7.0]).all(|(a, b)| (a - b).abs() < 0.02), "{out:?}");
        assert_eq!(Squares::default().solve(), [0.0; COUNT]);
    }
}
