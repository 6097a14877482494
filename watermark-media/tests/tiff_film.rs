//! TIFF as compositors and scanners write it: floating point, pages, extra channels, BigTIFF, and compressions kept.
#![cfg(feature = "film")]

mod common;

use std::io::Cursor;

use common::{LAYOUTS, Numbers, XMP, decode, floats, picture, scene};
use half::f16;
use tiff::encoder::{Compression, Predictor, Rational, TiffEncoder, colortype as kinds};
use tiff::tags::Tag;
use watermark_core::{DetectOptions, Detector, EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Error, Format, Kind, Picture, PixelData, encode};

const WIDTH: u32 = 61;
const HEIGHT: u32 = 43;
const PIXELS: usize = 61 * 43;

/// A file of one page from samples, with what `tags` adds.
fn file<C: kinds::ColorType>(
    samples: &[C::Inner],
    compression: Compression,
    predictor: Predictor,
    tags: impl FnOnce(&mut tiff::encoder::DirectoryEncoder<'_, &mut Cursor<Vec<u8>>, tiff::encoder::TiffKindStandard>),
) -> Vec<u8>
where
    [C::Inner]: tiff::encoder::TiffValue,
{
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap().with_compression(compression).with_predictor(predictor);
    let mut image = encoder.new_image::<C>(WIDTH, HEIGHT).unwrap();
    tags(image.encoder());
    image.write_data(samples).unwrap();
    file.into_inner()
}

fn document(file: &[u8]) -> Document {
    Document::decode(file, &DecodeLimits::default()).unwrap()
}

fn write(document: &Document) -> Vec<u8> {
    document.encode(Format::Tiff, &EncodeOptions::default()).unwrap()
}

/// The value of a tag of the first page.
fn tag(file: &[u8], tag: Tag) -> Option<u32> {
    tiff::decoder::Decoder::new(Cursor::new(file)).unwrap().find_tag_unsigned(tag).unwrap()
}

/// Samples of the first page by the library's own reader.
fn read(file: &[u8]) -> tiff::decoder::DecodingResult {
    tiff::decoder::Decoder::new(Cursor::new(file)).unwrap().read_image().unwrap()
}

/// The same as bytes.
fn raw(file: &[u8]) -> Vec<u8> {
    read(file).as_buffer(0).as_bytes().to_vec()
}

#[test]
fn compression_and_predictor_are_kept() {
    let eight: Vec<u8> = (0..PIXELS * 3).map(|n| (n / 7 + n % 3 * 40) as u8).collect();
    let deep: Vec<u16> = eight.iter().map(|&v| u16::from(v) * 201).collect();
    let cases = [
        (Compression::Uncompressed, Predictor::None, 1, None),
        (Compression::Lzw, Predictor::None, 5, None),
        (Compression::Lzw, Predictor::Horizontal, 5, Some(2)),
        (Compression::Deflate(Default::default()), Predictor::Horizontal, 8, Some(2)),
        (Compression::Deflate(Default::default()), Predictor::None, 8, None),
        (Compression::Packbits, Predictor::None, 32773, None),
    ];
    for (compression, predictor, number, predicted) in cases {
        let sources = [
            file::<kinds::RGB8>(&eight, compression, predictor, |_| {}),
            file::<kinds::RGB16>(&deep, compression, predictor, |_| {}),
        ];
        for source in sources {
            let document = document(&source);
            assert!(document.losses(Format::Tiff).is_empty(), "{:?}", document.losses(Format::Tiff));
            let written = write(&document);
            assert_eq!(tag(&written, Tag::Compression), Some(number));
            let kept = tag(&written, Tag::Predictor).filter(|&predictor| predictor != 1);
            assert_eq!(kept, predicted, "{predictor:?}");
            assert_eq!(decode(&written).unwrap().pixels(), document.pictures()[0].pixels(), "{predictor:?}");
            assert_eq!(raw(&written), raw(&source));
        }
    }
    // The other number of deflate.
    let mut old = file::<kinds::RGB8>(&eight, Compression::Deflate(Default::default()), Predictor::None, |_| {});
    set(&mut old, 259, 32946);
    assert_eq!(tag(&write(&document(&old)), Tag::Compression), Some(32946));
}

/// Overwrites a tag of one short in the first directory of a little-endian file.
fn set(file: &mut [u8], tag: u16, value: u16) {
    let at = u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize;
    let count = u16::from_le_bytes(file[at..at + 2].try_into().unwrap()) as usize;
    let mut entries = (0..count).map(|n| at + 2 + n * 12);
    let entry = entries.find(|&at| file[at..at + 2] == tag.to_le_bytes()).expect("the tag");
    file[entry + 8..entry + 10].copy_from_slice(&value.to_le_bytes());
}

/// Light with everything that is easily lost: beyond white, below black, clear, and no numbers.
fn light() -> Vec<f32> {
    let mut light: Vec<f32> = (0..PIXELS * 4).map(|n| (n % 977) as f32 / 300.0).collect();
    light[3..].iter_mut().step_by(4).enumerate().for_each(|(n, alpha)| *alpha = (n % 5) as f32 / 4.0);
    light[4..8].copy_from_slice(&[f32::from_bits(0x7fc0_1234), f32::INFINITY, -0.25, 1.0]);
    light[8..12].copy_from_slice(&[40.0, 1e-20, -0.0, 1.0]);
    light
}

#[test]
fn floating_point_keeps_its_bits_and_its_storage() {
    let light = light();
    let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    for (compression, predictor) in [(1, 1), (5, 1), (5, 2), (5, 3), (8, 1), (8, 2), (8, 3)] {
        let source = float_file(&light, compression, predictor);
        let mut document = document(&source);
        assert_eq!(document.pictures()[0].pixels().bits(), 32);
        let back = write(&document);
        let tiff::decoder::DecodingResult::F32(same) = read(&back) else { panic!() };
        assert_eq!(bits(&same), bits(&light), "{compression} {predictor}");
        assert_eq!(tag(&back, Tag::Predictor).unwrap_or(1), tag(&source, Tag::Predictor).unwrap_or(1));
        assert_eq!(tag(&back, Tag::Compression), tag(&source, Tag::Compression));
        // A change of one colour everywhere.
        let work = floats(&mut document.pictures_mut()[0]);
        work.iter_mut().step_by(4).for_each(|red| *red += 0.02);
        let tiff::decoder::DecodingResult::F32(after) = read(&write(&document)) else { panic!() };
        for (n, (before, after)) in light.iter().zip(&after).enumerate() {
            if n % 4 != 0 || !before.is_finite() {
                assert_eq!(before.to_bits(), after.to_bits(), "{n}");
            } else {
                assert!(after > before, "{n}: {before} {after}");
            }
        }
        assert!((after[8] - 40.0).abs() < 3.0);
    }
}

/// RGB and alpha, 32 bit floating point: the library writes no predictor for it.
fn float_file(light: &[f32], compression: u16, predictor: u16) -> Vec<u8> {
    let bits: Vec<u32> = light.iter().map(|v| v.to_bits()).collect();
    let row = |row: &[u32]| -> Vec<u8> {
        match predictor {
            2 => (0..row.len())
                .flat_map(|n| row[n].wrapping_sub(if n < 4 { 0 } else { row[n - 4] }).to_le_bytes())
                .collect(),
            3 => planes(row),
            _ => row.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    };
    let bytes: Vec<u8> = bits.chunks(WIDTH as usize * 4).flat_map(row).collect();
    let strip = match compression {
        5 => weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(&bytes).unwrap(),
        8 => {
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            std::io::Write::write_all(&mut zlib, &bytes).unwrap();
            zlib.finish().unwrap()
        }
        _ => bytes,
    };
    let mut file = by_hand(&strip, 4, 32, true, &[2], false, false);
    set(&mut file, 259, compression);
    set(&mut file, 317, predictor);
    file
}

/// A row for the floating-point predictor, after Adobe's technical note 3.
fn planes(row: &[u32]) -> Vec<u8> {
    let mut planes: Vec<u8> = (0..4).flat_map(|plane| row.iter().map(move |v| v.to_be_bytes()[plane])).collect();
    for at in (4..planes.len()).rev() {
        planes[at] = planes[at].wrapping_sub(planes[at - 4]);
    }
    planes
}

/// Bytes of an uncompressed page of any kind, by hand: `channels` samples of `bits`, and what the extra ones are.
fn by_hand(data: &[u8], channels: u16, bits: u16, float: bool, extra: &[u16], planar: bool, wide: bool) -> Vec<u8> {
    let mut tags: Vec<(u16, u16, Vec<u32>)> = vec![
        (256, 4, vec![WIDTH]),
        (257, 4, vec![HEIGHT]),
        (258, 3, vec![bits.into(); channels.into()]),
        (259, 3, vec![1]),
        (262, 3, vec![2]),
        (270, 2, b"shot 12\0".map(u32::from).to_vec()),
        (277, 3, vec![channels.into()]),
        (278, 4, vec![HEIGHT]),
        (284, 3, vec![if planar { 2 } else { 1 }]),
        (317, 3, vec![1]),
        (339, 3, vec![if float { 3 } else { 1 }; channels.into()]),
    ];
    if !extra.is_empty() {
        tags.push((338, 3, extra.iter().map(|&kind| kind.into()).collect()));
    }
    let head = if wide { 16 } else { 8 };
    let strips = if planar { u32::from(channels) } else { 1 };
    let strip = data.len() as u32 / strips;
    tags.push((273, 4, (0..strips).map(|n| head + n * strip).collect()));
    tags.push((279, 4, vec![strip; strips as usize]));
    tags.sort();
    let mut file = if wide { b"II\x2b\0\x08\0\0\0".to_vec() } else { b"II*\0".to_vec() };
    let place =
        |value: usize| if wide { (value as u64).to_le_bytes().to_vec() } else { (value as u32).to_le_bytes().to_vec() };
    let at = head as usize + data.len();
    file.extend(place(at));
    file.extend(data);
    let size = place(0).len();
    let (count, entry) = if wide { (8, 20) } else { (2, 12) };
    let mut values = at + count + tags.len() * entry + size;
    let mut later = Vec::new();
    file.extend(&place(tags.len())[..count.min(size)]);
    for (tag, kind, numbers) in &tags {
        let width = match kind {
            2 => 1,
            3 => 2,
            _ => 4,
        };
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()[..width].to_vec()).collect();
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(place(numbers.len()));
        if bytes.len() <= size {
            file.extend(&bytes);
            file.extend(vec![0; size - bytes.len()]);
        } else {
            file.extend(place(values));
            values += bytes.len();
            later.extend(bytes);
        }
    }
    file.extend(place(0));
    file.extend(later);
    file
}

#[test]
fn halves_are_read_and_written_as_halves() {
    let mut numbers = Numbers(3);
    let halves: Vec<f16> = (0..PIXELS * 3).map(|_| f16::from_f32(numbers.below(3000) as f32 / 1000.0)).collect();
    let data: Vec<u8> = halves.iter().flat_map(|v| v.to_le_bytes()).collect();
    for wide in [false, true] {
        let source = by_hand(&data, 3, 16, true, &[], false, wide);
        let mut document = document(&source);
        let back = write(&document);
        assert_eq!(&back[2..4], &source[2..4]);
        assert_eq!(raw(&back), raw(&source));
        floats(&mut document.pictures_mut()[0])[30..33].iter_mut().for_each(|v| *v += 0.1);
        let (changed, same) = (read(&write(&document)), read(&source));
        let (tiff::decoder::DecodingResult::F16(changed), tiff::decoder::DecodingResult::F16(same)) = (changed, same)
        else {
            panic!()
        };
        let different: Vec<usize> = (0..same.len()).filter(|&n| same[n] != changed[n]).collect();
        assert_eq!(different, [30, 31, 32]);
    }
}

#[test]
fn channels_beyond_alpha_stay_bit_for_bit() {
    for (channels, extra) in [(4, vec![0]), (5, vec![2, 0]), (6, vec![1, 0, 0]), (5, vec![0, 2])] {
        for (bits, planar, wide) in [(8, false, false), (8, true, false), (16, false, true), (16, true, false)] {
            let mut numbers = Numbers(17);
            let data: Vec<u8> = (0..PIXELS * channels * bits / 8).map(|_| numbers.next() as u8).collect();
            let source = by_hand(&data, channels as u16, bits as u16, false, &extra, planar, wide);
            let document = document(&source);
            let alpha = [1, 2].contains(&extra[0]);
            let layout = if alpha { Layout::Rgba } else { Layout::Rgb };
            let picture = &document.pictures()[0];
            assert_eq!(picture.layout(), layout);
            let losses = document.losses(Format::Tiff);
            assert_eq!(losses.len(), usize::from(planar), "{losses:?}");
            assert_eq!(document.losses(Format::Png).len(), 1);
            let written = write(&document);
            let chunky = if planar { interleaved(&data, channels, bits / 8) } else { data.clone() };
            let again = by_hand(&chunky, channels as u16, bits as u16, false, &extra, false, wide);
            assert_eq!(strips(&written), strips(&again), "{channels} channels of {bits} bits, planar {planar}");
            let kinds: Vec<u16> = tiff::decoder::Decoder::new(Cursor::new(&written))
                .unwrap()
                .find_tag_unsigned_vec(Tag::ExtraSamples)
                .unwrap()
                .unwrap();
            assert_eq!(kinds, extra);
            assert_eq!(decode(&written).unwrap().pixels(), picture.pixels());
        }
    }
}

fn interleaved(planes: &[u8], channels: usize, bytes: usize) -> Vec<u8> {
    let plane = planes.len() / channels;
    let sample = |pixel: usize, channel: usize| &planes[channel * plane + pixel * bytes..][..bytes];
    (0..PIXELS).flat_map(|pixel| (0..channels).flat_map(move |channel| sample(pixel, channel).to_vec())).collect()
}

/// The bytes of all uncompressed strips, one after the other.
fn strips(file: &[u8]) -> Vec<u8> {
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(file)).unwrap();
    let mut places = |tag| decoder.find_tag_unsigned_vec::<u64>(tag).unwrap().unwrap();
    let (offsets, counts) = (places(Tag::StripOffsets), places(Tag::StripByteCounts));
    offsets.iter().zip(counts).flat_map(|(&at, length)| file[at as usize..][..length as usize].to_vec()).collect()
}

