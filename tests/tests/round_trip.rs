//! What is put in comes out: any layout, depth, size and stride; in strips as in one piece.

use proptest::prelude::*;
use watermark_core::{
    DetectOptions, Detector, EmbedOptions, Embedder, ImageView, ImageViewMut, Layout, Payload, Samples, SamplesMut,
    Strength, Verdict,
};
use watermark_tests::{Scene, detected, key, marked, payload, reads};

const LAYOUTS: [Layout; 4] = [Layout::Luma, Layout::LumaAlpha, Layout::Rgb, Layout::Rgba];
/// What stands between the end of a row and the next one; nothing may read or change it.
const PADDING: f64 = 77.0;

/// Depth of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Depth {
    U8,
    U16,
    F32,
}

/// Samples of any depth with a stride.
#[derive(Debug, Clone, PartialEq)]
enum Store {
    U8(Vec<u8>),
    U16(Vec<u16>),
    F32(Vec<f32>),
}

#[derive(Debug, Clone, PartialEq)]
struct Raw {
    width: usize,
    height: usize,
    stride: usize,
    layout: Layout,
    store: Store,
}

impl Raw {
    fn scene(seed: u64, (width, height): (usize, usize), padding: usize, layout: Layout, depth: Depth) -> Self {
        let stride = width * layout.channels() + padding;
        let mut levels = Vec::with_capacity(stride * height);
        for y in 0..height {
            for x in 0..width {
                let colour = Scene::new(seed).colour(x as u32, y as u32);
                levels.extend(colour[..layout.colours()].iter().map(|level| level.clamp(4.0, 251.0)));
                levels.extend(layout.has_alpha().then_some((x * 255 / width) as f64));
            }
            levels.extend(std::iter::repeat_n(PADDING, padding));
        }
        let store = match depth {
            Depth::U8 => Store::U8(levels.iter().map(|&level| level as u8).collect()),
            Depth::U16 => Store::U16(levels.iter().map(|&level| (257.0 * level) as u16).collect()),
            Depth::F32 => Store::F32(levels.iter().map(|&level| (level / 255.0) as f32).collect()),
        };
        Self { width, height, stride, layout, store }
    }

    fn view(&self) -> ImageView<'_> {
        let samples = match &self.store {
            Store::U8(s) => Samples::U8(s),
            Store::U16(s) => Samples::U16(s),
            Store::F32(s) => Samples::F32(s),
        };
        ImageView::new(self.width, self.height, self.stride, self.layout, samples).expect("a whole picture")
    }

    /// Rows `first..first + count`.
    fn strip(&mut self, first: usize, count: usize) -> ImageViewMut<'_> {
        let range = first * self.stride..(first + count) * self.stride;
        let samples = match &mut self.store {
            Store::U8(s) => SamplesMut::U8(&mut s[range]),
            Store::U16(s) => SamplesMut::U16(&mut s[range]),
            Store::F32(s) => SamplesMut::F32(&mut s[range]),
        };
        ImageViewMut::new(self.width, count, self.stride, self.layout, samples).expect("whole rows")
    }

    fn whole(&mut self) -> ImageViewMut<'_> {
        self.strip(0, self.height)
    }

    /// Levels of 8 bits of the samples that are colour (`true`), or of those that are not: alpha and padding.
    fn levels(&self, colour: bool) -> Vec<f64> {
        let levels: Vec<f64> = match &self.store {
            Store::U8(s) => s.iter().map(|&v| v.into()).collect(),
            Store::U16(s) => s.iter().map(|&v| f64::from(v) / 257.0).collect(),
            Store::F32(s) => s.iter().map(|&v| 255.0 * f64::from(v)).collect(),
        };
        let (channels, row) = (self.layout.channels(), self.width * self.layout.channels());
        let is_colour = |i: usize| i % self.stride < row && i % self.stride % channels < self.layout.colours();
        levels.into_iter().enumerate().filter(|&(i, _)| is_colour(i) == colour).map(|(_, level)| level).collect()
    }
}

fn embedder() -> Embedder {
    Embedder::new(&key(5), EmbedOptions::default()).expect("a key that marks")
}

fn detector() -> Detector {
    Detector::new(&[key(5)], DetectOptions::default()).expect("a key")
}

fn psnr(before: &Raw, after: &Raw) -> f64 {
    let (before, after) = (before.levels(true), after.levels(true));
    let sum: f64 = before.iter().zip(&after).map(|(b, a)| (b - a).powi(2)).sum();
    10.0 * (255.0 * 255.0 * before.len() as f64 / sum).log10()
}

#[test]
fn every_layout_and_depth_carries_a_mark() {
    for layout in LAYOUTS {
        for depth in [Depth::U8, Depth::U16, Depth::F32] {
            let original = Raw::scene(1, (384, 300), 5, layout, depth);
            let mut copy = original.clone();
            let report = embedder().embed(&mut copy.whole(), &payload()).expect("carried");
            let detection = detector().detect(&copy.view()).expect("a picture");
            assert!(reads(&detection, &payload()), "{layout:?} {depth:?}");
            assert_eq!(copy.levels(false), original.levels(false), "alpha or padding of {layout:?} {depth:?}");
            // Figures of the report are those of the pixels; rounding of the levels above costs less than this.
            assert!((report.psnr_db - psnr(&original, &copy)).abs() < 0.05, "{layout:?} {depth:?}");
        }
    }
}

