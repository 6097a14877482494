//! The same key, payload and picture give the same bytes and the same answer, however many threads there are.

use image::RgbImage;
use watermark_core::Detection;
use watermark_tests::{Scene, detected, key, marked, payload};

fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool").install(work)
}

/// Everything a detection says, bit for bit.
fn said(detection: &Detection) -> String {
    let mark = detection.strongest();
    let bits: Vec<u64> = [mark.log10_p, mark.margin_db].iter().map(|v| v.to_bits()).collect();
    format!("{bits:x?} {detection:?}")
}

fn run(picture: &RgbImage) -> (RgbImage, String, String) {
    let (copy, report) = marked(picture, &key(6), &payload());
    let turned = attacks::by_name("rotate-7").expect("a known name").apply(&copy, 0).expect("rotated");
    (copy, format!("{report:?}"), said(&detected(&turned, &[key(6), key(7)])))
}

#[test]
fn the_number_of_threads_changes_nothing() {
    // Above the size of one strip or tile of any stage, so that there is something to share out.
    let picture = Scene::new(1).picture(1100, 900);
    let one = with_threads(1, || run(&picture));
    for threads in [2, 3, 8] {
        let many = with_threads(threads, || run(&picture));
        assert!(one.0 == many.0, "another picture with {threads} threads");
        assert_eq!((&one.1, &one.2), (&many.1, &many.2), "{threads} threads");
    }
}

#[test]
fn twice_is_the_same() {
    let picture = Scene::new(2).picture(420, 333);
    assert!(run(&picture) == run(&picture));
}
