//! Capital letters of 5x7 dots, for captions, logos and pages.

use crate::random::Random;
use crate::samples::{CHANNELS, to_u8};
use image::RgbImage;

/// Dots from one letter to the next.
const ADVANCE: f64 = 6.0;
/// Dots of a letter's height.
const ROWS: f64 = 7.0;

/// Rows of each letter from the top, the leftmost of five dots in the highest bit.
const LETTERS: [[u8; 7]; 26] = [
    [0x0E, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11], // A
    [0x1E, 0x11, 0x11, 0x1E, 0x11, 0x11, 0x1E],
    [0x0E, 0x11, 0x10, 0x10, 0x10, 0x11, 0x0E],
    [0x1E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1E],
    [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x1F],
    [0x1F, 0x10, 0x10, 0x1E, 0x10, 0x10, 0x10],
    [0x0E, 0x11, 0x10, 0x17, 0x11, 0x11, 0x0F],
    [0x11, 0x11, 0x11, 0x1F, 0x11, 0x11, 0x11], // H
    [0x0E, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0E],
    [0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0C],
    [0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11],
    [0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1F],
    [0x11, 0x1B, 0x15, 0x15, 0x11, 0x11, 0x11],
    [0x11, 0x11, 0x19, 0x15, 0x13, 0x11, 0x11],
    [0x0E, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E], // O
    [0x1E, 0x11, 0x11, 0x1E, 0x10, 0x10, 0x10],
    [0x0E, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0D],
    [0x1E, 0x11, 0x11, 0x1E, 0x14, 0x12, 0x11],
    [0x0F, 0x10, 0x10, 0x0E, 0x01, 0x01, 0x1E],
    [0x1F, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04],
    [0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0E], // U
    [0x11, 0x11, 0x11, 0x11, 0x11, 0x0A, 0x04],
    [0x11, 0x11, 0x11, 0x15, 0x15, 0x15, 0x0A],
    [0x11, 0x11, 0x0A, 0x04, 0x0A, 0x11, 0x11],
    [0x11, 0x11, 0x11, 0x0A, 0x04, 0x04, 0x04],
    [0x1F, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1F], // Z
];

/// How a line of letters looks.
#[derive(Clone, Copy)]
pub(crate) struct Ink {
    pub(crate) colour: [u8; 3],
    /// 1 covers, less lets the picture through.
    pub(crate) opacity: f32,
    /// A rim of half a dot in this colour.
    pub(crate) rim: Option<[u8; 3]>,
}

/// Width of a line of `letters`, in units of the letters' height.
pub(crate) fn width_of(letters: usize) -> f64 {
    ADVANCE * letters as f64 / ROWS
}

/// Words of random letters and lengths, `letters` in all with the spaces between.
pub(crate) fn words(letters: usize, random: &mut Random) -> String {
    let mut left = 0;
    (0..letters)
        .map(|_| {
            if left == 0 {
                left = 2 + random.up_to(7);
                return ' ';
            }
            left -= 1;
            char::from(b'A' + random.up_to(25) as u8)
        })
        .collect::<String>()
}

/// Draws a line of capital letters `height` pixels tall, its top left corner at (`left`, `top`); what does not fit on
/// the picture is left out, and so is every other character.
pub(crate) fn draw(picture: &mut RgbImage, text: &str, (left, top): (f64, f64), height: f64, ink: Ink) {
    let dot = height / ROWS;
    let inside = |at: f64, len: u32| at.clamp(0.0, f64::from(len)) as u32;
    let (first_x, last_x) =
        (inside(left - dot, picture.width()), inside(left + width_of(text.len()) * height + dot, picture.width()));
    let (first_y, last_y) = (inside(top - dot, picture.height()), inside(top + height + dot, picture.height()));
    let text = text.as_bytes();
    for y in first_y..last_y {
        for x in first_x..last_x {
            let (u, v) = ((f64::from(x) + 0.5 - left) / dot, (f64::from(y) + 0.5 - top) / dot);
            let near = |du: f64, dv: f64| inked(text, u + du, v + dv);
            let colour = match ink.rim {
                _ if inked(text, u, v) => ink.colour,
                Some(rim) if near(-0.5, 0.0) || near(0.5, 0.0) || near(0.0, -0.5) || near(0.0, 0.5) => rim,
                _ => continue,
            };
            let pixel = &mut picture.get_pixel_mut(x, y).0;
            for c in 0..CHANNELS {
                let under = f32::from(pixel[c]);
                pixel[c] = to_u8(under + ink.opacity * (f32::from(colour[c]) - under));
            }
        }
    }
}

/// Whether the place, in dots from the line's top left, is on a letter.
fn inked(text: &[u8], u: f64, v: f64) -> bool {
    if u < 0.0 || !(0.0..ROWS).contains(&v) {
        return false;
    }
    let column = (u % ADVANCE) as u32;
    let letter = text.get((u / ADVANCE) as usize).and_then(|byte| byte.checked_sub(b'A'));
    let rows = letter.and_then(|letter| LETTERS.get(usize::from(letter)));
    column < 5 && rows.is_some_and(|rows| rows[v as usize] >> (4 - column) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_stand_upright_at_their_place() {
        let mut page = RgbImage::new(30, 12);
        let ink = Ink { colour: [255; 3], opacity: 1.0, rim: None };
        draw(&mut page, "L T", (2.0, 3.0), 7.0, ink);
        let lit = |x: u32, y: u32| page.get_pixel(x, y)[0] == 255;
        // L: a bar on the left, one below. T: one above, one in the middle. Between them nothing.
        assert!((3..10).all(|y| lit(2, y)) && (2..7).all(|x| lit(x, 9)) && !lit(4, 5));
        assert!((14..19).all(|x| lit(x, 3)) && (3..10).all(|y| lit(16, y)) && !lit(14, 6));
        assert_eq!(page.pixels().filter(|p| p[0] > 0).count(), 11 + 11);
    }

    #[test]
    fn rims_and_opacity() {
        let mut page = RgbImage::from_pixel(60, 60, image::Rgb([100; 3]));
        draw(&mut page, "I", (10.0, 10.0), 42.0, Ink { colour: [200; 3], opacity: 0.5, rim: Some([0; 3]) });
        assert_eq!(page.get_pixel(25, 30)[0], 150);
        assert_eq!(page.get_pixel(20, 30)[0], 50);
        assert_eq!(page.get_pixel(14, 30)[0], 100);
        draw(&mut page, "MMM", (-50.0, 50.0), 500.0, Ink { colour: [0; 3], opacity: 1.0, rim: None });
        assert_eq!(words(40, &mut Random::new(1)).len(), 40);
    }
}
