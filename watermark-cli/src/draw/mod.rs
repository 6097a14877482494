//! Drawing for contact sheets: a canvas, letters, a tint. Everything that falls outside is cut off.

mod font;
mod strokes;

use image::{Rgb, RgbImage, imageops};

use strokes::Strokes;

/// A colour, sRGB.
pub(crate) type Colour = [u8; 3];

/// Dots between letters and between lines.
const GAP: u32 = 1;
const LINE_GAP: u32 = 4;

/// A picture that is drawn on.
pub(crate) struct Canvas {
    picture: RgbImage,
}

/// A rectangle of pixels: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Canvas {
    /// A canvas of one colour.
    pub(crate) fn new(width: u32, height: u32, colour: Colour) -> Self {
        Self { picture: RgbImage::from_pixel(width, height, Rgb(colour)) }
    }

    /// The picture as drawn.
    pub(crate) fn into_picture(self) -> RgbImage {
        self.picture
    }

    /// Puts a picture with its corner at `x`, `y`.
    pub(crate) fn paste(&mut self, picture: &RgbImage, x: u32, y: u32) {
        imageops::replace(&mut self.picture, picture, x.into(), y.into());
    }

    /// Mixes a colour into an area; `share` is 0 for nothing, 1 for the colour alone.
    pub(crate) fn tint(&mut self, area: Area, colour: Colour, share: f32) {
        let (right, bottom) = (area.x.saturating_add(area.width), area.y.saturating_add(area.height));
        for y in area.y..bottom.min(self.picture.height()) {
            for x in area.x..right.min(self.picture.width()) {
                self.mix(x, y, colour, share);
            }
        }
    }

    /// Writes a line with its upper left corner at `x`, `y`, each dot `scale` pixels wide.
    pub(crate) fn text(&mut self, x: u32, y: u32, scale: u32, colour: Colour, line: &str) {
        let (columns, rows) = (scale * (font::WIDTH + GAP), scale * (font::HEIGHT + GAP));
        for (letter, left) in line.chars().zip((x..).step_by(columns as usize)) {
            let strokes = Strokes::of(font::glyph(letter));
            let top = y + scale * font::drop(letter);
            for row in 0..rows {
                for column in 0..columns {
                    let share = strokes.ink(column, row, scale);
                    if share > 0.0 {
                        self.mix(left + column, top + row, colour, share);
                    }
                }
            }
        }
    }

    fn mix(&mut self, x: u32, y: u32, colour: Colour, share: f32) {
        let Some(pixel) = self.picture.get_pixel_mut_checked(x, y) else { return };
        for (old, new) in pixel.0.iter_mut().zip(colour) {
            *old = (f32::from(*old) * (1.0 - share) + f32::from(new) * share).round() as u8;
        }
    }
}

/// Height of a line of text with its gap, pixels.
pub(crate) const fn line_height(scale: u32) -> u32 {
    scale * (font::HEIGHT + LINE_GAP)
}

/// Letters that fit into a width of `width` pixels.
pub(crate) const fn letters_in(width: u32, scale: u32) -> usize {
    (width / (scale * (font::WIDTH + GAP))) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_over_the_edge_is_cut_off() {
        let mut canvas = Canvas::new(20, 10, [0; 3]);
        canvas.text(10, 5, 2, [255; 3], "Hg");
        canvas.tint(Area { x: 15, y: 0, width: 100, height: u32::MAX }, [200; 3], 0.5);
        canvas.paste(&RgbImage::new(50, 50), 18, 8);
        let picture = canvas.into_picture();
        assert_eq!(picture.get_pixel(10, 6).0, [255; 3], "upper left dot of the H");
        assert_eq!(picture.get_pixel(17, 0).0, [100; 3]);
        assert_eq!(picture.get_pixel(19, 9).0, [0; 3]);
    }
}
