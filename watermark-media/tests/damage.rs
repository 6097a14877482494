//! Damaged files give an error or a picture, never a panic, and stay within the limits.

mod common;

use common::{INTEGER_FORMATS, LAYOUTS, Numbers, Outcomes, XMP, bytes8, exif, icc, jpeg, mend, peak_mib, picture, png};
use watermark_core::Layout;
use watermark_media::{DecodeLimits, Format, encode};

/// Small valid files of every format, layout, depth and coding.
fn files() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for layout in LAYOUTS {
        for bits in [8, 16] {
            let source = picture(19, 13, layout, bits);
            files.extend([Format::Png, Format::WebP, Format::Tiff].map(|format| encode(&source, format).unwrap()));
        }
    }
    let source = picture(19, 13, Layout::Rgb, 8);
    let all = png(&source, &[(b"eXIf", exif(6, true)), (b"iTXt", XMP.to_vec())], &[(b"tEXt", b"a\0b".to_vec())]);
    let turned = common::decode(&all).unwrap();
    files.extend(INTEGER_FORMATS.map(|format| encode(&turned, format).unwrap()));
    #[cfg(feature = "animation")]
    files.push(encode(&turned, Format::Gif).unwrap());
    files.push(jpeg(&source, |encoder| {
        encoder.set_progressive(true);
        encoder.add_icc_profile(&icc()[..100]).unwrap();
    }));
    files.push(jpeg(&source, |encoder| {
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_2_2);
        encoder.set_restart_interval(1);
    }));
    files.push(jpeg(&picture(19, 13, Layout::Luma, 8), |_| {}));
    let mut deflated = std::io::Cursor::new(Vec::new());
    tiff::encoder::TiffEncoder::new(&mut deflated)
        .unwrap()
        .with_compression(tiff::encoder::Compression::Lzw)
        .write_image::<tiff::encoder::colortype::RGB8>(19, 13, bytes8(&source))
        .unwrap();
    files.push(deflated.into_inner());
    files
}

#[test]
fn no_panic_and_no_more_memory_than_allowed() {
    let mut limits = DecodeLimits::default();
    limits.max_pixels = 1 << 20;
    let mut numbers = Numbers(20_261_123);
    let mut outcomes = Outcomes::default();
    for file in files() {
        for round in 0..600 {
            let mut bytes = file.clone();
            for _ in 0..1 + numbers.below(3) {
                let at = numbers.below(bytes.len());
                bytes[at] = match numbers.below(4) {
                    0 => bytes[at] ^ 1 << numbers.below(8),
                    1 => 0xff,
                    2 => 0,
                    _ => numbers.next() as u8,
                };
            }
            if round % 5 == 0 {
                bytes.truncate(numbers.below(bytes.len() + 1));
            }
            if round % 2 == 0 && Format::sniff(&bytes) == Some(Format::Png) {
                mend(&mut bytes);
            }
            if let Some(picture) = outcomes.count(watermark_media::decode(&bytes, &limits)) {
                assert!(picture.width() * picture.height() <= 1 << 20);
                // What was read can be written.
                if picture.width() * picture.height() < 5000 {
                    encode(&picture, picture.source().unwrap()).unwrap();
                }
            }
        }
    }
    outcomes.assert_more_than(500);
    // A picture at the limit is 8 MiB; decoders work with a few copies of it, and tests run side by side.
    if let Some(peak) = peak_mib() {
        assert!(peak < 400, "{peak} MiB at the peak");
    }
}

#[test]
fn every_single_byte_of_the_headers() {
    let mut limits = DecodeLimits::default();
    limits.max_pixels = 1 << 20;
    for file in files() {
        for at in 0..file.len().min(160) {
            for value in [0, 1, 2, 0x0f, 0x7f, 0x80, 0xfe, 0xff] {
                let mut bytes = file.clone();
                bytes[at] = value;
                mend_if_png(&mut bytes);
                let _ = watermark_media::decode(&bytes, &limits);
            }
        }
    }
}

fn mend_if_png(bytes: &mut [u8]) {
    if Format::sniff(bytes) == Some(Format::Png) {
        mend(bytes);
    }
}
