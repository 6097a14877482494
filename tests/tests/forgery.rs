//! A mark that is lifted from one picture does not count on another. The wide study is elsewhere.

use image::RgbImage;
use watermark_core::Verdict;
use watermark_tests::{Scene, detected, key, marked, payload};

/// What a forger without the key and without the original can do: the marked picture minus its smooth version, added
/// to another picture.
fn pasted(source: &RgbImage, target: &RgbImage, gain: f32) -> RgbImage {
    let smooth = attacks::blur::gaussian(source, 1.5);
    let mut forged = target.clone();
    for ((sample, source), smooth) in forged.iter_mut().zip(source.iter()).zip(smooth.iter()) {
        let estimate = f32::from(*source) - f32::from(*smooth);
        *sample = (f32::from(*sample) + gain * estimate).round().clamp(0.0, 255.0) as u8;
    }
    forged
}

#[test]
fn a_lifted_mark_is_not_found_on_another_picture() {
    for seed in 0..4 {
        let (source, _) = marked(&Scene::new(200 + seed).picture(448, 400), &key(9), &payload());
        let target = Scene::new(300 + seed).picture(448, 400);
        for gain in [0.5, 1.0] {
            let detection = detected(&pasted(&source, &target, gain), &[key(9)]);
            let log10_p = detection.strongest().log10_p;
            assert_ne!(detection.verdict(), Verdict::Found, "seed {seed}, gain {gain}: log10 p {log10_p}");
        }
    }
}
