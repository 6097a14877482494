//! A cheap stand-in for programs that draw a picture anew from a coarse idea of it: what is finer than a few pixels is
//! thrown away and made up again.
//!
//! No network is involved, so nothing about a real one follows from surviving this; whoever fails here fails there.

use crate::resize::{self, Kernel};
use crate::{Result, noise, wavelet};
use image::RgbImage;

/// What [`regenerate`] does, in the order in which it happens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regeneration {
    /// Factor of both sides, by the mean of areas.
    pub scale: f64,
    /// Threshold of wavelet shrinkage in the small picture, code values.
    pub threshold: f32,
    /// Standard deviation of the new grain in the large picture, code values.
    pub grain: f32,
}

/// Half the size, details below 24 levels gone, grain of 2 levels.
pub const COARSE: Regeneration = Regeneration { scale: 0.5, threshold: 24.0, grain: 2.0 };

/// Shrinks, keeps the strong details alone, enlarges to the size from before (bicubic) and adds new grain.
///
/// # Errors
/// As resizing.
pub fn regenerate(picture: &RgbImage, process: &Regeneration, seed: u64) -> Result<RgbImage> {
    let small = resize::by_factor_by(picture, process.scale, Kernel::AreaMean)?;
    let idea = wavelet::shrink(&small, process.threshold);
    let large = resize::to_size_by(&idea, picture.width(), picture.height(), Kernel::Bicubic)?;
    Ok(noise::gaussian(&large, process.grain, seed))
}

/// The parameters in words.
pub(crate) fn words(process: &Regeneration) -> String {
    format!(
        "stand-in for regeneration: {} % of the size by area means, Haar shrinkage over all shifts at {} levels, bicubic \
         back, grain {}",
        100.0 * process.scale,
        process.threshold,
        process.grain
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rms;

    #[test]
    fn faint_texture_is_lost_and_forms_stay() {
        let forms = RgbImage::from_fn(128, 96, |x, y| {
            image::Rgb([if (x / 32 + y / 32) % 2 == 0 { 60 } else { 190 }, 120, 90 + (x / 2) as u8])
        });
        let textured = RgbImage::from_fn(128, 96, |x, y| {
            let faint = if (x / 2 + y / 2) % 2 == 0 { 6 } else { 0 };
            image::Rgb(forms.get_pixel(x, y).0.map(|value| value + faint))
        });
        let made = regenerate(&textured, &COARSE, 1).expect("small");
        assert_eq!(made.dimensions(), (128, 96));
        // The texture of 6 levels is even over the picture: 3 levels are added, and its own contrast is gone.
        let lifted = RgbImage::from_fn(128, 96, |x, y| image::Rgb(forms.get_pixel(x, y).0.map(|value| value + 3)));
        let plain = regenerate(&lifted, &COARSE, 1).expect("small");
        assert!(rms(&made, &plain) < 0.8, "{}", rms(&made, &plain));
        assert!(rms(&made, &lifted) < 16.0, "{}", rms(&made, &lifted));
        assert_ne!(made, regenerate(&textured, &COARSE, 2).expect("small"));
    }
}
