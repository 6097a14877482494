//! Non-local means: every pixel becomes the mean of pixels with similar surroundings.
//!
//! Buades, Coll & Morel 2005, with the surroundings compared by flat 7x7 patches over all three channels and a search
//! window of 21x21. One shift of a strip is compared at a time: the distances of all patches are then two moving sums,
//! and every step is a plain loop along rows.

use crate::samples::{CHANNELS, mirrored, to_u8};
use image::RgbImage;

/// Half the side of a patch, pixels.
const PATCH_RADIUS: usize = 3;
/// Half the side of the search window, pixels.
const SEARCH_RADIUS: usize = 10;
/// How far a patch in the search window reaches.
const REACH: usize = PATCH_RADIUS + SEARCH_RADIUS;
/// Side of a patch.
const PATCH: usize = 2 * PATCH_RADIUS + 1;
/// Rows and columns done at a time, so that all of a tile's planes stay in the cache.
const TILE_ROWS: usize = 64;
/// See [`TILE_ROWS`].
const TILE_COLUMNS: usize = 256;

/// Filters with strength `h`, code values: patches that differ by `h` (RMS) weigh 1/e.
pub fn non_local_means(picture: &RgbImage, h: f32) -> RgbImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut out = RgbImage::new(picture.width(), picture.height());
    for top in (0..height).step_by(TILE_ROWS) {
        for left in (0..width).step_by(TILE_COLUMNS) {
            let (columns, rows) = (TILE_COLUMNS.min(width - left), TILE_ROWS.min(height - top));
            let mut tile = Tile::new(picture, (left, top), (columns, rows));
            for dy in 0..=2 * SEARCH_RADIUS {
                for dx in 0..=2 * SEARCH_RADIUS {
                    tile.add_shift(dx, dy, h);
                }
            }
            for y in 0..rows {
                let row = &mut out.as_mut()[((top + y) * width + left) * CHANNELS..][..columns * CHANNELS];
                for (x, pixel) in row.chunks_exact_mut(CHANNELS).enumerate() {
                    let at = y * columns + x;
                    (0..CHANNELS).for_each(|c| pixel[c] = to_u8(tile.sums[c][at] / tile.weights[at]));
                }
            }
        }
    }
    out
}

/// A part of the picture with everything in reach around it, and the means that are being made.
struct Tile {
    columns: usize,
    rows: usize,
    /// The channels with a margin of [`REACH`], mirrored at the picture's borders. Differences, their squares and the
    /// sums over a patch are whole numbers below 2^24, so floating point keeps them exactly.
    planes: [Vec<f32>; CHANNELS],
    sums: [Vec<f32>; CHANNELS],
    weights: Vec<f32>,
    /// Squared differences over all channels, at the rows of a patch, and their sums down the patch.
    lines: Vec<f32>,
    down: Vec<f32>,
}

impl Tile {
    fn new(picture: &RgbImage, (left, top): (usize, usize), (columns, rows): (usize, usize)) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let places = |start: usize, len: usize, end: usize| -> Vec<usize> {
            (0..len + 2 * REACH).map(|at| mirrored((start + at) as isize - REACH as isize, end)).collect()
        };
        let (xs, ys) = (places(left, columns, width), places(top, rows, height));
        let plane = |channel: usize| {
            let row = |y: usize| &picture.as_raw()[y * width * CHANNELS..][..width * CHANNELS];
            ys.iter().flat_map(|&y| xs.iter().map(move |&x| f32::from(row(y)[x * CHANNELS + channel]))).collect()
        };
        let padded = columns + 2 * PATCH_RADIUS;
        Self {
            columns,
            rows,
            planes: std::array::from_fn(plane),
            sums: std::array::from_fn(|_| vec![0.0; columns * rows]),
            weights: vec![0.0; columns * rows],
            lines: vec![0.0; padded * PATCH],
            down: vec![0.0; padded],
        }
    }

    /// A channel's row in reach of the tile: row and column count from the margin's corner.
    fn row(&self, channel: usize, x: usize, y: usize, len: usize) -> &[f32] {
        &self.planes[channel][y * (self.columns + 2 * REACH) + x..][..len]
    }

    /// Adds the pixels at one shift, counted from the upper left of the search window, weighted by how alike their
    /// patches are.
    fn add_shift(&mut self, dx: usize, dy: usize, h: f32) {
        let padded = self.columns + 2 * PATCH_RADIUS;
        let scale = -1.0 / ((PATCH * PATCH * CHANNELS) as f32 * h * h);
        self.down.fill(0.0);
        self.lines.fill(0.0);
        let mut weights = vec![0.0_f32; self.columns];
        let mut line = vec![0.0_f32; padded];
        for y in 0..self.rows + 2 * PATCH_RADIUS {
            self.squared_differences(y, dx, dy, &mut line);
            let old = &mut self.lines[y % PATCH * padded..][..padded];
            for ((down, old), &new) in self.down.iter_mut().zip(old).zip(&line) {
                *down += new - *old;
                *old = new;
            }
            let Some(row) = y.checked_sub(2 * PATCH_RADIUS) else { continue };
            patch_weights(&self.down, scale, &mut weights);
            let at = row * self.columns..(row + 1) * self.columns;
            let totals = &mut self.weights[at.clone()];
            totals.iter_mut().zip(&weights).for_each(|(total, weight)| *total += weight);
            for channel in 0..CHANNELS {
                let mut sums = std::mem::take(&mut self.sums[channel]);
                let there = self.row(channel, PATCH_RADIUS + dx, PATCH_RADIUS + row + dy, self.columns);
                for ((sum, weight), &value) in sums[at.clone()].iter_mut().zip(&weights).zip(there) {
                    *sum += weight * value;
                }
                self.sums[channel] = sums;
            }
        }
    }

    /// Squared differences of a row, patches' margins included, and the row at the shift.
    fn squared_differences(&self, y: usize, dx: usize, dy: usize, line: &mut [f32]) {
        let here = |c: usize| self.row(c, SEARCH_RADIUS, SEARCH_RADIUS + y, line.len());
        let there = |c: usize| self.row(c, dx, y + dy, line.len());
        let (reds, greens, blues) = (here(0).iter().zip(there(0)), here(1).iter().zip(there(1)), (here(2), there(2)));
        let blues = blues.0.iter().zip(blues.1);
        for (((value, red), green), blue) in line.iter_mut().zip(reds).zip(greens).zip(blues) {
            let squared = |(a, b): (&f32, &f32)| (a - b) * (a - b);
            *value = squared(red) + squared(green) + squared(blue);
        }
    }
}

