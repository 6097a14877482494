//! OpenEXR: what is not marked stays as it is, bit for bit, and the mark is read from the file and from what is made
//! of it.
#![cfg(feature = "exr")]

mod common;

use std::io::Cursor;

use common::{Numbers, decode, floats, scene};
use exr::prelude::*;
use watermark_core::{DetectOptions, Detector, EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Error, Format, Picture, PixelData, encode};

type Read = Image<Layers<AnyChannels<FlatSamples>>>;

/// All layers, channels and attributes by the library's own reader.
fn read_all(file: &[u8]) -> Read {
    let reader = read().no_deep_data().largest_resolution_level().all_channels().all_layers().all_attributes();
    reader.non_parallel().from_buffered(Cursor::new(file)).unwrap()
}

fn write_all(image: &Read) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write().non_parallel().to_buffered(&mut file).unwrap();
    file.into_inner()
}

/// Two parts: colour with alpha as halves, a second layer, depth and an integer mask; and a part of 32 bit colour.
fn compositor(width: usize, height: usize, encoding: Encoding) -> Read {
    let mut numbers = Numbers(99);
    let mut halves = |name: &str, most: f32| {
        let samples = (0..width * height).map(|_| f16::from_f32(numbers.below(10_000) as f32 / 10_000.0 * most));
        AnyChannel::new(name, FlatSamples::F16(samples.collect()))
    };
    let mut channels = vec![halves("R", 0.8), halves("G", 0.8), halves("B", 3.0), halves("A", 1.0)];
    channels.extend([halves("diffuse.R", 0.5), halves("diffuse.G", 0.5), halves("diffuse.B", 0.5)]);
    let count = width * height;
    channels.push(AnyChannel::new("Z", FlatSamples::F32((0..count).map(|n| n as f32 * 0.37).collect())));
    channels.push(AnyChannel::new("id", FlatSamples::U32((0..count).map(|n| n as u32 * 77_777).collect())));
    let mut attributes = LayerAttributes::named("rgba");
    attributes.layer_position = Vec2(-13, 7);
    attributes.comments = Some(Text::from("shot 12"));
    attributes.other.insert(Text::from("take"), AttributeValue::I32(4));
    let first = Layer::new((width, height), attributes, encoding, AnyChannels::sort(channels.into()));
    let plane = |name: &str, scale: f32| {
        AnyChannel::new(name, FlatSamples::F32((0..count).map(|n| (n % 91) as f32 * scale).collect()))
    };
    let other = vec![plane("R", 0.01), plane("G", 0.02), plane("B", 0.03)];
    let other = AnyChannels::sort(other.into());
    let second = Layer::new((width, height), LayerAttributes::named("right"), Encoding::FAST_LOSSLESS, other);
    let mut shared = ImageAttributes::new(IntegerBounds::new((0, 0), (width, height)));
    shared.pixel_aspect = 1.5;
    Image::from_layers(shared, vec![first, second])
}

fn encodings() -> Vec<Encoding> {
    let blocks = [Blocks::ScanLines, Blocks::Tiles(Vec2(16, 16)), Blocks::Tiles(Vec2(70, 33))];
    let compressions =
        [Compression::Uncompressed, Compression::RLE, Compression::ZIP1, Compression::ZIP16, Compression::PIZ];
    let mut encodings = Vec::new();
    for blocks in blocks {
        for compression in compressions {
            for line_order in [LineOrder::Increasing, LineOrder::Decreasing] {
                encodings.push(Encoding { compression, blocks, line_order });
            }
        }
    }
    encodings
}

#[test]
fn what_was_not_touched_is_written_as_it_was() {
    for encoding in encodings() {
        let file = write_all(&compositor(61, 43, encoding));
        let picture = decode(&file).unwrap();
        assert_eq!((picture.width(), picture.height(), picture.layout()), (61, 43, Layout::Rgba));
        assert!(encode(&picture, Format::Exr).unwrap() == file, "{encoding:?}");
    }
}

