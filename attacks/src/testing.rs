//! Pictures from a formula, and distances, for the tests of every family.

use image::{Rgb, RgbImage};

/// Smooth colour gradients with waves and some fine texture.
pub(crate) fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (f64::from(x), f64::from(y));
        let wave = 40.0 * (u * 0.21).sin() * (v * 0.13).cos();
        let grain = f64::from((x * 7919 + y * 104_729 + x * y * 31) % 23) - 11.0;
        let level = |base: f64| (base + wave + grain).clamp(0.0, 255.0) as u8;
        Rgb([level(90.0 + u * 0.5), level(120.0 + v * 0.4), level(140.0 - u * 0.2)])
    })
}

/// Root mean squared difference over all samples, code values.
pub(crate) fn rms(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: f64 = a.iter().zip(b.iter()).map(|(&a, &b)| (f64::from(a) - f64::from(b)).powi(2)).sum();
    (sum / a.len() as f64).sqrt()
}

/// Largest difference of two samples.
pub(crate) fn largest(a: &RgbImage, b: &RgbImage) -> u8 {
    assert_eq!(a.dimensions(), b.dimensions());
    a.iter().zip(b.iter()).map(|(&a, &b)| a.abs_diff(b)).max().unwrap_or(0)
}
