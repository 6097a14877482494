//! The copies that the demo makes and what is read from them.

use anyhow::{Context, Result};
use image::RgbImage;
use watermark_core::{Detection, Detector, ImageView, Layout, Payload, Samples};

/// A copy of the demo picture and the answer for it.
pub(super) struct Copy {
    /// What was done, in words.
    pub(super) title: &'static str,
    /// Whether it was made from the marked picture.
    pub(super) is_marked: bool,
    /// Whether it belongs on the sheet as an attacked copy.
    pub(super) is_attacked: bool,
    /// Its pixels.
    pub(super) picture: RgbImage,
    /// What was read.
    pub(super) detection: Detection,
}

/// What is done to the marked picture: words, and the name in the `attacks` crate.
const ATTACKS: [(&str, &str); 4] = [
    ("JPEG, quality 40", "jpeg-40"),
    ("rotated by 7 degrees, cropped to half", "rotate-7+crop-50"),
    ("shrunk to 40 %", "resize-40"),
    ("social app: 400 px, sharpened, JPEG 75", "longest-400+social"),
];

/// Decides where the random crop falls.
const SEED: u64 = 1;

/// Makes the copies and reads each of them back: the two whole pictures first, then the attacked ones.
pub(super) fn all(detector: &Detector, original: &RgbImage, marked: &RgbImage) -> Result<Vec<Copy>> {
    let mut copies = vec![
        Copy::read(detector, "the original, not marked", original.clone(), false, false)?,
        Copy::read(detector, "marked, untouched", marked.clone(), true, false)?,
    ];
    for (title, name) in ATTACKS {
        let attack = attacks::by_name(name).with_context(|| format!("internal fault: no attack {name}"))?;
        copies.push(Copy::read(detector, title, attack.apply(marked, SEED).context(title)?, true, true)?);
    }
    Ok(copies)
}

impl Copy {
    fn read(
        detector: &Detector,
        title: &'static str,
        picture: RgbImage,
        is_marked: bool,
        is_attacked: bool,
    ) -> Result<Self> {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let view = ImageView::new(width, height, 3 * width, Layout::Rgb, Samples::U8(picture.as_raw()))?;
        let detection = detector.detect(&view).context(title)?;
        Ok(Self { title, is_marked, is_attacked, picture, detection })
    }

    /// Whether the payload that was put in was read, in a word.
    pub(super) fn payload_word(&self, expected: &Payload) -> &'static str {
        match &self.detection.strongest().payload {
            Some(payload) if payload == expected => "exact",
            Some(_) => "WRONG",
            None => "-",
        }
    }
}
