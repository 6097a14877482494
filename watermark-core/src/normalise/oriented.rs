//! The bank of oriented filters, applied in blocks by the Fourier transform.
//!
//! The band is split in [`ORIENTATIONS`] channels whose responses fall with the fourth power of the cosine of the angle
//! (steerable filters, Freeman & Adelson 1991); together they give the band back. Each block is transformed with a
//! margin that the filters reach over. A response is real and even, so two blocks travel through one complex transform
//! as its real and imaginary part.

use crate::spectrum::{C32, Fft2, Plane, RowsOf};

/// Directions that are told apart. Three read 0.3 dB less, six no more (docs/decisions/whitening.md).
pub(super) const ORIENTATIONS: usize = 4;
/// Side of a transformed block, samples; a product of small primes, and with the margin taken off a little more than a
/// tile, so that planes of whole tiles need no block for a few samples.
pub(super) const SIDE: usize = 288;
/// Samples at each edge of a block that the filters and the window of the local strength reach over.
pub(super) const MARGIN: usize = 12;
/// Side of the part of a block that is used.
pub(super) const STEP: usize = SIDE - 2 * MARGIN;

/// Standard deviation of the low pass that is taken away, samples.
const LOW_PASS_SIGMA: f64 = 1.5;
/// Standard deviation of the low pass that is kept, samples: what lies above the band only disturbs the local strength.
const NOISE_PASS_SIGMA: f64 = 0.6;

/// Prepared filters.
pub(super) struct FilterBank {
    fft: Fft2,
    /// For each direction the response at `[column frequency][row frequency]`, the transform's own factor in it.
    responses: Vec<Vec<f32>>,
}

impl FilterBank {
    pub(super) fn new() -> Self {
        let responses = (0..ORIENTATIONS).map(|direction| {
            let at = |i: usize| response(signed(i / SIDE), signed(i % SIDE), direction);
            (0..SIDE * SIDE).map(|i| (at(i) / (SIDE * SIDE) as f64) as f32).collect()
        });
        Self { fft: Fft2::new(SIDE), responses: responses.collect() }
    }

    /// Calls `each` with every channel of two blocks, the first in the real part and the second in the imaginary part.
    /// Only the samples clear of the margin are free of what lies at the opposite edge.
    pub(super) fn channels(&self, mut blocks: Vec<C32>, mut each: impl FnMut(&[C32])) {
        self.fft.forward_transposed(&mut blocks);
        for response in &self.responses {
            let mut channel: Vec<C32> = blocks.iter().zip(response).map(|(value, &factor)| value * factor).collect();
            self.fft.inverse_transposed(&mut channel);
            each(&channel);
        }
    }
}

/// Two blocks of a plane whose used parts begin at row `top` and at the columns `lefts`; borders replicated.
pub(super) fn blocks(plane: &Plane, top: usize, lefts: [usize; 2]) -> Vec<C32> {
    let source = RowsOf::new(plane);
    let last = plane.ncols() as isize - 1;
    let columns = lefts.map(|left| -> Vec<usize> {
        (0..SIDE).map(|x| (left as isize + x as isize - MARGIN as isize).clamp(0, last) as usize).collect()
    });
    let mut out = Vec::with_capacity(SIDE * SIDE);
    for y in 0..SIDE {
        let row = source.clamped(top as isize + y as isize - MARGIN as isize);
        out.extend(columns[0].iter().zip(&columns[1]).map(|(&a, &b)| C32::new(row[a], row[b])));
    }
    out
}

/// A bin's frequency, cycles per sample.
fn signed(bin: usize) -> f64 {
    if bin > SIDE / 2 { bin as f64 / SIDE as f64 - 1.0 } else { bin as f64 / SIDE as f64 }
}

/// What a direction lets through of a frequency (cycles per sample).
fn response(fx: f64, fy: f64, direction: usize) -> f64 {
    let square = fx * fx + fy * fy;
    let gaussian = |sigma: f64| libm::exp(-2.0 * std::f64::consts::PI * std::f64::consts::PI * square * sigma * sigma);
    let turn = libm::atan2(fy, fx) - direction as f64 * std::f64::consts::PI / ORIENTATIONS as f64;
    // Over four directions the fourth powers of the cosine add up to 3/2.
    let share = libm::pow(libm::cos(turn), 4.0) / 1.5;
    share * (gaussian(NOISE_PASS_SIGMA) - gaussian(LOW_PASS_SIGMA))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spectrum::Gaussian;

    #[test]
    fn the_channels_add_up_to_the_band() {
        // Waves up to 0.35 cycles per sample: beyond, the filters' taps and the transform differ in how they wrap.
        let light = |y: usize, x: usize| {
            let (x, y) = (x as f64, y as f64);
            40.0 * libm::sin(0.3 * x + 0.7 * y) + 25.0 * libm::cos(1.4 * x - 0.9 * y) + 0.2 * x * y / 50.0
        };
        let plane = Plane::from_shape_fn((300, 620), |(y, x)| light(y, x) as f32);
        let difference = Gaussian::new(NOISE_PASS_SIGMA).apply(&plane) - Gaussian::new(LOW_PASS_SIGMA).apply(&plane);
        let mut sums = vec![C32::default(); SIDE * SIDE];
        let pair = blocks(&plane, 0, [0, STEP]);
        FilterBank::new().channels(pair, |channel| sums.iter_mut().zip(channel).for_each(|(sum, v)| *sum += v));
        for (y, x) in [(20, 20), (130, 77), (STEP - 1, STEP - 1)] {
            let sum = sums[(y + MARGIN) * SIDE + x + MARGIN];
            // A Gaussian of 0.6 samples is not the same once sampled: up to 2 % of 40 grey levels.
            for (value, x) in [(sum.re, x), (sum.im, x + STEP)] {
                assert!((value - difference[(y, x)]).abs() < 0.8, "{y} {x}: {value} {}", difference[(y, x)]);
            }
        }
    }

    #[test]
    fn a_wave_goes_to_the_channel_of_its_direction() {
        for direction in 0..ORIENTATIONS {
            let angle = direction as f64 * std::f64::consts::PI / ORIENTATIONS as f64;
            let (fx, fy) = (0.16 * libm::cos(angle), 0.16 * libm::sin(angle));
            let shares: Vec<f64> = (0..ORIENTATIONS).map(|d| response(fx, fy, d)).collect();
            let total: f64 = shares.iter().sum();
            assert!((shares[direction] / total - 2.0 / 3.0).abs() < 1e-9, "{shares:?}");
            assert_eq!(response(fx, fy, direction), response(-fx, -fy, direction));
        }
    }
}
