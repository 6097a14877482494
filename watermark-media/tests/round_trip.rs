//! What is written reads back as it was: pixels exactly in lossless formats, look and tables in JPEG.

mod common;

use common::{LAYOUTS, bytes8, decode, jpeg, jpeg_segments, picture};
use jpeg_encoder::{QuantizationTableType, SamplingFactor};
use watermark_core::Layout;
use watermark_media::{EncodeOptions, Error, Format, Picture, PixelData, encode, encode_with};

/// The mean absolute difference of two pictures of 8 bits.
fn difference(a: &Picture, b: &Picture) -> f64 {
    let sum: u64 = bytes8(a).iter().zip(bytes8(b)).map(|(&a, &b)| u64::from(a.abs_diff(b))).sum();
    sum as f64 / bytes8(a).len() as f64
}

#[test]
fn png_and_tiff_give_back_every_depth_and_layout() {
    for format in [Format::Png, Format::Tiff] {
        for layout in LAYOUTS {
            for bits in [8, 16] {
                for (width, height) in [(1, 1), (61, 43), (1, 300), (700, 3)] {
                    let before = picture(width, height, layout, bits);
                    let after = decode(&encode(&before, format).unwrap()).unwrap();
                    assert_eq!((after.width(), after.height(), after.layout()), (width, height, layout));
                    assert_eq!(after.pixels(), before.pixels(), "{format} {layout:?} {bits} bits");
                    assert_eq!(after.content_sha256(), before.content_sha256());
                    assert_eq!(after.source(), Some(format));
                }
            }
        }
    }
}

#[test]
fn webp_gives_back_colour_and_alpha() {
    for (layout, becomes) in LAYOUTS.into_iter().zip([Layout::Rgb, Layout::Rgba, Layout::Rgb, Layout::Rgba]) {
        for bits in [8, 16] {
            let before = picture(61, 43, layout, bits);
            let after = decode(&encode(&before, Format::WebP).unwrap()).unwrap();
            assert_eq!(after.layout(), becomes);
            if bits == 8 && layout == becomes {
                assert_eq!(after.pixels(), before.pixels());
            }
            assert_eq!(after.rgb8(), before.rgb8(), "{layout:?} {bits} bits");
        }
    }
}

#[test]
fn colour_under_full_transparency_stays() {
    let before = Picture::new(2, 1, Layout::Rgba, PixelData::U8(vec![1, 2, 3, 0, 200, 100, 50, 0])).unwrap();
    for format in [Format::Png, Format::WebP, Format::Tiff] {
        assert_eq!(decode(&encode(&before, format).unwrap()).unwrap().pixels(), before.pixels(), "{format}");
    }
}

#[test]
fn opaque_alpha_is_kept_as_a_channel() {
    let before = Picture::new(9, 9, Layout::Rgba, PixelData::U8([9, 8, 7, 255].repeat(81))).unwrap();
    for format in [Format::Png, Format::WebP, Format::Tiff] {
        assert_eq!(decode(&encode(&before, format).unwrap()).unwrap().layout(), Layout::Rgba, "{format}");
    }
}

#[cfg(feature = "webp-native")]
#[test]
fn lossy_webp_is_written_when_asked_for() {
    let before = picture(160, 120, Layout::Rgba, 8);
    let options = options(|options| options.webp_quality = Some(90));
    let file = encode_with(&before, Format::WebP, &options).unwrap();
    assert!(file.windows(4).any(|four| four == b"VP8 "));
    let after = decode(&file).unwrap();
    assert_eq!(after.layout(), Layout::Rgba);
    let alpha = |p: &Picture| bytes8(p).iter().skip(3).step_by(4).copied().collect::<Vec<_>>();
    assert_eq!(alpha(&after), alpha(&before));
}

/// libwebp writes no alpha plane that is opaque everywhere, and a header that promises one makes a damaged file of it.
#[cfg(feature = "webp-native")]
#[test]
fn opaque_alpha_in_a_lossy_webp_is_none() {
    let before = Picture::new(64, 48, Layout::Rgba, PixelData::U8([90, 80, 70, 255].repeat(64 * 48))).unwrap();
    let file = encode_with(&before, Format::WebP, &options(|options| options.webp_quality = Some(80))).unwrap();
    let after = decode(&file).unwrap();
    assert_eq!((after.layout(), after.width(), after.height()), (Layout::Rgb, 64, 48));
    // Other writers do promise it; such a file is read as browsers read it.
    let body = &file[12..];
    let extended = [b"VP8X".as_slice(), &10_u32.to_le_bytes(), &[1 << 4, 0, 0, 0, 63, 0, 0, 47, 0, 0], body].concat();
    let size = u32::try_from(extended.len() + 4).unwrap().to_le_bytes();
    let promised = [b"RIFF".as_slice(), &size, b"WEBP", &extended].concat();
    assert_eq!(decode(&promised).unwrap().pixels(), after.pixels());
}

fn options(set: impl FnOnce(&mut EncodeOptions)) -> EncodeOptions {
    let mut options = EncodeOptions::default();
    set(&mut options);
    options
}

/// Tables that no encoder would choose.
fn odd_tables() -> [[u16; 64]; 2] {
    [std::array::from_fn(|n| 2 + n as u16 / 5), std::array::from_fn(|n| 3 + n as u16 / 3)]
}

