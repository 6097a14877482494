//! The picture as a part of another one.

use crate::random::Random;
use crate::resize::{self, Kernel};
use crate::samples::{CHANNELS, to_u8};
use crate::{Result, noise};
use image::{Rgb, RgbImage, imageops};

/// Sizes of the other picture's shapes, as parts of its longest side, and how strong they are, code values.
const OCTAVES: [(u32, f32); 5] = [(3, 110.0), (9, 70.0), (27, 45.0), (81, 30.0), (243, 24.0)];
/// Standard deviation of the other picture's grain, code values.
const GRAIN: f32 = 3.0;

/// Scales the picture so that it covers `share` (0.3 is 30 %) of a canvas of its own size, at a place from the seed; the
/// rest is another, generated picture.
///
/// # Errors
/// As resizing.
pub fn collage(picture: &RgbImage, share: f64, seed: u64) -> Result<RgbImage> {
    let mut random = Random::new(seed);
    let mut out = texture(picture.width(), picture.height(), &mut random)?;
    let shown = resize::by_factor(picture, share.clamp(0.0, 1.0).sqrt())?;
    let left = random.up_to(picture.width() - shown.width());
    let top = random.up_to(picture.height() - shown.height());
    imageops::replace(&mut out, &shown, i64::from(left), i64::from(top));
    Ok(out)
}

/// A picture of coloured clouds, shapes and grain, with about the spectrum of photographs.
fn texture(width: u32, height: u32, random: &mut Random) -> Result<RgbImage> {
    let mut sums = vec![128.0_f32; width as usize * height as usize * CHANNELS];
    for (cells, strength) in OCTAVES {
        let cell = f64::from(width.max(height)) / f64::from(cells);
        let side = |len: u32| ((f64::from(len) / cell).ceil() as u32).max(1);
        let coarse = RgbImage::from_fn(side(width), side(height), |_, _| Rgb(random.colour()));
        let fine = resize::to_size_by(&coarse, width, height, Kernel::Bicubic)?;
        let scale = strength / 255.0;
        sums.iter_mut().zip(fine.iter()).for_each(|(sum, &value)| *sum += scale * (f32::from(value) - 127.5));
    }
    let samples = sums.iter().map(|&sum| to_u8(sum)).collect();
    let smooth = RgbImage::from_raw(width, height, samples).expect("as many samples as asked");
    Ok(noise::gaussian(&smooth, GRAIN, u64::from(random.up_to(u32::MAX))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rms;

    #[test]
    fn the_picture_covers_its_share_of_another() {
        let white = RgbImage::from_pixel(300, 200, Rgb([255; 3]));
        let mut places = Vec::new();
        for seed in 0..4 {
            let made = collage(&white, 0.3, seed).expect("small");
            assert_eq!(made.dimensions(), (300, 200));
            let covered: Vec<(u32, u32)> =
                made.enumerate_pixels().filter(|(_, _, p)| p.0 == [255; 3]).map(|(x, y, _)| (x, y)).collect();
            assert!((0.29..0.32).contains(&(covered.len() as f64 / 60_000.0)), "{}", covered.len());
            places.push(covered[covered.len() / 2]);
        }
        assert!(places.iter().any(|place| *place != places[0]));
    }

    #[test]
    fn the_other_picture_is_no_flat_ground() {
        let other = texture(300, 200, &mut Random::new(2)).expect("small");
        let grey = RgbImage::from_pixel(300, 200, Rgb([128; 3]));
        assert!((20.0..70.0).contains(&rms(&other, &grey)), "{}", rms(&other, &grey));
        let fine = rms(&other, &crate::blur::gaussian(&other, 1.5));
        assert!(fine > 2.5, "{fine}");
        assert_ne!(other, texture(300, 200, &mut Random::new(3)).expect("small"));
    }
}
