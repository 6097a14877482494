//! Filters: blur, sharpening, programs against noise; and noise.

use super::family::Family;
use crate::{bilateral, blur, median, motion, noise, non_local, total_variation, wavelet};

/// Strength of `nlm` without a number.
const NLM_STRENGTH: f32 = 10.0;
/// Window, colour and space deviations of `bilateral`.
const BILATERAL: (usize, f32, f32) = (9, 40.0, 7.0);
/// Radius and amount of `sharpen`.
const SHARPEN: (f32, f32) = (1.0, 0.8);
/// Radius of `unsharp`, pixels.
const UNSHARP_RADIUS: f32 = 2.0;

fn nlm_words(strength: f64) -> String {
    format!("non-local means, strength {strength}, patches of 7x7, search in 21x21")
}

pub(super) const FAMILIES: &[Family] = &[
    Family::real(
        "blur",
        "standard deviation, pixels",
        (0.1, 50.0),
        |n| format!("Gaussian blur, standard deviation {n} px"),
        |picture, n, _| Ok(blur::gaussian(picture, n as f32)),
    ),
    Family::real(
        "motion",
        "pixels",
        (1.0, 100.0),
        |n| format!("motion blur along a line of {n} px at a random angle"),
        |picture, n, seed| Ok(motion::motion(picture, n, seed)),
    ),
    Family::odd(
        "box",
        "side, pixels",
        (3.0, 99.0),
        |n| format!("mean of {n}x{n} px"),
        |picture, n, _| Ok(motion::mean(picture, n as usize)),
    ),
    Family::odd(
        "median",
        "side, pixels",
        (3.0, 7.0),
        |n| format!("median of {n}x{n} px per channel"),
        |picture, n, _| Ok(median::median(picture, n as usize)),
    ),
    Family::alone(
        "sharpen",
        |_| format!("unsharp mask, radius {} px, amount {:.0} %", SHARPEN.0, 100.0 * SHARPEN.1),
        |picture, _, _| Ok(blur::sharpen(picture, SHARPEN.0, SHARPEN.1)),
    ),
    Family::real(
        "unsharp",
        "percent",
        (1.0, 1000.0),
        |n| format!("unsharp mask, radius {UNSHARP_RADIUS} px, amount {n} %"),
        |picture, n, _| Ok(blur::sharpen(picture, UNSHARP_RADIUS, n as f32 / 100.0)),
    ),
    Family::alone(
        "bilateral",
        |_| {
            let (window, colour, space) = BILATERAL;
            format!("bilateral filter, window {window} px, colour deviation {colour}, space deviation {space} px")
        },
        |picture, _, _| Ok(bilateral::bilateral(picture, BILATERAL.0, BILATERAL.1, BILATERAL.2)),
    ),
    Family::alone(
        "nlm",
        |_| nlm_words(f64::from(NLM_STRENGTH)),
        |picture, _, _| Ok(non_local::non_local_means(picture, NLM_STRENGTH)),
    ),
    Family::real("nlm", "strength, code values", (1.0, 100.0), nlm_words, |picture, n, _| {
        Ok(non_local::non_local_means(picture, n as f32))
    }),
    Family::real(
        "tv",
        "weight, code values",
        (0.1, 200.0),
        |n| format!("total variation (Chambolle), weight {n}, {} iterations", total_variation::ITERATIONS),
        |picture, n, _| Ok(total_variation::total_variation(picture, n as f32)),
    ),
    Family::real(
        "wavelet",
        "threshold, code values",
        (0.1, 200.0),
        |n| format!("Haar shrinkage over all shifts, soft threshold {n}, {} octaves", wavelet::LEVELS),
        |picture, n, _| Ok(wavelet::shrink(picture, n as f32)),
    ),
    Family::real(
        "noise",
        "standard deviation, code values",
        (0.0, 128.0),
        |n| format!("Gaussian noise, standard deviation {n}, independent per channel"),
        |picture, n, seed| Ok(noise::gaussian(picture, n as f32, seed)),
    ),
    Family::real(
        "speckle",
        "standard deviation, percent",
        (0.1, 100.0),
        |n| format!("multiplied by Gaussian noise, standard deviation {n} %, independent per channel"),
        |picture, n, seed| Ok(noise::speckle(picture, n as f32 / 100.0, seed)),
    ),
    Family::real(
        "saltpepper",
        "percent of the pixels",
        (0.01, 100.0),
        |n| format!("{n} % of the pixels black or white"),
        |picture, n, seed| Ok(noise::salt_and_pepper(picture, n / 100.0, seed)),
    ),
];
