//! The picture on a page on a screen, kept as a file.

use crate::lettering::{self, Ink};
use crate::random::Random;
use crate::{Result, compress, resize};
use image::{Rgb, RgbImage, imageops};

/// Quality of the file.
pub const QUALITY: u8 = 80;
/// What [`in_viewer`] scales by.
pub const VIEWER_SCALE: f64 = 0.7;
/// The picture's part of the page's sides in [`on_page`].
pub const PAGE_PART: f64 = 0.7;

/// Colour of the page.
const PAGE: [u8; 3] = [246, 246, 248];

/// Shown at 70 % of its size under a bar and in a border, kept as JPEG 80.
///
/// # Errors
/// As resizing and JPEG.
pub fn in_viewer(picture: &RgbImage) -> Result<RgbImage> {
    let shown = resize::by_factor(picture, VIEWER_SCALE)?;
    let border = (shown.width().max(shown.height()) / 16).max(8);
    let bar = 2 * border;
    let mut page = RgbImage::from_pixel(shown.width() + 2 * border, shown.height() + 2 * border + bar, Rgb(PAGE));
    draw_bar(&mut page, bar);
    imageops::replace(&mut page, &shown, i64::from(border), i64::from(bar + border));
    compress::jpeg(&page, QUALITY)
}

/// Scaled by `factor` on a page of text whose sides are the picture's over 0.7, at a place from the seed; the whole
/// kept as JPEG 80.
///
/// # Errors
/// As resizing and JPEG.
pub fn on_page(picture: &RgbImage, factor: f64, seed: u64) -> Result<RgbImage> {
    let shown = resize::by_factor(picture, factor)?;
    let side = |len: u32| (f64::from(len) / PAGE_PART).round() as u32;
    let mut random = Random::new(seed);
    let mut page = RgbImage::from_pixel(side(shown.width()), side(shown.height()), Rgb(PAGE));
    draw_text(&mut page, &mut random);
    let left = random.up_to(page.width() - shown.width());
    let top = random.up_to(page.height() - shown.height());
    imageops::replace(&mut page, &shown, i64::from(left), i64::from(top));
    compress::jpeg(&page, QUALITY)
}

/// Lines of dark words, every eighth line left out, as between paragraphs.
fn draw_text(page: &mut RgbImage, random: &mut Random) {
    let size = (f64::from(page.height()) / 60.0).max(7.0);
    let letters = (f64::from(page.width()) / size / lettering::width_of(1)) as usize;
    let lines = (f64::from(page.height()) / (1.8 * size)) as u32;
    let ink = Ink { colour: [60, 62, 68], opacity: 1.0, rim: None };
    for line in (0..lines).filter(|line| line % 8 != 7) {
        let words = lettering::words(letters, random);
        lettering::draw(page, &words, (0.5 * size, (1.8 * f64::from(line) + 0.4) * size), size, ink);
    }
}

/// A dark title bar with some marks that stand for lettering.
fn draw_bar(page: &mut RgbImage, bar: u32) {
    let (width, line) = (page.width(), (bar / 8).max(1));
    for (x, y, pixel) in page.enumerate_pixels_mut().filter(|(_, y, _)| *y < bar) {
        let in_line = (bar / 2 - line..bar / 2 + line).contains(&y);
        let letter = in_line && x > line * 4 && x < width / 2 && (x / line) % 4 != 3 && (x / line * 7 + y / 2) % 5 < 3;
        *pixel = if letter { Rgb([236; 3]) } else { Rgb([52, 58, 70]) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{rms, scene};

    #[test]
    fn a_viewer_shows_the_picture_under_a_bar() {
        let picture = scene(400, 300);
        let shot = in_viewer(&picture).expect("small");
        let border = 280 / 16;
        assert_eq!(shot.dimensions(), (280 + 2 * border, 210 + 4 * border));
        assert!(shot.get_pixel(3, shot.height() - 3)[0] > 235, "the page is light");
        assert!(shot.get_pixel(shot.width() - 3, 3)[0] < 80, "the bar is dark");
        let shown = imageops::crop_imm(&shot, border, 3 * border, 280, 210).to_image();
        assert!(rms(&shown, &resize::by_factor(&picture, 0.7).expect("small")) < 10.0);
    }

    #[test]
    fn a_page_has_text_and_the_picture_somewhere() {
        let dark = RgbImage::from_pixel(400, 300, Rgb([0, 90, 0]));
        let mut places = Vec::new();
        for seed in 0..4 {
            let shot = on_page(&dark, 0.7, seed).expect("small");
            assert_eq!(shot.dimensions(), (400, 300));
            let inside = |p: &Rgb<u8>| p[0] < 25 && p[1] > 60 && p[1] < 120 && p[2] < 25;
            let count = shot.pixels().filter(|p| inside(p)).count();
            assert!(count.abs_diff(280 * 210) < 1000, "{count}");
            let light = shot.pixels().filter(|p| p[0] > 225).count();
            let ink = shot.pixels().filter(|p| p[0] < 160 && p[1] < 160 && !inside(p)).count();
            assert!(light > 20_000 && ink > 2000, "{light} {ink}");
            places.push(shot.enumerate_pixels().find(|(_, _, p)| inside(p)).map(|(x, y, _)| (x, y)));
        }
        assert!(places.iter().any(|place| *place != places[0]));
        assert_eq!(on_page(&dark, 0.35, 0).expect("small").dimensions(), (200, 150));
    }
}
