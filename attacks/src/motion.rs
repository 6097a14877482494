//! Blur along a line, as of a moved camera, and by a box.

use crate::random::Random;
use crate::samples::{Bordered, CHANNELS, to_u8};
use image::RgbImage;

/// Points on the line for each pixel of its length; more do not change the weights visibly.
const POINTS_PER_PIXEL: f64 = 4.0;

/// Blurs along a straight line of `length` pixels at an angle from the seed.
pub fn motion(picture: &RgbImage, length: f64, seed: u64) -> RgbImage {
    let angle = Random::new(seed).between(0.0, std::f64::consts::PI);
    let radius = (0.5 * length).ceil() as usize + 1;
    weighted(picture, radius, &line(length, angle, radius))
}

/// The mean of `size` x `size` pixels; `size` is odd. Borders are mirrored.
pub fn mean(picture: &RgbImage, size: usize) -> RgbImage {
    let radius = size / 2;
    let size = 2 * radius + 1;
    let bordered = Bordered::new(picture, radius);
    let row_len = picture.width() as usize * CHANNELS;
    let row = |y: usize| &bordered.samples[y * bordered.stride..][..bordered.stride];
    // Sums of `size` rows at every column, moved down one row at a time.
    let mut columns = vec![0_u32; bordered.stride];
    (0..size - 1).for_each(|y| columns.iter_mut().zip(row(y)).for_each(|(sum, &value)| *sum += u32::from(value)));
    let scale = 1.0 / (size * size) as f32;
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (y, line) in out.chunks_exact_mut(row_len).enumerate() {
        columns.iter_mut().zip(row(y + size - 1)).for_each(|(sum, &value)| *sum += u32::from(value));
        let mut sums = [0_u32; CHANNELS];
        for pixel in columns[..(size - 1) * CHANNELS].chunks_exact(CHANNELS) {
            (0..CHANNELS).for_each(|c| sums[c] += pixel[c]);
        }
        let entering = columns[(size - 1) * CHANNELS..].chunks_exact(CHANNELS);
        for ((pixel, entering), leaving) in
            line.chunks_exact_mut(CHANNELS).zip(entering).zip(columns.chunks_exact(CHANNELS))
        {
            for c in 0..CHANNELS {
                sums[c] += entering[c];
                pixel[c] = to_u8(sums[c] as f32 * scale);
                sums[c] -= leaving[c];
            }
        }
        columns.iter_mut().zip(row(y)).for_each(|(sum, &value)| *sum -= u32::from(value));
    }
    out
}

/// A place in a window, from its top left, and its weight.
type Tap = (usize, usize, f32);

/// Weights of a line through the middle of a window of `2 * radius + 1` pixels: points in even steps, each shared among
/// its four pixels.
fn line(length: f64, angle: f64, radius: usize) -> Vec<Tap> {
    let side = 2 * radius + 1;
    let mut weights = vec![0.0_f64; side * side];
    let points = (length * POINTS_PER_PIXEL).ceil().max(1.0) as usize;
    let (sin, cos) = angle.sin_cos();
    for point in 0..points {
        let along = ((point as f64 + 0.5) / points as f64 - 0.5) * length;
        let (x, y) = (radius as f64 + along * cos, radius as f64 + along * sin);
        let (column, row) = (x as usize, y as usize);
        let (right, down) = (x - column as f64, y - row as f64);
        for (dx, dy, share) in [
            (0, 0, (1.0 - right) * (1.0 - down)),
            (1, 0, right * (1.0 - down)),
            (0, 1, (1.0 - right) * down),
            (1, 1, right * down),
        ] {
            weights[(row + dy) * side + column + dx] += share / points as f64;
        }
    }
    let taps = weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0);
    taps.map(|(at, &weight)| (at % side, at / side, weight as f32)).collect()
}

/// The weighted sum of the taps at every pixel.
fn weighted(picture: &RgbImage, radius: usize, taps: &[Tap]) -> RgbImage {
    let bordered = Bordered::new(picture, radius);
    let row_len = picture.width() as usize * CHANNELS;
    let mut sums = vec![0.0_f32; row_len];
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (y, row) in out.chunks_exact_mut(row_len).enumerate() {
        sums.fill(0.0);
        for &(dx, dy, weight) in taps {
            let samples = &bordered.samples[(y + dy) * bordered.stride + dx * CHANNELS..][..row_len];
            sums.iter_mut().zip(samples).for_each(|(sum, &value)| *sum += weight * f32::from(value));
        }
        row.iter_mut().zip(&sums).for_each(|(sample, &sum)| *sample = to_u8(sum));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::mirrored;
    use crate::testing::{largest, scene};

    /// The mean by adding up every window.
    fn naive_mean(picture: &RgbImage, x: u32, y: u32, channel: usize, radius: isize) -> f64 {
        let mut sum = 0.0;
        for dy in -radius..=radius {
            for dx in -radius..=radius {
                let u = mirrored(x as isize + dx, picture.width() as usize) as u32;
                let v = mirrored(y as isize + dy, picture.height() as usize) as u32;
                sum += f64::from(picture.get_pixel(u, v)[channel]);
            }
        }
        sum / (2 * radius + 1).pow(2) as f64
    }

    #[test]
    fn the_mean_agrees_with_adding_up() {
        let picture = scene(31, 23);
        for radius in [1, 2, 4] {
            for (x, y, pixel) in mean(&picture, 2 * radius + 1).enumerate_pixels() {
                for channel in 0..3 {
                    let expected = naive_mean(&picture, x, y, channel, radius as isize);
                    assert!((f64::from(pixel[channel]) - expected).abs() < 0.51, "{x} {y} {channel}");
                }
            }
        }
    }

    #[test]
    fn a_point_becomes_the_line() {
        let mut point = RgbImage::new(41, 41);
        point.put_pixel(20, 20, image::Rgb([255; 3]));
        for seed in 0..5 {
            let blurred = motion(&point, 12.0, seed);
            let lit: Vec<(f64, f64, f64)> = blurred
                .enumerate_pixels()
                .filter(|(_, _, p)| p[0] > 0)
                .map(|(x, y, p)| (f64::from(x) - 20.0, f64::from(y) - 20.0, f64::from(p[0])))
                .collect();
            let total: f64 = lit.iter().map(|p| p.2).sum();
            assert!((total - 255.0).abs() < 15.0, "{total}");
            // Second moments of an even line: length squared / 12 along, next to nothing across.
            let moment = |f: &dyn Fn(f64, f64) -> f64| lit.iter().map(|p| p.2 * f(p.0, p.1)).sum::<f64>() / total;
            let (xx, yy, xy) = (moment(&|x, _| x * x), moment(&|_, y| y * y), moment(&|x, y| x * y));
            let spread = ((xx - yy).powi(2) + 4.0 * xy * xy).sqrt();
            let (along, across) = (0.5 * (xx + yy + spread), 0.5 * (xx + yy - spread));
            assert!((along - 12.0).abs() < 1.5 && across < 0.5, "{along} {across}");
        }
    }

    #[test]
    fn a_flat_picture_stays() {
        let flat = RgbImage::from_pixel(20, 20, image::Rgb([10, 200, 77]));
        assert_eq!(largest(&motion(&flat, 7.0, 2), &flat), 0);
        assert_eq!(largest(&mean(&flat, 5), &flat), 0);
    }
}
