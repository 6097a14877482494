//! Marking and attacking pictures natively, and what the native detector says of them.

use std::time::Instant;

use image::RgbImage;
use sha2::{Digest, Sha256};
use watermark_core::{
    DetectOptions, Detector, EmbedOptions, Embedder, ImageViewMut, Key, KeyRole, Layout, Payload, SamplesMut,
};
use watermark_formats::DetectReport;
use watermark_media::{DecodeLimits, EncodeOptions, Format, Picture, PixelData, decode, encode_with};

/// The bits in every picture marked here.
pub(crate) const PAYLOAD: &str = "91c04be2a7d35f18";

/// A master key that protects nothing.
pub(crate) fn public_master(text: &str) -> Key {
    Key::from_secret(KeyRole::Master, Sha256::digest(text).into())
}

/// A title's key of such a master.
pub(crate) fn public_title(text: &str, title: &str) -> Result<Key, String> {
    public_master(text).derive_title(title).map_err(|error| error.to_string())
}

/// 8-bit RGB pixels of a file.
pub(crate) fn pixels(file: &[u8]) -> Result<RgbImage, String> {
    let picture = decode(file, &DecodeLimits::default()).map_err(|error| error.to_string())?;
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    RgbImage::from_raw(width, height, picture.rgb8()).ok_or_else(|| "too few samples".to_owned())
}

/// A marked copy.
pub(crate) fn marked(picture: &RgbImage, key: &Key) -> Result<RgbImage, String> {
    let payload: Payload = PAYLOAD.parse().map_err(|error: watermark_core::Error| error.to_string())?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut copy = picture.clone();
    let samples = SamplesMut::U8(copy.as_flat_samples_mut().samples);
    ImageViewMut::new(width, height, 3 * width, Layout::Rgb, samples)
        .and_then(|mut view| Embedder::new(key, EmbedOptions::default())?.embed(&mut view, &payload))
        .map_err(|error| error.to_string())?;
    Ok(copy)
}

/// A copy after the attack of this name.
pub(crate) fn attacked(picture: &RgbImage, name: &str) -> Result<RgbImage, String> {
    let attack = attacks::by_name(name).ok_or_else(|| format!("no attack {name}"))?;
    attack.apply(picture, 1).map_err(|error| format!("{name}: {error}"))
}

/// A file of the pixels; `quality` for JPEG and WebP.
pub(crate) fn file(picture: &RgbImage, format: Format, quality: Option<u8>) -> Result<Vec<u8>, String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let samples = PixelData::U8(picture.as_raw().clone());
    let mut options = EncodeOptions::default();
    match format {
        Format::WebP => options.webp_quality = quality,
        _ => options.jpeg_quality = quality,
    }
    Picture::new(width, height, Layout::Rgb, samples)
        .and_then(|picture| encode_with(&picture, format, &options))
        .map_err(|error| error.to_string())
}

/// The native detector with the native decoders, on one core.
pub(crate) struct Native(Detector);

impl Native {
    /// For a ring of one key.
    pub(crate) fn new(key: &Key) -> Result<Self, String> {
        let detector = Detector::new(std::slice::from_ref(key), DetectOptions::default());
        Ok(Self(detector.map_err(|error| error.to_string())?))
    }

    /// The report that the command line would give, and the exact time in milliseconds.
    pub(crate) fn report(&self, name: &str, file: &[u8]) -> (DetectReport, f64) {
        let start = Instant::now();
        let picture = decode(file, &DecodeLimits::default()).map_err(|error| error.to_string());
        let answer = picture.and_then(|picture| self.0.detect(&picture.view()).map_err(|error| error.to_string()));
        let elapsed = start.elapsed().as_secs_f64() * 1000.0;
        let report = match answer {
            Ok(detection) => DetectReport::of(name, &detection, elapsed as u64),
            Err(error) => DetectReport::failed(name, format!("{name}: {error}"), elapsed as u64),
        };
        (report, elapsed)
    }
}