#[test]
fn the_extremes_of_shape_carry_a_mark() {
    for size in [(128, 128), (128, 900), (160, 2400), (2400, 160), (1031, 129)] {
        let mut raw = Raw::scene(2, size, 0, Layout::Rgb, Depth::U8);
        let short = "00c0ffee".parse::<Payload>().expect("8 digits");
        embedder().embed(&mut raw.whole(), &short).unwrap_or_else(|error| panic!("{size:?}: {error}"));
        let detection = detector().detect(&raw.view()).expect("a picture");
        assert!(reads(&detection, &short), "{size:?}: log10 p {}", detection.strongest().log10_p);
    }
}

#[test]
fn every_class_is_recognised_by_itself() {
    let picture = Scene::new(3).picture(448, 400);
    for digits in ["01234567", "0123456789abcdef", "00112233445566778899aabbccddeeff", "00000000", "ffffffffffffffff"] {
        let payload = digits.parse::<Payload>().expect("digits");
        let (copy, _) = marked(&picture, &key(5), &payload);
        assert!(reads(&detected(&copy, &[key(5)]), &payload), "{digits}");
    }
}

#[test]
fn strips_give_what_the_whole_picture_gives() {
    let original = Raw::scene(4, (333, 257), 7, Layout::Rgba, Depth::U8);
    let plan = embedder().plan(&original.view(), &payload()).expect("carried");
    let mut whole = original.clone();
    let applied = plan.apply(&mut whole.whole()).expect("the planned size");
    for rows in [1, 16, 100, 256, 257] {
        let mut striped = original.clone();
        let (mut squared_error, mut samples) = (0.0, 0);
        for first in (0..original.height).step_by(rows) {
            let count = rows.min(original.height - first);
            let part = plan.apply_rows(first, &mut striped.strip(first, count)).expect("rows of the plan");
            squared_error += part.squared_error;
            samples += part.samples;
        }
        assert!(striped == whole, "strips of {rows} rows differ");
        assert_eq!(samples, applied.samples);
        // Sums in another order agree to rounding.
        assert!((squared_error / applied.squared_error - 1.0).abs() < 1e-9);
    }
}

#[test]
fn a_strip_beyond_the_plan_is_an_error() {
    let mut raw = Raw::scene(4, (333, 257), 0, Layout::Rgb, Depth::U8);
    let plan = embedder().plan(&raw.view(), &payload()).expect("carried");
    assert!(plan.apply_rows(200, &mut raw.strip(0, 100)).is_err());
    assert!(plan.apply_rows(usize::MAX, &mut raw.strip(0, 100)).is_err());
    let mut other = Raw::scene(4, (332, 257), 0, Layout::Rgb, Depth::U8);
    assert!(plan.apply(&mut other.whole()).is_err());
}

#[test]
fn a_plan_serves_other_recipients() {
    let original = Raw::scene(5, (400, 320), 0, Layout::Rgb, Depth::U8);
    let plan = embedder().plan(&original.view(), &payload()).expect("carried");
    let other = "fedcba9876543210".parse::<Payload>().expect("digits");
    let mut copy = original.clone();
    plan.with_payload(&other).expect("a payload").apply(&mut copy.whole()).expect("the planned size");
    assert!(reads(&detector().detect(&copy.view()).expect("a picture"), &other));
}

#[test]
fn an_explicit_strength_is_met() {
    for target in [38.0, 42.0, 46.0] {
        let mut options = EmbedOptions::default();
        options.strength = Strength::PsnrDb(target);
        let original = Raw::scene(6, (448, 400), 0, Layout::Rgb, Depth::U8);
        let mut copy = original.clone();
        let embedder = Embedder::new(&key(5), options).expect("a key that marks");
        embedder.embed(&mut copy.whole(), &payload()).expect("carried");
        let reached = psnr(&original, &copy);
        // Rounding to whole levels adds up to 0.29 levels RMS, which is a good part of a weak mark.
        assert!((reached - target).abs() < 0.5, "asked for {target}, got {reached}");
    }
    for target in [29.0, 61.0, f64::NAN] {
        let mut options = EmbedOptions::default();
        options.strength = Strength::PsnrDb(target);
        assert!(Embedder::new(&key(5), options).is_err(), "{target}");
    }
}

#[test]
fn an_unmarked_picture_gives_nothing() {
    let raw = Raw::scene(7, (400, 320), 0, Layout::Rgb, Depth::U8);
    assert_eq!(detector().detect(&raw.view()).expect("a picture").verdict(), Verdict::NotFound);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn padding_changes_nothing(
        (width, height) in (200_usize..420, 200_usize..420),
        padding in 1_usize..40,
        layout in prop::sample::select(&LAYOUTS[..]),
        depth in prop::sample::select(&[Depth::U8, Depth::U16, Depth::F32][..]),
        seed in 0_u64..1000,
    ) {
        let mut tight = Raw::scene(seed, (width, height), 0, layout, depth);
        let mut padded = Raw::scene(seed, (width, height), padding, layout, depth);
        embedder().embed(&mut tight.whole(), &payload()).expect("carried");
        embedder().embed(&mut padded.whole(), &payload()).expect("carried");
        prop_assert!(tight.levels(true) == padded.levels(true));
        let detection = detector().detect(&padded.view()).expect("a picture");
        prop_assert!(reads(&detection, &payload()), "log10 p {}", detection.strongest().log10_p);
    }
}
