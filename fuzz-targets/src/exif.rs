//! EXIF blocks: whatever stands in one, the picture around it is read, and written in every format.

use std::sync::OnceLock;

use watermark_core::Layout;
use watermark_media::{DecodeLimits, Document, EncodeOptions, Error, Format, Picture, PixelData};

/// Longest block that a segment of a JPEG holds.
const MOST: usize = 65_000;
/// Bytes of a PNG up to the end of its header chunk.
const PNG_HEADER: usize = 33;

/// Whether the block says a way to turn the picture.
pub(crate) fn survives(block: &[u8]) -> bool {
    let block = &block[..block.len().min(MOST)];
    let [png, jpeg] = files();
    let mut turned = false;
    for file in [in_png(png, block), in_jpeg(jpeg, block)] {
        let document = Document::decode(&file, &DecodeLimits::default()).expect("damage in EXIF is no fault");
        let orientation = document.pictures()[0].orientation();
        turned |= orientation.exif() != 1;
        for format in Format::ALL.iter().copied() {
            let written = match document.encode(format, &EncodeOptions::default()) {
                Ok(written) => written,
                Err(Error::CannotHold { .. } | Error::Unsupported { .. } | Error::Limit { .. }) => continue,
                Err(error) => panic!("{format}: {error}"),
            };
            let again = Document::decode(&written, &DecodeLimits::default()).expect("what was written");
            let (before, after) = (&document.pictures()[0], &again.pictures()[0]);
            // Formats without orientation get the pixels upright.
            assert_eq!((before.width(), before.height()), (after.width(), after.height()), "{format}");
        }
    }
    turned
}

/// A PNG and a JPEG of 3 by 2 pixels.
fn files() -> &'static [Vec<u8>; 2] {
    static FILES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    FILES.get_or_init(|| {
        let samples = (0..18).map(|n| 14 * n).collect();
        let picture = Picture::new(3, 2, Layout::Rgb, PixelData::U8(samples)).expect("a picture");
        [Format::Png, Format::Jpeg].map(|format| watermark_media::encode(&picture, format).expect("a file"))
    })
}

fn in_png(file: &[u8], block: &[u8]) -> Vec<u8> {
    let body = [b"eXIf", block].concat();
    let mut sum = flate2::Crc::new();
    sum.update(&body);
    let (head, rest) = file.split_at(PNG_HEADER);
    // The block was cut to 16 bits.
    [head, &(block.len() as u32).to_be_bytes(), &body, &sum.sum().to_be_bytes(), rest].concat()
}

fn in_jpeg(file: &[u8], block: &[u8]) -> Vec<u8> {
    let body = [b"Exif\0\0", block].concat();
    let (head, rest) = file.split_at(2);
    [head, &[0xff, 0xe1], &(body.len() as u16 + 2).to_be_bytes(), &body, rest].concat()
}
