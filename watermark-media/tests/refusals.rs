//! Files that cannot be used are refused with the right kind of error, before anything large is allocated.

mod common;

use common::{INTEGER_FORMATS, bytes8, decode, exif, jpeg, picture, png};
use watermark_core::Layout;
use watermark_media::{DecodeLimits, Error, Format, Picture, PixelData, encode};

#[test]
fn nothing_is_empty() {
    assert_eq!(decode(b"").unwrap_err(), Error::Empty);
}

#[test]
fn foreign_files_are_named() {
    let files: &[(&[u8], &str)] = &[
        #[cfg(not(feature = "animation"))]
        (b"GIF89a......", "GIF"),
        (b"BM......", "BMP"),
        #[cfg(not(feature = "exr"))]
        (b"\x76\x2f\x31\x01....", "OpenEXR"),
        #[cfg(feature = "film")]
        (b"SDPX\0\0\x20\0", "DPX"),
        #[cfg(feature = "film")]
        (b"XPDS\0\x20\0\0", "DPX"),
        #[cfg(not(feature = "avif"))]
        (b"\0\0\0\x20ftypavif....", "AVIF"),
        (b"\0\0\0\x18ftypheic....", "HEIC"),
        (b"\0\0\0\x18ftypisom....", "an MP4 or QuickTime video"),
        (b"\xff\x0a......", "JPEG XL"),
        (b"8BPS....", "a Photoshop document (PSD)"),
        (b"P6\n1 1 255\n", "a portable anymap (PBM, PGM, PPM, PAM)"),
        (b"RIFF\0\0\0\0WAVE", "a file of unknown kind"),
        (b"hello", "a file of unknown kind"),
        (b"\x89", "a file of unknown kind"),
    ];
    for (bytes, name) in files {
        match decode(bytes) {
            Err(Error::Unsupported { what, .. }) => assert_eq!(what, *name),
            other => panic!("{name}: {other:?}"),
        }
    }
}

/// The browser page asks the browser then.
#[cfg(not(feature = "animation"))]
#[test]
fn gif_is_foreign_without_the_feature() {
    let message = decode(b"GIF89a").unwrap_err().to_string();
    assert_eq!(message, "GIF is not supported; convert it to PNG, JPEG, WebP or TIFF first");
    assert_eq!((Format::sniff(b"GIF89a"), Format::from_extension("gif")), (None, None));
}

#[test]
fn messages_say_the_value_and_the_way_out() {
    let message = decode(b"BM").unwrap_err().to_string();
    assert_eq!(message, "BMP is not supported; convert it to PNG, JPEG, WebP or TIFF first");
    let limits = limits(|limits| limits.max_side = 100);
    let file = encode(&picture(101, 2, Layout::Luma, 8), Format::Png).unwrap();
    let message = watermark_media::decode(&file, &limits).unwrap_err().to_string();
    // The command line has no option for the limits, so the sentence promises none.
    assert_eq!(message, "the longest side in pixels is 101, the limit is 100; scale the picture down");
}

fn limits(set: impl FnOnce(&mut DecodeLimits)) -> DecodeLimits {
    let mut limits = DecodeLimits::default();
    set(&mut limits);
    limits
}

#[test]
fn limits_hold_in_every_format() {
    let source = picture(40, 30, Layout::Rgb, 8);
    for format in INTEGER_FORMATS {
        let file = encode(&source, format).unwrap();
        let refused = |set: fn(&mut DecodeLimits)| {
            matches!(watermark_media::decode(&file, &limits(set)), Err(Error::Limit { .. }))
        };
        assert!(refused(|limits| limits.max_side = 39), "{format}");
        assert!(refused(|limits| limits.max_pixels = 1199), "{format}");
        assert!(refused(|limits| limits.max_bytes_decoded = 3599), "{format}");
        assert!(watermark_media::decode(&file, &limits(|l| l.max_pixels = 1200)).is_ok(), "{format}");
    }
}

/// A PNG of another size than its pixels, with a right checksum.
fn resized(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(&picture(8, 8, Layout::Luma, 8), &[], &[]);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let mut sum = flate2::Crc::new();
    sum.update(&file[12..29]);
    file[29..33].copy_from_slice(&sum.sum().to_be_bytes());
    file
}

