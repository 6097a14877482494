//! The bank of oriented filters, applied in blocks by the Fourier transform.
//!
//! The band is split in [`ORIENTATIONS`] channels whose responses fall with the fourth power of the cosine of the angle
//! (steerable filters, Freeman & Adelson 1991); together they give the band back. Each block is transformed with a
//! margin that the filters reach over. A response is real and even, so two blocks travel through one complex transform
//! as its real and imaginary part.

use crate::spectrum::{C32, Fft2, Plane, RowsOf};
use crate::vector::wide;

/// Directions that are told apart. Three read 0.3 dB less, six no more (docs/decisions/whitening.md).
pub(super) const ORIENTATIONS: usize = 4;
/// Side of a transformed block, samples; a product of small primes.
const SIDE: usize = 288;

/// How blocks lie and how densely they are sampled again behind the filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cut {
    /// Samples at each edge of a block that the filters and the window of the local strength reach over.
    pub(super) margin: usize,
    /// Side of a filtered block, samples: [`SIDE`], or less where only the band is wanted.
    pub(super) side: usize,
}

impl Cut {
    /// Every sample. With the margin taken off, a block is a little more than a tile, so that planes of whole tiles need
    /// no block for a few samples.
    pub(super) const EVERY: Self = Self { margin: 12, side: SIDE };
    /// Three samples for every four: what the band needs, and room for the response to fall (docs/decisions/whitening.md).
    /// The used part is a tile.
    pub(super) const REDUCED: Self = Self { margin: 16, side: 216 };

    /// Samples of the plane from block to block.
    pub(super) const fn step(self) -> usize {
        SIDE - 2 * self.margin
    }

    /// As many of `samples` samples of the plane as there are behind the filters; sample `n` lies on sample
    /// `n * SIDE / side`.
    pub(super) const fn reduced(self, samples: usize) -> usize {
        (samples * self.side).div_ceil(SIDE)
    }

    /// Samples of a filtered block's margin.
    pub(super) const fn reduced_margin(self) -> usize {
        self.margin * self.side / SIDE
    }

    /// Samples from filtered block to filtered block.
    pub(super) const fn reduced_step(self) -> usize {
        self.side - 2 * self.reduced_margin()
    }
}

/// Standard deviation of the low pass that is taken away, samples.
const LOW_PASS_SIGMA: f64 = 1.5;
/// Standard deviation of the low pass that is kept, samples: what lies above the band only disturbs the local strength.
const NOISE_PASS_SIGMA: f64 = 0.6;
/// Where a reduced block's response begins to fall on its way to zero at its highest frequency, cycles per sample: the
/// band's upper edge.
const FALL: f64 = crate::pattern::BAND_HIGH;

/// Prepared filters.
pub(super) struct FilterBank {
    forward: Fft2,
    inverse: Fft2,
    cut: Cut,
    /// For each direction the response at `[column frequency][row frequency]`, the transform's own factor in it.
    responses: Vec<Vec<f32>>,
}

impl FilterBank {
    pub(super) fn new(cut: Cut) -> Self {
        let side = cut.side;
        let frequency = |bin: usize| signed(bin, side) as f64 / SIDE as f64;
        let highest = side as f64 / 2.0 / SIDE as f64;
        let fall = |f: f64| if side == SIDE { 1.0 } else { taper((f.abs() - FALL) / (highest - FALL)) };
        let responses = (0..ORIENTATIONS).map(|direction| {
            let at = |i: usize| {
                let (fx, fy) = (frequency(i / side), frequency(i % side));
                response(fx, fy, direction) * fall(fx) * fall(fy)
            };
            (0..side * side).map(|i| (at(i) / (SIDE * SIDE) as f64) as f32).collect()
        });
        Self { forward: Fft2::new(SIDE), inverse: Fft2::new(side), cut, responses: responses.collect() }
    }

