//! Straight-line distortions: shear, and the view from a slant.

use crate::random::Random;
use crate::samples::CHANNELS;
use crate::warp::{self, Outside, Projection};
use image::RgbImage;

/// Colour of what the picture does not cover.
const OUTSIDE: [u8; CHANNELS] = [128; CHANNELS];

/// Moves every row sideways by `share` (0.05 is 5 %) of its distance from the middle row. The canvas grows so that
/// nothing is lost; the corners are grey.
pub fn shear(picture: &RgbImage, share: f64) -> RgbImage {
    let (width, height) = picture.dimensions();
    let grown = width + (share.abs() * f64::from(height)).ceil() as u32;
    let (middle, side) = (f64::from(height - 1) / 2.0, f64::from(grown - width) / 2.0);
    warp::warped(picture, (grown, height), Outside::Colour(OUTSIDE), |x, y| {
        (f64::from(x) - side - share * (f64::from(y) - middle), f64::from(y))
    })
}

/// Moves each corner inwards, by up to `share` of the width across and of the height down, each chosen from the seed.
/// The canvas stays as large as it was, the whole picture is on it, the rest is grey.
pub fn perspective(picture: &RgbImage, share: f64, seed: u64) -> RgbImage {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let mut random = Random::new(seed);
    let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y): (f64, f64)| {
        let (right, down) = (random.between(0.0, share), random.between(0.0, share));
        ((x - right).abs() * width, (y - down).abs() * height)
    });
    let back = Projection::back_to_picture(picture.dimensions(), corners);
    warp::warped(picture, picture.dimensions(), Outside::Colour(OUTSIDE), |x, y| back(f64::from(x), f64::from(y)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    fn white(width: u32, height: u32) -> RgbImage {
        RgbImage::from_pixel(width, height, image::Rgb([255; 3]))
    }

    #[test]
    fn a_sheared_picture_keeps_its_area_and_leans() {
        let sheared = shear(&white(200, 100), 0.1);
        assert_eq!(sheared.dimensions(), (210, 100));
        let bright = sheared.pixels().filter(|p| p[0] > 191).count();
        assert!(bright.abs_diff(20_000) < 150, "{bright}");
        // The top goes left, the bottom right.
        assert!(sheared.get_pixel(1, 0)[0] > 191 && sheared.get_pixel(208, 0)[0] == 128);
        assert!(sheared.get_pixel(1, 99)[0] == 128 && sheared.get_pixel(208, 99)[0] > 191);
        assert!(shear(&white(200, 100), -0.1).get_pixel(208, 0)[0] > 191);
        assert_eq!(shear(&scene(40, 30), 0.0), scene(40, 30));
    }

    #[test]
    fn a_slanted_picture_is_a_whole_quadrilateral() {
        for seed in 0..6 {
            let slanted = perspective(&white(200, 150), 0.1, seed);
            assert_eq!(slanted.dimensions(), (200, 150));
            let bright = slanted.pixels().filter(|p| p[0] > 191).count() as f64 / 30_000.0;
            // Every side moves in by up to 10 %, in the mean by 5.
            assert!((0.64..1.0).contains(&bright), "{seed}: {bright}");
            assert!(slanted.get_pixel(100, 75)[0] == 255);
        }
        assert_ne!(perspective(&white(200, 150), 0.1, 1), perspective(&white(200, 150), 0.1, 2));
    }
}
