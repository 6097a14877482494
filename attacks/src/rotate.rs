//! Rotation by any angle about the middle, counter-clockwise as seen, bicubic (Catmull-Rom), black outside.

use crate::warp::{self, Outside};
use image::RgbImage;

/// Same canvas: the corners are lost, black fills the gaps.
pub fn same_canvas(picture: &RgbImage, degrees: f64) -> RgbImage {
    rotated(picture, degrees, picture.width(), picture.height())
}

/// Grown canvas: every pixel is kept, black corners come in.
pub fn grown_canvas(picture: &RgbImage, degrees: f64) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    // The small number keeps an exact quarter turn from growing by a pixel of rounding error.
    let side = |a: f64, b: f64| (a * cos.abs() + b * sin.abs() - 1e-9).ceil().max(1.0) as u32;
    rotated(picture, degrees, side(width, height), side(height, width))
}

/// Rotated and cut to the largest upright rectangle without black.
pub fn inner_crop(picture: &RgbImage, degrees: f64) -> RgbImage {
    let (inner_width, inner_height) = inner_rectangle(f64::from(picture.width()), f64::from(picture.height()), degrees);
    // A pixel off each side: the cubic reaches over the edge of the picture.
    let side = |len: f64| ((len - 2.0).floor().max(1.0)) as u32;
    let (width, height) = (side(inner_width), side(inner_height));
    rotated(picture, degrees, width, height)
}

/// Sides of the upright rectangle of largest area inside a rotated one.
fn inner_rectangle(width: f64, height: f64, degrees: f64) -> (f64, f64) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (sin, cos) = (sin.abs(), cos.abs());
    let (long, short) = (width.max(height), width.min(height));
    if short <= 2.0 * sin * cos * long || (sin - cos).abs() < 1e-10 {
        // Two corners touch the long sides: half of the short side limits both.
        let half = 0.5 * short;
        let (along, across) = if width >= height { (half / sin, half / cos) } else { (half / cos, half / sin) };
        return (along, across);
    }
    let double = cos * cos - sin * sin;
    ((width * cos - height * sin) / double, (height * cos - width * sin) / double)
}

fn rotated(picture: &RgbImage, degrees: f64, width: u32, height: u32) -> RgbImage {
    if degrees == 0.0 && (width, height) == picture.dimensions() {
        return picture.clone();
    }
    let middle = |len: u32| f64::from(len - 1) / 2.0;
    let (sin, cos) = degrees.to_radians().sin_cos();
    warp::warped(picture, (width, height), Outside::Colour([0; 3]), |x, y| {
        let (right, down) = (f64::from(x) - middle(width), f64::from(y) - middle(height));
        (middle(picture.width()) + right * cos - down * sin, middle(picture.height()) + right * sin + down * cos)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::quarter_turns;
    use crate::testing::{largest, rms, scene};

    #[test]
    fn a_quarter_turn_agrees_with_the_exact_one() {
        let picture = scene(64, 40);
        let turned = grown_canvas(&picture, 90.0);
        let exact = quarter_turns(&picture, 1);
        let inner = |p: &RgbImage| crate::crop::margins(p, 2, 2, 2, 2);
        assert!(largest(&inner(&turned), &inner(&exact)) <= 1);
    }

    #[test]
    fn there_and_back_is_nearly_the_same() {
        let smooth = crate::blur::gaussian(&scene(120, 120), 2.0);
        let back = same_canvas(&same_canvas(&smooth, 17.0), -17.0);
        let inner = |p: &RgbImage| crate::crop::margins(p, 35, 35, 35, 35);
        assert!(rms(&inner(&back), &inner(&smooth)) < 1.5);
        assert!(rms(&inner(&same_canvas(&smooth, 17.0)), &inner(&smooth)) > 3.0);
    }

    #[test]
    fn canvases_differ_in_what_they_keep() {
        let white = RgbImage::from_pixel(200, 120, image::Rgb([255; 3]));
        let same = same_canvas(&white, 10.0);
        assert_eq!(same.dimensions(), (200, 120));
        assert_eq!(same.get_pixel(0, 0)[0], 0);
        let grown = grown_canvas(&white, 10.0);
        assert_eq!(grown.dimensions(), (218, 153)); // 200 cos + 120 sin, 120 cos + 200 sin
        let bright = grown.pixels().filter(|p| p[0] > 127).count() as f64;
        assert!((bright / 24_000.0 - 1.0).abs() < 0.01, "{bright}");
        for degrees in [3.0, 30.0, 45.0, 77.0, 110.0] {
            let inner = inner_crop(&white, degrees);
            assert!(inner.iter().all(|&value| value > 250), "black at {degrees}");
            assert!(inner.width() > 50 && inner.height() > 30, "{degrees}: {:?}", inner.dimensions());
        }
    }

    #[test]
    fn positive_angles_are_counter_clockwise() {
        let mut picture = RgbImage::new(101, 101);
        for (x, y) in [(79, 49), (80, 49), (81, 49), (79, 50), (80, 50), (81, 50), (79, 51), (80, 51), (81, 51)] {
            picture.put_pixel(x, y, image::Rgb([255; 3]));
        }
        let turned = same_canvas(&picture, 30.0);
        // 30 px to the right becomes 26 px right, 15 px up.
        assert!(turned.get_pixel(76, 35)[0] > 200);
    }
}
