//! Profiles, EXIF, XMP and the rest come out byte for byte, and orientation means upright pixels in stored order.

mod common;

use common::{INTEGER_FORMATS, XMP, bytes8, decode, exif, icc, jpeg, jpeg_segments, picture, png, png_chunks};
use watermark_core::Layout;
use watermark_media::{Format, Picture, PixelData, encode};

/// A file of each format with profile, EXIF and XMP, over 24 x 16 stored pixels.
fn with_all(format: Format, orientation: u8) -> Vec<u8> {
    let stored = picture(24, 16, Layout::Rgb, 8);
    let block = exif(orientation, orientation.is_multiple_of(2));
    match format {
        Format::Png => {
            let mut packet = b"XML:com.adobe.xmp\0\0\0\0\0".to_vec();
            packet.extend(XMP);
            png(&stored, &[(b"eXIf", block), (b"iTXt", packet)], &[])
        }
        Format::Jpeg => jpeg(&stored, |encoder| {
            encoder.add_exif_metadata(&block).unwrap();
            encoder.add_icc_profile(&icc()).unwrap();
            encoder.add_app_segment(1, [b"http://ns.adobe.com/xap/1.0/\0", XMP].concat()).unwrap();
        }),
        Format::WebP => {
            let mut file = Vec::new();
            let mut encoder = image_webp::WebPEncoder::new(&mut file);
            encoder.set_icc_profile(icc());
            encoder.set_exif_metadata(block);
            encoder.set_xmp_metadata(XMP.to_vec());
            encoder.encode(bytes8(&stored), 24, 16, image_webp::ColorType::Rgb8).unwrap();
            file
        }
        _ => tiff(&stored, orientation, &[]),
    }
}

/// A TIFF from scratch with a camera name, orientation, profile and XMP.
fn tiff(stored: &Picture, orientation: u8, extra: &[(u16, &[u8])]) -> Vec<u8> {
    use tiff::encoder::{TiffEncoder, colortype::RGB8};
    use tiff::tags::Tag;
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut image = encoder.new_image::<RGB8>(stored.width() as u32, stored.height() as u32).unwrap();
    let tags = image.encoder();
    tags.write_tag(Tag::Make, "Maker").unwrap();
    tags.write_tag(Tag::Orientation, u16::from(orientation)).unwrap();
    tags.write_tag(Tag::from_u16_exhaustive(34675), icc().as_slice()).unwrap();
    tags.write_tag(Tag::from_u16_exhaustive(700), XMP).unwrap();
    for (tag, value) in extra {
        tags.write_tag(Tag::from_u16_exhaustive(*tag), *value).unwrap();
    }
    image.write_data(bytes8(stored)).unwrap();
    file.into_inner()
}

/// The stored pixels of 24 x 16 turned upright, pixel by pixel from the standard's words: where is the 0th row, where
/// is the 0th column.
fn upright(stored: &[u8], orientation: u8) -> Vec<u8> {
    let at = |x: usize, y: usize| &stored[(y * 24 + x) * 3..][..3];
    let (width, height) = if orientation < 5 { (24, 16) } else { (16, 24) };
    let mut out = Vec::new();
    for y in 0..height {
        for x in 0..width {
            out.extend(match orientation {
                2 => at(23 - x, y),
                3 => at(23 - x, 15 - y),
                4 => at(x, 15 - y),
                5 => at(y, x),
                6 => at(y, 15 - x),
                7 => at(23 - y, 15 - x),
                8 => at(23 - y, x),
                _ => at(x, y),
            });
        }
    }
    out
}

#[test]
fn every_orientation_is_upright_and_written_back_as_stored() {
    for format in INTEGER_FORMATS {
        let plain = decode(&with_all(format, 1)).unwrap();
        for orientation in 1..=8 {
            let source = with_all(format, orientation);
            let picture = decode(&source).unwrap();
            assert_eq!(picture.orientation().exif(), orientation, "{format}");
            let (width, height) = if orientation < 5 { (24, 16) } else { (16, 24) };
            assert_eq!((picture.width(), picture.height()), (width, height));
            assert_eq!(bytes8(&picture), upright(bytes8(&plain), orientation), "{format} {orientation}");

            let written = encode(&picture, format).unwrap();
            let again = decode(&written).unwrap();
            assert_eq!(again.exif(), picture.exif());
            assert_eq!(again.orientation().exif(), orientation, "{format}");
            if format != Format::Jpeg {
                assert_eq!(again.pixels(), picture.pixels(), "{format} {orientation}");
            }
            assert_eq!(stored_size(format, &written), (24, 16), "{format} {orientation}");
        }
    }
}

