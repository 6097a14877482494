//! Generated pictures and metadata for the tests.
#![allow(dead_code, reason = "each test file uses a part")]

use watermark_core::Layout;
use watermark_media::{DecodeLimits, Error, Format, Picture, PixelData};

pub(crate) const LAYOUTS: [Layout; 4] = [Layout::Luma, Layout::LumaAlpha, Layout::Rgb, Layout::Rgba];

/// The formats that hold integers.
pub(crate) const INTEGER_FORMATS: [Format; 4] = [Format::Png, Format::Jpeg, Format::WebP, Format::Tiff];

/// A xorshift generator: the same numbers everywhere.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Slopes with some noise, so that it looks a little like a picture to an encoder; full 16 bit range.
fn samples(width: usize, height: usize, channels: usize) -> impl Iterator<Item = u16> {
    let mut numbers = Numbers(0x9e37_79b9);
    (0..width * height * channels).map(move |n| {
        let (x, y, c) = (n / channels % width, n / channels / width, n % channels);
        let slope = x * 50_000 / width + y * 10_000 / height + c * 1500;
        (slope + numbers.below(4000)).min(65_535) as u16
    })
}

pub(crate) fn picture(width: usize, height: usize, layout: Layout, bits: u8) -> Picture {
    let samples = samples(width, height, layout.channels());
    let pixels = match bits {
        8 => PixelData::U8(samples.map(|s| (s >> 8) as u8).collect()),
        _ => PixelData::U16(samples.collect()),
    };
    Picture::new(width, height, layout, pixels).unwrap()
}

pub(crate) fn bytes8(picture: &Picture) -> &[u8] {
    match picture.pixels() {
        PixelData::U8(samples) => samples,
        _ => panic!("8 bits expected"),
    }
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Picture, Error> {
    watermark_media::decode(bytes, &DecodeLimits::default())
}

/// An EXIF block: orientation, a camera name, and an EXIF directory with an exposure time.
pub(crate) fn exif(orientation: u8, big: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let short = |v: u16| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    let long = |v: u32| if big { v.to_be_bytes() } else { v.to_le_bytes() };
    out.extend(if big { b"MM" } else { b"II" });
    out.extend(short(42));
    out.extend(long(8));
    out.extend(short(3));
    let mut entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        out.extend(short(tag));
        out.extend(short(kind));
        out.extend(long(count));
        out.extend(value);
    };
    let [a, b] = short(orientation.into());
    entry(271, 2, 6, long(50));
    entry(274, 3, 1, [a, b, 0, 0]);
    entry(34665, 4, 1, long(56));
    out.extend(long(0));
    out.extend(b"Maker\0");
    out.extend(short(1));
    let start = 56 + 2 + 12 + 4;
    out.extend(short(33434));
    out.extend(short(5));
    out.extend(long(1));
    out.extend(long(start));
    out.extend(long(0));
    out.extend(long(1));
    out.extend(long(125));
    out
}

/// Bytes that stand for a colour profile; long enough for two JPEG segments.
pub(crate) fn icc() -> Vec<u8> {
    let mut numbers = Numbers(77);
    (0..70_001).map(|_| numbers.next() as u8).collect()
}

pub(crate) const XMP: &[u8] = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>packet</x:xmpmeta>";

/// A PNG from scratch, with chunks before and after the pixels.
pub(crate) fn png(picture: &Picture, before: &[(&[u8; 4], Vec<u8>)], after: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width() as u32, picture.height() as u32);
    encoder.set_color(match picture.layout() {
        Layout::Luma => png::ColorType::Grayscale,
        Layout::LumaAlpha => png::ColorType::GrayscaleAlpha,
        Layout::Rgb => png::ColorType::Rgb,
        Layout::Rgba => png::ColorType::Rgba,
    });
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    for (kind, data) in before {
        writer.write_chunk(png::chunk::ChunkType(**kind), data).unwrap();
    }
    writer.write_image_data(bytes8(picture)).unwrap();
    for (kind, data) in after {
        writer.write_chunk(png::chunk::ChunkType(**kind), data).unwrap();
    }
    writer.finish().unwrap();
    file
}

