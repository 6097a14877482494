//! Something around the picture: a border of one colour, black bars.

use crate::random::Random;
use image::{Rgb, RgbImage, imageops};

/// Proportions that [`letterbox`] fills up to.
pub const BOX_WIDTH: u32 = 16;
/// See [`BOX_WIDTH`].
pub const BOX_HEIGHT: u32 = 9;

/// A border on every side, `share` (0.15 is 15 %) of the width left and right and of the height above and below, in a
/// colour from the seed.
pub fn pad(picture: &RgbImage, share: f64, seed: u64) -> RgbImage {
    let side = |len: u32| (f64::from(len) * share).round() as u32;
    let colour = Random::new(seed).colour();
    bordered(picture, side(picture.width()), side(picture.height()), colour)
}

/// Black bars, above and below or left and right, up to a canvas of 16:9; the picture keeps its size.
pub fn letterbox(picture: &RgbImage) -> RgbImage {
    let (width, height) = picture.dimensions();
    let full_width = (height * BOX_WIDTH).div_ceil(BOX_HEIGHT).max(width);
    let full_height = (width * BOX_HEIGHT).div_ceil(BOX_WIDTH).max(height);
    bordered(picture, (full_width - width).div_ceil(2), (full_height - height).div_ceil(2), [0; 3])
}

fn bordered(picture: &RgbImage, across: u32, down: u32, colour: [u8; 3]) -> RgbImage {
    let mut out = RgbImage::from_pixel(picture.width() + 2 * across, picture.height() + 2 * down, Rgb(colour));
    imageops::replace(&mut out, picture, i64::from(across), i64::from(down));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crop;
    use crate::testing::scene;

    #[test]
    fn the_picture_is_inside_its_border() {
        let picture = scene(100, 60);
        let padded = pad(&picture, 0.15, 4);
        assert_eq!(padded.dimensions(), (130, 78));
        assert_eq!(crop::margins(&padded, 15, 9, 15, 9), picture);
        assert_eq!(padded.get_pixel(0, 0), padded.get_pixel(129, 77));
        assert_ne!(padded.get_pixel(0, 0), pad(&picture, 0.15, 5).get_pixel(0, 0));
    }

    #[test]
    fn bars_come_where_the_picture_is_too_short() {
        let wide = letterbox(&scene(160, 50));
        assert_eq!(wide.dimensions(), (160, 90));
        assert_eq!(crop::margins(&wide, 0, 20, 0, 20), scene(160, 50));
        assert_eq!(wide.get_pixel(80, 3).0, [0; 3]);
        assert_eq!(letterbox(&scene(90, 90)).dimensions(), (160, 90));
        assert_eq!(letterbox(&scene(160, 90)), scene(160, 90));
    }
}