#[test]
fn a_bigtiff_stays_one_with_its_tags() {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new_big(&mut file).unwrap();
    let mut image = encoder.new_image::<kinds::RGB8>(WIDTH, HEIGHT).unwrap();
    image.encoder().write_tag(Tag::Make, "Maker").unwrap();
    image.encoder().write_tag(Tag::XResolution, Rational { n: 300, d: 1 }).unwrap();
    image.encoder().write_tag(Tag::from_u16_exhaustive(700), XMP).unwrap();
    image.encoder().write_tag(Tag::Orientation, 6_u16).unwrap();
    image.write_data(&common::bytes8(&picture(61, 43, Layout::Rgb, 8))[..PIXELS * 3]).unwrap();
    let document = document(&file.into_inner());
    assert_eq!((document.pictures()[0].width(), document.pictures()[0].orientation().exif()), (43, 6));
    let written = write(&document);
    assert_eq!(&written[..4], b"II\x2b\0");
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(&written)).unwrap();
    assert_eq!(decoder.get_tag_ascii_string(Tag::Make).unwrap(), "Maker");
    assert_eq!(decoder.get_tag_u32_vec(Tag::XResolution).unwrap(), [300, 1]);
    let again = decode(&written).unwrap();
    assert_eq!((again.xmp(), again.pixels()), (Some(XMP), document.pictures()[0].pixels()));
}

