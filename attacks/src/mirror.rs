//! Exact mirrors and quarter turns: no sample changes its value.

use image::{RgbImage, imageops};

/// Mirrored left to right.
pub fn flip_horizontal(picture: &RgbImage) -> RgbImage {
    imageops::flip_horizontal(picture)
}

/// Mirrored top to bottom.
pub fn flip_vertical(picture: &RgbImage) -> RgbImage {
    imageops::flip_vertical(picture)
}

/// Turned counter-clockwise by a number of quarter turns; width and height change places for odd numbers.
pub fn quarter_turns(picture: &RgbImage, turns: i32) -> RgbImage {
    match turns.rem_euclid(4) {
        0 => picture.clone(),
        1 => imageops::rotate270(picture),
        2 => imageops::rotate180(picture),
        _ => imageops::rotate90(picture),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    #[test]
    fn a_quarter_turn_is_counter_clockwise() {
        let picture = scene(30, 20);
        let turned = quarter_turns(&picture, 1);
        assert_eq!(turned.dimensions(), (20, 30));
        // The top right corner goes to the top left.
        assert_eq!(turned.get_pixel(0, 0), picture.get_pixel(29, 0));
        assert_eq!(quarter_turns(&turned, -1), picture);
        assert_eq!(quarter_turns(&picture, 2).get_pixel(0, 0), picture.get_pixel(29, 19));
    }

    #[test]
    fn mirrors_move_pixels_and_undo_themselves() {
        let picture = scene(31, 22);
        assert_eq!(flip_horizontal(&picture).get_pixel(0, 5), picture.get_pixel(30, 5));
        assert_eq!(flip_vertical(&picture).get_pixel(4, 0), picture.get_pixel(4, 21));
        assert_eq!(flip_vertical(&flip_vertical(&picture)), picture);
    }
}
