//! Pixels that are no numbers and pictures beyond the limits are errors, never panics or answers.

use watermark_core::{
    DetectOptions, Detector, EmbedOptions, Embedder, Error, ImageView, ImageViewMut, Layout, Samples, SamplesMut,
};
use watermark_tests::{Scene, key, payload};

const SIDE: usize = 256;

fn floats() -> Vec<f32> {
    let picture = Scene::new(1).picture(SIDE as u32, SIDE as u32);
    picture.iter().map(|&sample| f32::from(sample) / 255.0).collect()
}

#[test]
fn nan_and_infinite_samples_are_refused_wherever_they_stand() {
    let embedder = Embedder::new(&key(1), EmbedOptions::default()).expect("a key");
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for at in [0, SIDE * SIDE + 1, 3 * SIDE * SIDE - 1] {
            let mut samples = floats();
            samples[at] = bad;
            let view = ImageView::new(SIDE, SIDE, 3 * SIDE, Layout::Rgb, Samples::F32(&samples)).expect("whole");
            assert!(matches!(detector.detect(&view), Err(Error::Input(_))), "{bad} at {at}");
            assert!(matches!(embedder.plan(&view, &payload()), Err(Error::Input(_))), "{bad} at {at}");
            let samples = SamplesMut::F32(&mut samples);
            let mut view = ImageViewMut::new(SIDE, SIDE, 3 * SIDE, Layout::Rgb, samples).expect("whole");
            assert!(matches!(embedder.embed(&mut view, &payload()), Err(Error::Input(_))), "{bad} at {at}");
        }
    }
}

#[test]
fn floats_beyond_the_range_are_no_reason_to_fail() {
    let mut samples = floats();
    samples.iter_mut().step_by(1001).for_each(|sample| *sample *= 4.0);
    samples.iter_mut().step_by(1003).for_each(|sample| *sample -= 2.0);
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
    let view = ImageView::new(SIDE, SIDE, 3 * SIDE, Layout::Rgb, Samples::F32(&samples)).expect("whole");
    assert!(detector.detect(&view).is_ok());
}

#[test]
fn sides_beyond_the_limit_are_named() {
    let (width, height) = (20_000, 2);
    let samples = vec![0_u8; width * height];
    let view = ImageView::new(width, height, width, Layout::Luma, Samples::U8(&samples)).expect("whole");
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
    let error = detector.detect(&view).expect_err("too wide");
    assert!(matches!(error, Error::Limit { value: 20_000, limit: 16_384, .. }), "{error}");
    let embedder = Embedder::new(&key(1), EmbedOptions::default()).expect("a key");
    assert!(matches!(embedder.plan(&view, &payload()), Err(Error::Limit { .. })));
}

#[test]
fn the_smallest_pictures_are_looked_at_without_a_panic() {
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
    let embedder = Embedder::new(&key(1), EmbedOptions::default()).expect("a key");
    for (width, height) in [(1, 1), (1, 2), (2, 1), (1, 500), (500, 1), (7, 9), (15, 300), (127, 127)] {
        let picture = Scene::new(4).picture(width, height);
        let view = watermark_tests::view(&picture);
        assert!(detector.detect(&view).is_ok(), "{width}x{height}");
        assert!(matches!(embedder.plan(&view, &payload()), Err(Error::Refused(_))), "{width}x{height}");
    }
}

#[test]
fn pictures_of_one_colour_are_looked_at_and_refused() {
    let embedder = Embedder::new(&key(1), EmbedOptions::default()).expect("a key");
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("a key");
    for level in [0, 1, 128, 255] {
        let samples = vec![level; SIDE * SIDE];
        let view = ImageView::new(SIDE, SIDE, SIDE, Layout::Luma, Samples::U8(&samples)).expect("whole");
        assert!(matches!(embedder.plan(&view, &payload()), Err(Error::Refused(_))), "{level}");
        let detection = detector.detect(&view).expect("a picture");
        assert_eq!(detection.strongest().payload, None);
        assert_eq!(detection.verdict(), watermark_core::Verdict::NotFound, "{level}");
    }
}
