//! How much memory a picture will need, from its header: before it is read.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use imagesize::ImageType;
use watermark_video::Clip;

/// Bytes a pixel of a film's frame, besides the frames on their way: the pattern, the decoder, and most of all the encoder,
/// which looks ahead. Measured at 3840x2160 with x264's preset `medium` (docs/decisions/frames.md).
const FILM_BYTES: u64 = 260;
/// Frames on their way between decoder, marker and encoder.
const FRAMES_HELD: u64 = 10;

/// Bytes a pixel that planning and applying need besides the samples.
const WORK_BYTES: u64 = 12;
/// Pixels that one byte of a file stands for, where its header cannot be read.
const PIXELS_A_BYTE: u64 = 4;

/// Bytes that marking a picture of so many pixels needs, its file included.
pub(crate) fn needed(pixels: u64, bytes_per_pixel: u64, held: u64, file_bytes: u64) -> u64 {
    let each = bytes_per_pixel.saturating_mul(held) + WORK_BYTES;
    pixels.saturating_mul(each).saturating_add(file_bytes)
}

/// Bytes that marking a film needs, those of ffmpeg included.
pub(crate) fn of_clip(clip: &Clip) -> u64 {
    let pixels = clip.size.0 as u64 * clip.size.1 as u64;
    let frame = clip.pixels.frame_bytes(clip.size.0, clip.size.1) as u64;
    pixels.saturating_mul(FILM_BYTES).saturating_add(frame.saturating_mul(FRAMES_HELD))
}

/// Bytes that marking the picture of a file needs, with `held` copies of its samples at a time. A guess where the
/// header does not tell; what turns out is counted later.
pub(crate) fn of_file(path: &Path, held: u64) -> u64 {
    let file_bytes = std::fs::metadata(path).map_or(0, |m| m.len());
    let (pixels, bytes_per_pixel) = header(path).unwrap_or((file_bytes.saturating_mul(PIXELS_A_BYTE), 4));
    needed(pixels, bytes_per_pixel, held, file_bytes)
}

/// Number of pixels, and bytes of a decoded one.
fn header(path: &Path) -> Option<(u64, u64)> {
    if !std::fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut start = Vec::new();
    File::open(path).ok()?.take(64).read_to_end(&mut start).ok()?;
    let kind = imagesize::image_type(&start).ok()?;
    let size = imagesize::reader_size(BufReader::new(File::open(path).ok()?)).ok()?;
    let pixels = (size.width as u64).checked_mul(size.height as u64)?;
    let bytes_per_pixel = match kind {
        ImageType::Png => png_bytes(&start),
        ImageType::Jpeg => 3,
        ImageType::Tiff => 8,
        ImageType::Exr => 16,
        _ => 4,
    };
    Some((pixels, bytes_per_pixel))
}

/// Depth and colour type stand after signature, chunk header and sides.
fn png_bytes(start: &[u8]) -> u64 {
    let depth = if start.get(24) == Some(&16) { 2 } else { 1 };
    let channels = match start.get(25) {
        Some(0) => 1,
        Some(4) => 2,
        Some(2) => 3,
        _ => 4,
    };
    depth * channels
}

#[cfg(test)]
mod tests {
    use watermark_core::Layout;
    use watermark_media::{Format, Picture, PixelData, encode};

    use super::*;

    #[test]
    fn headers_of_all_formats_tell() {
        let folder = tempfile::tempdir().unwrap();
        for &format in Format::ALL {
            let picture = Picture::new(60, 40, Layout::Rgb, PixelData::U8(vec![90; 60 * 40 * 3])).unwrap();
            // A format that is not written by this build is left out.
            let Ok(file) = encode(&picture, format) else { continue };
            let path = folder.path().join(format.extension());
            std::fs::write(&path, &file).unwrap();
            let (pixels, bytes) = header(&path).expect("a header");
            assert_eq!(pixels, 60 * 40, "{format}");
            assert!(bytes >= 3, "{format}");
            assert!(of_file(&path, 2) >= 60 * 40 * 18, "{format}");
        }
    }

    #[test]
    fn what_has_no_header_is_guessed_from_its_length() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, [7; 1000]).unwrap();
        assert_eq!(of_file(&path, 2), 4000 * 20 + 1000);
        assert_eq!(of_file(&folder.path().join("absent"), 2), 0);
    }
}
