//! What somebody without the key can learn about a mark: a picture minus its smooth version.

use attacks::{bilateral, blur};
use fast_image_resize::images::TypedImage;
use fast_image_resize::pixels::F32;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// One luma plane, code values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) values: Vec<f32>,
}

impl Plane {
    /// Luma (BT.601) of a picture.
    pub(crate) fn luma(picture: &RgbImage) -> Self {
        let luma = |p: &image::Rgb<u8>| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
        let values = picture.pixels().map(luma).collect();
        Self { width: picture.width() as usize, height: picture.height() as usize, values }
    }

    /// This plus `gain` times another of the same size.
    pub(crate) fn plus(mut self, other: &Self, gain: f32) -> Self {
        assert_eq!((self.width, self.height), (other.width, other.height), "planes of one size");
        self.values.iter_mut().zip(&other.values).for_each(|(a, b)| *a += gain * b);
        self
    }

    /// This times a factor.
    pub(crate) fn times(mut self, factor: f32) -> Self {
        self.values.iter_mut().for_each(|value| *value *= factor);
        self
    }

    /// Sum of products with another of the same size.
    pub(crate) fn dot(&self, other: &Self) -> f64 {
        self.values.iter().zip(&other.values).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
    }

    /// Root mean square.
    pub(crate) fn rms(&self) -> f64 {
        (self.dot(self) / self.values.len() as f64).sqrt()
    }

    /// Cosine of the angle to another of the same size.
    pub(crate) fn correlation(&self, other: &Self) -> f64 {
        self.dot(other) / (self.dot(self) * other.dot(other)).sqrt().max(1e-12)
    }

    /// Scaled to a root mean square.
    pub(crate) fn scaled_to(self, rms: f64) -> Self {
        let gain = (rms / self.rms().max(1e-12)) as f32;
        self.times(gain)
    }

    /// Resampled by a cubic to another size.
    pub(crate) fn resized(&self, width: usize, height: usize) -> anyhow::Result<Self> {
        if (width, height) == (self.width, self.height) {
            return Ok(self.clone());
        }
        let pixels = self.values.iter().map(|&value| F32::new(value)).collect();
        let source = TypedImage::<F32>::from_pixels(self.width as u32, self.height as u32, pixels)?;
        let mut target = TypedImage::<F32>::new(width as u32, height as u32);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
        Resizer::new().resize_typed(&source, &mut target, &options)?;
        Ok(Self { width, height, values: target.pixels().iter().map(|pixel| pixel.0).collect() })
    }

    /// Added to all channels of a picture.
    pub(crate) fn added_to(&self, picture: &RgbImage, gain: f32) -> RgbImage {
        assert_eq!((self.width as u32, self.height as u32), picture.dimensions(), "plane and picture of one size");
        let mut out = picture.clone();
        for (pixel, &value) in out.pixels_mut().zip(&self.values) {
            pixel.0.iter_mut().for_each(|v| *v = (f32::from(*v) + gain * value + 0.5).clamp(0.0, 255.0) as u8);
        }
        out
    }
}

/// Names of the estimators, in the order of [`all`].
pub(crate) const ESTIMATORS: [&str; 3] = ["Gaussian", "bilateral", "Wiener 5x5"];

/// The picture minus three smooth versions.
pub(crate) fn all(picture: &RgbImage) -> [Plane; 3] {
    let luma = Plane::luma(picture);
    let gaussian = Plane::luma(&blur::gaussian(picture, 1.5));
    let edge_keeping = Plane::luma(&bilateral::bilateral(picture, 9, 40.0, 7.0));
    let wiener = wiener(&luma);
    [gaussian, edge_keeping, wiener].map(|smooth| luma.clone().plus(&smooth, -1.0))
}

/// Which of the estimates is nearest to the true mark: more than an attacker can know, so the attack is at its best.
pub(crate) fn strongest(estimates: [Plane; 3], truth: &Plane) -> (usize, Plane) {
    let best = (0..3).max_by(|&a, &b| estimates[a].correlation(truth).total_cmp(&estimates[b].correlation(truth)));
    let index = best.unwrap_or(0);
    let mut estimates = estimates;
    (index, std::mem::replace(&mut estimates[index], Plane { width: 0, height: 0, values: Vec::new() }))
}

/// Wiener filter over 5x5 pixels; the noise is the mean local variance, as usual.
fn wiener(plane: &Plane) -> Plane {
    let mean = box_mean(plane);
    let squares = Plane { values: plane.values.iter().map(|v| v * v).collect(), ..plane.clone() };
    let variance: Vec<f32> = box_mean(&squares)
        .values
        .iter()
        .zip(&mean.values)
        .map(|(square, mean)| (square - mean * mean).max(0.0))
        .collect();
    let noise = variance.iter().map(|&v| f64::from(v)).sum::<f64>() as f32 / variance.len() as f32;
    let values = (0..plane.values.len())
        .map(|i| mean.values[i] + (1.0 - noise / variance[i].max(noise).max(1e-6)) * (plane.values[i] - mean.values[i]))
        .collect();
    Plane { values, ..plane.clone() }
}

