//! Through AVIF: rav1e writes, a port of dav1d reads, both in Rust and on one thread.
//!
//! rav1e without assembly takes half a second to a second for a megapixel and brings many crates along, which is why
//! this is a feature of the crate and not always there.

use crate::samples::{CHANNELS, to_u8};
use crate::{AttackError, Result};
use image::RgbImage;
use ravif::{BitDepth, Encoder, Img, RGB8};
use re_rav1d::dav1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Settings};

/// rav1e's speed, 1 to 10. A generated megapixel at quality 50 came out 9 % larger than at 6, three times as fast.
pub const SPEED: u8 = 9;

/// Through AVIF at `quality` 1 to 100 as the tool `cavif` counts it: 8 bits, chroma at full size, BT.601 full range.
///
/// # Errors
/// When the encoder refuses the size.
pub fn avif(picture: &RgbImage, quality: f32) -> Result<RgbImage> {
    let pixels: Vec<RGB8> = picture.chunks_exact(CHANNELS).map(|p| RGB8::new(p[0], p[1], p[2])).collect();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let encoder = Encoder::new()
        .with_quality(quality)
        .with_speed(SPEED)
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(1));
    let file = encoder.encode_rgb(Img::new(&pixels, width, height)).map_err(|error| failed(&error))?.avif_file;
    let stream = media_data(&file).ok_or_else(|| failed(&"no media data"))?;
    let decoded = decoded(stream.to_vec())?;
    let expected = (picture.width(), picture.height(), PixelLayout::I444, 8);
    if (decoded.width(), decoded.height(), decoded.pixel_layout(), decoded.bit_depth()) != expected {
        return Err(failed(&"read back in another form"));
    }
    Ok(to_rgb(&decoded))
}

fn failed(error: &dyn std::fmt::Display) -> AttackError {
    AttackError(format!("AVIF: {error}"))
}

/// What is in the box `mdat`: our files have one picture, so this is its AV1 stream.
fn media_data(file: &[u8]) -> Option<&[u8]> {
    let mut rest = file;
    loop {
        let (header, _) = rest.split_first_chunk::<8>()?;
        let len = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as usize;
        let whole = rest.get(..len)?;
        if &header[4..] == b"mdat" {
            return whole.get(8..);
        }
        // A box is at least its header, or this would not end.
        rest = rest.get(len.max(8)..)?;
    }
}

fn decoded(stream: Vec<u8>) -> Result<Picture> {
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    let mut decoder = Decoder::with_settings(&settings).map_err(|error| failed(&error))?;
    decoder.send_data(stream.into_boxed_slice(), None, None, None).map_err(|error| failed(&error))?;
    decoder.get_picture().map_err(|error| failed(&error))
}

/// From Y, Cb and Cr of BT.601, full range, all at full size.
fn to_rgb(picture: &Picture) -> RgbImage {
    let mut out = RgbImage::new(picture.width(), picture.height());
    let parts = [PlanarImageComponent::Y, PlanarImageComponent::U, PlanarImageComponent::V];
    let planes = parts.map(|part| (picture.plane(part), picture.stride(part) as usize));
    let width = picture.width() as usize;
    for (y, row) in out.chunks_exact_mut(width * CHANNELS).enumerate() {
        let [luma, blue, red] = [0, 1, 2].map(|part| &planes[part].0[y * planes[part].1..][..width]);
        for ((pixel, &luma), (&blue, &red)) in row.chunks_exact_mut(CHANNELS).zip(luma).zip(blue.iter().zip(red)) {
            let (luma, blue, red) = (f32::from(luma), f32::from(blue) - 128.0, f32::from(red) - 128.0);
            pixel[0] = to_u8(luma + 1.402 * red);
            pixel[1] = to_u8(luma - 0.344_136 * blue - 0.714_136 * red);
            pixel[2] = to_u8(luma + 1.772 * blue);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{largest, rms, scene};

    #[test]
    fn lower_quality_loses_more() {
        let picture = scene(97, 65);
        let loss = |quality| rms(&avif(&picture, quality).expect("small"), &picture);
        assert!(loss(90.0) < loss(50.0) && loss(50.0) < loss(20.0), "{} {} {}", loss(90.0), loss(50.0), loss(20.0));
        assert!(loss(90.0) > 0.5 && loss(20.0) < 20.0, "{} {}", loss(90.0), loss(20.0));
        assert!(avif(&picture, 50.0) == avif(&picture, 50.0));
    }

    #[test]
    fn colours_stay_what_they_were() {
        for colour in [[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 200, 90], [255, 255, 255]] {
            let flat = RgbImage::from_pixel(40, 24, image::Rgb(colour));
            let back = avif(&flat, 80.0).expect("small");
            assert!(largest(&back, &flat) <= 3, "{colour:?}: {:?}", back.get_pixel(3, 3));
        }
    }

    #[test]
    fn boxes_are_walked_to_the_media_data() {
        let file = b"\0\0\0\x0aftypxx\0\0\0\x0bmdatabc\0\0\0\x08free";
        assert_eq!(media_data(file), Some(&b"abc"[..]));
        assert_eq!(media_data(b"\0\0\0\x0aftypxx"), None);
        assert_eq!(media_data(b"\0\0\0\0ftyp\0\0\0\x09mdat"), None);
    }
}
