//! Frames of a film in, one report out.

use std::sync::Arc;

use js_sys::Date;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use watermark_core::{
    ClipDetection, ClipDetector, ClipFrame, DetectOptions, Detector, ImageView, Layout, Samples, TimeRange,
};
use watermark_formats::{number, ring};

use crate::preview::PREVIEW_SIDE;
use crate::report::{ClipFacts, Failure, PictureFacts, Report, elapsed_ms, to_json};
use crate::{KeyRing, Preview};

/// Looks for the marks of a ring of keys in one film after the other, frame by frame: whoever calls decodes them.
#[wasm_bindgen]
#[derive(Debug)]
pub struct FilmVerifier {
    detector: Arc<Detector>,
    film: Option<Film>,
    preview: Option<Preview>,
}

/// A film that is being looked at.
#[derive(Debug)]
struct Film {
    clip: ClipDetector<'static>,
    facts: PictureFacts,
    /// When it was begun, milliseconds.
    start: f64,
    /// Frames that came in.
    given: usize,
    failure: Option<Failure>,
}

#[wasm_bindgen]
impl FilmVerifier {
    /// Prepares for the keys of a ring; throws a sentence when there are none or too many.
    #[wasm_bindgen(constructor)]
    pub fn new(keys: &KeyRing) -> Result<FilmVerifier, JsValue> {
        let detector = Detector::new(&ring(keys.keys.clone()), DetectOptions::default());
        let detector = detector.map_err(|error| JsValue::from_str(&error.to_string()))?;
        Ok(Self { detector: Arc::new(detector), film: None, preview: None })
    }

    /// Adds a frame of RGBA pixels, 8 bits, not premultiplied, as an `ImageData` has them. The answer says whether more
    /// frames are of use: after one that cannot be used, `finish` says why.
    pub fn add_rgba(&mut self, time_s: f64, width: u32, height: u32, pixels: &[u8]) -> bool {
        self.add(Date::now(), time_s, (width, height), (Layout::Rgba, pixels))
    }

    /// The same with luma alone, 8 bits, full range.
    pub fn add_luma(&mut self, time_s: f64, width: u32, height: u32, pixels: &[u8]) -> bool {
        self.add(Date::now(), time_s, (width, height), (Layout::Luma, pixels))
    }

    /// What all frames since the last report say, as JSON. Where nothing is certain yet, a search comes first, which takes
    /// as long as some ten pictures do. `duration_s` is the film's length; `stopped_s` where it could not be played on.
    pub fn finish(&mut self, name: &str, duration_s: Option<f64>, stopped_s: Option<f64>) -> String {
        let now = Date::now();
        let film = self.film.take().unwrap_or_else(|| Film::new(&self.detector, now));
        let (start, facts) = (film.start, film.facts.clone());
        let (answer, clip) = match film.finish() {
            Ok(seen) => {
                let facts = ClipFacts { duration_s, stopped_s, ..ClipFacts::of(&seen) };
                (Ok(seen.detection), Some(facts))
            }
            Err(failure) => (Err(failure), None),
        };
        to_json(&Report::new(name, answer, facts, None, elapsed_ms(start)).with_clip(clip))
    }

    /// A small copy of one of the frames of the film that was looked at last; once.
    pub fn take_preview(&mut self) -> Option<Preview> {
        self.preview.take()
    }
}

impl FilmVerifier {
    fn add(&mut self, now: f64, time_s: f64, (width, height): (u32, u32), (layout, pixels): (Layout, &[u8])) -> bool {
        if self.film.is_none() {
            self.preview = None;
        }
        let film = self.film.get_or_insert_with(|| Film::new(&self.detector, now));
        let (width, height) = (width as usize, height as usize);
        let view = ImageView::new(width, height, layout.channels() * width, layout, Samples::U8(pixels));
        match view.and_then(|view| film.add(time_s, view).map(|()| view)) {
            // One in the middle, as far as that can be told while they come.
            Ok(view) if film.given.is_power_of_two() => self.preview = Some(Preview::new(&view, PREVIEW_SIDE)),
            Ok(_) => {}
            Err(error) => film.failure = Some(film.failure.take().unwrap_or_else(|| error.into())),
        }
        film.failure.is_none()
    }
}

