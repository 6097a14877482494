//! Additive Gaussian noise, independent per channel, from a seed.

use crate::samples::to_u8;
use image::RgbImage;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Adds noise of standard deviation `sigma` (code values) to every sample.
pub fn gaussian(picture: &RgbImage, sigma: f32, seed: u64) -> RgbImage {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut out = picture.clone();
    // Box and Muller: two uniform numbers give two normal ones.
    let mut pairs = out.chunks_exact_mut(2);
    for pair in &mut pairs {
        let (a, b) = normal_pair(&mut random);
        pair[0] = to_u8(f32::from(pair[0]) + sigma * a);
        pair[1] = to_u8(f32::from(pair[1]) + sigma * b);
    }
    for last in pairs.into_remainder() {
        *last = to_u8(f32::from(*last) + sigma * normal_pair(&mut random).0);
    }
    out
}

/// Two independent standard normal numbers.
fn normal_pair(random: &mut ChaCha8Rng) -> (f32, f32) {
    // In (0, 1], so that the logarithm is finite.
    let uniform = (f64::from(random.next_u32()) + 1.0) / 4_294_967_296.0;
    let radius = (-2.0 * uniform.ln()).sqrt() as f32;
    let turn = random.next_u32() as f32 / 4_294_967_296.0 * std::f32::consts::TAU;
    (radius * turn.cos(), radius * turn.sin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_has_the_asked_spread_and_no_offset() {
        let grey = RgbImage::from_pixel(201, 151, image::Rgb([128; 3]));
        let noisy = gaussian(&grey, 10.0, 3);
        let count = noisy.len() as f64;
        let mean = noisy.iter().map(|&v| f64::from(v) - 128.0).sum::<f64>() / count;
        let spread = (noisy.iter().map(|&v| (f64::from(v) - 128.0).powi(2)).sum::<f64>() / count).sqrt();
        // 91,053 samples: the mean has a standard error of 0.03, the spread of 0.024.
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
}