#[test]
fn only_the_colour_of_the_first_layer_changes() {
    for encoding in encodings() {
        let before = compositor(61, 43, encoding);
        let file = write_all(&before);
        let mut document = Document::decode(&file, &DecodeLimits::default()).unwrap();
        assert!(document.losses(Format::Exr).is_empty());
        let touched = [(5, 1), (60, 0), (0, 42), (33, 20)];
        for (x, y) in touched {
            floats(&mut document.pictures_mut()[0])[(y * 61 + x) * 4..][..3].iter_mut().for_each(|v| *v += 0.02);
        }
        let written = document.encode(Format::Exr, &EncodeOptions::default()).unwrap();
        let after = read_all(&written);
        assert_eq!(before.attributes, after.attributes);
        for (part, (before, after)) in before.layer_data.iter().zip(&after.layer_data).enumerate() {
            assert_eq!((before.size, &before.attributes), (after.size, &after.attributes));
            assert_eq!(before.encoding, after.encoding);
            for (before, after) in before.channel_data.list.iter().zip(&after.channel_data.list) {
                let colour = part == 0 && ["R", "G", "B"].contains(&before.name.to_string().as_str());
                match (&before.sample_data, &after.sample_data) {
                    (FlatSamples::F16(before), FlatSamples::F16(after)) if colour => {
                        for (at, (before, after)) in before.iter().zip(after).enumerate() {
                            let changed = before.to_bits() != after.to_bits();
                            if changed {
                                assert!(touched.contains(&(at % 61, at / 61)), "{encoding:?} {at}");
                                assert!(after > before);
                            }
                        }
                        assert!(before != after);
                    }
                    (before, after) => assert!(before == after, "{encoding:?}"),
                }
            }
        }
        // The headers are the same bytes.
        let head = file.windows(8).position(|bytes| bytes == b"linOrder").unwrap_or(400);
        assert_eq!(file[..head], written[..head]);
    }
}

#[test]
fn lossy_compressions_are_kept_and_said() {
    for compression in [Compression::B44, Compression::B44A, Compression::PXR24] {
        let encoding = Encoding { compression, blocks: Blocks::ScanLines, line_order: LineOrder::Increasing };
        let file = write_all(&compositor(64, 48, encoding));
        let mut document = Document::decode(&file, &DecodeLimits::default()).unwrap();
        assert_eq!(document.losses(Format::Exr).len(), 1, "{compression}");
        let before = document.content_sha256();
        floats(&mut document.pictures_mut()[0]).iter_mut().for_each(|v| *v += 0.02);
        let written = document.encode(Format::Exr, &EncodeOptions::default()).unwrap();
        let after = read_all(&written);
        assert_eq!(after.layer_data[0].encoding.compression, compression);
        let again = decode(&written).unwrap();
        assert_ne!(again.content_sha256(), before);
        let FlatSamples::U32(ids) = &after.layer_data[0].channel_data.list.last().unwrap().sample_data else {
            panic!()
        };
        assert!(ids.iter().enumerate().all(|(n, &id)| id == n as u32 * 77_777));
    }
}

#[test]
fn the_first_colour_found_is_the_picture() {
    let plane = |name: &str, value: f32| AnyChannel::new(name, FlatSamples::F32(vec![value; 12]));
    let file = |channels: Vec<AnyChannel<FlatSamples>>| {
        let channels = AnyChannels::sort(channels.into());
        let layer = Layer::new((4, 3), LayerAttributes::default(), Encoding::UNCOMPRESSED, channels);
        let mut file = Cursor::new(Vec::new());
        Image::from_layer(layer).write().non_parallel().to_buffered(&mut file).unwrap();
        file.into_inner()
    };
    let layer = |name: &str, value| ["R", "G", "B"].map(|c| plane(&format!("{name}{c}"), value));
    let first = |channels: Vec<AnyChannel<FlatSamples>>| {
        let mut picture = decode(&file(channels)).unwrap();
        (picture.layout(), floats(&mut picture)[0])
    };
    assert_eq!(first([layer("a.", 0.0), layer("", 1.0)].concat()), (Layout::Rgb, 1.0));
    assert_eq!(first([layer("b.", 0.0).to_vec(), vec![plane("Y", 1.0)]].concat()), (Layout::Luma, 1.0));
    assert_eq!(first(vec![plane("Y", 1.0), plane("A", 0.5)]), (Layout::LumaAlpha, 1.0));
    assert_eq!(first([layer("b.", 0.0), layer("a.", 1.0)].concat()), (Layout::Rgb, 1.0));
    let refused = |channels: Vec<AnyChannel<FlatSamples>>| decode(&file(channels)).unwrap_err().to_string();
    assert!(refused(vec![plane("Y", 1.0), plane("RY", 0.0), plane("BY", 0.0)]).contains("luminance and chroma"));
    assert!(refused(vec![plane("Z", 1.0)]).contains("without colour"));
    let integer = |name: &str| AnyChannel::new(name, FlatSamples::U32(vec![1; 12]));
    assert!(matches!(
        decode(&file(vec![integer("R"), integer("G"), integer("B")])),
        Err(Error::Depth { format: Format::Exr, .. })
    ));
}

