//! SSIMULACRA2 of the mark. Above 4 megapixels on tiles: whole, it would need well over 100 bytes a pixel.

use anyhow::{Result, anyhow};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

/// Largest picture that is measured whole, pixels.
const WHOLE_PIXELS: usize = 4_000_000;
/// Longest side of a tile, pixels. The metric works on six octaves, so that a tile should be a good deal larger than 64.
const TILE_SIDE: usize = 1536;
/// Smallest side that the metric takes, pixels.
const MIN_SIDE: usize = 8;

/// A score and how it was made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// 100: no difference; 90: invisible side by side; 70: high quality.
    pub(crate) score: f64,
    /// Number of tiles whose scores, weighted by area, it is the mean of.
    pub(crate) tiles: usize,
}

/// Score of `marked` against `original`: 8-bit sRGB, `width` pixels a row.
pub(crate) fn ssimulacra2(original: &[u8], marked: &[u8], width: usize) -> Result<Score> {
    let height = original.len() / (3 * width);
    let whole = width * height <= WHOLE_PIXELS;
    let (columns, rows) = if whole { (1, 1) } else { (width.div_ceil(TILE_SIDE), height.div_ceil(TILE_SIDE)) };
    let (mut sum, mut area) = (0.0, 0.0);
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = (share(width, column, columns), share(height, row, rows));
            let score = compute_frame_ssimulacra2(
                tile(original, width, &x, &y).ok_or_else(failed)?,
                tile(marked, width, &x, &y).ok_or_else(failed)?,
            );
            let weight = (x.len() * y.len()) as f64;
            sum += weight * score.map_err(|_| failed())?;
            area += weight;
        }
    }
    Ok(Score { score: sum / area, tiles: columns * rows })
}

fn failed() -> anyhow::Error {
    anyhow!("SSIMULACRA2 cannot be computed for this picture (it needs {MIN_SIDE}x{MIN_SIDE} px); leave out --metrics")
}

/// Part `index` of `parts` nearly equal ones.
fn share(length: usize, index: usize, parts: usize) -> std::ops::Range<usize> {
    length * index / parts..length * (index + 1) / parts
}

fn tile(rgb: &[u8], width: usize, x: &std::ops::Range<usize>, y: &std::ops::Range<usize>) -> Option<Rgb> {
    let mut pixels = Vec::with_capacity(x.len() * y.len());
    for row in rgb.chunks_exact(3 * width).skip(y.start).take(y.len()) {
        let part = row.get(3 * x.start..3 * x.end)?;
        pixels.extend(part.chunks_exact(3).map(|p| [0, 1, 2].map(|c| f32::from(p[c]) / 255.0)));
    }
    Rgb::new(pixels, x.len(), y.len(), TransferCharacteristic::SRGB, ColorPrimaries::BT709).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: usize, height: usize, noise: u8) -> Vec<u8> {
        let value = |i: usize| (((i / 3 % width) * 200 / width) as u8).wrapping_add((i * 7919 % 13) as u8 * noise);
        (0..3 * width * height).map(value).collect()
    }

    #[test]
    fn a_picture_equals_itself_and_noise_costs() {
        let (clean, noisy) = (picture(160, 120, 0), picture(160, 120, 2));
        assert!(ssimulacra2(&clean, &clean, 160).unwrap().score > 99.9);
        assert!(ssimulacra2(&clean, &noisy, 160).unwrap().score < 90.0);
    }

    #[test]
    fn a_large_picture_is_cut_into_tiles_that_cover_it() {
        let clean = picture(8000, 520, 0);
        assert_eq!(ssimulacra2(&clean, &clean, 8000).unwrap().tiles, 6);
        assert_eq!((0..6).map(|i| share(8000, i, 6).len()).sum::<usize>(), 8000);
    }

    #[test]
    fn a_tiny_picture_is_an_error() {
        assert!(ssimulacra2(&picture(4, 4, 0), &picture(4, 4, 0), 4).is_err());
    }
}
