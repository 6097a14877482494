//! Whoever waits for a detection hears how far it is, changes nothing by listening, and can call it off.

use std::ops::ControlFlow;

use watermark_core::{DetectOptions, Detector, Error};
use watermark_tests::{Scene, key, view};

#[test]
fn watching_grows_to_one_and_changes_nothing() {
    let picture = Scene::new(5).picture(640, 480);
    let detector = Detector::new(&[key(1), key(2)], DetectOptions::default()).expect("keys");
    let mut heard = Vec::new();
    let watched = detector.detect_watched(&view(&picture), &mut |share| {
        heard.push(share);
        ControlFlow::Continue(())
    });
    let alone = detector.detect(&view(&picture)).expect("an answer");
    assert_eq!(format!("{:?}", watched.expect("an answer")), format!("{alone:?}"));
    assert!(heard.len() > 10 && heard.is_sorted(), "{heard:?}");
    assert_eq!((heard.first(), heard.last()), (Some(&0.0), Some(&1.0)));
}

#[test]
fn a_detection_can_be_called_off_at_any_call() {
    let picture = Scene::new(5).picture(320, 240);
    let detector = Detector::new(&[key(1)], DetectOptions::default()).expect("keys");
    for last in [1, 2, 3, 4] {
        let mut calls = 0;
        let answer = detector.detect_watched(&view(&picture), &mut |_| {
            calls += 1;
            if calls < last { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!((answer.err(), calls), (Some(Error::Cancelled), last));
    }
}
