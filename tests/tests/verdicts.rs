//! What lies between a clean reading and none: a mark without its message, and a trace.

use watermark_core::{Key, Payload, Verdict};
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

/// The mean of two copies of a picture, marked with messages of the longest class: neither can be read, and both are there.
fn blend(picture: &image::RgbImage, key: &Key, payloads: &[Payload; 2]) -> image::RgbImage {
    let [mut a, b] = payloads.each_ref().map(|payload| marked(picture, key, payload).0);
    let mean = |a: &mut u8, b: &u8| *a = (u16::from(*a) + u16::from(*b)).div_ceil(2) as u8;
    a.as_flat_samples_mut().samples.iter_mut().zip(b.as_raw()).for_each(|(a, b)| mean(a, b));
    a
}

/// As noise grows, the mark without a message becomes a trace, and then nothing is seen. No message is ever shown but one
/// that was put in.
#[test]
fn a_mark_may_be_found_without_its_message_and_a_trace_is_inconclusive() {
    let payloads = [0xa5, 0x3c].map(|byte| Payload::from_bytes(&[byte; 16]).unwrap());
    let (mut without_message, mut traces, mut gone) = (0, 0, 0);
    for secret in 1..=3 {
        let key = key(secret);
        let copy = blend(&Scene::new(u64::from(secret)).picture(420, 330), &key, &payloads);
        for step in 0..16 {
            let detection = detected(&noisy(&copy, 3.0 * 1.2_f64.powi(step)), std::slice::from_ref(&key));
            let mark = detection.strongest();
            match (mark.verdict, &mark.payload) {
                (Verdict::Found, Some(read)) => assert!(payloads.contains(read), "step {step}: {read:?}"),
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
