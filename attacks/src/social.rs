//! What an upload to a social application and a screenshot of it do.

use crate::{Result, blur, compress, resize};
use image::{Rgb, RgbImage, imageops};

/// Longest side of what social applications keep, pixels.
const SOCIAL_SIDE: u32 = 1080;

/// Longest side to 1080 px, a light sharpening, JPEG 75.
///
/// # Errors
/// As resizing and JPEG.
pub fn social(picture: &RgbImage) -> Result<RgbImage> {
    let small = resize::longest_side(picture, SOCIAL_SIDE)?;
    compress::jpeg(&blur::sharpen(&small, 0.8, 0.3), 75)
}

/// Shown at 70 % of its size on a page with a bar above and a border around, kept as JPEG 80.
///
/// # Errors
/// As resizing and JPEG.
pub fn screenshot(picture: &RgbImage) -> Result<RgbImage> {
    let shown = resize::by_factor(picture, 0.7)?;
    let border = (shown.width().max(shown.height()) / 16).max(8);
    let bar = 2 * border;
    let mut page =
        RgbImage::from_pixel(shown.width() + 2 * border, shown.height() + 2 * border + bar, Rgb([246, 246, 248]));
    draw_bar(&mut page, bar);
    imageops::replace(&mut page, &shown, i64::from(border), i64::from(bar + border));
    compress::jpeg(&page, 80)
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
    fn social_limits_the_longest_side() {
        assert_eq!(social(&scene(1500, 300)).expect("small").dimensions(), (1080, 216));
        let picture = scene(120, 80);
        let loss = rms(&social(&picture).expect("small"), &picture);
        assert!(loss > 1.0 && loss < 15.0, "{loss}");
    }

    #[test]
    fn a_screenshot_shows_the_picture_on_a_page() {
        let picture = scene(400, 300);
        let shot = screenshot(&picture).expect("small");
        let border = 280 / 16;
        assert_eq!(shot.dimensions(), (280 + 2 * border, 210 + 4 * border));
        assert!(shot.get_pixel(3, shot.height() - 3)[0] > 235, "the page is light");
        assert!(shot.get_pixel(shot.width() - 3, 3)[0] < 80, "the bar is dark");
        let shown = imageops::crop_imm(&shot, border, 3 * border, 280, 210).to_image();
        assert!(rms(&shown, &resize::by_factor(&picture, 0.7).expect("small")) < 10.0);
    }
}
