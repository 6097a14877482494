//! Marks of earlier versions: one small marked picture for each version of the signal, read by the present one.

use watermark_core::{DetectOptions, Detector};
use watermark_media::{DecodeLimits, decode};
use watermark_tests::{key, payload, reads};

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
