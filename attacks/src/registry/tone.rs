//! Brightness and colour.

use super::family::Family;
use crate::{colour, dither, tone};

pub(super) const FAMILIES: &[Family] = &[
    Family::real(
        "brightness",
        "percent",
        (1.0, 1000.0),
        |n| format!("every sample times {n} %"),
        |picture, n, _| Ok(tone::brightness(picture, n as f32 / 100.0)),
    ),
    Family::real(
        "contrast",
        "percent",
        (1.0, 1000.0),
        |n| format!("every sample's distance from 128 times {n} %"),
        |picture, n, _| Ok(tone::contrast(picture, n as f32 / 100.0)),
    ),
    Family::real(
        "gamma",
        "exponent",
        (0.1, 10.0),
        |n| format!("every sample to the power of {n}"),
        |picture, n, _| Ok(tone::gamma(picture, n as f32)),
    ),
    Family::alone("equalise", |_| "histogram of luma equalised".into(), |picture, _, _| Ok(tone::equalise(picture))),
    Family::alone("greyscale", |_| "luma alone (BT.601)".into(), |picture, _, _| Ok(tone::greyscale(picture))),
    Family::real(
        "saturation",
        "percent",
        (0.0, 1000.0),
        |n| format!("every sample's distance from luma times {n} %"),
        |picture, n, _| Ok(colour::saturation(picture, n as f32 / 100.0)),
    ),
    Family::real(
        "hue",
        "degrees",
        (-360.0, 360.0),
        |n| format!("colours turned by {n} degrees in the plane of Cb and Cr"),
        |picture, n, _| Ok(colour::hue(picture, n)),
    ),
    Family::real(
        "temperature",
        "percent",
        (10.0, 1000.0),
        |n| format!("red over blue times {n} %, half of it each"),
        |picture, n, _| Ok(colour::temperature(picture, n as f32 / 100.0)),
    ),
    Family::whole(
        "posterise",
        "bits",
        (1.0, 7.0),
        |n| format!("{n} bits for every sample"),
        |picture, n, _| Ok(colour::posterise(picture, n as u32)),
    ),
    Family::whole(
        "dither",
        "colours",
        (2.0, 256.0),
        |n| format!("{n} colours of the picture's own, errors diffused (Floyd-Steinberg)"),
        |picture, n, _| Ok(dither::dither(picture, n as usize)),
    ),
    Family::alone("invert", |_| "negative".into(), |picture, _, _| Ok(colour::invert(picture))),
];
