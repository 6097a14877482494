//! Separable smoothing: a running mean and a sampled Gaussian, borders replicated.

use super::Plane;

/// Mean over a `(2 radius + 1)` square window, borders replicated.
///
/// Columns are summed by a sliding window over whole rows, rows by a prefix walk, so the cost does not depend on
/// the radius.
pub(crate) fn box_mean(input: &Plane, radius: usize) -> Plane {
    let (height, width) = input.dim();
    let scale = 1.0 / ((2 * radius + 1) * (2 * radius + 1)) as f32;
    let mut output = Plane::zeros((height, width));
    let source = input.as_slice().expect("planes are contiguous");
    let row = |y: isize| {
        let y = y.clamp(0, height as isize - 1) as usize;
        &source[y * width..(y + 1) * width]
    };
    let mut columns = vec![0.0_f64; width];
    let reach = radius as isize;
    for y in -reach..=reach {
        add(&mut columns, row(y), 1.0);
    }
    let target = output.as_slice_mut().expect("planes are contiguous");
    for (y, out) in target.chunks_exact_mut(width).enumerate() {
        slide(&columns, out, radius, scale);
        add(&mut columns, row(y as isize + reach + 1), 1.0);
        add(&mut columns, row(y as isize - reach), -1.0);
    }
    output
}

fn add(sums: &mut [f64], row: &[f32], sign: f64) {
    for (sum, &value) in sums.iter_mut().zip(row) {
        *sum += sign * f64::from(value);
    }
}

fn slide(columns: &[f64], out: &mut [f32], radius: usize, scale: f32) {
    let last = columns.len() - 1;
    let mut sum: f64 = columns[0] * (radius + 1) as f64;
    for i in 1..=radius {
        sum += columns[i.min(last)];
    }
    for (x, value) in out.iter_mut().enumerate() {
        *value = sum as f32 * scale;
        sum += columns[(x + radius + 1).min(last)] - columns[x.saturating_sub(radius)];
    }
}

/// A sampled, normalised Gaussian of standard deviation `sigma` samples, cut at 3 sigma.
pub(crate) struct Gaussian {
    taps: Vec<f32>,
}

impl Gaussian {
    pub(crate) fn new(sigma: f64) -> Self {
        let reach = libm::ceil(3.0 * sigma).max(1.0) as usize;
        let raw: Vec<f64> = (0..=reach).map(|i| libm::exp(-0.5 * (i as f64 / sigma).powi(2))).collect();
        let total = raw[0] + 2.0 * raw[1..].iter().sum::<f64>();
        Self { taps: raw.iter().map(|tap| (tap / total) as f32).collect() }
    }

    /// Smooths rows and columns, borders replicated.
    pub(crate) fn apply(&self, input: &Plane) -> Plane {
        let (height, width) = input.dim();
        let source = input.as_slice().expect("planes are contiguous");
        let reach = self.taps.len() - 1;
        let mut output = Plane::zeros((height, width));
        let mut padded = vec![0.0_f32; width + 2 * reach];
        let target = output.as_slice_mut().expect("planes are contiguous");
        for (y, out) in target.chunks_exact_mut(width).enumerate() {
            let middle = &mut padded[reach..reach + width];
            self.vertical(source, height, width, y, middle);
            let (first, last) = (middle[0], middle[width - 1]);
            padded[..reach].fill(first);
            padded[reach + width..].fill(last);
            self.horizontal(&padded, out);
        }
        output
    }

    fn vertical(&self, source: &[f32], height: usize, width: usize, y: usize, out: &mut [f32]) {
        let row = |y: usize| &source[y * width..(y + 1) * width];
        for (value, &centre) in out.iter_mut().zip(row(y)) {
            *value = centre * self.taps[0];
        }
        for (i, &tap) in self.taps.iter().enumerate().skip(1) {
            let above = row(y.saturating_sub(i));
            let below = row((y + i).min(height - 1));
            for ((value, &a), &b) in out.iter_mut().zip(above).zip(below) {
                *value += tap * (a + b);
            }
        }
    }

    fn horizontal(&self, padded: &[f32], out: &mut [f32]) {
        let reach = self.taps.len() - 1;
        let width = out.len();
        for (value, &centre) in out.iter_mut().zip(&padded[reach..]) {
            *value = centre * self.taps[0];
        }
        for (i, &tap) in self.taps.iter().enumerate().skip(1) {
            let left = &padded[reach - i..reach - i + width];
            let right = &padded[reach + i..reach + i + width];
            for ((value, &a), &b) in out.iter_mut().zip(left).zip(right) {
                *value += tap * (a + b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(height: usize, width: usize) -> Plane {
        let mut state = 1_u32;
        Plane::from_shape_fn((height, width), |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 65_536.0
        })
    }

    fn naive(input: &Plane, weight: impl Fn(isize, isize) -> f32, reach: isize) -> Plane {
        let (height, width) = input.dim();
        Plane::from_shape_fn((height, width), |(y, x)| {
            let mut sum = 0.0;
            for dy in -reach..=reach {
                for dx in -reach..=reach {
                    let yy = (y as isize + dy).clamp(0, height as isize - 1) as usize;
                    let xx = (x as isize + dx).clamp(0, width as isize - 1) as usize;
                    sum += weight(dy, dx) * input[(yy, xx)];
                }
            }
            sum
        })
    }

    fn assert_near(a: &Plane, b: &Plane) {
        // Values are up to 256; single precision sums of some 200 terms keep five digits.
        let worst = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 5e-3, "{worst}");
    }

    #[test]
    fn box_mean_agrees_with_its_naive_twin() {
        for (height, width, radius) in [(17, 23, 3), (5, 40, 6), (1, 9, 2)] {
            let input = noise(height, width);
            let window = (2 * radius + 1) * (2 * radius + 1);
            assert_near(&box_mean(&input, radius), &naive(&input, |_, _| 1.0 / window as f32, radius as isize));
        }
    }

    #[test]
    fn gaussian_agrees_with_its_naive_twin() {
        let gaussian = Gaussian::new(1.5);
        let taps = gaussian.taps.clone();
        let input = noise(14, 19);
        let weight = |dy: isize, dx: isize| taps[dy.unsigned_abs()] * taps[dx.unsigned_abs()];
        assert_near(&gaussian.apply(&input), &naive(&input, weight, taps.len() as isize - 1));
    }
}
