//! Tone changes without any geometry: brightness, contrast, gamma, histogram equalisation, greyscale.

use crate::samples::{CHANNELS, luma, mapped, table, to_u8};
use image::RgbImage;

/// Multiplies every sample; 1.3 is 30 % brighter.
pub fn brightness(picture: &RgbImage, factor: f32) -> RgbImage {
    mapped(picture, &table(|value| value * factor))
}

/// Stretches every sample about 128; 1.3 is 30 % more contrast.
pub fn contrast(picture: &RgbImage, factor: f32) -> RgbImage {
    mapped(picture, &table(|value| 128.0 + (value - 128.0) * factor))
}

/// Raises every sample, 0 to 1, to `exponent`; below 1 is brighter.
pub fn gamma(picture: &RgbImage, exponent: f32) -> RgbImage {
    mapped(picture, &table(|value| 255.0 * (value / 255.0).powf(exponent)))
}

/// Replaces every pixel by its luma (BT.601).
pub fn greyscale(picture: &RgbImage) -> RgbImage {
    let mut out = picture.clone();
    for pixel in out.chunks_exact_mut(CHANNELS) {
        let grey = to_u8(luma(pixel));
        pixel.fill(grey);
    }
    out
}

/// Equalises the histogram of luma; chroma differences stay as they are.
///
/// The table is OpenCV's: the first level present goes to 0, the last to 255, the others by the share below them.
/// Adding one number to R, G and B is the same as changing Y and keeping Cb and Cr.
pub fn equalise(picture: &RgbImage) -> RgbImage {
    let mut counts = [0_u64; 256];
    picture.chunks_exact(CHANNELS).for_each(|pixel| counts[usize::from(to_u8(luma(pixel)))] += 1);
    let shifts = equalising_shifts(&counts);
    let mut out = picture.clone();
    for pixel in out.chunks_exact_mut(CHANNELS) {
        let shift = shifts[usize::from(to_u8(luma(pixel)))];
        pixel.iter_mut().for_each(|sample| *sample = (i16::from(*sample) + shift).clamp(0, 255) as u8);
    }
    out
}

/// What each luma level moves by.
fn equalising_shifts(counts: &[u64; 256]) -> [i16; 256] {
    let mut shifts = [0_i16; 256];
    let total: u64 = counts.iter().sum();
    let Some(first) = counts.iter().position(|&count| count > 0) else { return shifts };
    if counts[first] == total {
        return shifts; // One level only: nothing to spread.
    }
    let scale = 255.0 / (total - counts[first]) as f64;
    let mut below = 0;
    for (level, shift) in shifts.iter_mut().enumerate().skip(first) {
        if level > first {
            below += counts[level];
        }
        *shift = (below as f64 * scale).round() as i16 - level as i16;
    }
    shifts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;
    use image::Rgb;

    #[test]
    fn tables_do_what_their_names_say() {
        let picture = RgbImage::from_pixel(1, 1, Rgb([100, 128, 250]));
        assert_eq!(brightness(&picture, 1.3).get_pixel(0, 0), &Rgb([130, 166, 255]));
        assert_eq!(contrast(&picture, 0.7).get_pixel(0, 0), &Rgb([108, 128, 213]));
        assert_eq!(gamma(&picture, 1.0), picture);
        assert!(gamma(&picture, 0.8).get_pixel(0, 0)[0] > 100);
        assert_eq!(greyscale(&picture).get_pixel(0, 0), &Rgb([134; 3]));
    }

    #[test]
    fn equalising_fills_the_range_evenly() {
        let dull = contrast(&scene(120, 90), 0.3);
        let equalised = greyscale(&equalise(&greyscale(&dull)));
        let mut levels: Vec<u8> = equalised.pixels().map(|p| p[0]).collect();
        levels.sort_unstable();
        assert_eq!((levels[0], levels[levels.len() - 1]), (0, 255));
        // Quartiles of an even distribution; a dull picture has few levels, so they are met within one step.
        for (quarter, expected) in [(1, 64), (2, 128), (3, 191)] {
            let level = levels[levels.len() * quarter / 4];
            assert!(level.abs_diff(expected) < 12, "{quarter}: {level}");
        }
    }

    #[test]
    fn equalising_a_known_histogram() {
        // Levels 10, 20, 20, 30: 10 goes to 0, 20 to two thirds, 30 to 255.
        let picture = RgbImage::from_fn(4, 1, |x, _| Rgb([[10, 20, 20, 30][x as usize]; 3]));
        let values: Vec<u8> = equalise(&picture).pixels().map(|p| p[0]).collect();
        assert_eq!(values, [0, 170, 170, 255]);
    }
}
