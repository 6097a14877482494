//! Things drawn over the picture: captions, a logo with a line of text.

use crate::lettering::{self, Ink};
use crate::random::Random;
use crate::samples::CHANNELS;
use image::{Rgb, RgbImage};

/// Letters in a caption, spaces included.
pub const CAPTION_LETTERS: usize = 18;
/// Share of the area that the logo covers.
pub const LOGO_SHARE: f64 = 0.1;
/// Height of the band of text, as a share of the picture's.
pub const BAND_HEIGHT: f64 = 0.08;
/// How much of the picture the band hides.
pub const BAND_OPACITY: f32 = 0.5;

/// Two captions over the whole width, one above and one below: opaque white capitals with a black rim.
pub fn text(picture: &RgbImage, seed: u64) -> RgbImage {
    let mut random = Random::new(seed);
    let mut out = picture.clone();
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    // As wide as the picture less a margin, but never taller than a quarter of it.
    let size = (0.94 * width / lettering::width_of(CAPTION_LETTERS)).min(0.25 * height);
    let left = 0.5 * (width - size * lettering::width_of(CAPTION_LETTERS));
    let ink = Ink { colour: [255; 3], opacity: 1.0, rim: Some([0; 3]) };
    for top in [0.04 * height, 0.96 * height - size] {
        let words = lettering::words(CAPTION_LETTERS, &mut random);
        lettering::draw(&mut out, &words, (left, top), size, ink);
    }
    out
}

/// An opaque logo over 10 % of the area, of the picture's proportions, and a half transparent band of text across, both
/// at places from the seed.
pub fn logo(picture: &RgbImage, seed: u64) -> RgbImage {
    let mut random = Random::new(seed);
    let mut out = picture.clone();
    draw_band(&mut out, &mut random);
    let factor = LOGO_SHARE.sqrt();
    let side = |len: u32| ((f64::from(len) * factor).round() as u32).clamp(1, len);
    let (width, height) = (side(picture.width()), side(picture.height()));
    let (left, top) = (random.up_to(picture.width() - width), random.up_to(picture.height() - height));
    let (ground, disc) = (random.colour(), random.colour());
    let radius = 0.4 * f64::from(width.min(height));
    for y in 0..height {
        for x in 0..width {
            let across = f64::from(x) + 0.5 - 0.5 * f64::from(width);
            let down = f64::from(y) + 0.5 - 0.5 * f64::from(height);
            let colour = if across.hypot(down) < radius { disc } else { ground };
            out.put_pixel(left + x, top + y, Rgb(colour));
        }
    }
    let size = 0.6 * f64::from(width) / lettering::width_of(4);
    let place = (f64::from(left) + 0.2 * f64::from(width), f64::from(top) + 0.5 * (f64::from(height) - size));
    lettering::draw(&mut out, "LOGO", place, size, Ink { colour: [255; 3], opacity: 1.0, rim: Some([0; 3]) });
    out
}

fn draw_band(picture: &mut RgbImage, random: &mut Random) {
    let height = ((f64::from(picture.height()) * BAND_HEIGHT).round() as u32).max(1);
    let top = random.up_to(picture.height() - height);
    let row_len = picture.width() as usize * CHANNELS;
    let band = &mut picture.as_mut()[top as usize * row_len..(top + height) as usize * row_len];
    band.iter_mut().for_each(|sample| *sample = (f32::from(*sample) * (1.0 - BAND_OPACITY)) as u8);
    let size = 0.6 * f64::from(height);
    let letters = (f64::from(picture.width()) / size / lettering::width_of(1)) as usize;
    let ink = Ink { colour: [255; 3], opacity: BAND_OPACITY, rim: None };
    let words = lettering::words(letters, random);
    lettering::draw(picture, &words, (0.0, f64::from(top) + 0.2 * f64::from(height)), size, ink);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    fn changed(before: &RgbImage, after: &RgbImage) -> f64 {
        let count = before.pixels().zip(after.pixels()).filter(|(a, b)| a != b).count();
        count as f64 / f64::from(before.width() * before.height())
    }

    #[test]
    fn captions_leave_the_middle_alone() {
        let picture = scene(300, 200);
        let captioned = text(&picture, 3);
        let share = changed(&picture, &captioned);
        assert!((0.03..0.25).contains(&share), "{share}");
        assert!((60..140).all(|y| (0..300).all(|x| picture.get_pixel(x, y) == captioned.get_pixel(x, y))));
        assert!(captioned.pixels().any(|p| p.0 == [255; 3]) && captioned.pixels().any(|p| p.0 == [0; 3]));
        assert_ne!(captioned, text(&picture, 4));
    }

    #[test]
    fn a_logo_covers_a_tenth_and_the_band_a_strip() {
        let picture = scene(300, 200);
        for seed in 0..5 {
            let share = changed(&picture, &logo(&picture, seed));
            // They may overlap: 8 % of 10 % at most, times the band's share of the logo's height.
            assert!((0.14..0.185).contains(&share), "{seed}: {share}");
        }
        assert_ne!(logo(&picture, 0), logo(&picture, 1));
        assert_eq!(logo(&scene(1, 1), 0).dimensions(), (1, 1));
    }
}