#[test]
fn smaller_sizes_and_dwa_are_refused_with_a_way_out() {
    let levels = Levels::Mip {
        rounding_mode: exr::math::RoundingMode::Down,
        level_data: vec![
            FlatSamples::F32(vec![0.5; 64]),
            FlatSamples::F32(vec![0.5; 16]),
            FlatSamples::F32(vec![0.5; 4]),
            FlatSamples::F32(vec![0.5; 1]),
        ],
    };
    let channels =
        AnyChannels::sort(["R", "G", "B"].map(|name| AnyChannel::new(name, levels.clone())).into_iter().collect());
    let encoding = Encoding { blocks: Blocks::Tiles(Vec2(8, 8)), ..Encoding::UNCOMPRESSED };
    let mut file = Cursor::new(Vec::new());
    let layer = Layer::new((8, 8), LayerAttributes::default(), encoding, channels);
    Image::from_layer(layer).write().non_parallel().to_buffered(&mut file).unwrap();
    assert!(decode(&file.into_inner()).unwrap_err().to_string().contains("mipmaps"));
    let encoding = Encoding { compression: Compression::DWAA(None), ..Encoding::FAST_LOSSLESS };
    let mut dwa = write_all(&compositor(
        64,
        48,
        Encoding { blocks: Blocks::ScanLines, line_order: LineOrder::Increasing, ..encoding },
    ));
    let message = decode(&dwa).unwrap_err().to_string();
    assert!(message.contains("dwaa") && message.contains("ZIP"), "{message}");
    // Samples of any number to a pixel: a flag in the version, and a kind of part.
    dwa[5] |= 0x08;
    assert!(matches!(decode(&dwa), Err(Error::Unsupported { .. } | Error::Corrupt { .. })));
}

/// A picture as a renderer makes it: texture, a lamp far above white, a clear corner, and specks that are no numbers.
fn rendered(width: usize, height: usize) -> Vec<u8> {
    let mut planes = [const { Vec::new() }; 4];
    for (at, value) in scene(width, height).into_iter().enumerate() {
        let (x, y) = (at % width, at / width);
        let alpha = if x < 60 && y < 60 { 0.0 } else { 1.0 };
        let lamp = if (200..230).contains(&x) && (100..130).contains(&y) { 40.0 } else { 0.0 };
        let light = value.powf(2.2) * 1.3 + lamp;
        let light = if x % 97 == 5 && y % 83 == 7 { -0.02 } else { light };
        for (plane, scale) in planes.iter_mut().zip([1.0, 0.8, 0.6]) {
            plane.push(f16::from_f32(light * scale));
        }
        planes[3].push(f16::from_f32(alpha));
    }
    planes[0][70 * width + 90] = f16::from_bits(0x7e55);
    planes[1][71 * width + 90] = f16::INFINITY;
    let names = ["R", "G", "B", "A"].into_iter().zip(planes);
    let channels =
        AnyChannels::sort(names.map(|(name, plane)| AnyChannel::new(name, FlatSamples::F16(plane))).collect());
    let mut file = Cursor::new(Vec::new());
    let layer = Layer::new((width, height), LayerAttributes::default(), Encoding::SMALL_LOSSLESS, channels);
    Image::from_layer(layer).write().non_parallel().to_buffered(&mut file).unwrap();
    file.into_inner()
}

fn key() -> Key {
    Key::from_secret(KeyRole::Master, [5; 32])
}

fn reads(picture: &Picture, payload: &Payload) -> bool {
    let detector = Detector::new(&[key()], DetectOptions::default()).unwrap();
    detector.detect(&picture.view()).unwrap().strongest().payload.as_ref() == Some(payload)
}

