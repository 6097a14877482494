//! Size and time of PNGs by how they are compressed: the figures of docs/decisions/png-deflate.md.
//!
//! `cargo run --release -p watermark-media --example png_deflate -- FILE...` with zlib-rs; with
//! `--no-default-features --features animation` by miniz_oxide. Each picture is marked first. `DEEP=1` makes 16 bits of 8,
//! with noise in the lower eight as a camera or a renderer has it. The last row is what `watermark-media` writes.

use std::io::{Cursor, Write};

use png::{BitDepth, ColorType, Compression, Decoder, DeflateCompression, Encoder, Filter};
use watermark_core::{EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
use watermark_media::{DecodeLimits, Format, Picture, PixelData, decode, encode};

type Choose = fn(&mut Encoder<'_, &mut Vec<u8>>);

/// What is compared; the first is the usual of the `png` crate.
const WAYS: [(&str, Choose); 7] = [
    ("level 6, adaptive", |encoder| level(encoder, 6, Filter::Adaptive)),
    ("level 5, adaptive", |encoder| level(encoder, 5, Filter::Adaptive)),
    ("level 4, adaptive", |encoder| level(encoder, 4, Filter::Adaptive)),
    ("level 3, adaptive", |encoder| level(encoder, 3, Filter::Adaptive)),
    ("level 2, adaptive", |encoder| level(encoder, 2, Filter::Adaptive)),
    ("level 4, Paeth", |encoder| level(encoder, 4, Filter::Paeth)),
    ("fdeflate", |encoder| encoder.set_compression(Compression::Fast)),
];

fn level(encoder: &mut Encoder<'_, &mut Vec<u8>>, level: u8, filter: Filter) {
    encoder.set_deflate_compression(DeflateCompression::Level(level));
    encoder.set_filter(filter);
}

/// CPU time of this thread, nanoseconds.
fn cpu() -> Result<f64, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(text.split(' ').next().unwrap_or_default().parse()?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = Key::from_secret(KeyRole::Title, [7; 32]);
    let embedder = Embedder::new(&key, EmbedOptions::default())?;
    let payload: Payload = "00c0ffee00c0ffee".parse()?;
    let mut sums = [(0, 0.0, 0.0); WAYS.len() + 1];
    let mut pixels = 0;
    for path in std::env::args().skip(1) {
        let mut picture = decode(&std::fs::read(&path)?, &DecodeLimits::default())?;
        if std::env::var_os("DEEP").is_some() {
            picture = deeper(&picture)?;
        }
        if embedder.embed(&mut picture.view_mut(), &payload).is_err() {
            println!("{path}: left out, it cannot be marked");
            continue;
        }
        pixels += picture.width() * picture.height();
        for (way, sum) in sums.iter_mut().enumerate() {
            let begun = cpu()?;
            let file = match WAYS.get(way) {
                Some((_, choose)) => encoded(&picture, *choose)?,
                None => encode(&picture, Format::Png)?,
            };
            let written = cpu()?;
            let mut reader = Decoder::new(Cursor::new(&file)).read_info()?;
            let mut samples = vec![0; reader.output_buffer_size().unwrap_or_default()];
            reader.next_frame(&mut samples)?;
            *sum = (sum.0 + file.len(), sum.1 + written - begun, sum.2 + cpu()? - written);
        }
    }
    println!("{pixels} pixels\n\n| way | bytes a pixel | encode, ns a pixel | decode, ns a pixel |\n|---|---|---|---|");
    let names = WAYS.iter().map(|(name, _)| *name).chain(["watermark-media"]);
    for (name, (bytes, encode, decode)) in names.zip(sums) {
        let each = |sum: f64| sum / pixels as f64;
        println!("| {name} | {:.3} | {:.1} | {:.1} |", each(bytes as f64), each(encode), each(decode));
    }
    Ok(())
}

fn deeper(picture: &Picture) -> Result<Picture, watermark_media::Error> {
    let PixelData::U8(samples) = picture.pixels() else { return Ok(picture.clone()) };
    let mut state = 1_u32;
    let deep = samples.iter().map(|&sample| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (i32::from(sample) * 257 + (state >> 24) as i32 - 128).clamp(0, 65535) as u16
    });
    Picture::new(picture.width(), picture.height(), picture.layout(), PixelData::U16(deep.collect()))
}

fn encoded(picture: &Picture, choose: Choose) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width() as u32, picture.height() as u32);
    encoder.set_color(match picture.layout() {
        Layout::Luma => ColorType::Grayscale,
        Layout::LumaAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    });
    choose(&mut encoder);
    let bytes: Vec<u8> = match picture.pixels() {
        PixelData::U16(samples) => {
            encoder.set_depth(BitDepth::Sixteen);
            samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()
        }
        PixelData::U8(samples) => samples.clone(),
        _ => Vec::new(),
    };
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer_with_size(256 * 1024)?;
    rows.write_all(&bytes)?;
    rows.finish()?;
    drop(writer);
    Ok(file)
}
