//! Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004) of luma, single scale, at the pictures' own size.

use image::RgbImage;

/// Standard deviation of the window, pixels.
const SIGMA: f32 = 1.5;
/// The window reaches so many pixels to each side.
const REACH: usize = 5;
/// The two constants of the paper, squared code values.
const C1: f32 = 6.5025;
const C2: f32 = 58.5225;

/// The mean over all pixels whose window lies inside; 1 for equal pictures. Both have one size, at least 11 pixels a side.
pub(crate) fn ssim(a: &RgbImage, b: &RgbImage) -> f64 {
    let (width, height) = (a.width() as usize, a.height() as usize);
    let (a, b) = (luma(a), luma(b));
    let product = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).collect::<Vec<f32>>();
    let smooth = |plane: &[f32]| smoothed(plane, width, height);
    let (mean_a, mean_b) = (smooth(&a), smooth(&b));
    let (aa, bb, ab) = (smooth(&product(&a, &a)), smooth(&product(&b, &b)), smooth(&product(&a, &b)));
    let mut sum = 0.0;
    for i in 0..mean_a.len() {
        let (ma, mb) = (mean_a[i], mean_b[i]);
        let (va, vb, cov) = (aa[i] - ma * ma, bb[i] - mb * mb, ab[i] - ma * mb);
        sum += f64::from((2.0 * ma * mb + C1) * (2.0 * cov + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2)));
    }
    sum / mean_a.len().max(1) as f64
}

/// BT.601 luma, code values.
fn luma(picture: &RgbImage) -> Vec<f32> {
    let luma = |p: &image::Rgb<u8>| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
    picture.pixels().map(luma).collect()
}

/// Weighted means over the window, for the places where it lies inside.
fn smoothed(plane: &[f32], width: usize, height: usize) -> Vec<f32> {
    let weight = |i: usize| (-0.5 * ((i as f32 - REACH as f32) / SIGMA).powi(2)).exp();
    let window: Vec<f32> = (0..=2 * REACH).map(weight).collect();
    let total: f32 = window.iter().sum();
    let window: Vec<f32> = window.iter().map(|w| w / total).collect();
    let (inner_width, inner_height) = (width.saturating_sub(2 * REACH), height.saturating_sub(2 * REACH));
    let mut across = vec![0.0; inner_width * height];
    for (to, from) in across.chunks_exact_mut(inner_width.max(1)).zip(plane.chunks_exact(width)) {
        for (weight, from) in window.iter().zip((0..).map(|shift| &from[shift..])) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
        }
    }
    let mut out = vec![0.0; inner_width * inner_height];
    for (y, to) in out.chunks_exact_mut(inner_width.max(1)).enumerate() {
        for (shift, weight) in window.iter().enumerate() {
            let from = &across[(y + shift) * inner_width..][..inner_width];
            to.iter_mut().zip(from).for_each(|(to, from)| *to += weight * from);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(gain: i32) -> RgbImage {
        RgbImage::from_fn(60, 40, |x, y| {
            let noise = ((x * 7919 + y * 6131 + x * y * 17) % 101) as i32 - 50;
            image::Rgb([(120 + (x as i32 % 30) + noise * gain / 50) as u8; 3])
        })
    }

    #[test]
    fn equal_is_one_and_noise_is_less() {
        assert!((ssim(&scene(0), &scene(0)) - 1.0).abs() < 1e-6);
        let (little, much) = (ssim(&scene(0), &scene(3)), ssim(&scene(0), &scene(30)));
        assert!(little < 1.0 && much < little && much < 0.6, "{little} {much}");
    }

    #[test]
    fn two_flat_pictures_differ_by_their_means_alone() {
        let flat = |level| RgbImage::from_pixel(20, 20, image::Rgb([level; 3]));
        let expected = (2.0 * 100.0 * 110.0 + C1) / (100.0 * 100.0 + 110.0 * 110.0 + C1);
        assert!((ssim(&flat(100), &flat(110)) - f64::from(expected)).abs() < 1e-4);
    }
}