/// As a viewer shows it: light beyond white cut off.
fn tone_mapped(picture: &Picture) -> Picture {
    Picture::new(picture.width(), picture.height(), Layout::Rgb, PixelData::U8(picture.rgb8())).unwrap()
}

#[test]
fn a_marked_rendering_is_read_from_the_file_and_from_a_jpeg_of_it() {
    let (width, height) = (900, 700);
    let file = rendered(width, height);
    let payload = Payload::from_bytes(&[0xc0, 0xff, 0xee, 1, 2, 3, 4, 5]).unwrap();
    let mut document = Document::decode(&file, &DecodeLimits::default()).unwrap();
    let embedder = Embedder::new(&key(), EmbedOptions::default()).unwrap();
    embedder.embed(&mut document.pictures_mut()[0].view_mut(), &payload).unwrap();
    let written = document.encode(Format::Exr, &EncodeOptions::default()).unwrap();
    let marked = decode(&written).unwrap();
    assert!(reads(&marked, &payload));

    let options = {
        let mut options = EncodeOptions::default();
        options.jpeg_quality = Some(80);
        options
    };
    let posted = watermark_media::encode_with(&tone_mapped(&marked), Format::Jpeg, &options).unwrap();
    assert!(reads(&decode(&posted).unwrap(), &payload));
    assert!(!reads(&tone_mapped(&decode(&file).unwrap()), &payload));

    compare(&read_all(&file), &read_all(&written), width);
}

/// Clear pixels, alpha and what is no number are the same bits; light keeps its value, and its sign.
fn compare(before: &Read, after: &Read, width: usize) {
    let plane = |image: &Read, channel: usize| match &image.layer_data[0].channel_data.list[channel].sample_data {
        FlatSamples::F16(samples) => samples.clone(),
        other => panic!("{other:?}"),
    };
    let mut changed = 0;
    for channel in 0..4 {
        let (before, after) = (plane(before, channel), plane(after, channel));
        let mut lamps: Vec<f32> = Vec::new();
        for (at, (&before, &after)) in before.iter().zip(&after).enumerate() {
            let (x, y) = (at % width, at / width);
            if channel == 0 || !before.is_finite() || x < 60 && y < 60 {
                assert_eq!(before.to_bits(), after.to_bits(), "channel {channel} at {x}, {y}");
                continue;
            }
            let (before, after) = (f32::from(before), f32::from(after));
            changed += usize::from(before != after);
            assert!(before < 0.0 || after >= 0.0);
            if before > 20.0 {
                lamps.push(after / before);
            }
        }
        assert!(lamps.iter().all(|ratio| (0.8..1.25).contains(ratio)));
    }
    assert!(changed > before.layer_data[0].size.area());
}

#[test]
fn floating_point_goes_between_tiff_and_exr_and_nowhere_else() {
    let picture = decode(&rendered(160, 140)).unwrap();
    for format in [Format::Png, Format::Jpeg, Format::WebP] {
        assert!(matches!(encode(&picture, format), Err(Error::CannotHold { .. })), "{format}");
        assert!(Document::from(picture.clone()).check_format(format).is_err());
    }
    assert!(!Document::from(picture.clone()).losses(Format::Tiff).is_empty());
    let tiff = decode(&encode(&picture, Format::Tiff).unwrap()).unwrap();
    let back = decode(&encode(&tiff, Format::Exr).unwrap()).unwrap();
    for other in [tiff, back] {
        let (PixelData::F32(a), PixelData::F32(b)) = (picture.pixels(), other.pixels()) else { panic!() };
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5));
        assert_eq!(other.layout(), Layout::Rgba);
    }
    let eight = common::picture(20, 20, Layout::Rgb, 8);
    assert!(matches!(encode(&eight, Format::Exr), Err(Error::CannotHold { format: Format::Exr, .. })));
}

/// The place of an attribute's value in a header.
fn value_of(file: &[u8], name: &[u8]) -> usize {
    let at = file.windows(name.len()).position(|bytes| bytes == name).unwrap() + name.len() + 1;
    at + file[at..].iter().position(|&byte| byte == 0).unwrap() + 1 + 4
}

