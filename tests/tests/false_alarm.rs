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