impl Film {
    fn new(detector: &Arc<Detector>, start: f64) -> Self {
        let clip = ClipDetector::shared(Arc::clone(detector));
        Self { clip, facts: PictureFacts::of_pixels(), start, given: 0, failure: None }
    }

    fn add(&mut self, time_s: f64, view: ImageView<'_>) -> watermark_core::Result<()> {
        self.facts.measure(&view);
        self.given += 1;
        self.clip.add(&[ClipFrame { time_s, view }])
    }

    fn finish(self) -> Result<ClipDetection, Failure> {
        match self.failure {
            Some(failure) => Err(failure),
            None => Ok(self.clip.finish()?),
        }
    }
}

impl ClipFacts {
    fn of(seen: &ClipDetection) -> Self {
        let pair = |range: &TimeRange| [number(range.from_s), number(range.to_s)];
        let ranges = seen.ranges.iter().map(pair).collect();
        Self { ranges, frames: seen.frames, repeated: seen.repeated, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::{EmbedOptions, Embedder, ImageViewMut, Key, KeyRole, Payload, SamplesMut};

    const SIZE: (u32, u32) = (320, 256);

    fn verifier(keys: &[Key]) -> FilmVerifier {
        let detector = Arc::new(Detector::new(keys, DetectOptions::default()).unwrap());
        FilmVerifier { detector, film: None, preview: None }
    }

    fn marked_frame(embedder: &Embedder, frame: u32) -> Vec<u8> {
        let (width, height) = (SIZE.0 as usize, SIZE.1 as usize);
        let grain = |i: u32| 100 + ((i ^ (frame << 20)).wrapping_mul(2_654_435_761) >> 27) as u8;
        let mut pixels: Vec<u8> = (0..SIZE.0 * SIZE.1).map(grain).collect();
        let samples = SamplesMut::U8(&mut pixels);
        let mut view = ImageViewMut::new(width, height, width, Layout::Luma, samples).unwrap();
        embedder.embed(&mut view, &Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8]).unwrap()).unwrap();
        pixels
    }

    #[test]
    fn frames_are_added_up_and_the_next_film_begins_afresh() {
        let key = Key::from_secret(KeyRole::Title, [7; 32]);
        let embedder = Embedder::new(&key, EmbedOptions::default()).unwrap();
        let mut films = verifier(&[key]);
        for (time_s, frame) in [(0.0, 0), (0.5, 1), (1.0, 2), (1.5, 2)] {
            let luma = marked_frame(&embedder, frame);
            let rgba: Vec<u8> = luma.iter().flat_map(|&level| [level, level, level, 255]).collect();
            assert!(films.add(0.0, time_s, SIZE, (Layout::Rgba, &rgba)));
        }
        assert_eq!(films.take_preview().map(|preview| (preview.width(), preview.height())), Some(SIZE));
        let seen = films.film.take().unwrap().finish().unwrap();
        let facts = ClipFacts::of(&seen);
        assert!(seen.detection.strongest().payload.is_some());
        assert_eq!((facts.frames, facts.repeated, facts.ranges), (3, 1, vec![[Some(0.0), Some(1.5)]]));
        assert!(films.add(0.0, 0.0, (16, 16), (Layout::Luma, &[0; 256])), "another size, another film");
    }

    #[test]
    fn a_frame_that_cannot_be_used_is_told_at_the_end() {
        let mut films = verifier(&[Key::from_secret(KeyRole::Title, [7; 32])]);
        assert!(films.add(0.0, 0.0, (300, 300), (Layout::Luma, &[9; 90_000])));
        assert!(!films.add(0.0, 1.0, (300, 200), (Layout::Luma, &[9; 60_000])));
        assert!(!films.add(0.0, 2.0, (300, 300), (Layout::Luma, &[9; 90_000])));
        let failure = films.film.take().unwrap().finish().unwrap_err();
        assert!(failure.message.contains("300x200") && failure.kind == "input", "{}", failure.message);
    }
}