/// Pages of several kinds and sizes, the second a preview, the fourth a mask.
fn book() -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    let mut page = |side: u32, subfile: u32, name: &str| {
        let mut image = encoder.new_image::<kinds::Gray8>(side, side).unwrap();
        image.encoder().write_tag(Tag::NewSubfileType, subfile).unwrap();
        image.encoder().write_tag(Tag::Make, name).unwrap();
        image.write_data(&vec![side as u8; (side * side) as usize]).unwrap();
    };
    page(200, 0, "first");
    page(100, 1, "small preview");
    page(150, 1, "preview");
    page(200, 4, "mask");
    page(90, 2, "last");
    let mut image = encoder.new_image::<kinds::RGB32Float>(20, 10).unwrap();
    image.encoder().write_tag(Tag::Make, "light").unwrap();
    image.write_data(&[0.25; 600]).unwrap();
    file.into_inner()
}

#[test]
fn pages_keep_order_size_kind_and_tags() {
    let mut document = document(&book());
    assert_eq!(document.kind(), Kind::Pages);
    let sizes: Vec<usize> = document.pictures().iter().map(Picture::width).collect();
    assert_eq!(sizes, [200, 150, 90, 20]);
    let losses = document.losses(Format::Tiff);
    assert_eq!(losses.len(), 2, "{losses:?}");
    assert!(losses[0].contains("page 2") && losses[1].contains("mask"), "{losses:?}");
    assert!(document.check_format(Format::Tiff).is_ok());
    for format in [Format::Png, Format::Jpeg, Format::WebP] {
        assert!(matches!(document.check_format(format), Err(Error::CannotHold { what: "several pages", .. })));
        assert!(document.encode(format, &EncodeOptions::default()).is_err());
    }
    floats(&mut document.pictures_mut()[3])[0] += 0.1;
    let written = write(&document);
    let again = self::document(&written);
    assert_eq!(again.kind(), Kind::Pages);
    for (before, after) in document.pictures().iter().zip(again.pictures()) {
        assert_eq!((before.width(), before.height(), before.exif()), (after.width(), after.height(), after.exif()));
        if before.pixels().bits() == 8 {
            assert_eq!(before.pixels(), after.pixels());
        }
    }
    let mut decoder = tiff::decoder::Decoder::new(Cursor::new(&written)).unwrap();
    let mut found = Vec::new();
    loop {
        let subfile = decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).unwrap().unwrap_or(0);
        found.push((decoder.get_tag_ascii_string(Tag::Make).unwrap(), subfile));
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().unwrap();
    }
    let names = [("first", 0), ("preview", 1), ("last", 2), ("light", 0)];
    assert_eq!(found, names.map(|(name, subfile)| (name.to_owned(), subfile)));
    assert_ne!(document.content_sha256(), self::document(&book()).content_sha256());
}

