//! Resizing by factor or to a size: by Lanczos of three lobes to shrink and the Catmull-Rom cubic to enlarge, or by a
//! chosen kernel.

use crate::{AttackError, Result};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

/// How a pixel of the result is made of those around its place.
///
/// All but [`Kernel::Nearest`] are widened when shrinking, as Pillow and libvips do, so that every pixel counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kernel {
    /// The pixel at the place itself, no others.
    Nearest,
    /// The mean of the pixel's area.
    AreaMean,
    /// A triangle, one pixel to each side.
    Bilinear,
    /// Catmull-Rom cubic, two pixels to each side.
    Bicubic,
    /// Lanczos, three pixels to each side.
    Lanczos,
}

/// To an exact size: Lanczos to a smaller area, Catmull-Rom to a larger one.
///
/// # Errors
/// When the resizer refuses the sizes.
pub fn to_size(picture: &RgbImage, width: u32, height: u32) -> Result<RgbImage> {
    let shrinks = u64::from(width) * u64::from(height) < u64::from(picture.width()) * u64::from(picture.height());
    to_size_by(picture, width, height, if shrinks { Kernel::Lanczos } else { Kernel::Bicubic })
}

/// To an exact size by a kernel.
///
/// # Errors
/// When the resizer refuses the sizes.
pub fn to_size_by(picture: &RgbImage, width: u32, height: u32, kernel: Kernel) -> Result<RgbImage> {
    let algorithm = match kernel {
        Kernel::Nearest => ResizeAlg::Nearest,
        Kernel::AreaMean => ResizeAlg::Convolution(FilterType::Box),
        Kernel::Bilinear => ResizeAlg::Convolution(FilterType::Bilinear),
        Kernel::Bicubic => ResizeAlg::Convolution(FilterType::CatmullRom),
        Kernel::Lanczos => ResizeAlg::Convolution(FilterType::Lanczos3),
    };
    let failed = |error: &dyn std::fmt::Display| AttackError(format!("resize to {width}x{height}: {error}"));
    let source = ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x3)
        .map_err(|error| failed(&error))?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(algorithm);
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

/// Both sides by `factor` with a kernel.
///
/// # Errors
/// As [`to_size`].
pub fn by_factor_by(picture: &RgbImage, factor: f64, kernel: Kernel) -> Result<RgbImage> {
    to_size_by(picture, scaled(picture.width(), factor), scaled(picture.height(), factor), kernel)
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

    #[test]
    fn kernels_reach_as_far_as_they_say() {
        // One white column of three in turn: the nearest pixel is black or white, all others blend.
        let stripes = RgbImage::from_fn(90, 30, |x, _| image::Rgb([if x % 3 == 0 { 255 } else { 0 }; 3]));
        let shrunk = |kernel| to_size_by(&stripes, 30, 10, kernel).expect("small");
        assert!(shrunk(Kernel::Nearest).iter().all(|&value| value == 0 || value == 255));
        assert!(shrunk(Kernel::AreaMean).iter().all(|&value| value == 85));
        // To the side of the white column that fills the first third of its area, a wider kernel sees more stripes.
        for kernel in [Kernel::Bilinear, Kernel::Bicubic, Kernel::Lanczos] {
            let value = shrunk(kernel).get_pixel(15, 5)[0];
            assert!((60..110).contains(&value), "{kernel:?}: {value}");
        }
        // Bilinear never leaves the range of its neighbours, the sharper two do: an edge on grey shows a rim.
        let step = RgbImage::from_fn(40, 8, |x, _| image::Rgb([if x < 20 { 100 } else { 150 }; 3]));
        let darkest = |kernel| to_size_by(&step, 80, 16, kernel).expect("small").iter().copied().min();
        assert_eq!(darkest(Kernel::Bilinear), Some(100));
        assert!(darkest(Kernel::Bicubic) < Some(99) && darkest(Kernel::Lanczos) < Some(98));
        assert_eq!(by_factor_by(&step, 0.5, Kernel::Bilinear).expect("small").dimensions(), (20, 4));
    }
}
