//! Marks of earlier versions: one small marked picture for each version of the signal, read by the present one; and marks
//! of other machines: what is made here is what was made there.

use image::RgbImage;
use watermark_core::{DetectOptions, Detector, Layout, Samples};
use watermark_media::{DecodeLimits, Format, Picture, PixelData, decode, encode};
use watermark_tests::{key, marked, payload, reads};

/// Written by this project's embedder at the default strength with the key of byte 20: the middle of the picture that
/// ships with the command line, 384 x 384 px.
const SIGNAL_1: &[u8] = include_bytes!("../fixtures/signal-1.png");

#[test]
fn signal_version_1_is_read() {
    let picture = decode(SIGNAL_1, &DecodeLimits::default()).expect("the fixture");
    let read = |secret| {
        let detector = Detector::new(&[key(secret)], DetectOptions::default()).expect("a key");
        detector.detect(&picture.view()).expect("a picture")
    };
    assert!(reads(&read(20), &payload()), "{:?}", read(20).strongest());
    assert!(!reads(&read(21), &payload()));
}

/// What the embedder made of the middle of the same picture when its arithmetic was last changed on purpose, 256 x 256 px.
const AS_MARKED: &[u8] = include_bytes!("../fixtures/as-marked.png");
const SHIPPED: &[u8] = include_bytes!("../../watermark-cli/assets/astronaut.png");
/// Samples in ten thousand that may differ on another platform, by one code value.
const DIFFERENT: f64 = 1e-4;

/// Samples of the middle of the shipped picture, marked.
fn marked_again() -> RgbImage {
    let whole = samples(SHIPPED);
    let (left, top) = ((whole.width() - 256) / 2, (whole.height() - 256) / 2);
    let middle = RgbImage::from_fn(256, 256, |x, y| *whole.get_pixel(left + x, top + y));
    marked(&middle, &key(20), &payload()).0
}

fn samples(file: &[u8]) -> RgbImage {
    let picture = decode(file, &DecodeLimits::default()).expect("a picture");
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let view = picture.view();
    let Samples::U8(samples) = view.samples() else { panic!("8 bits are shipped") };
    RgbImage::from_raw(width, height, samples.to_vec()).expect("three channels")
}

#[test]
fn every_platform_marks_alike() {
    let (again, before) = (marked_again(), samples(AS_MARKED));
    assert_eq!(again.dimensions(), before.dimensions());
    let apart = || again.as_raw().iter().zip(before.as_raw()).map(|(a, b)| a.abs_diff(*b)).filter(|&apart| apart > 0);
    assert!(apart().all(|apart| apart == 1), "{:?}", apart().max());
    let share = apart().count() as f64 / again.as_raw().len() as f64;
    assert!(share <= DIFFERENT, "{share} of the samples differ; after a change on purpose: -- --ignored");
}

/// Writes the fixture anew.
#[test]
#[ignore = "for a change of the embedder that is meant"]
fn write_the_fixture() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/as-marked.png");
    let again = marked_again();
    let picture = Picture::new(256, 256, Layout::Rgb, PixelData::U8(again.into_raw())).expect("a picture");
    std::fs::write(path, encode(&picture, Format::Png).expect("a file")).expect("the fixture is written");
}
