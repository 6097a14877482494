//! Wavelet shrinkage over all shifts (Coifman & Donoho 1995): the Haar transform without decimation is the mean over
//! all places at which a decimated one could begin. Details are pulled towards zero by a threshold.

use crate::tiles::{self, Plane, TILE};
use image::RgbImage;

/// Octaves that are thresholded: details of 1, 2, 4 and 8 pixels.
pub const LEVELS: u32 = 4;

/// Pulls every detail towards zero by `threshold` code values, in the scale in which white noise is equally strong in
/// all octaves and as strong as in the picture. Each channel for itself.
pub fn shrink(picture: &RgbImage, threshold: f32) -> RgbImage {
    tiles::filtered(picture, TILE, 1 << LEVELS, |plane| plane.samples = shrunk(plane, 1, threshold))
}

/// The plane with its details of `level` and above pulled in. Near the lower and right ends, as far as the transform
/// reaches, the result is not complete; that is in the margin.
fn shrunk(plane: &Plane, level: u32, threshold: f32) -> Vec<f32> {
    let (width, height, step) = (plane.width, plane.height, 1_usize << (level - 1));
    let inner = width - step;
    // A mean of four is half as strong as an orthonormal coefficient, at every level once more.
    let limit = threshold / f32::from(1_u16 << level);
    let mut low = plane.samples.clone();
    let mut out = vec![0.0_f32; width * height];
    // Both rows that a row of details goes to, and room for the low pass that comes back.
    let mut sums = [vec![0.0_f32; inner], vec![0.0; inner], vec![0.0; inner]];
    for y in 0..height - step {
        let upper = &plane.samples[y * width..][..width];
        let lower = &plane.samples[(y + step) * width..][..width];
        let means = &mut low[y * width..][..inner];
        let [across, down, both] = &mut sums;
        let corners = upper.iter().zip(&upper[step..]).zip(lower.iter().zip(&lower[step..]));
        let places = across.iter_mut().zip(down.iter_mut()).zip(both.iter_mut()).zip(means);
        for ((((across, down), both), mean), ((&a, &b), (&c, &d))) in places.zip(corners) {
            let (top, bottom, rise, fall) = (a + b, c + d, a - b, c - d);
            *mean = 0.25 * (top + bottom);
            *across = soft(0.25 * (rise + fall), limit);
            *down = soft(0.25 * (top - bottom), limit);
            *both = soft(0.25 * (rise - fall), limit);
        }
        let details = || across.iter().zip(down.iter()).zip(both.iter());
        for (line, sign) in [(y, 1.0), (y + step, -1.0)] {
            let row = &mut out[line * width..][..width];
            for (out, ((a, d), b)) in row.iter_mut().zip(details()) {
                *out += 0.25 * (a + sign * (d + b));
            }
            for (out, ((a, d), b)) in row[step..].iter_mut().zip(details()) {
                *out += 0.25 * (sign * (d - b) - a);
            }
        }
    }
    if level < LEVELS {
        low = shrunk(&Plane { width, height, samples: low }, level + 1, threshold);
    }
    add_means(&mut out, &low, width, step);
    out
}

/// Adds the low pass back: the mean of the four means that a pixel is part of.
fn add_means(out: &mut [f32], low: &[f32], width: usize, step: usize) {
    for (y, row) in out.chunks_exact_mut(width).enumerate() {
        let here = &low[y * width..][..width];
        let above = &low[y.saturating_sub(step) * width..][..width];
        let after = here[step..].iter().zip(&above[step..]);
        let before = here.iter().zip(above);
        for ((out, (a, b)), (c, d)) in row[step..].iter_mut().zip(before).zip(after) {
            *out += 0.25 * (a + b + c + d);
        }
    }
}

fn soft(value: f32, limit: f32) -> f32 {
    value - value.clamp(-limit, limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise;
    use crate::testing::{largest, rms, scene};

    #[test]
    fn without_a_threshold_everything_comes_back() {
        let picture = scene(90, 70);
        assert_eq!(largest(&shrink(&picture, 0.0), &picture), 0);
    }

    /// One decimated Haar transform with soft thresholds, beginning at a shift, in place.
    fn decimated(plane: &mut [f64], width: usize, (x0, y0): (usize, usize), level: u32, threshold: f64) {
        if level > LEVELS {
            return;
        }
        let height = plane.len() / width;
        let size = 1 << level;
        let half = size / 2;
        let soft = |value: f64| value.signum() * (value.abs() - threshold).max(0.0);
        let mut means = plane.to_vec();
        for y in (y0..height - size + 1).step_by(size) {
            for x in (x0..width - size + 1).step_by(size) {
                let block = |u: usize, v: usize| (y + v * half) * width + x + u * half;
                let corners = [block(0, 0), block(1, 0), block(0, 1), block(1, 1)].map(|at| plane[at]);
                let sums = |s: [f64; 4]| (0..4).map(|i| s[i] * corners[i]).sum::<f64>() * 0.5;
                let scale = half as f64;
                let mean = sums([1.0; 4]);
                let across = soft(scale * sums([1.0, -1.0, 1.0, -1.0])) / scale;
                let down = soft(scale * sums([1.0, 1.0, -1.0, -1.0])) / scale;
                let both = soft(scale * sums([1.0, -1.0, -1.0, 1.0])) / scale;
                for v in 0..size {
                    for u in 0..size {
                        let (s, t) = (if u < half { 1.0 } else { -1.0 }, if v < half { 1.0 } else { -1.0 });
                        means[(y + v) * width + x + u] = 0.5 * mean;
                        plane[(y + v) * width + x + u] = 0.5 * (across * s + down * t + both * s * t);
                    }
                }
            }
        }
        decimated(&mut means, width, (x0, y0), level + 1, threshold);
        plane.iter_mut().zip(means).for_each(|(value, mean)| *value += mean);
    }

    #[test]
    fn agrees_with_the_mean_over_all_shifts() {
        // Away from the borders, which blocks do not all cover.
        let picture = scene(60, 60);
        let fast = shrink(&picture, 20.0);
        let mut sums = vec![0.0; 3600];
        for shift in 0..256 {
            let mut plane: Vec<f64> = picture.pixels().map(|p| f64::from(p[0])).collect();
            decimated(&mut plane, 60, (shift % 16, shift / 16), 1, 20.0);
            sums.iter_mut().zip(plane).for_each(|(sum, value)| *sum += value / 256.0);
        }
        for y in 16..44 {
            for x in 16..44 {
                let value = f64::from(fast.get_pixel(x, y)[0]);
                let expected = sums[(y * 60 + x) as usize];
                assert!((value - expected).abs() < 0.52, "{x} {y}: {value} for {expected}");
            }
        }
    }

    #[test]
    fn tiles_do_not_show_and_grain_goes() {
        let picture = scene(90, 70);
        let tiled = tiles::filtered(&picture, 33, 1 << LEVELS, |plane| plane.samples = shrunk(plane, 1, 12.0));
        assert_eq!(largest(&shrink(&picture, 12.0), &tiled), 0);
        let grey = RgbImage::from_pixel(100, 100, image::Rgb([120; 3]));
        let grainy = noise::gaussian(&grey, 6.0, 2);
        assert!(rms(&shrink(&grainy, 12.0), &grey) < 0.3 * rms(&grainy, &grey));
    }
}
