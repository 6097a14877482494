//! Gaussian blur and sharpening (unsharp mask), separable, borders mirrored.

use crate::samples::{CHANNELS, mirrored, to_u8};
use image::RgbImage;

/// Blurs by a Gaussian of standard deviation `sigma` pixels, cut at four deviations.
pub fn gaussian(picture: &RgbImage, sigma: f32) -> RgbImage {
    let mut out = picture.clone();
    for_smooth_rows(picture, sigma, |y, soft| {
        let row = out.as_mut().chunks_exact_mut(soft.len()).nth(y).expect("a row of the picture");
        row.iter_mut().zip(soft).for_each(|(sample, &value)| *sample = to_u8(value));
    });
    out
}

/// Adds `amount` times what a blur of `sigma` pixels takes away.
pub fn sharpen(picture: &RgbImage, sigma: f32, amount: f32) -> RgbImage {
    let mut out = picture.clone();
    for_smooth_rows(picture, sigma, |y, soft| {
        let row = out.as_mut().chunks_exact_mut(soft.len()).nth(y).expect("a row of the picture");
        for (sample, &soft) in row.iter_mut().zip(soft) {
            let value = f32::from(*sample);
            *sample = to_u8(value + amount * (value - soft));
        }
    });
    out
}

/// One side and the middle of a normalised Gaussian; entry `i` weighs the two samples at distance `i`.
fn half_kernel(sigma: f32) -> Vec<f32> {
    let radius = (4.0 * sigma).ceil() as usize;
    let weights: Vec<f32> = (0..=radius).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    weights.iter().map(|weight| weight / sum).collect()
}

/// Hands the blurred rows over from top to bottom. Only the rows in reach of the kernel are kept, so that a large
/// picture needs no second and third copy of itself in floating point.
fn for_smooth_rows(picture: &RgbImage, sigma: f32, mut sink: impl FnMut(usize, &[f32])) {
    let kernel = half_kernel(sigma);
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (row_len, reach) = (width * CHANNELS, kernel.len() - 1);
    let mut padded = vec![0.0_f32; (width + 2 * reach) * CHANNELS];
    // Row `r`, blurred across, is at `r % kept`.
    let kept = 2 * reach + 1;
    let mut across = vec![vec![0.0_f32; row_len]; kept];
    let mut rows = picture.as_raw().chunks_exact(row_len).enumerate();
    let mut down = vec![0.0_f32; row_len];
    for y in 0..height {
        let missing = if y == 0 { reach + 1 } else { 1 };
        for (r, row) in rows.by_ref().take(missing) {
            smooth_across(row, &kernel, &mut padded, &mut across[r % kept]);
        }
        down.fill(0.0);
        for (distance, &weight) in kernel.iter().enumerate() {
            let before = &across[mirrored(y as isize - distance as isize, height) % kept];
            let after = &across[mirrored(y as isize + distance as isize, height) % kept];
            accumulate(&mut down, before, after, if distance == 0 { 0.5 * weight } else { weight });
        }
        sink(y, &down);
    }
}

/// One row blurred along itself; `padded` is room for the row with its mirrored ends.
fn smooth_across(row: &[u8], kernel: &[f32], padded: &mut [f32], out: &mut [f32]) {
    let (reach, row_len) = (kernel.len() - 1, row.len());
    for (x, pixel) in padded.chunks_exact_mut(CHANNELS).enumerate() {
        let from = mirrored(x as isize - reach as isize, row_len / CHANNELS) * CHANNELS;
        (0..CHANNELS).for_each(|c| pixel[c] = f32::from(row[from + c]));
    }
    out.fill(0.0);
    for (distance, &weight) in kernel.iter().enumerate() {
        let before = &padded[(reach - distance) * CHANNELS..][..row_len];
        let after = &padded[(reach + distance) * CHANNELS..][..row_len];
        accumulate(out, before, after, if distance == 0 { 0.5 * weight } else { weight });
    }
}

fn accumulate(out: &mut [f32], before: &[f32], after: &[f32], weight: f32) {
    for ((out, before), after) in out.iter_mut().zip(before).zip(after) {
        *out += weight * (before + after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{largest, scene};

    /// The same by a full two-dimensional sum for one pixel.
    fn naive(picture: &RgbImage, sigma: f64, x: isize, y: isize, channel: usize) -> f64 {
        let reach = (4.0 * sigma).ceil() as isize;
        let (mut sum, mut weights) = (0.0, 0.0);
        for dy in -reach..=reach {
            for dx in -reach..=reach {
                let weight = (-((dx * dx + dy * dy) as f64) / (2.0 * sigma * sigma)).exp();
                let (u, v) = (mirrored(x + dx, picture.width() as usize), mirrored(y + dy, picture.height() as usize));
                sum += weight * f64::from(picture.get_pixel(u as u32, v as u32)[channel]);
                weights += weight;
            }
        }
        sum / weights
    }

    #[test]
    fn agrees_with_the_two_dimensional_sum() {
        let picture = scene(40, 33);
        let blurred = gaussian(&picture, 1.4);
        for (x, y) in [(0, 0), (39, 32), (20, 1), (17, 16)] {
            for channel in 0..3 {
                let value = f64::from(blurred.get_pixel(x as u32, y as u32)[channel]);
                assert!((value - naive(&picture, 1.4, x, y, channel)).abs() < 0.51);
            }
        }
    }

    #[test]
    fn a_flat_picture_stays_and_sharpening_opposes_blur() {
        let flat = RgbImage::from_pixel(20, 20, image::Rgb([10, 200, 77]));
        assert_eq!(largest(&gaussian(&flat, 2.0), &flat), 0);
        let picture = scene(60, 60);
        let step = |p: &RgbImage| p.get_pixel(30, 30)[0].abs_diff(p.get_pixel(31, 30)[0]);
        assert!(step(&sharpen(&picture, 1.0, 0.5)) > step(&picture));
        assert!(step(&gaussian(&picture, 1.0)) < step(&picture));
    }
}