#[test]
fn pages_together_are_bound_and_named_when_refused() {
    let file = book();
    let mut limits = DecodeLimits::default();
    limits.max_bytes_decoded = 200 * 200 + 150 * 150;
    let message = Document::decode(&file, &limits).unwrap_err().to_string();
    assert!(message.contains("the size of all decoded pages in bytes"), "{message}");
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    encoder.write_image::<kinds::Gray8>(4, 4, &[7; 16]).unwrap();
    encoder.write_image::<kinds::Gray8>(4, 4, &[7; 16]).unwrap();
    let mut bytes = file.into_inner();
    // The first page becomes one of colour numbers.
    set(&mut bytes, 262, 3);
    let message = Document::decode(&bytes, &DecodeLimits::default()).unwrap_err().to_string();
    assert!(message.starts_with("page 1, a TIFF with a palette, is not supported"), "{message}");
}

#[test]
fn marks_are_read_from_float_and_from_every_page() {
    let key = || Key::from_secret(KeyRole::Master, [5; 32]);
    let payload = Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap();
    let grey = scene(700, 600);
    let light: Vec<f32> = grey.iter().flat_map(|v| [v.powf(2.2) * 1.4, v.powf(2.2), v.powf(2.2) * 0.7]).collect();
    let eight: Vec<u8> = grey.iter().map(|v| (v * 255.0) as u8).collect();
    let mut file = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut file).unwrap();
    encoder.write_image::<kinds::RGB32Float>(700, 600, &light).unwrap();
    encoder.write_image::<kinds::Gray8>(700, 600, &eight).unwrap();
    let mut document = document(&file.into_inner());
    let embedder = Embedder::new(&key(), EmbedOptions::default()).unwrap();
    for picture in document.pictures_mut() {
        embedder.embed(&mut picture.view_mut(), &payload).unwrap();
    }
    let again = self::document(&write(&document));
    let detector = Detector::new(&[key()], DetectOptions::default()).unwrap();
    for picture in again.pictures() {
        assert_eq!(detector.detect(&picture.view()).unwrap().strongest().payload, Some(payload.clone()));
    }
}

