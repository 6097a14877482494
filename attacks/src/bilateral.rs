//! Bilateral filter: smooths areas, keeps edges.
//!
//! OpenCV's definition: a circular window, the colour distance is the sum of the absolute channel differences, borders
//! are mirrored. Both weights are Gaussian.

use crate::samples::{Bordered, CHANNELS, to_u8};
use image::RgbImage;

/// Filters with a window of `diameter` pixels, `sigma_colour` code values and `sigma_space` pixels.
pub fn bilateral(picture: &RgbImage, diameter: usize, sigma_colour: f32, sigma_space: f32) -> RgbImage {
    let radius = (diameter / 2).max(1);
    let bordered = Bordered::new(picture, radius);
    let colour: Vec<f32> = (0..=765).map(|d| (-0.5 * (d as f32 / sigma_colour).powi(2)).exp()).collect();
    let window = window(radius, sigma_space);
    let row_len = picture.width() as usize * CHANNELS;
    let mut out = RgbImage::new(picture.width(), picture.height());
    // Weighted sums of the three channels and the weight itself, for one row.
    let mut sums = vec![[0.0_f32; 4]; picture.width() as usize];
    for (y, row) in out.chunks_exact_mut(row_len).enumerate() {
        let centre = &bordered.samples[(y + radius) * bordered.stride + radius * CHANNELS..][..row_len];
        sums.fill([0.0; 4]);
        for &(dx, dy, weight) in &window {
            let other = &bordered.samples[(y + dy) * bordered.stride + dx * CHANNELS..][..row_len];
            let pixels = centre.chunks_exact(CHANNELS).zip(other.chunks_exact(CHANNELS));
            for (sum, (here, there)) in sums.iter_mut().zip(pixels) {
                let distance = (0..CHANNELS).map(|c| usize::from(here[c].abs_diff(there[c]))).sum::<usize>();
                let weight = weight * colour[distance];
                (0..CHANNELS).for_each(|c| sum[c] += weight * f32::from(there[c]));
                sum[3] += weight;
            }
        }
        for (pixel, sum) in row.chunks_exact_mut(CHANNELS).zip(&sums) {
            (0..CHANNELS).for_each(|c| pixel[c] = to_u8(sum[c] / sum[3]));
        }
    }
    out
}

/// Places (from the window's top left) and spatial weights inside the circle.
fn window(radius: usize, sigma_space: f32) -> Vec<(usize, usize, f32)> {
    let places = (0..=2 * radius).flat_map(|dy| (0..=2 * radius).map(move |dx| (dx, dy)));
    places
        .filter_map(|(dx, dy)| {
            let squared = dx.abs_diff(radius).pow(2) + dy.abs_diff(radius).pow(2);
            let weight = (-0.5 * squared as f32 / (sigma_space * sigma_space)).exp();
            (squared <= radius * radius).then_some((dx, dy, weight))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::mirrored;
    use crate::testing::scene;

    fn naive(picture: &RgbImage, x: u32, y: u32, channel: usize) -> f64 {
        let here = picture.get_pixel(x, y).0.map(f64::from);
        let (mut sum, mut weights) = (0.0, 0.0);
        for dy in -4_isize..=4 {
            for dx in -4_isize..=4 {
                if dx * dx + dy * dy > 16 {
                    continue;
                }
                let u = mirrored(x as isize + dx, picture.width() as usize) as u32;
                let v = mirrored(y as isize + dy, picture.height() as usize) as u32;
                let there = picture.get_pixel(u, v).0.map(f64::from);
                let colour: f64 = (0..3).map(|c| (here[c] - there[c]).abs()).sum();
                let space = (dx * dx + dy * dy) as f64;
                let weight = (-colour * colour / 3200.0 - space / 98.0).exp();
                sum += weight * there[channel];
                weights += weight;
            }
        }
        sum / weights
    }

    #[test]
    fn agrees_with_the_definition() {
        let picture = scene(37, 29);
        let filtered = bilateral(&picture, 9, 40.0, 7.0);
        for (x, y) in [(0, 0), (36, 28), (12, 3), (20, 20), (5, 27)] {
            for channel in 0..3 {
                let value = f64::from(filtered.get_pixel(x, y)[channel]);
                assert!((value - naive(&picture, x, y, channel)).abs() < 0.51, "{x} {y} {channel}");
            }
        }
    }

    #[test]
    fn grain_goes_and_edges_stay() {
        let step = RgbImage::from_fn(40, 40, |x, y| {
            let grain = ((x * 13 + y * 7) % 5) as u8;
            image::Rgb([if x < 20 { 40 + grain } else { 210 + grain }; 3])
        });
        let filtered = bilateral(&step, 9, 40.0, 7.0);
        assert!(filtered.get_pixel(20, 20)[0] - filtered.get_pixel(19, 20)[0] > 160);
        let spread = |p: &RgbImage| {
            let values: Vec<u8> = (5..15).map(|x| p.get_pixel(x, 20)[0]).collect();
            values.iter().max().expect("ten") - values.iter().min().expect("ten")
        };
        assert!(spread(&filtered) <= 1 && spread(&step) == 4);
    }
}