/// Width and height as the file itself says.
fn stored_size(format: Format, file: &[u8]) -> (u32, u32) {
    match format {
        Format::Png => {
            let chunks = png_chunks(file);
            let number = |at: usize| u32::from_be_bytes(chunks[0].1[at..at + 4].try_into().unwrap());
            (number(0), number(4))
        }
        Format::Jpeg => {
            let (_, frame) = jpeg_segments(file).into_iter().find(|(marker, _)| *marker == 0xc0).unwrap();
            (u16::from_be_bytes([frame[3], frame[4]]).into(), u16::from_be_bytes([frame[1], frame[2]]).into())
        }
        Format::WebP => image_webp::WebPDecoder::new(std::io::Cursor::new(file)).unwrap().dimensions(),
        _ => tiff::decoder::Decoder::new(std::io::Cursor::new(file)).unwrap().dimensions().unwrap(),
    }
}

#[test]
fn every_format_carries_metadata_to_every_other() {
    for from in INTEGER_FORMATS {
        let source = decode(&with_all(from, 6)).unwrap();
        for to in INTEGER_FORMATS {
            let written = decode(&encode(&source, to).unwrap()).unwrap();
            assert_eq!(written.xmp(), Some(XMP), "{from} to {to}");
            assert_eq!(written.icc(), source.icc(), "{from} to {to}");
            assert_eq!(written.icc().is_some(), from != Format::Png);
            assert_eq!(written.orientation(), source.orientation(), "{from} to {to}");
            assert_eq!((written.width(), written.height()), (16, 24), "{from} to {to}");
            if from != Format::Tiff && to != Format::Tiff {
                assert_eq!(written.exif(), Some(exif(6, true).as_slice()), "{from} to {to}");
            }
            let block = written.exif().unwrap();
            assert!(block.windows(6).any(|six| six == b"Maker\0"), "{from} to {to}");
        }
    }
}

#[test]
fn the_exif_directory_passes_through_a_tiff() {
    let source = decode(&with_all(Format::Jpeg, 3)).unwrap();
    let tiff = decode(&encode(&source, Format::Tiff).unwrap()).unwrap();
    let back = decode(&encode(&tiff, Format::Png).unwrap()).unwrap();
    let exposure = [1_u32.to_le_bytes(), 125_u32.to_le_bytes()].concat();
    assert!(back.exif().unwrap().windows(8).any(|eight| eight == exposure));
}

#[test]
fn jpeg_segments_stay_in_order_and_the_adobe_one_goes() {
    let stored = picture(24, 16, Layout::Rgb, 8);
    let source = jpeg(&stored, |encoder| {
        encoder.set_density(jpeg_encoder::PixelDensity::dpi(300));
        encoder.add_exif_metadata(&exif(1, false)).unwrap();
        encoder.add_icc_profile(&icc()).unwrap();
        encoder.add_app_segment(13, b"Photoshop 3.0\0 and so on".to_vec()).unwrap();
        encoder.add_app_segment(2, b"MPF\0 where the next picture is".to_vec()).unwrap();
        encoder.add_app_segment(11, b"JP\0\x01 jumb c2pa manifest".to_vec()).unwrap();
    });
    let picture = decode(&source).unwrap();
    assert!(picture.has_c2pa());
    assert_eq!(picture.icc(), Some(icc().as_slice()));
    let apps = |file: &[u8]| -> Vec<_> {
        jpeg_segments(file).into_iter().filter(|(marker, _)| (0xe0..=0xef).contains(marker)).collect()
    };
    let mut expected = apps(&source);
    expected.retain(|(_, data)| !data.starts_with(b"MPF") && !data.starts_with(b"JP"));
    assert_eq!(apps(&encode(&picture, Format::Jpeg).unwrap()), expected);
}

