//! A marked file says what the original said, and its mark is read as viewers show it.

use jpeg_encoder::{ColorType, Encoder};
use watermark_core::{DetectOptions, Detector, EmbedOptions, Embedder, Verdict};
use watermark_media::{DecodeLimits, Format, Picture, decode, encode};
use watermark_tests::{Scene, key, payload, reads};

const ICC: &[u8] = b"a colour profile, which nobody looks into";

/// An EXIF block that holds an orientation and nothing else.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    block
}

/// A JPEG with profile and orientation.
fn photograph(orientation: u8) -> Vec<u8> {
    let picture = Scene::new(21).picture(480, 360);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    encoder.add_app_segment(1, [&b"Exif\0\0"[..], &exif(orientation)].concat()).expect("short enough");
    encoder.add_icc_profile(ICC).expect("short enough");
    encoder.encode(picture.as_raw(), 480, 360, ColorType::Rgb).expect("a file");
    file
}

fn read(file: &[u8]) -> Picture {
    decode(file, &DecodeLimits::default()).expect("a picture")
}

#[test]
fn profile_and_exif_stay_in_every_format() {
    for orientation in 1..=8 {
        let original = read(&photograph(orientation));
        let mut marked = original.clone();
        let embedder = Embedder::new(&key(1), EmbedOptions::default()).expect("a key");
        embedder.embed(&mut marked.view_mut(), &payload()).expect("carried");
        for format in [Format::Png, Format::Jpeg, Format::WebP, Format::Tiff] {
            let written = read(&encode(&marked, format).expect("a file"));
            assert_eq!(written.icc(), Some(ICC), "{format}");
            assert!(written.exif().is_some(), "{format}");
            assert_eq!((written.width(), written.height()), (original.width(), original.height()), "{format}");
            let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
            let detection = detector.detect(&written.view()).expect("a picture");
            assert!(reads(&detection, &payload()), "{format}, orientation {orientation}");
            let geometry = detection.strongest().geometry.expect("found");
            assert!(geometry.rotation_deg.abs() < 0.2 && !geometry.mirrored, "{format}: {geometry:?}");
        }
    }
}

#[test]
fn a_viewer_that_ignores_the_orientation_still_shows_the_mark() {
    let mut marked = read(&photograph(6));
    let embedder = Embedder::new(&key(1), EmbedOptions::default()).expect("a key");
    embedder.embed(&mut marked.view_mut(), &payload()).expect("carried");
    let mut file = encode(&marked, Format::Jpeg).expect("a file");
    // The tag says 6: a quarter turn. Set to 1 it shows the pixels as they are stored.
    let tag = file.windows(4).position(|bytes| bytes == b"Exif").expect("an EXIF block") + 6 + 18;
    assert_eq!(file[tag], 6);
    file[tag] = 1;
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
    let detection = detector.detect(&read(&file).view()).expect("a picture");
    assert_eq!(detection.verdict(), Verdict::Found);
    let turned = detection.strongest().geometry.expect("found").rotation_deg;
    assert!((turned.abs() - 90.0).abs() < 0.5, "{turned}");
}