/// The weight of every patch of a row, from the sums down the patches.
fn patch_weights(down: &[f32], scale: f32, weights: &mut [f32]) {
    // A window of seven as additions of shifted rows, which need no running sum.
    let len = weights.len();
    let taps: [&[f32]; PATCH] = std::array::from_fn(|tap| &down[tap..][..len]);
    let [a, b, c, d, e, f, g] = taps;
    for (x, weight) in weights.iter_mut().enumerate() {
        let distance = (a[x] + b[x] + c[x]) + (d[x] + e[x]) + (f[x] + g[x]);
        *weight = exponential(distance * scale);
    }
}

/// Adding this to a small number leaves its nearest whole number in the lowest bits.
const TO_WHOLE: f32 = 12_582_912.0; // 1.5 * 2^23

/// The exponential function for arguments up to 0, within 1e-5 of the value; nothing below -12, where a patch adds
/// nothing that 8 bits show. Without a branch or a conversion, so that a row is done several at a time.
fn exponential(x: f32) -> f32 {
    let near = if x > -12.0 { x } else { -12.0 };
    let octaves = near * std::f32::consts::LOG2_E;
    let whole = octaves + TO_WHOLE;
    let t = (octaves - (whole - TO_WHOLE)) * std::f32::consts::LN_2;
    let series = 1.0 + t * (1.0 + t * (0.5 + t * (1.0 / 6.0 + t * (1.0 / 24.0 + t * (1.0 / 120.0)))));
    // The whole octaves go into the exponent; what lies above them is shifted out.
    let value = f32::from_bits(series.to_bits().wrapping_add(whole.to_bits() << 23));
    if x > -12.0 { value } else { 0.0 }
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
        // Row 63 and 64 lie on both sides of a tile's end.
        for (x, y) in [(0, 0), (39, 89), (20, 63), (13, 64), (30, 40)] {
            let value = f64::from(filtered.get_pixel(x as u32, y as u32)[1]);
            let expected = naive(&picture, x, y, 1, 12.0);
            assert!((value - expected).abs() < 0.6, "{x} {y}: {value} for {expected}");
        }
    }

    #[test]
    fn tiles_beside_each_other_agree_with_the_definition() {
        let picture = scene(270, 20);
        let filtered = non_local_means(&picture, 12.0);
        for (x, y) in [(255, 3), (256, 19), (269, 10)] {
            let value = f64::from(filtered.get_pixel(x as u32, y as u32)[2]);
            let expected = naive(&picture, x, y, 2, 12.0);
            assert!((value - expected).abs() < 0.6, "{x} {y}: {value} for {expected}");
        }
    }

    #[test]
    fn the_exponential_is_near() {
        for step in 0..1200 {
            let x = -0.01 * step as f32;
            let error = f64::from(exponential(x)) / f64::from(x).exp() - 1.0;
            assert!(error.abs() < 1e-5, "{x}: {error}");
        }
        assert_eq!((exponential(-12.1), exponential(-1e9)), (0.0, 0.0));
    }
}