#[test]
fn headers_that_promise_too_much_are_refused() {
    assert!(matches!(decode(&resized(65_536, 1)), Err(Error::Limit { value: 65_536, limit: 65_535, .. })));
    assert!(matches!(decode(&resized(u32::MAX >> 1, u32::MAX >> 1)), Err(Error::Limit { .. })));
    assert!(matches!(decode(&resized(16_000, 16_000)), Err(Error::Truncated { .. })));
    assert!(matches!(decode(&resized(0, 8)), Err(Error::Corrupt { .. })));
    let mut jpeg = jpeg(&picture(8, 8, Layout::Rgb, 8), |_| {});
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x3f, 0xff, 0x3f, 0xff]);
    assert!(matches!(decode(&jpeg), Err(Error::Truncated { .. })));
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert!(matches!(decode(&jpeg), Err(Error::Limit { .. })));
}

#[test]
fn animations_are_refused_with_their_number_of_frames() {
    let control = |frames: u32| [frames.to_be_bytes(), [0; 4]].concat();
    let source = picture(8, 8, Layout::Rgb, 8);
    let file = png(&source, &[(b"acTL", control(3))], &[]);
    assert!(matches!(decode(&file), Err(Error::Animated { format: Format::Png, frames: 3 })));
    let message = decode(&file).unwrap_err().to_string();
    assert_eq!(message, "this is an animated PNG of 3 frames; frames are handled separately, extract them first");

    let still = encode(&source, Format::WebP).unwrap();
    let frame = [&[0; 6][..], &[7, 0, 0, 7, 0, 0, 100, 0, 0, 0], &still[12..]].concat();
    let mut body = b"WEBPVP8X\x0a\0\0\0\x02\0\0\0\x07\0\0\x07\0\0ANIM\x06\0\0\0\0\0\0\0\0\0".to_vec();
    for _ in 0..2 {
        body.extend(b"ANMF");
        body.extend((frame.len() as u32).to_le_bytes());
        body.extend(&frame);
    }
    let file = [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat();
    assert!(matches!(decode(&file), Err(Error::Animated { format: Format::WebP, frames: 2 })), "{:?}", decode(&file));
}

#[test]
fn inks_are_refused() {
    let file = jpeg(&picture(16, 16, Layout::Rgba, 8), |_| {});
    assert!(matches!(decode(&file), Err(Error::Cmyk { format: Format::Jpeg })));
    let file = tiff::<tiff::encoder::colortype::CMYK8>(&[0; 64]);
    assert!(matches!(decode(&file), Err(Error::Cmyk { format: Format::Tiff })));
}

/// A TIFF of 4 x 4 pixels.
fn tiff<C: tiff::encoder::colortype::ColorType>(samples: &[C::Inner]) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut file = std::io::Cursor::new(Vec::new());
    tiff::encoder::TiffEncoder::new(&mut file).unwrap().write_image::<C>(4, 4, samples).unwrap();
    file.into_inner()
}

#[test]
fn other_depths_are_refused() {
    use tiff::encoder::colortype::{Gray32, Gray64Float, GrayI8};
    for file in [tiff::<Gray64Float>(&[0.5; 16]), tiff::<Gray32>(&[5; 16]), tiff::<GrayI8>(&[5; 16])] {
        assert!(matches!(decode(&file), Err(Error::Depth { format: Format::Tiff, .. })), "{:?}", decode(&file));
    }
    let mut file = jpeg(&picture(8, 8, Layout::Rgb, 8), |_| {});
    let frame = file.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    file[frame + 4] = 12;
    assert!(matches!(decode(&file), Err(Error::Depth { format: Format::Jpeg, .. })));
    file[frame + 4] = 8;
    file[frame + 1] = 0xc9;
    assert!(matches!(decode(&file), Err(Error::Unsupported { .. })));
}