#[test]
fn jpeg_keeps_tables_sampling_and_order() {
    use SamplingFactor::{F_1_1, F_1_2, F_2_1, F_2_2};
    for factor in [F_1_1, F_2_1, F_1_2, F_2_2] {
        for progressive in [false, true] {
            let source = jpeg(&picture(150, 101, Layout::Rgb, 8), |encoder| {
                let [luma, chroma] = odd_tables().map(|table| QuantizationTableType::Custom(Box::new(table)));
                encoder.set_quantization_tables(luma, chroma);
                encoder.set_sampling_factor(factor);
                encoder.set_progressive(progressive);
            });
            let decoded = decode(&source).unwrap();
            let written = encode(&decoded, Format::Jpeg).unwrap();
            let kept = |file: &[u8]| -> Vec<_> {
                jpeg_segments(file).into_iter().filter(|(marker, _)| matches!(marker, 0xdb | 0xc0..=0xc2)).collect()
            };
            assert_eq!(kept(&written), kept(&source), "{factor:?} progressive {progressive}");
            // The second coding falls on nearly the same steps; chroma is resampled once more.
            let again = decode(&written).unwrap();
            assert!(difference(&decoded, &again) < 1.5, "{factor:?} {}", difference(&decoded, &again));
        }
    }
}

#[test]
fn sampling_by_four_is_kept_and_written_in_progressive_order() {
    let source = jpeg(&picture(150, 101, Layout::Rgb, 8), |encoder| {
        encoder.set_sampling_factor(SamplingFactor::F_4_1);
        encoder.set_progressive(true);
    });
    let written = encode(&decode(&source).unwrap(), Format::Jpeg).unwrap();
    let (_, frame) = jpeg_segments(&written).into_iter().find(|(marker, _)| *marker == 0xc2).unwrap();
    assert_eq!(frame[7], 0x41);
    assert!(difference(&decode(&source).unwrap(), &decode(&written).unwrap()) < 1.5);
}

#[test]
fn grey_jpeg_stays_grey() {
    let source = jpeg(&picture(50, 31, Layout::Luma, 8), |_| {});
    let decoded = decode(&source).unwrap();
    assert_eq!(decoded.layout(), Layout::Luma);
    assert_eq!(decode(&encode(&decoded, Format::Jpeg).unwrap()).unwrap().layout(), Layout::Luma);
}

#[test]
fn a_jpeg_from_another_format_is_fine_and_full_colour() {
    for layout in [Layout::Luma, Layout::Rgb] {
        for bits in [8, 16] {
            let before = picture(120, 90, layout, bits);
            let file = encode(&before, Format::Jpeg).unwrap();
            let after = decode(&file).unwrap();
            let eight = Picture::new(120, 90, layout, PixelData::U8(before_8(&before))).unwrap();
            // Colour noise is what quality 95 costs most.
            assert!(difference(&after, &eight) < 3.5, "{}", difference(&after, &eight));
            let (_, frame) = jpeg_segments(&file).into_iter().find(|(marker, _)| *marker == 0xc0).unwrap();
            assert_eq!(frame[7], 0x11, "4:4:4");
        }
    }
}

fn before_8(picture: &Picture) -> Vec<u8> {
    match picture.pixels() {
        PixelData::U8(samples) => samples.clone(),
        PixelData::U16(samples) => samples.iter().map(|s| (f64::from(*s) / 257.0).round() as u8).collect(),
        _ => unreachable!(),
    }
}

#[test]
fn jpeg_takes_opaque_alpha_and_refuses_transparency() {
    let opaque = Picture::new(16, 16, Layout::Rgba, PixelData::U8([90, 80, 70, 255].repeat(256))).unwrap();
    assert_eq!(decode(&encode(&opaque, Format::Jpeg).unwrap()).unwrap().layout(), Layout::Rgb);
    let clear = picture(16, 16, Layout::LumaAlpha, 8);
    assert!(matches!(encode(&clear, Format::Jpeg), Err(Error::CannotHold { format: Format::Jpeg, .. })));
}

#[test]
fn a_chosen_quality_replaces_the_tables() {
    let decoded = decode(&jpeg(&picture(90, 90, Layout::Rgb, 8), |_| {})).unwrap();
    let size = |quality| {
        let options = options(|options| options.jpeg_quality = Some(quality));
        encode_with(&decoded, Format::Jpeg, &options).map(|file| file.len())
    };
    assert!(size(98).unwrap() > size(50).unwrap());
    for quality in [0, 101] {
        assert!(matches!(size(quality), Err(Error::Input(_))));
    }
}

#[test]
fn flat_jpegs_of_every_size_pass_the_strict_decoder() {
    for side in [1, 7, 8, 9, 16, 17, 64, 100, 257] {
        for progressive in [false, true] {
            for factor in [SamplingFactor::F_1_1, SamplingFactor::F_2_2] {
                let flat = Picture::new(side, side, Layout::Rgb, PixelData::U8(vec![200; side * side * 3])).unwrap();
                let file = jpeg(&flat, |encoder| {
                    encoder.set_progressive(progressive);
                    encoder.set_sampling_factor(factor);
                });
                let after = decode(&file).unwrap_or_else(|e| panic!("{side} px, {progressive}, {factor:?}: {e}"));
                assert!(
                    difference(&flat, &after) < 2.0,
                    "{side} {progressive} {factor:?} {}",
                    difference(&flat, &after)
                );
            }
        }
    }
}

#[test]
fn restart_intervals_are_read() {
    let before = picture(99, 70, Layout::Rgb, 8);
    let file = jpeg(&before, |encoder| encoder.set_restart_interval(3));
    assert!(difference(&before, &decode(&file).unwrap()) < 6.0);
}