    /// Calls `each` with every channel of two blocks of a plane whose used parts begin at row `top` and at the columns
    /// `lefts` (borders replicated), the first in the real part and the second in the imaginary part. Only the samples
    /// clear of the margin are free of what lies at the opposite edge.
    pub(super) fn channels(
        &self,
        plane: &Plane,
        top: usize,
        lefts: [usize; 2],
        buffers: &mut Buffers,
        mut each: impl FnMut(&[C32]),
    ) {
        let Buffers { blocks, spectrum, bins, channel, fft } = buffers;
        self.cut.blocks(plane, top, lefts, blocks);
        spectrum.resize(SIDE * SIDE, C32::default());
        self.forward.forward_to(blocks, spectrum, fft);
        let side = self.cut.side;
        channel.resize(side * side, C32::default());
        // What the smaller transform has of a line: the frequencies from zero up, and the negative ones at its end.
        let low = side / 2 + 1;
        for response in &self.responses {
            bins.resize(side * side, C32::default());
            wide(
                #[inline(always)]
                || {
                    let lines = bins.chunks_exact_mut(side).zip(response.chunks_exact(side));
                    for (x, (bins, factors)) in lines.enumerate() {
                        let line = &spectrum[signed(x, side).rem_euclid(SIDE as isize) as usize * SIDE..][..SIDE];
                        let (bins, factors) = (bins.split_at_mut(low), factors.split_at(low));
                        scale(&line[..low], factors.0, bins.0);
                        scale(&line[SIDE + low - side..], factors.1, bins.1);
                    }
                },
            );
            self.inverse.inverse_to(bins, channel, fft);
            each(channel);
        }
    }
}

/// Arrays of one block's way through the transforms, kept from block to block.
#[derive(Default)]
pub(super) struct Buffers {
    blocks: Vec<C32>,
    spectrum: Vec<C32>,
    bins: Vec<C32>,
    channel: Vec<C32>,
    fft: Vec<C32>,
}

impl Cut {
    /// Two blocks of a plane, side by side in the parts of complex numbers.
    fn blocks(self, plane: &Plane, top: usize, lefts: [usize; 2], out: &mut Vec<C32>) {
        let source = RowsOf::new(plane);
        let last = plane.ncols() as isize - 1;
        let columns = lefts.map(|left| -> Vec<usize> {
            (0..SIDE).map(|x| (left as isize + x as isize - self.margin as isize).clamp(0, last) as usize).collect()
        });
        let inside = columns.iter().all(|columns| columns[SIDE - 1] - columns[0] == SIDE - 1);
        out.resize(SIDE * SIDE, C32::default());
        wide(
            #[inline(always)]
            || {
                for (y, out) in out.chunks_exact_mut(SIDE).enumerate() {
                    let row = source.clamped(top as isize + y as isize - self.margin as isize);
                    if inside {
                        let (first, second) = (&row[columns[0][0]..][..SIDE], &row[columns[1][0]..][..SIDE]);
                        let pairs = first.iter().zip(second).map(|(&a, &b)| C32::new(a, b));
                        out.iter_mut().zip(pairs).for_each(|(out, pair)| *out = pair);
                    } else {
                        let pairs = columns[0].iter().zip(&columns[1]).map(|(&a, &b)| C32::new(row[a], row[b]));
                        out.iter_mut().zip(pairs).for_each(|(out, pair)| *out = pair);
                    }
                }
            },
        );
    }
}

/// Each of some bins times its factor.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn scale(bins: &[C32], factors: &[f32], out: &mut [C32]) {
    let scaled = bins.iter().zip(factors).map(|(bin, &factor)| bin * factor);
    out.iter_mut().zip(scaled).for_each(|(out, bin)| *out = bin);
}

/// A bin's frequency in a transform of `side` samples, cycles per `side` samples.
fn signed(bin: usize, side: usize) -> isize {
    if bin > side / 2 { bin as isize - side as isize } else { bin as isize }
}

/// From one to zero while `t` goes from zero to one.
fn taper(t: f64) -> f64 {
    0.5 + 0.5 * libm::cos(std::f64::consts::PI * t.clamp(0.0, 1.0))
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
        let (margin, step) = (Cut::EVERY.margin, Cut::EVERY.step());
        FilterBank::new(Cut::EVERY).channels(&plane, 0, [0, step], &mut Buffers::default(), |channel| {
            sums.iter_mut().zip(channel).for_each(|(sum, v)| *sum += v)
        });
        for (y, x) in [(20, 20), (130, 77), (step - 1, step - 1)] {
            let sum = sums[(y + margin) * SIDE + x + margin];
            // A Gaussian of 0.6 samples is not the same once sampled: up to 2 % of 40 grey levels.
            for (value, x) in [(sum.re, x), (sum.im, x + step)] {
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