#[test]
fn a_premultiplied_colour_takes_the_mark_as_weak_as_it_is() {
    let light: Vec<f32> = (0..PIXELS).flat_map(|n| [0.3, 0.3, 0.3, [0.0, 0.5, 1.0][n % 3]]).collect();
    let after = |kind: u16| {
        let mut source = float_file(&light, 1, 1);
        set(&mut source, 338, kind);
        let mut document = document(&source);
        let work = floats(&mut document.pictures_mut()[0]);
        work.chunks_exact_mut(4).for_each(|pixel| pixel[..3].iter_mut().for_each(|v| *v += 0.02));
        let tiff::decoder::DecodingResult::F32(after) = read(&write(&document)) else { panic!() };
        [after[0] - 0.3, after[4] - 0.3, after[8] - 0.3]
    };
    let [clear, half, full] = after(1);
    assert!(clear == 0.0 && full > 0.01 && (half / full - 0.5).abs() < 0.03, "{clear} {half} {full}");
    let [clear, half, full] = after(2);
    assert!(clear == full && half == full);
}

#[test]
fn the_shared_deep_tiff_is_written_as_it_was() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/images/graphics/rgb16.tiff");
    let Ok(file) = std::fs::read(path) else { return };
    let document = document(&file);
    let written = write(&document);
    assert_eq!(tag(&written, Tag::Compression), tag(&file, Tag::Compression));
    assert_eq!(raw(&written), raw(&file));
}

