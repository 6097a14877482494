//! Random crops of the same proportions.

use crate::random::Random;
use crate::{Result, resize};
use image::{RgbImage, imageops};

/// Keeps `share` (0 to 1) of the area at a random place; both sides shrink by the same factor.
pub fn random_share(picture: &RgbImage, share: f64, seed: u64) -> RgbImage {
    let factor = share.clamp(0.0, 1.0).sqrt();
    let side = |len: u32| ((f64::from(len) * factor).round() as u32).clamp(1, len);
    let (width, height) = (side(picture.width()), side(picture.height()));
    let mut random = Random::new(seed);
    let (left, top) = (random.up_to(picture.width() - width), random.up_to(picture.height() - height));
    imageops::crop_imm(picture, left, top, width, height).to_image()
}

/// [`random_share`], enlarged to the size from before.
///
/// # Errors
/// As resizing.
pub fn share_and_back(picture: &RgbImage, share: f64, seed: u64) -> Result<RgbImage> {
    resize::to_size(&random_share(picture, share, seed), picture.width(), picture.height())
}

/// Cuts `left`, `top`, `right`, `bottom` pixels off, but leaves at least one pixel.
pub fn margins(picture: &RgbImage, left: u32, top: u32, right: u32, bottom: u32) -> RgbImage {
    let width = picture.width().saturating_sub(left + right).max(1);
    let height = picture.height().saturating_sub(top + bottom).max(1);
    let (left, top) = (left.min(picture.width() - width), top.min(picture.height() - height));
    imageops::crop_imm(picture, left, top, width, height).to_image()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    /// Where the crop lies, by comparing it with every place.
    fn place(picture: &RgbImage, cut: &RgbImage) -> Option<(u32, u32)> {
        let places = (0..=picture.height() - cut.height())
            .flat_map(|y| (0..=picture.width() - cut.width()).map(move |x| (x, y)));
        places.into_iter().find(|&(x, y)| cut.enumerate_pixels().all(|(u, v, p)| picture.get_pixel(x + u, y + v) == p))
    }

    #[test]
    fn a_quarter_of_the_area_is_somewhere_in_the_picture() {
        let picture = scene(80, 60);
        let cut = random_share(&picture, 0.25, 1);
        assert_eq!(cut.dimensions(), (40, 30));
        let places: Vec<_> = (0..6).map(|seed| place(&picture, &random_share(&picture, 0.25, seed))).collect();
        assert!(places.iter().all(Option::is_some));
        assert!(places.iter().any(|place| *place != places[0]), "always the same place");
        assert_eq!(random_share(&picture, 1.0, 5), picture);
    }

    #[test]
    fn tiny_shares_leave_a_pixel_at_least() {
        assert_eq!(random_share(&scene(400, 300), 0.02, 4).dimensions(), (57, 42));
        assert_eq!(random_share(&scene(300, 2), 0.02, 4).dimensions(), (42, 1));
        assert_eq!(random_share(&scene(3, 3), 0.0, 4).dimensions(), (1, 1));
    }

    #[test]
    fn the_way_back_shows_the_same_part_larger() {
        let ramp = RgbImage::from_fn(120, 90, |x, y| image::Rgb([x as u8, y as u8, 50]));
        let cut = random_share(&ramp, 0.25, 3);
        let back = share_and_back(&ramp, 0.25, 3).expect("small");
        assert_eq!(back.dimensions(), (120, 90));
        for (x, y) in [(10, 10), (100, 80), (60, 45)] {
            let (near, shown) = (cut.get_pixel(x / 2, y / 2), back.get_pixel(x, y));
            assert!(near[0].abs_diff(shown[0]) <= 1 && near[1].abs_diff(shown[1]) <= 1, "{near:?} {shown:?}");
        }
    }

    #[test]
    fn margins_are_cut_on_their_sides() {
        let picture = scene(30, 20);
        let cut = margins(&picture, 3, 1, 2, 4);
        assert_eq!(cut.dimensions(), (25, 15));
        assert_eq!(cut.get_pixel(0, 0), picture.get_pixel(3, 1));
    }
}
