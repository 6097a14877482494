//! A marked animation is read frame by frame from what is written, in each format.
#![cfg(feature = "animation")]

mod common;

use std::path::PathBuf;

use common::Numbers;
use watermark_core::{EmbedOptions, Embedder, Key, KeyRole, Payload};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format};

/// An animation of three frames, clouds of noise that move; the first and the last are alike.
fn clouds() -> Vec<u8> {
    let (width, height) = (320_usize, 240);
    let mut numbers = Numbers(11);
    let coarse: Vec<u8> = (0..24 * 20).map(|_| 60 + numbers.below(130) as u8).collect();
    let fine: Vec<u8> = (0..width * height).map(|_| numbers.below(12) as u8).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(3, 0).unwrap();
    encoder.set_frame_delay(1, 10).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for shift in [0, 30, 0] {
        let pixel = |n: usize| {
            let (x, y) = (n % width + shift, n / width);
            let (column, row, within) = (x / 16, y / 16, x % 16);
            let (left, right) = (coarse[row * 24 + column], coarse[row * 24 + column + 1]);
            let value = (usize::from(left) * (16 - within) + usize::from(right) * within) / 16;
            [value as u8 + fine[n], value as u8, 255 - value as u8]
        };
        writer.write_image_data(&(0..width * height).flat_map(pixel).collect::<Vec<_>>()).unwrap();
    }
    writer.finish().unwrap();
    file
}

fn marked_is_read(bytes: &[u8], every: usize) {
    let embedder = Embedder::new(&Key::from_secret(KeyRole::Master, [5; 32]), EmbedOptions::default()).unwrap();
    let payload: Payload = "0123456789abcdef".parse().unwrap();
    let source = Document::decode(bytes, &DecodeLimits::default()).unwrap();
    let mut marked = source.clone();
    for picture in marked.pictures_mut() {
        let plan = embedder.plan(&picture.view(), &payload).unwrap();
        plan.apply(&mut picture.view_mut()).unwrap();
    }
    for format in [Format::Png, Format::WebP, Format::Gif] {
        let file = marked.encode(format, &EncodeOptions::default()).unwrap();
        let again = Document::decode(&file, &DecodeLimits::default()).unwrap();
        assert_eq!((again.delays_ms(), again.plays()), (source.delays_ms(), source.plays()), "{format}");
        for (n, picture) in again.pictures().iter().enumerate().step_by(every) {
            let (margin, _) =
                embedder.read_back(&picture.view(), &payload).unwrap_or_else(|e| panic!("{format} {n}: {e}"));
            assert!(margin > 3.0, "{format}, frame {n}: {margin} dB");
        }
        let (first, last) = (&source.pictures()[0], source.pictures().last().unwrap());
        if first.pixels() == last.pixels() {
            assert_eq!(again.pictures()[0].pixels(), again.pictures().last().unwrap().pixels(), "{format}");
        }
    }
}

#[test]
fn generated_frames_are_read_from_every_format() {
    marked_is_read(&clouds(), 1);
}

#[test]
fn the_shared_gif_is_read_from_every_format() {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/images/graphics/party.gif"));
    if let Ok(bytes) = std::fs::read(path) {
        marked_is_read(&bytes, 20);
    }
}
