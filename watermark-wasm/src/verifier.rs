//! Pictures in, reports out.

use std::ops::ControlFlow;

use js_sys::{Date, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use watermark_core::{DetectOptions, Detection, Detector, ImageView, Layout, Samples};
use watermark_formats::ring;
use watermark_media::{DecodeLimits, decode};

use crate::preview::PREVIEW_SIDE;
use crate::report::{Failure, PictureFacts, Report, elapsed_ms, sha256, to_json};
use crate::{KeyRing, Preview};

/// Longest side of a picture, pixels, as the page's sentence on pictures that are too large says.
const MAX_SIDE: u32 = 16_384;

/// Looks for the marks of a ring of keys in one picture after the other.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Verifier {
    detector: Detector,
    preview: Option<Preview>,
}

#[wasm_bindgen]
impl Verifier {
    /// Prepares for the keys of a ring; throws a sentence when there are none or too many.
    #[wasm_bindgen(constructor)]
    pub fn new(keys: &KeyRing) -> Result<Verifier, JsValue> {
        let detector = Detector::new(&ring(keys.keys.clone()), DetectOptions::default());
        let detector = detector.map_err(|error| JsValue::from_str(&error.to_string()))?;
        Ok(Self { detector, preview: None })
    }

    /// Looks at a file (PNG, JPEG, WebP, TIFF) and gives the report as JSON. `progress` is called with the share that is
    /// done, 0 to 1; when it returns `false` the work is called off.
    pub fn verify(&mut self, name: &str, bytes: Vec<u8>, progress: Option<Function>) -> String {
        let start = Date::now();
        let mut facts = PictureFacts::of_file(&bytes);
        let sha256 = sha256(&bytes);
        let answer = self.look_at_file(bytes, &mut facts, progress.as_ref());
        to_json(&Report::new(name, answer, facts, Some(sha256), elapsed_ms(start)))
    }

    /// Looks at pixels that the browser decoded: RGBA, 8 bits, not premultiplied, as an `ImageData` has them.
    pub fn verify_rgba(
        &mut self,
        name: &str,
        width: u32,
        height: u32,
        pixels: &[u8],
        progress: Option<Function>,
    ) -> String {
        let start = Date::now();
        let mut facts = PictureFacts::of_pixels();
        self.preview = None;
        let (width, height) = (width as usize, height as usize);
        let view = ImageView::new(width, height, 4 * width, Layout::Rgba, Samples::U8(pixels));
        let answer = match view {
            Ok(view) => self.look(&view, &mut facts, progress.as_ref()),
            Err(error) => Err(error.into()),
        };
        to_json(&Report::new(name, answer, facts, None, elapsed_ms(start)))
    }

    /// A small copy of the picture that was looked at last; once.
    pub fn take_preview(&mut self) -> Option<Preview> {
        self.preview.take()
    }
}

impl Verifier {
    fn look_at_file(
        &mut self,
        bytes: Vec<u8>,
        facts: &mut PictureFacts,
        progress: Option<&Function>,
    ) -> Result<Detection, Failure> {
        self.preview = None;
        let mut limits = DecodeLimits::default();
        limits.max_side = MAX_SIDE;
        let picture = decode(&bytes, &limits)?;
        drop(bytes);
        self.look(&picture.view(), facts, progress)
    }

    fn look(
        &mut self,
        image: &ImageView<'_>,
        facts: &mut PictureFacts,
        progress: Option<&Function>,
    ) -> Result<Detection, Failure> {
        facts.measure(image);
        self.preview = Some(Preview::new(image, PREVIEW_SIDE));
        let mut watch = |share: f64| match progress.map(|progress| progress.call1(&JsValue::NULL, &share.into())) {
            Some(Ok(answer)) if answer == JsValue::FALSE => ControlFlow::Break(()),
            // Whoever throws while listening has ended the work as well.
            Some(Err(_)) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        Ok(self.detector.detect_watched(image, &mut watch)?)
    }
}
