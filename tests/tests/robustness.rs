//! A mark outlives what commonly happens to pictures. The wide tables are made by the studies; these rows are mild
//! enough for a generated picture of this size that a failure is a fault and no bad luck.

use watermark_core::{Geometry, Verdict};
use watermark_tests::{Scene, detected, key, marked, payload, reads};

const WIDTH: u32 = 640;
const HEIGHT: u32 = 512;

/// What is estimated after an attack; `None` when the mark is not read.
fn after(name: &str) -> Option<Geometry> {
    let (copy, _) = marked(&Scene::new(11).picture(WIDTH, HEIGHT), &key(8), &payload());
    let attacked = attacks::by_name(name).expect("a known name").apply(&copy, 3).expect("attacked");
    let detection = detected(&attacked, &[key(8)]);
    reads(&detection, &payload()).then(|| detection.strongest().geometry.expect("found marks have a geometry"))
}

#[test]
fn pixels_changed_in_place() {
    for name in ["none", "jpeg-50", "webp-50", "noise-5", "blur-1", "greyscale", "brightness-130", "contrast-70"] {
        let geometry = after(name).unwrap_or_else(|| panic!("lost after {name}"));
        assert!(geometry.rotation_deg.abs() < 0.2 && !geometry.mirrored, "{name}: {geometry:?}");
        assert!((geometry.full_short_side_px / f64::from(HEIGHT) - 1.0).abs() < 0.01, "{name}: {geometry:?}");
    }
}

#[test]
fn geometry_is_undone_and_told() {
    // Name, degrees counter-clockwise, width over height, mirrored, short side of the whole.
    let short = f64::from(HEIGHT);
    for (name, rotation_deg, aspect, mirrored, short_side) in [
        ("resize-50", 0.0, 1.0, false, 0.5 * short),
        ("resize-200", 0.0, 1.0, false, 2.0 * short),
        ("rotate-5", 5.0, 1.0, false, short),
        ("rotate--20", -20.0, 1.0, false, short),
        ("rotate-90", 90.0, 1.0, false, short),
        ("flip-h", 0.0, 1.0, true, short),
        ("crop-50", 0.0, 1.0, false, short),
        ("aspect-0.8", 0.0, 0.8, false, short),
    ] {
        let told = after(name).unwrap_or_else(|| panic!("lost after {name}"));
        assert!((told.rotation_deg - rotation_deg).abs() < 0.5, "{name}: {told:?}");
        assert!((told.aspect - aspect).abs() < 0.02, "{name}: {told:?}");
        assert_eq!(told.mirrored, mirrored, "{name}: {told:?}");
        assert!((told.full_short_side_px / short_side - 1.0).abs() < 0.03, "{name}: {told:?}");
    }
}

#[test]
fn what_destroys_the_picture_destroys_the_mark_and_nothing_is_claimed() {
    let (copy, _) = marked(&Scene::new(11).picture(WIDTH, HEIGHT), &key(8), &payload());
    for name in ["resize-2", "noise-128+jpeg-1", "blur-50"] {
        let attacked = attacks::by_name(name).expect("a known name").apply(&copy, 3).expect("attacked");
        let detection = detected(&attacked, &[key(8)]);
        assert_ne!(detection.verdict(), Verdict::Found, "{name}");
        assert_eq!(detection.strongest().payload, None, "{name}");
    }
}
