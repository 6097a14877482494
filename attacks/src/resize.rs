//! Resizing by factor or to a size: Lanczos of three lobes to shrink, Catmull-Rom cubic to enlarge.

use crate::{AttackError, Result};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// To an exact size.
///
/// # Errors
/// When the resizer refuses the sizes.
pub fn to_size(picture: &RgbImage, width: u32, height: u32) -> Result<RgbImage> {
    let shrinks = u64::from(width) * u64::from(height) < u64::from(picture.width()) * u64::from(picture.height());
    let filter = if shrinks { FilterType::Lanczos3 } else { FilterType::CatmullRom };
    let failed = |error: &dyn std::fmt::Display| AttackError(format!("resize to {width}x{height}: {error}"));
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| failed(&error))?;
    RgbImage::from_raw(width, height, target.into_vec()).ok_or_else(|| failed(&"wrong length"))
}

/// Both sides by `factor`.
///
/// # Errors
/// As [`to_size`].
pub fn by_factor(picture: &RgbImage, factor: f64) -> Result<RgbImage> {
    to_size(picture, scaled(picture.width(), factor), scaled(picture.height(), factor))
}

/// The width alone by `factor`.
///
/// # Errors
/// As [`to_size`].
pub fn width_by_factor(picture: &RgbImage, factor: f64) -> Result<RgbImage> {
    to_size(picture, scaled(picture.width(), factor), picture.height())
}

/// The longest side to `longest` pixels, proportions kept; a picture that is small enough stays as it is.
///
/// # Errors
/// As [`to_size`].
pub fn longest_side(picture: &RgbImage, longest: u32) -> Result<RgbImage> {
    let now = picture.width().max(picture.height());
    if now <= longest { Ok(picture.clone()) } else { by_factor(picture, f64::from(longest) / f64::from(now)) }
}

fn scaled(side: u32, factor: f64) -> u32 {
    ((f64::from(side) * factor).round() as u32).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{rms, scene};

    #[test]
    fn a_smooth_ramp_keeps_its_place() {
        let ramp = RgbImage::from_fn(200, 100, |x, y| image::Rgb([x as u8, 2 * y as u8, 50]));
        for factor in [0.5, 0.73, 2.0] {
            let resized = by_factor(&ramp, factor).expect("small");
            let (x, y) = (resized.width() / 3, resized.height() / 2);
            let expected_x = (f64::from(x) + 0.5) * 200.0 / f64::from(resized.width()) - 0.5;
            let expected_y = 2.0 * ((f64::from(y) + 0.5) * 100.0 / f64::from(resized.height()) - 0.5);
            let pixel = resized.get_pixel(x, y);
            assert!((f64::from(pixel[0]) - expected_x).abs() < 1.1, "{factor}: {pixel:?} for {expected_x}");
            assert!((f64::from(pixel[1]) - expected_y).abs() < 1.1, "{factor}: {pixel:?} for {expected_y}");
        }
    }

    #[test]
    fn sizes_are_as_asked() {
        let picture = scene(101, 60);
        assert_eq!(by_factor(&picture, 0.5).expect("small").dimensions(), (51, 30));
        assert_eq!(width_by_factor(&picture, 0.8).expect("small").dimensions(), (81, 60));
        assert_eq!(longest_side(&picture, 50).expect("small").dimensions(), (50, 30));
        assert_eq!(longest_side(&picture, 500).expect("small"), picture);
        assert_eq!(by_factor(&picture, 1e-6).expect("small").dimensions(), (1, 1));
    }

    #[test]
    fn shrinking_loses_detail_enlarging_hardly() {
        let picture = scene(96, 64);
        let there_and_back = |factor| {
            let other = by_factor(&picture, factor).expect("small");
            rms(&to_size(&other, 96, 64).expect("small"), &picture)
        };
        // The grain is nearly white: half the size loses most of it, the way through twice the size a little.
        let (large, small) = (there_and_back(2.0), there_and_back(0.5));
        assert!(small > 3.0 && large < 0.5 * small, "{large} {small}");
    }
}
