//! Non-local means: every pixel becomes the mean of pixels with similar surroundings.
//!
//! Buades, Coll & Morel 2005, with the surroundings compared by flat 7x7 patches over all three channels and a search
//! window of 21x21. One shift of the whole picture is compared at a time, with running sums, so a 0.4-megapixel
//! picture takes a second or two and a 13-megapixel one about a minute.

use crate::samples::{CHANNELS, mirrored, to_u8};
use image::RgbImage;

/// Half the side of a patch, pixels.
const PATCH_RADIUS: usize = 3;
/// Half the side of the search window, pixels.
const SEARCH_RADIUS: isize = 10;
/// Rows done at a time, so that memory stays small for large pictures.
const STRIP_ROWS: usize = 64;

/// Filters with strength `h`, code values: patches that differ by `h` (RMS) weigh 1/e.
pub fn non_local_means(picture: &RgbImage, h: f32) -> RgbImage {
    let width = picture.width() as usize;
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (strip, rows) in out.chunks_mut(STRIP_ROWS * width * CHANNELS).enumerate() {
        let first = strip * STRIP_ROWS;
        let count = rows.len() / (width * CHANNELS);
        let mut sums = vec![[0.0_f32; 4]; count * width];
        for dy in -SEARCH_RADIUS..=SEARCH_RADIUS {
            for dx in -SEARCH_RADIUS..=SEARCH_RADIUS {
                add_shift(picture, first, count, (dx, dy), h, &mut sums);
            }
        }
        for (pixel, sum) in rows.chunks_exact_mut(CHANNELS).zip(&sums) {
            (0..CHANNELS).for_each(|c| pixel[c] = to_u8(sum[c] / sum[3]));
        }
    }
    out
}

/// Adds the pixels at one shift, weighted by how alike their patches are, for `count` rows from row `first`.
fn add_shift(picture: &RgbImage, first: usize, count: usize, (dx, dy): (isize, isize), h: f32, sums: &mut [[f32; 4]]) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let padded = width + 2 * PATCH_RADIUS;
    let row = |y: isize| &picture.as_raw()[mirrored(y, height) * width * CHANNELS..][..width * CHANNELS];
    // Squared differences summed over channels, one line of the patches' rows.
    let mut line = vec![0_u32; padded];
    let mut lines: Vec<Vec<u32>> = Vec::with_capacity(count + 2 * PATCH_RADIUS);
    let columns: Vec<(usize, usize)> = (0..padded)
        .map(|x| {
            let x = x as isize - PATCH_RADIUS as isize;
            (mirrored(x, width) * CHANNELS, mirrored(x + dx, width) * CHANNELS)
        })
        .collect();
    for y in first as isize - PATCH_RADIUS as isize..(first + count + PATCH_RADIUS) as isize {
        let (here, there) = (row(y), row(y + dy));
        for (value, &(a, b)) in line.iter_mut().zip(&columns) {
            *value = (0..CHANNELS).map(|c| u32::from(here[a + c].abs_diff(there[b + c])).pow(2)).sum();
        }
        // Summed along the row at once: the patch's width.
        let mut sum: u32 = line[..2 * PATCH_RADIUS].iter().sum();
        let mut across = Vec::with_capacity(width);
        for x in 0..width {
            sum += line[x + 2 * PATCH_RADIUS];
            across.push(sum);
            sum -= line[x];
        }
        lines.push(across);
    }
    let patch = (2 * PATCH_RADIUS + 1).pow(2) * CHANNELS;
    let scale = -1.0 / (patch as f32 * h * h);
    let mut down: Vec<u32> = vec![0; width];
    for across in &lines[..2 * PATCH_RADIUS] {
        down.iter_mut().zip(across).for_each(|(total, &value)| *total += value);
    }
    for y in 0..count {
        let there = row((first + y) as isize + dy);
        for x in 0..width {
            down[x] += lines[y + 2 * PATCH_RADIUS][x];
            let exponent = down[x] as f32 * scale;
            // Below e^-12 a patch adds nothing that 8 bits show.
            if exponent > -12.0 {
                let weight = exponent.exp();
                let at = columns[x + PATCH_RADIUS].1;
                let sum = &mut sums[y * width + x];
                (0..CHANNELS).for_each(|c| sum[c] += weight * f32::from(there[at + c]));
                sum[3] += weight;
            }
            down[x] -= lines[y][x];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    fn naive(picture: &RgbImage, x: isize, y: isize, channel: usize, h: f64) -> f64 {
        let at = |x: isize, y: isize| {
            let (u, v) = (mirrored(x, picture.width() as usize), mirrored(y, picture.height() as usize));
            picture.get_pixel(u as u32, v as u32).0.map(f64::from)
        };
        let (mut sum, mut weights) = (0.0, 0.0);
        for dy in -10..=10 {
            for dx in -10..=10 {
                let mut distance = 0.0;
                for v in -3..=3 {
                    for u in -3..=3 {
                        let (a, b) = (at(x + u, y + v), at(x + u + dx, y + v + dy));
                        distance += (0..3).map(|c| (a[c] - b[c]).powi(2)).sum::<f64>();
                    }
                }
                let weight = (-distance / (147.0 * h * h)).exp();
                sum += weight * at(x + dx, y + dy)[channel];
                weights += weight;
            }
        }
        sum / weights
    }

    #[test]
    fn agrees_with_the_definition() {
        let picture = scene(40, 90);
        let filtered = non_local_means(&picture, 12.0);
        // Row 63 and 64 lie on both sides of a strip's end.
        for (x, y) in [(0, 0), (39, 89), (20, 63), (13, 64), (30, 40)] {
            let value = f64::from(filtered.get_pixel(x as u32, y as u32)[1]);
            let expected = naive(&picture, x, y, 1, 12.0);
            assert!((value - expected).abs() < 0.6, "{x} {y}: {value} for {expected}");
        }
    }
}