#[test]
fn damage_gives_an_error_or_pages() {
    let mut limits = DecodeLimits::default();
    limits.max_pixels = 1 << 20;
    limits.max_bytes_decoded = 1 << 24;
    let data = vec![77; PIXELS * 10];
    let mut files = vec![
        book(),
        float_file(&light(), 5, 2),
        float_file(&light(), 8, 3),
        by_hand(&data, 5, 16, false, &[2, 0], false, true),
        by_hand(&data, 5, 16, true, &[2, 0], true, false),
    ];
    for layout in LAYOUTS {
        files.push(encode(&picture(61, 43, layout, 16), Format::Tiff).unwrap());
    }
    let mut numbers = Numbers(20_261_125);
    let (mut read, mut refused) = (0, 0);
    for file in files {
        for cut in 0..20 {
            let _ = Document::decode(&file[..file.len() * cut / 20], &limits);
        }
        for round in 0..200 {
            let mut bytes = file.clone();
            // Directories are at the end of some files and in front of others.
            let start = if round % 2 == 0 { 0 } else { bytes.len().saturating_sub(500) };
            for _ in 0..1 + numbers.below(3) {
                let at = start + numbers.below(bytes.len() - start);
                bytes[at] ^= 1 << numbers.below(8);
            }
            match Document::decode(&bytes, &limits) {
                Ok(document) => {
                    assert!(document.pictures().iter().all(|picture| picture.width() * picture.height() <= 1 << 20));
                    document.encode(Format::Tiff, &EncodeOptions::default()).unwrap();
                    read += 1;
                }
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
    }
    assert!(read > 300 && refused > 100, "{read} read, {refused} refused");
}

/// Many directories that claim the same bytes are not many times the file.
#[test]
fn pages_that_share_their_bytes_are_bound() {
    let base = by_hand(&[9; PIXELS * 3], 3, 8, false, &[], false, false);
    let at = u32::from_le_bytes(base[4..8].try_into().unwrap()) as usize;
    let count = u16::from_le_bytes(base[at..at + 2].try_into().unwrap()) as usize;
    let length = 2 + count * 12 + 4;
    let directory = base[at..at + length].to_vec();
    let mut file = base;
    for _ in 0..5000 {
        let next = file.len() as u32;
        let last = if next as usize == file.len() && file.len() > at { link(&file, at, length) } else { 0 };
        file[last..last + 4].copy_from_slice(&next.to_le_bytes());
        file.extend(&directory);
    }
    let mut limits = DecodeLimits::default();
    limits.max_bytes_decoded = 1 << 22;
    assert!(matches!(Document::decode(&file, &limits), Err(Error::Limit { .. })));
}

/// Where the chain of directories that starts at `at` ends.
fn link(file: &[u8], mut at: usize, length: usize) -> usize {
    loop {
        let link = at + length - 4;
        match u32::from_le_bytes(file[link..link + 4].try_into().unwrap()) {
            0 => return link,
            next => at = next as usize,
        }
    }
}

#[test]
fn floats_beyond_a_picture_of_integers_are_written_where_they_fit() {
    let float = Picture::new(8, 8, Layout::Rgb, PixelData::F32(vec![0.5; 192])).unwrap();
    let back = decode(&encode(&float, Format::Tiff).unwrap()).unwrap();
    let PixelData::F32(samples) = back.pixels() else { panic!() };
    assert!(samples.iter().all(|v| (v - 0.5).abs() < 1e-6));
    assert_eq!(float.rgb8(), vec![128; 192]);
    let wild = Picture::new(2, 1, Layout::Luma, PixelData::F32(vec![-3.0, 7.0])).unwrap();
    assert_eq!(wild.rgb8(), [0, 0, 0, 255, 255, 255]);
    assert!(matches!(encode(&float, Format::Png), Err(Error::CannotHold { .. })));
}
