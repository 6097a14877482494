//! Small pictures from a seed, and files that are broken in every way that the program has a sentence for.

use watermark_core::Layout;
use watermark_media::{Format, Picture, PixelData, encode};

/// Sides of [`scene`], pixels.
pub(crate) const WIDTH: usize = 448;
/// Sides of [`scene`], pixels.
pub(crate) const HEIGHT: usize = 336;

/// A number that depends on a place and a seed alone.
fn hash(x: usize, y: usize, seed: u64) -> f64 {
    let mut h = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f) ^ seed;
    for _ in 0..2 {
        h = (h ^ h >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    (h >> 40) as f64 / (1_u64 << 24) as f64 - 0.5
}

/// Smooth noise whose features are `pitch` pixels wide.
fn smooth(x: usize, y: usize, pitch: usize, seed: u64) -> f64 {
    let (column, row) = (x / pitch, y / pitch);
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease((x % pitch) as f64 / pitch as f64), ease((y % pitch) as f64 / pitch as f64));
    let at = |dx: usize, dy: usize| hash(column + dx, row + dy, seed);
    (at(0, 0) * (1.0 - u) + at(1, 0) * u) * (1.0 - v) + (at(0, 1) * (1.0 - u) + at(1, 1) * u) * v
}

/// Something like a photograph: shapes of many sizes, less of the fine ones, on a gradient.
pub(crate) fn scene_of(width: usize, height: usize, seed: u64, layout: Layout) -> Picture {
    let mut samples = Vec::with_capacity(width * height * layout.channels());
    for y in 0..height {
        for x in 0..width {
            let octaves = [(97, 110.0), (41, 60.0), (17, 34.0), (7, 18.0), (3, 10.0)];
            let shapes: f64 = octaves.iter().map(|&(pitch, height)| height * smooth(x, y, pitch, seed)).sum();
            let light = 100.0 + 50.0 * x as f64 / width as f64 + shapes + 6.0 * hash(x, y, seed);
            let colours = [light, light * 0.9 + 14.0, light * 0.8 + 10.0 + 20.0 * y as f64 / height as f64];
            samples.extend(colours[..layout.colours()].iter().map(|c| c.clamp(4.0, 251.0) as u8));
            if layout.has_alpha() {
                samples.push((x * 255 / width) as u8);
            }
        }
    }
    Picture::new(width, height, layout, PixelData::U8(samples)).expect("a picture")
}

/// The usual scene as a file.
pub(crate) fn scene(seed: u64, format: Format) -> Vec<u8> {
    encode(&scene_of(WIDTH, HEIGHT, seed, Layout::Rgb), format).expect("a file")
}

/// One grey all over.
pub(crate) fn flat() -> Vec<u8> {
    let picture = Picture::new(256, 256, Layout::Luma, PixelData::U8(vec![128; 256 * 256]));
    encode(&picture.expect("a picture"), Format::Png).expect("a file")
}

/// Black dots on white, nothing between.
pub(crate) fn one_bit() -> Vec<u8> {
    // A size that is resampled for marking: between black and white there must be nothing all the same.
    let (width, height) = (300, 410);
    let dot = |i: usize| if hash(i % width / 3, i / width / 3, 3) > 0.2 { 0 } else { 255 };
    let picture = Picture::new(width, height, Layout::Luma, PixelData::U8((0..width * height).map(dot).collect()));
    encode(&picture.expect("a picture"), Format::Png).expect("a file")
}

/// Below the smallest side.
pub(crate) fn tiny() -> Vec<u8> {
    encode(&scene_of(40, 30, 1, Layout::Rgb), Format::Png).expect("a file")
}

/// A PNG whose header says 60,000 x 60,000.
pub(crate) fn bomb() -> Vec<u8> {
    let mut file = tiny();
    // Signature, length and type are 16 bytes, then width and height.
    file[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

/// A PNG with content credentials: a manifest as C2PA puts it, in a chunk after the header.
pub(crate) fn with_credentials() -> Vec<u8> {
    let file = scene(1, Format::Png);
    let chunk = [&b"caBX"[..], b"a manifest"].concat();
    // Signature and header are 33 bytes.
    let (head, rest) = file.split_at(33);
    let length = (chunk.len() as u32 - 4).to_be_bytes();
    [head, &length, &chunk, &crc32(&chunk).to_be_bytes(), rest].concat()
}

/// A PNG of two frames.
pub(crate) fn animated() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 32, 32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_animated(2, 0).expect("two frames");
    let mut writer = encoder.write_header().expect("a header");
    for level in [50, 90] {
        writer.write_image_data(&[level; 32 * 32]).expect("a frame");
    }
    writer.finish().expect("an end");
    file
}

/// A PNG of three frames: two scenes and, between them, one that cannot carry a mark.
pub(crate) fn scenes_in_motion() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, WIDTH as u32, HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(3, 0).expect("three frames");
    let mut writer = encoder.write_header().expect("a header");
    for seed in [1, 2, 3] {
        let PixelData::U8(mut samples) = scene_of(WIDTH, HEIGHT, seed, Layout::Rgb).pixels().clone() else {
            panic!("8 bits")
        };
        if seed == 2 {
            samples.fill(128);
        }
        writer.write_image_data(&samples).expect("a frame");
    }
    writer.finish().expect("an end");
    file
}

/// A JPEG of four inks.
pub(crate) fn cmyk() -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut file, 90);
    encoder.encode(&[90; 32 * 32 * 4], 32, 32, jpeg_encoder::ColorType::Cmyk).expect("a file");
    file
}

/// A TIFF of floating-point samples, every one of them NaN.
pub(crate) fn float_tiff() -> Vec<u8> {
    let (side, data) = (16_u32, vec![f32::NAN; 256]);
    // Tag, type (3: short, 4: long), value; one of each.
    let entries: [(u16, u16, u32); 10] = [
        (256, 4, side),
        (257, 4, side),
        (258, 3, 32),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (277, 3, 1),
        (278, 4, side),
        (279, 4, 4 * side * side),
        (339, 3, 3),
    ];
    let mut file = b"II*\0".to_vec();
    file.extend((8 + 4 * side * side).to_le_bytes());
    data.iter().for_each(|sample| file.extend(sample.to_le_bytes()));
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(1_u32.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    file
}

/// The checksum of PNG chunks, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}
