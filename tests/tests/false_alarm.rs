//! Unmarked pictures and wrong keys: the claim of `log10_p` holds. The wide study is elsewhere; this is its alarm bell.

use watermark_core::Verdict;
use watermark_tests::{Scene, detected, key, marked, payload};

/// Detections, each with another key, over unmarked pictures and pictures of another key.
const DETECTIONS: u8 = 40;

#[test]
fn wrong_keys_and_unmarked_pictures_stay_within_the_claim() {
    let unmarked: Vec<_> = (0..3).map(|seed| Scene::new(100 + seed).picture(320, 256)).collect();
    let mut pictures: Vec<_> = unmarked.iter().map(|picture| marked(picture, &key(255), &payload()).0).collect();
    pictures.extend(unmarked);
    let readings: Vec<f64> = (0..DETECTIONS)
        .map(|secret| {
            let detection = detected(&pictures[usize::from(secret) % pictures.len()], &[key(secret)]);
            let strongest = detection.strongest();
            assert_eq!((strongest.verdict, &strongest.payload), (Verdict::NotFound, &None), "key {secret}");
            assert!(strongest.log10_p <= 0.0);
            strongest.log10_p
        })
        .collect();
    // At most 4 of 40 are expected at or below 0.1; a fair claim gives 12 or more once in 2,500 choices of the keys.
    let low = readings.iter().filter(|&&log10_p| log10_p <= -1.0).count();
    assert!(low < 12, "{low} of {DETECTIONS} readings claim 1 in 10: {readings:?}");
}

/// A gradient's steps look alike at every scale, so its octaves agree with each other without any mark.
#[test]
fn pictures_that_look_alike_at_every_scale_raise_no_alarm() {
    let gradient = image::RgbImage::from_fn(300, 340, |x, y| {
        let share = (x + y) as f32 / 640.0;
        image::Rgb([(10.0 + 20.0 * share) as u8, (200.0 - 110.0 * share) as u8, (10.0 + 80.0 * share) as u8])
    });
    for secret in 30..36 {
        let detection = detected(&gradient, &[key(secret)]);
        assert_eq!(detection.verdict(), Verdict::NotFound, "key {secret}: {}", detection.strongest().log10_p);
    }
}