#[test]
fn windows_that_promise_too_much_are_refused() {
    let file = rendered(160, 140);
    let window = value_of(&file, b"dataWindow");
    for (right, bottom) in [(i32::MAX, i32::MAX), (1 << 29, 1 << 29), (65_000, 65_000), (-5, 10), (66_000, 139)] {
        let mut bytes = file.clone();
        bytes[window + 8..window + 12].copy_from_slice(&right.to_le_bytes());
        bytes[window + 12..window + 16].copy_from_slice(&bottom.to_le_bytes());
        match decode(&bytes) {
            Err(Error::Limit { .. } | Error::Corrupt { .. } | Error::Truncated { .. }) => {}
            other => panic!("{right} {bottom}: {other:?}"),
        }
    }
    let mut limits = DecodeLimits::default();
    limits.max_pixels = 160 * 140 - 1;
    assert!(matches!(watermark_media::decode(&file, &limits), Err(Error::Limit { .. })));
    let mut limits = DecodeLimits::default();
    limits.max_bytes_decoded = 160 * 140 * 16 - 1;
    assert!(matches!(watermark_media::decode(&file, &limits), Err(Error::Limit { .. })));
}

#[test]
fn damage_gives_an_error_or_a_picture() {
    let mut limits = DecodeLimits::default();
    limits.max_pixels = 1 << 20;
    let mut numbers = Numbers(20_261_124);
    let (mut read, mut refused) = (0, 0);
    let mut files: Vec<Vec<u8>> =
        encodings().into_iter().map(|encoding| write_all(&compositor(37, 29, encoding))).collect();
    for compression in [Compression::B44, Compression::B44A, Compression::PXR24] {
        let encoding = Encoding { compression, blocks: Blocks::ScanLines, line_order: LineOrder::Increasing };
        files.push(write_all(&compositor(37, 29, encoding)));
    }
    for file in files {
        for cut in 0..20 {
            assert!(watermark_media::decode(&file[..file.len() * cut / 20], &limits).is_err());
        }
        for round in 0..200 {
            let mut bytes = file.clone();
            // The headers are a small part of the file and deserve their share.
            let end = if round % 2 == 0 { bytes.len() } else { 1200.min(bytes.len()) };
            for _ in 0..1 + numbers.below(3) {
                let at = numbers.below(end);
                bytes[at] ^= 1 << numbers.below(8);
            }
            match watermark_media::decode(&bytes, &limits) {
                Ok(picture) => {
                    assert!(picture.width() * picture.height() <= 1 << 20);
                    if let Some(Format::Exr) = picture.source() {
                        encode(&picture, Format::Exr).unwrap();
                    }
                    read += 1;
                }
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 300 && refused > 300, "{read} read, {refused} refused");
}

/// A file of another writer: 32 bits, run lengths, nearly all of it clear, which is why the core refuses to mark it.
#[test]
fn the_shared_rendering_is_written_as_it_was_and_changes_where_it_is_seen() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/images/graphics/half_float.exr");
    let Ok(file) = std::fs::read(path) else { return };
    let mut picture = decode(&file).unwrap();
    assert_eq!((picture.width(), picture.height(), picture.layout()), (1920, 1920, Layout::Rgba));
    assert!(encode(&picture, Format::Exr).unwrap() == file);
    let embedder = Embedder::new(&key(), EmbedOptions::default()).unwrap();
    let refused = embedder.embed(&mut picture.view_mut(), &Payload::from_bytes(&[9; 8]).unwrap());
    assert!(matches!(refused, Err(watermark_core::Error::Refused(_))), "{refused:?}");
    for pixel in floats(&mut picture).chunks_exact_mut(4) {
        pixel[..3].iter_mut().for_each(|value| *value += 0.01);
    }
    let written = encode(&picture, Format::Exr).unwrap();
    let plane = |file: &[u8], channel: usize| match &read_all(file).layer_data[0].channel_data.list[channel].sample_data
    {
        FlatSamples::F32(samples) => samples.clone(),
        other => panic!("{other:?}"),
    };
    let alpha = plane(&file, 0);
    assert!(alpha == plane(&written, 0));
    let (before, after) = (plane(&file, 1), plane(&written, 1));
    for (at, alpha) in alpha.iter().enumerate() {
        assert_eq!(before[at].to_bits() != after[at].to_bits(), *alpha > 0.0 && after[at] > before[at], "{at}");
    }
    assert!(before != after);
}