/// Mean over 5x5 pixels, smaller windows at the border.
fn box_mean(plane: &Plane) -> Plane {
    let (width, height) = (plane.width, plane.height);
    let run = |values: &[f32], at: usize, stride: usize, len: usize, index: usize| {
        let (from, to) = (index.saturating_sub(2), (index + 2).min(len - 1));
        (from..=to).map(|i| values[at + i * stride]).sum::<f32>() / (to - from + 1) as f32
    };
    let places = || (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let across: Vec<f32> = places().map(|(x, y)| run(&plane.values, y * width, 1, width, x)).collect();
    let values = places().map(|(x, y)| run(&across, x, width, height, y)).collect();
    Plane { width, height, values }
}

/// The mean over all repeats at a period (pixels, may be fractional), laid out over the plane again.
pub(crate) fn folded(plane: &Plane, period: f64) -> Plane {
    let bins = (period.round() as usize).max(1);
    let bin = |index: usize| ((index as f64 + 0.5) * bins as f64 / period) as usize % bins;
    let columns: Vec<usize> = (0..plane.width).map(bin).collect();
    let rows: Vec<usize> = (0..plane.height).map(bin).collect();
    let mut sums = vec![(0.0_f64, 0_u32); bins * bins];
    let places = || rows.iter().flat_map(|&row| columns.iter().map(move |&column| row * bins + column));
    for (at, &value) in places().zip(&plane.values) {
        sums[at].0 += f64::from(value);
        sums[at].1 += 1;
    }
    let values = places().map(|at| (sums[at].0 / f64::from(sums[at].1)) as f32).collect();
    Plane { values, ..plane.clone() }
}

/// Sum of the folds of a residual at the pitches of the four octaves, finest first, each taken from what the finer ones
/// leave. The coarsest pitch is the short side of the picture.
pub(crate) fn folds(residual: &Plane, short_side: f64) -> Plane {
    let mut left = residual.clone();
    for octave in (0..4).rev() {
        let fold = folded(&left, short_side / f64::from(1 << octave));
        left = left.plus(&fold, -1.0);
    }
    residual.clone().plus(&left, -1.0)
}

/// Root mean square of a change that gives a PSNR.
pub(crate) fn rms_of(psnr_db: f64) -> f64 {
    255.0 / 10_f64.powf(psnr_db / 20.0)
}

/// What a Wiener filter takes away: the estimate that needs no knowledge of the mark.
pub(crate) fn residual(picture: &RgbImage) -> Plane {
    let luma = Plane::luma(picture);
    let smooth = wiener(&luma);
    luma.plus(&smooth, -1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_keeps_what_repeats_and_loses_the_rest() {
        let tile = |x: usize, y: usize| ((x % 16) * 5 + (y % 16) * 3) as f32;
        let noise = |x: usize, y: usize| ((x * 7919 + y * 6131 + x * y * 17) % 101) as f32 - 50.0;
        let plane = |f: &dyn Fn(usize, usize) -> f32| {
            let values = (0..128).flat_map(|y| (0..128).map(move |x| (x, y))).map(|(x, y)| f(x, y)).collect();
            Plane { width: 128, height: 128, values }
        };
        let pattern = plane(&tile);
        assert_eq!(folded(&pattern, 16.0), pattern);
        let mixed = plane(&|x, y| tile(x, y) + noise(x, y));
        assert!(folded(&mixed, 16.0).plus(&pattern, -1.0).rms() < 0.3 * plane(&noise).rms());
    }

    #[test]
    fn a_weak_pattern_on_a_smooth_picture_is_found() {
        let smooth = RgbImage::from_fn(160, 120, |x, y| image::Rgb([(60 + x / 2) as u8, (60 + y) as u8, 100]));
        let values = (0..160 * 120).map(|i: usize| ((i * 2_654_435_761) >> 7) % 7).map(|v| v as f32 - 3.0).collect();
        let pattern = Plane { width: 160, height: 120, values };
        let (_, estimate) = strongest(all(&pattern.added_to(&smooth, 1.0)), &pattern);
        assert!(estimate.correlation(&pattern) > 0.85, "{}", estimate.correlation(&pattern));
    }

    #[test]
    fn resizing_and_scaling_planes() {
        let plane = Plane { width: 40, height: 30, values: (0..1200).map(|i| (i % 40) as f32 - 20.0).collect() };
        let larger = plane.resized(80, 60).expect("small");
        assert!((larger.values[30 * 80 + 41] - 0.25).abs() < 0.05, "{}", larger.values[30 * 80 + 41]);
        assert!((plane.scaled_to(2.5).rms() - 2.5).abs() < 1e-4);
    }
}