/// Kind and data of a PNG's chunks.
pub(crate) fn png_chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut chunks = Vec::new();
    let mut at = 8;
    while at < file.len() {
        let length = u32::from_be_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        chunks.push((file[at + 4..at + 8].try_into().unwrap(), file[at + 8..at + 8 + length].to_vec()));
        at += length + 12;
    }
    chunks
}

/// A JPEG from scratch.
pub(crate) fn jpeg(picture: &Picture, settings: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, 80);
    settings(&mut encoder);
    let color = match picture.layout() {
        Layout::Luma => jpeg_encoder::ColorType::Luma,
        Layout::Rgb => jpeg_encoder::ColorType::Rgb,
        // Four samples that stand for inks.
        _ => jpeg_encoder::ColorType::Cmyk,
    };
    encoder.encode(bytes8(picture), picture.width() as u16, picture.height() as u16, color).unwrap();
    file
}

/// Marker and data of the segments before the scan of a JPEG.
pub(crate) fn jpeg_segments(file: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut segments = Vec::new();
    let mut at = 2;
    loop {
        let (marker, length) = (file[at + 1], u16::from_be_bytes([file[at + 2], file[at + 3]]) as usize);
        segments.push((marker, file[at + 4..at + 2 + length].to_vec()));
        if marker == 0xda {
            return segments;
        }
        at += 2 + length;
    }
}

/// How many damaged files were read, and how many refused.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    read: usize,
    refused: usize,
}

impl Outcomes {
    /// Counts an outcome and gives what was read; a refusal has to have words.
    pub(crate) fn count<T>(&mut self, outcome: Result<T, Error>) -> Option<T> {
        match outcome {
            Ok(read) => {
                self.read += 1;
                Some(read)
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                self.refused += 1;
                None
            }
        }
    }

    /// Expects more than so many of each: damage that always or never shows tests nothing.
    pub(crate) fn assert_more_than(&self, least: usize) {
        assert!(self.read > least && self.refused > least, "{} read, {} refused", self.read, self.refused);
    }
}

/// Makes every checksum of a PNG right, so that damage gets past it.
pub(crate) fn mend(file: &mut [u8]) {
    let mut at = 8;
    while let Some(head) = file.get(at..at + 8) {
        let length = u32::from_be_bytes(head[..4].try_into().unwrap()) as usize;
        let Some(summed) = file.get(at + 4..).and_then(|rest| rest.get(..length.saturating_add(4))) else { return };
        let mut sum = flate2::Crc::new();
        sum.update(summed);
        let end = at + 8 + length;
        let Some(place) = file.get_mut(end..end + 4) else { return };
        place.copy_from_slice(&sum.sum().to_be_bytes());
        at = end + 4;
    }
}

/// The most memory this process has had, in MiB, where the system tells.
pub(crate) fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

/// The samples of a floating-point picture, to be changed.
#[cfg(feature = "film")]
pub(crate) fn floats(picture: &mut Picture) -> &mut [f32] {
    match picture.samples_mut() {
        watermark_core::SamplesMut::F32(samples) => samples,
        other => panic!("{other:?}"),
    }
}

/// Grey of 0 to 1 with slopes, waves and grain: something that carries a mark.
pub(crate) fn scene(width: usize, height: usize) -> Vec<f32> {
    let mut numbers = Numbers(0x5eed);
    let value = |n: usize| {
        let (x, y) = ((n % width) as f32, (n / width) as f32);
        let waves = (x * 0.11).sin() * (y * 0.07).cos() + ((x + 2.0 * y) * 0.031).sin();
        0.45 + 0.12 * waves + 0.15 * (x / width as f32 - 0.5)
    };
    (0..width * height)
        .map(|n| (value(n) + (numbers.below(1000) as f32 / 1000.0 - 0.5) * 0.16).clamp(0.02, 0.98))
        .collect()
}