#[test]
fn pages_are_refused() {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    for _ in 0..2 {
        encoder.write_image::<tiff::encoder::colortype::Gray8>(4, 4, &[7; 16]).unwrap();
    }
    match decode(&file.into_inner()) {
        Err(Error::Unsupported { what, .. }) => assert_eq!(what, "a TIFF of several pages"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_cut_anywhere_is_an_error() {
    for layout in [Layout::Luma, Layout::Rgb] {
        let source = picture(70, 50, layout, 8);
        for format in INTEGER_FORMATS {
            let file = encode(&source, format).unwrap();
            for cut in (0..file.len()).step_by(7) {
                match decode(&file[..cut]) {
                    Err(Error::Empty | Error::Unsupported { .. } | Error::Truncated { .. } | Error::Corrupt { .. }) => {
                    }
                    other => panic!("{format} cut to {cut} of {} bytes: {other:?}", file.len()),
                }
            }
        }
        let progressive = jpeg(&source, |encoder| encoder.set_progressive(true));
        for cut in (3..progressive.len()).step_by(7) {
            assert!(decode(&progressive[..cut]).is_err());
        }
    }
}

#[test]
fn a_jpeg_whose_middle_is_missing_is_an_error() {
    for progressive in [false, true] {
        let source = picture(200, 160, Layout::Rgb, 8);
        let file = jpeg(&source, |encoder| encoder.set_progressive(progressive));
        let scan = file.windows(2).position(|two| two == [0xff, 0xda]).unwrap();
        for keep in [20, 200, (file.len() - scan) / 2] {
            let closed = [&file[..scan + keep], &[0xff, 0xd9]].concat();
            let trailed = [closed.as_slice(), &[0x55; 5000]].concat();
            for file in [closed, trailed] {
                assert!(
                    matches!(decode(&file), Err(Error::Truncated { .. } | Error::Corrupt { .. })),
                    "progressive {progressive}, {keep} bytes kept: {:?}",
                    decode(&file).map(|p| bytes8(&p).len())
                );
            }
        }
    }
}

#[test]
fn the_sides_of_the_output_format_are_a_limit() {
    let wide = Picture::new(70_000, 1, Layout::Luma, PixelData::U8(vec![1; 70_000])).unwrap();
    for (format, most) in [(Format::Jpeg, 65_535), (Format::WebP, 16_383)] {
        match encode(&wide, format) {
            Err(Error::Limit { value: 70_000, limit, .. }) => assert_eq!(limit, most),
            other => panic!("{format}: {other:?}"),
        }
    }
}

#[test]
fn an_exif_block_too_large_for_jpeg_is_refused() {
    let mut block = exif(1, false);
    block.resize(70_000, 0);
    let file = png(&picture(8, 8, Layout::Rgb, 8), &[(b"eXIf", block)], &[]);
    let result = encode(&decode(&file).unwrap(), Format::Jpeg);
    assert!(matches!(result, Err(Error::CannotHold { format: Format::Jpeg, .. })));
}

#[test]
fn pictures_are_checked_when_made() {
    for (width, height, samples) in [(0, 4, 0), (4, 0, 0), (2, 2, 11), (2, 2, 13), (usize::MAX, 2, 12)] {
        let result = Picture::new(width, height, Layout::Rgb, PixelData::U8(vec![0; samples]));
        assert!(matches!(result, Err(Error::Input(_))));
    }
}

/// The decoder's own words would be a dump of its structures.
#[test]
fn a_wrong_checksum_is_named_with_its_chunk() {
    let source = picture(40, 30, Layout::Rgb, 8);
    let file = encode(&source, Format::Png).unwrap();
    for (kind, name) in [(b"IHDR", "IHDR"), (b"IDAT", "IDAT"), (b"IEND", "IEND")] {
        let mut file = file.clone();
        let at = file.windows(4).position(|four| four == kind).unwrap();
        let length = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
        file[at + 4 + length] ^= 1;
        let message = decode(&file).unwrap_err().to_string();
        let expected =
            format!("the PNG data is damaged (the checksum of its {name} chunk does not fit); get an intact copy");
        assert_eq!(message, expected);
    }
}

/// What a reader takes as it comes would be other samples, each byte turned around.
#[test]
fn a_tiff_with_turned_bits_is_refused() {
    let tiff = |fill_order: u16| {
        let tags: [(u16, u16); 9] =
            [(256, 2), (257, 2), (258, 8), (259, 1), (262, 1), (266, fill_order), (273, 8), (278, 2), (279, 4)];
        let mut file = b"II*\0".to_vec();
        file.extend(12_u32.to_le_bytes());
        file.extend([1, 2, 3, 4]);
        file.extend((tags.len() as u16).to_le_bytes());
        for (tag, value) in tags {
            file.extend([tag.to_le_bytes(), 3_u16.to_le_bytes(), 1_u16.to_le_bytes(), [0, 0]].concat());
            file.extend([value.to_le_bytes(), [0, 0]].concat());
        }
        file.extend([0; 4]);
        file
    };
    assert_eq!(decode(&tiff(1)).unwrap().pixels(), &PixelData::U8(vec![1, 2, 3, 4]));
    let message = decode(&tiff(2)).unwrap_err().to_string();
    assert!(message.contains("FillOrder 2") && message.contains("tiffcp -f msb2lsb"), "{message}");
}
