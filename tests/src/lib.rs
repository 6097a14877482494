//! What the tests across the crates share: pictures from a seed, keys, and short ways to mark and to look.
//!
//! Each file in `tests/` is named for what it promises.

mod program;
mod scene;

pub use program::{program, root};
pub use scene::Scene;

use image::RgbImage;
use watermark_core::{
    DetectOptions, Detection, Detector, EmbedOptions, EmbedReport, Embedder, ImageView, ImageViewMut, Key, KeyRole,
    Layout, Payload, Samples, SamplesMut, Verdict,
};

/// A master key whose secret is this byte, 32 times.
pub fn key(secret: u8) -> Key {
    Key::from_secret(KeyRole::Master, [secret; 32])
}

/// A payload of 64 bits.
pub fn payload() -> Payload {
    "0123456789abcdef".parse().expect("16 digits")
}

/// An 8-bit RGB picture as the core sees it.
pub fn view(picture: &RgbImage) -> ImageView<'_> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    ImageView::new(width, height, 3 * width, Layout::Rgb, Samples::U8(picture.as_raw())).expect("a whole picture")
}

/// Marks a copy at the default strength.
///
/// # Panics
/// When the core refuses.
pub fn marked(picture: &RgbImage, key: &Key, payload: &Payload) -> (RgbImage, EmbedReport) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut copy = picture.clone();
    let samples = SamplesMut::U8(copy.as_flat_samples_mut().samples);
    let mut view = ImageViewMut::new(width, height, 3 * width, Layout::Rgb, samples).expect("a whole picture");
    let embedder = Embedder::new(key, EmbedOptions::default()).expect("a key that marks");
    let report = embedder.embed(&mut view, payload).expect("a picture that carries a mark");
    (copy, report)
}

/// Looks for the marks of some keys at normal effort.
///
/// # Panics
/// When the core cannot look.
pub fn detected(picture: &RgbImage, keys: &[Key]) -> Detection {
    let detector = Detector::new(keys, DetectOptions::default()).expect("keys");
    detector.detect(&view(picture)).expect("a picture")
}

/// Whether a detection gives exactly this payload, found and authentic.
pub fn reads(detection: &Detection, payload: &Payload) -> bool {
    let mark = detection.strongest();
    mark.verdict == Verdict::Found && mark.payload.as_ref() == Some(payload) && mark.authentic == Some(true)
}
