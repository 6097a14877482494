//! The local mean of a residual's square, streamed: rows come out as soon as the window below them is full, and only
//! one window of rows is held.

use std::ops::Range;

use super::rows::{Ring, WindowSum, sum_rows};

/// A square window of `2 * radius + 1` samples; borders replicated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalPower {
    radius: usize,
}

impl LocalPower {
    pub(crate) fn new(radius: usize) -> Self {
        Self { radius }
    }

    /// Calls `residual` for the rows of a plane of `size` (rows, columns) that are needed, from the top down, and
    /// `each` with every row of `wanted`: its number, its residual, and the mean square around each sample. What a row
    /// gets does not depend on which others are wanted.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn stream(
        self,
        size: (usize, usize),
        wanted: Range<usize>,
        mut residual: impl FnMut(usize, &mut [f32]),
        mut each: impl FnMut(usize, &[f32], &[f32]),
    ) {
        let (height, width) = size;
        let (radius, count) = (self.radius, 2 * self.radius + 1);
        let scale = 1.0 / (count * count) as f32;
        let (mut residuals, mut squares) = (Ring::new(width, count), Ring::new(width, count));
        let (mut columns, mut power) = (vec![0.0_f32; width], vec![0.0_f32; width]);
        let mut window = WindowSum::new(radius);
        let mut made = wanted.start.saturating_sub(radius);
        for y in wanted {
            while made < (y + radius + 1).min(height) {
                let row = residuals.row_mut(made);
                residual(made, row);
                squares.row_mut(made).iter_mut().zip(&*row).for_each(|(square, value)| *square = value * value);
                made += 1;
            }
            let clamped = |i: usize| (y + i).saturating_sub(radius).min(height - 1);
            sum_rows(&mut columns, count, |i| squares.row(clamped(i)));
            window.apply(&columns, &mut power);
            power.iter_mut().for_each(|value| *value *= scale);
            each(y, residuals.row(y), &power);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Plane, box_mean};
    use super::*;

    #[test]
    fn agrees_with_its_naive_twin_and_does_not_depend_on_the_strip() {
        let (height, width) = (37, 29);
        let plane = Plane::from_shape_fn((height, width), |(y, x)| ((y * 31 + x * 17) % 23) as f32 - 11.0);
        for radius in [1, 3, 6] {
            let naive = box_mean(&plane.mapv(|v| v * v), radius);
            let make = |y: usize, row: &mut [f32]| row.copy_from_slice(plane.row(y).as_slice().unwrap());
            let mut whole = Plane::zeros((height, width));
            LocalPower::new(radius).stream((height, width), 0..height, make, |y, residual, power| {
                assert_eq!(residual, plane.row(y).as_slice().unwrap());
                whole.row_mut(y).as_slice_mut().unwrap().copy_from_slice(power);
            });
            // Means are up to 121; sums of 169 terms in single precision keep five digits.
            assert!(whole.iter().zip(&naive).all(|(a, b)| (a - b).abs() < 2e-3));
            for strip in [0..5, 5..30, 30..37] {
                LocalPower::new(radius).stream((height, width), strip, make, |y, _, power| {
                    assert_eq!(power, whole.row(y).as_slice().unwrap());
                });
            }
        }
    }
}
