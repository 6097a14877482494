//! Noise from a seed: Gaussian, speckle, salt and pepper.

use crate::random::Random;
use crate::samples::{CHANNELS, to_u8};
use image::RgbImage;

/// Adds noise of standard deviation `sigma` (code values) to every sample, independent per channel.
pub fn gaussian(picture: &RgbImage, sigma: f32, seed: u64) -> RgbImage {
    disturbed(picture, seed, |value, normal| value + sigma * normal)
}

/// Multiplies every sample by 1 plus noise of standard deviation `spread` (0.1 is 10 %), independent per channel.
pub fn speckle(picture: &RgbImage, spread: f32, seed: u64) -> RgbImage {
    disturbed(picture, seed, |value, normal| value * (1.0 + spread * normal))
}

/// Replaces a share (0 to 1) of the pixels by black or white, one as likely as the other.
pub fn salt_and_pepper(picture: &RgbImage, share: f64, seed: u64) -> RgbImage {
    let mut random = Random::new(seed);
    let mut out = picture.clone();
    for pixel in out.chunks_exact_mut(CHANNELS) {
        let number = random.between(0.0, 1.0);
        if number < share {
            pixel.fill(if number < 0.5 * share { 0 } else { 255 });
        }
    }
    out
}

/// Every sample by a function of its value and a standard normal number.
fn disturbed(picture: &RgbImage, seed: u64, function: impl Fn(f32, f32) -> f32) -> RgbImage {
    let mut random = Random::new(seed);
    let mut out = picture.clone();
    let mut pairs = out.chunks_exact_mut(2);
    for pair in &mut pairs {
        let (a, b) = random.normal_pair();
        pair[0] = to_u8(function(f32::from(pair[0]), a));
        pair[1] = to_u8(function(f32::from(pair[1]), b));
    }
    for last in pairs.into_remainder() {
        *last = to_u8(function(f32::from(*last), random.normal_pair().0));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and standard deviation of all samples, as distances from `level`.
    fn moments(picture: &RgbImage, level: f64) -> (f64, f64) {
        let count = picture.len() as f64;
        let mean = picture.iter().map(|&v| f64::from(v) - level).sum::<f64>() / count;
        (mean, (picture.iter().map(|&v| (f64::from(v) - level).powi(2)).sum::<f64>() / count).sqrt())
    }

    #[test]
    fn the_noise_has_the_asked_spread_and_no_offset() {
        let grey = RgbImage::from_pixel(201, 151, image::Rgb([128; 3]));
        let noisy = gaussian(&grey, 10.0, 3);
        // 91,053 samples: the mean has a standard error of 0.03, the spread of 0.024.
        let (mean, spread) = moments(&noisy, 128.0);
        assert!(mean.abs() < 0.15, "{mean}");
        assert!((spread - 10.0).abs() < 0.15, "{spread}");
        assert_eq!(noisy, gaussian(&grey, 10.0, 3));
        assert_ne!(noisy, gaussian(&grey, 10.0, 4));
    }

    #[test]
    fn channels_are_independent() {
        let grey = RgbImage::from_pixel(200, 200, image::Rgb([128; 3]));
        let noisy = gaussian(&grey, 10.0, 9);
        let product: f64 = noisy.pixels().map(|p| (f64::from(p[0]) - 128.0) * (f64::from(p[1]) - 128.0)).sum();
        // Standard error of the correlation: 1 / 200.
        assert!((product / 40_000.0 / 100.0).abs() < 0.025);
    }

    #[test]
    fn speckle_grows_with_the_light() {
        for level in [40_u8, 160] {
            let flat = RgbImage::from_pixel(200, 150, image::Rgb([level; 3]));
            let (mean, spread) = moments(&speckle(&flat, 0.1, 5), f64::from(level));
            let expected = 0.1 * f64::from(level);
            // 90,000 samples: standard errors of 0.33 and 0.24 % of the spread; rounding adds 0.29 levels squared.
            assert!((spread / expected.hypot(0.29) - 1.0).abs() < 0.015, "{level}: {spread}");
            assert!(mean.abs() < 0.02 * expected, "{level}: {mean}");
        }
    }

    #[test]
    fn salt_and_pepper_hits_the_asked_share_of_pixels() {
        let grey = RgbImage::from_pixel(300, 200, image::Rgb([90, 128, 77]));
        let hit = salt_and_pepper(&grey, 0.05, 2);
        let count = |level: u8| hit.pixels().filter(|p| p.0 == [level; 3]).count() as f64;
        // 1,500 of each expected; standard deviation 38.
        assert!((count(0) - 1500.0).abs() < 190.0 && (count(255) - 1500.0).abs() < 190.0);
        let same = hit.pixels().filter(|p| p.0 == [90, 128, 77]).count() as f64;
        assert_eq!(count(0) + count(255) + same, 60_000.0);
    }
}
