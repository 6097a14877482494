//! Lossy files and back: JPEG with the standard's own tables, WebP by libwebp.

use crate::{AttackError, Result};
use image::{ImageFormat, RgbImage};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, QuantizationTableType, SamplingFactor};

/// Through JPEG at `quality` 1 to 100, chroma at half size both ways (4:2:0), as most tools write it.
///
/// # Errors
/// Above 65,535 pixels a side.
pub fn jpeg(picture: &RgbImage, quality: u8) -> Result<RgbImage> {
    decoded(&jpeg_file(picture, quality, SamplingFactor::F_2_2)?)
}

/// Through JPEG with chroma at full size (4:4:4).
///
/// # Errors
/// As [`jpeg`].
pub fn jpeg_444(picture: &RgbImage, quality: u8) -> Result<RgbImage> {
    decoded(&jpeg_file(picture, quality, SamplingFactor::F_1_1)?)
}

/// Quality of the first file of [`double_jpeg`].
pub const FIRST_QUALITY: u8 = 90;

/// Through JPEG twice, on the same grid of blocks: quality 90 first, then `quality`; both 4:2:0.
///
/// # Errors
/// As [`jpeg`].
pub fn double_jpeg(picture: &RgbImage, quality: u8) -> Result<RgbImage> {
    jpeg(&jpeg(picture, FIRST_QUALITY)?, quality)
}

/// A JPEG file as libjpeg would write it: tables of annex K scaled by quality, chroma averaged.
fn jpeg_file(picture: &RgbImage, quality: u8, sampling: SamplingFactor) -> Result<Vec<u8>> {
    let side = |len: u32| {
        u16::try_from(len).map_err(|_| AttackError(format!("a JPEG has at most 65,535 px a side, this picture {len}")))
    };
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(sampling);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_quantization_tables(QuantizationTableType::Default, QuantizationTableType::Default);
    encoder
        .encode(picture.as_raw(), width, height, ColorType::Rgb)
        .map_err(|error| AttackError(format!("JPEG: {error}")))?;
    Ok(file)
}

fn decoded(file: &[u8]) -> Result<RgbImage> {
    let picture = image::load_from_memory_with_format(file, ImageFormat::Jpeg);
    Ok(picture.map_err(|error| AttackError(format!("JPEG: {error}")))?.into_rgb8())
}

/// Through lossy WebP at `quality` 0 to 100.
///
/// # Errors
/// Above 16,383 pixels a side.
pub fn webp(picture: &RgbImage, quality: f32) -> Result<RgbImage> {
    let (width, height) = picture.dimensions();
    let file = webp::Encoder::from_rgb(picture.as_raw(), width, height)
        .encode_simple(false, quality)
        .map_err(|error| AttackError(format!("WebP: {error:?}")))?;
    let back = webp::Decoder::new(&file).decode().ok_or_else(|| AttackError("WebP: unreadable".into()))?;
    RgbImage::from_raw(width, height, back.to_vec()).ok_or_else(|| AttackError("WebP: not RGB".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{rms, scene};

    #[test]
    fn tables_are_the_standards_scaled_as_libjpeg_does() {
        let file = jpeg_file(&scene(32, 32), 50, SamplingFactor::F_2_2).expect("small");
        // DQT marker, length 67, table 0; then zig-zag order: 16 11 12 14 12 10 16 14 at quality 50.
        let at = file.windows(5).position(|bytes| bytes == [0xFF, 0xDB, 0, 67, 0]).expect("a table");
        assert_eq!(file[at + 5..at + 13], [16, 11, 12, 14, 12, 10, 16, 14]);
        let file = jpeg_file(&scene(32, 32), 25, SamplingFactor::F_2_2).expect("small");
        assert_eq!(file[at + 5..at + 8], [32, 22, 24]);
    }

    #[test]
    fn chroma_is_halved_in_420_only() {
        // Frame header: marker, length 17, 8 bits, sizes, 3 components; first component's sampling.
        let sampling = |factor| {
            let file = jpeg_file(&scene(32, 32), 75, factor).expect("small");
            let at = file.windows(5).position(|b| b[0] == 0xFF && b[1] == 0xC0 && b[4] == 8).expect("a header");
            file[at + 11]
        };
        assert_eq!(sampling(SamplingFactor::F_2_2), 0x22);
        assert_eq!(sampling(SamplingFactor::F_1_1), 0x11);
    }

    #[test]
    fn lower_quality_loses_more() {
        let picture = scene(97, 65);
        let loss = |quality| rms(&jpeg(&picture, quality).expect("small"), &picture);
        assert!(loss(90) < loss(50) && loss(50) < loss(20), "{} {} {}", loss(90), loss(50), loss(20));
        assert!(loss(90) > 0.5 && loss(20) < 20.0);
        let full = rms(&jpeg_444(&picture, 50).expect("small"), &picture);
        assert!(full < loss(50));
        let loss = |quality| rms(&webp(&picture, quality).expect("small"), &picture);
        assert!(loss(95.0) < loss(20.0) && loss(20.0) < 25.0, "{} {}", loss(95.0), loss(20.0));
    }

    #[test]
    fn the_second_file_adds_to_the_loss_of_the_first() {
        let picture = scene(97, 65);
        let first = jpeg(&picture, FIRST_QUALITY).expect("small");
        let both = double_jpeg(&picture, 60).expect("small");
        assert!(rms(&both, &picture) > rms(&first, &picture));
        assert_ne!(both, jpeg(&picture, 60).expect("small"));
    }
}
