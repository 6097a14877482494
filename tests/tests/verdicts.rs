//! What lies between a clean reading and none: a mark without its message, and a trace.

use watermark_core::{Payload, Verdict};
use watermark_tests::{Scene, detected, key, marked};

/// A picture with even noise of this reach, grey levels, from a fixed sequence.
fn noisy(picture: &image::RgbImage, reach: f64) -> image::RgbImage {
    let mut state = 7_u32;
    let mut out = picture.clone();
    for value in out.as_flat_samples_mut().samples {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let share = f64::from(state >> 8) / f64::from(1_u32 << 24) - 0.5;
        *value = (f64::from(*value) + 2.0 * reach * share).clamp(0.0, 255.0) as u8;
    }
    out
}

/// The longest message needs the most signal: as noise grows, the message goes first, then the mark becomes a trace,
/// then nothing is seen. No message is ever shown but the one that was put in.
#[test]
fn the_message_goes_before_the_mark_and_a_trace_is_inconclusive() {
    let payload = Payload::from_bytes(&[0xa5; 16]).unwrap();
    let (mut without_message, mut traces, mut gone) = (0, 0, 0);
    for secret in 1..=3 {
        let key = key(secret);
        let (copy, _) = marked(&Scene::new(u64::from(secret)).picture(420, 330), &key, &payload);
        for step in 0..24 {
            let detection = detected(&noisy(&copy, 20.0 + 9.0 * f64::from(step)), std::slice::from_ref(&key));
            let mark = detection.strongest();
            match (mark.verdict, &mark.payload) {
                (Verdict::Found, Some(read)) => assert_eq!(*read, payload, "step {step}"),
                (Verdict::Found, None) => {
                    assert_eq!((mark.authentic, mark.geometry.is_some()), (None, true));
                    without_message += 1;
                }
                (Verdict::Inconclusive, read) => {
                    assert!(read.is_none() && (-9.0..=-4.0).contains(&mark.log10_p));
                    traces += 1;
                }
                (_, read) => {
                    assert!(read.is_none());
                    gone += 1;
                }
            }
        }
    }
    assert!(without_message > 0 && traces > 0 && gone > 0, "{without_message} {traces} {gone}");
}