#[test]
fn png_chunks_are_copied_and_those_of_the_palette_dropped() {
    let before: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"gAMA", 45_455_u32.to_be_bytes().to_vec()),
        (b"cHRM", [31_270_u32, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000].map(u32::to_be_bytes).concat()),
        (b"sBIT", vec![5, 6, 5]),
        (b"pHYs", [2835_u32.to_be_bytes(), 2835_u32.to_be_bytes()].concat().into_iter().chain([1]).collect()),
        (b"eXIf", exif(1, true)),
        (b"caBX", b"a manifest".to_vec()),
        (b"prVT", b"private, not to be copied".to_vec()),
    ];
    let after: Vec<(&[u8; 4], Vec<u8>)> =
        vec![(b"tEXt", b"Comment\0hello".to_vec()), (b"prVt", b"private, may be copied".to_vec())];
    let source = png(&picture(24, 16, Layout::Rgb, 8), &before, &after);
    let decoded = decode(&source).unwrap();
    assert!(decoded.has_c2pa());
    let others = |file: &[u8]| -> Vec<_> {
        png_chunks(file).into_iter().filter(|(kind, _)| kind != b"IDAT" && kind != b"IHDR").collect()
    };
    let mut expected = others(&source);
    expected.retain(|(kind, _)| kind != b"caBX" && kind != b"prVT");
    assert_eq!(others(&encode(&decoded, Format::Png).unwrap()), expected);
}

#[test]
fn tiff_tags_are_kept_but_not_those_of_layers() {
    let source =
        tiff(&picture(24, 16, Layout::Rgb, 8), 1, &[(33723, b"IPTC data"), (37724, b"layers"), (52545, b"c2pa")]);
    let decoded = decode(&source).unwrap();
    assert!(decoded.has_c2pa());
    let written = encode(&decoded, Format::Tiff).unwrap();
    let mut reader = tiff::decoder::Decoder::new(std::io::Cursor::new(&written)).unwrap();
    let mut tag = |number| reader.find_tag(tiff::tags::Tag::from_u16_exhaustive(number)).unwrap();
    assert_eq!(tag(33723).unwrap().into_u8_vec().unwrap(), b"IPTC data");
    assert_eq!(tag(34675).unwrap().into_u8_vec().unwrap(), icc());
    assert!(tag(37724).is_none() && tag(52545).is_none());
    assert!(written.len() < source.len() + 1000, "an uncompressed source stays uncompressed");
}

#[test]
fn a_damaged_exif_block_is_kept_and_counts_as_upright() {
    for block in [&b"II*\0\xff\xff\xff\xff"[..], b"", b"nonsense", &exif(6, false)[..20]] {
        let source = png(&picture(24, 16, Layout::Rgb, 8), &[(b"eXIf", block.to_vec())], &[]);
        let decoded = decode(&source).unwrap();
        assert_eq!((decoded.orientation().exif(), decoded.width()), (1, 24));
        let again = decode(&encode(&decoded, Format::Png).unwrap()).unwrap();
        assert_eq!(again.exif(), Some(block));
    }
}

#[test]
fn the_hash_is_of_the_upright_pixels_alone() {
    let plain = decode(&with_all(Format::Png, 1)).unwrap();
    let bare = Picture::new(24, 16, Layout::Rgb, PixelData::U8(bytes8(&plain).to_vec())).unwrap();
    assert_eq!(plain.content_sha256(), bare.content_sha256());
    let turned = Picture::new(16, 24, Layout::Rgb, PixelData::U8(bytes8(&plain).to_vec())).unwrap();
    assert_ne!(turned.content_sha256(), bare.content_sha256());
}

/// Grey becomes RGB there, and a profile of grey would make the file invalid.
#[test]
fn a_profile_of_grey_does_not_go_into_a_webp() {
    let mut grey = icc();
    grey[16..20].copy_from_slice(b"GRAY");
    let mut rgb = icc();
    rgb[16..20].copy_from_slice(b"RGB ");
    for (profile, kept) in [(&grey, false), (&rgb, true)] {
        let file = jpeg(&picture(40, 30, Layout::Luma, 8), |encoder| {
            encoder.add_icc_profile(profile).unwrap();
        });
        let source = decode(&file).unwrap();
        assert_eq!(source.icc(), Some(profile.as_slice()));
        let icc_in = |format| decode(&encode(&source, format).unwrap()).unwrap().icc().map(<[u8]>::to_vec);
        assert_eq!(icc_in(Format::Png).as_ref(), Some(profile));
        assert_eq!(icc_in(Format::WebP).is_some(), kept);
    }
}
