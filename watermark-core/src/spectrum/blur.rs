//! Separable smoothing: a running mean and a sampled Gaussian, borders replicated.

use super::Plane;
use super::rows::{RowsOf, WindowSum, add_pairs, repeat_ends};

/// Mean over a `(2 radius + 1)` square window, borders replicated.
///
/// Columns are summed by a sliding window over whole rows, rows by doubling, so the cost hardly depends on the radius.
pub(crate) fn box_mean(input: &Plane, radius: usize) -> Plane {
    let (height, width) = input.dim();
    let scale = 1.0 / ((2 * radius + 1) * (2 * radius + 1)) as f32;
    let mut output = Plane::zeros((height, width));
    let source = RowsOf::new(input);
    let mut columns = vec![0.0_f64; width];
    let mut single = vec![0.0_f32; width];
    let mut window = WindowSum::new(radius);
    let reach = radius as isize;
    for y in -reach..=reach {
        columns.iter_mut().zip(source.clamped(y)).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    let target = output.as_slice_mut().expect("planes are contiguous");
    for (y, out) in target.chunks_exact_mut(width).enumerate() {
        single.iter_mut().zip(&columns).for_each(|(value, &sum)| *value = sum as f32 * scale);
        window.apply(&single, out);
        let (enters, leaves) = (source.clamped(y as isize + reach + 1), source.clamped(y as isize - reach));
        for ((sum, &enters), &leaves) in columns.iter_mut().zip(enters).zip(leaves) {
            *sum += f64::from(enters) - f64::from(leaves);
        }
    }
    output
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

    /// Row `y` of the smoothed plane, borders replicated; `padded` is scratch.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn row(&self, source: &RowsOf<'_>, y: usize, padded: &mut Vec<f32>, out: &mut [f32]) {
        let (reach, width) = (self.taps.len() - 1, out.len());
        let (centre, sides) = (self.taps[0], &self.taps[1..]);
        padded.resize(width + 2 * reach, 0.0);
        let middle = &mut padded[reach..reach + width];
        let y = y as isize;
        middle.iter_mut().zip(source.clamped(y)).for_each(|(sum, value)| *sum = value * centre);
        add_pairs(middle, sides, |i| (source.clamped(y - 1 - i as isize), source.clamped(y + 1 + i as isize)));
        repeat_ends(padded, reach);
        out.iter_mut().zip(&padded[reach..]).for_each(|(sum, value)| *sum = value * centre);
        let padded = &padded[..];
        add_pairs(out, sides, |i| (&padded[reach - 1 - i..], &padded[reach + 1 + i..]));
    }

    /// Smooths rows and columns, borders replicated.
    #[cfg(test)]
    pub(crate) fn apply(&self, input: &Plane) -> Plane {
        let mut output = Plane::zeros(input.dim());
        let mut padded = Vec::new();
        let rows = output.as_slice_mut().expect("planes are contiguous").chunks_exact_mut(input.ncols());
        rows.enumerate().for_each(|(y, out)| self.row(&RowsOf::new(input), y, &mut padded, out));
        output
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
