//! Whole ways of publication, and what is drawn over pictures on the way.

use super::family::Family;
use crate::{collage, overlay, print_scan, regenerate, screenshot, social};

pub(super) const FAMILIES: &[Family] = &[
    Family::alone(
        "social",
        |_| social::words(&social::SHARPENED),
        |picture, _, _| social::upload(picture, &social::SHARPENED),
    ),
    Family::only(
        "social",
        "longest side, pixels",
        1080.0,
        |_| social::words(&social::LARGE),
        |picture, _, _| social::upload(picture, &social::LARGE),
    ),
    Family::only(
        "social",
        "longest side, pixels",
        600.0,
        |_| social::words(&social::SMALL),
        |picture, _, _| social::upload(picture, &social::SMALL),
    ),
    Family::alone(
        "screenshot",
        |_| {
            let scale = 100.0 * screenshot::VIEWER_SCALE;
            format!("shown at {scale} % under a bar and in a border, JPEG quality {}", screenshot::QUALITY)
        },
        |picture, _, _| screenshot::in_viewer(picture),
    ),
    Family::real(
        "screenshot",
        "percent of both sides",
        (1.0, 200.0),
        |n| {
            let part = 100.0 * screenshot::PAGE_PART;
            let quality = screenshot::QUALITY;
            format!(
                "shown at {n} % on a light page of text, {part} % of its sides, random place, JPEG quality {quality}"
            )
        },
        |picture, n, seed| screenshot::on_page(picture, n / 100.0, seed),
    ),
    Family::real(
        "collage",
        "percent of the area",
        (0.1, 100.0),
        |n| format!("covers {n} % of the area of another picture as large, random place"),
        |picture, n, seed| collage::collage(picture, n / 100.0, seed),
    ),
    Family::alone(
        "overlay-text",
        |_| {
            let letters = overlay::CAPTION_LETTERS;
            format!("two captions of {letters} white capitals with a black rim over the whole width")
        },
        |picture, _, seed| Ok(overlay::text(picture, seed)),
    ),
    Family::alone(
        "overlay-logo",
        |_| {
            let (logo, band) = (100.0 * overlay::LOGO_SHARE, 100.0 * overlay::BAND_HEIGHT);
            let opacity = 100.0 * overlay::BAND_OPACITY;
            format!(
                "opaque logo over {logo} % of the area, band of text {band} % high and {opacity} % opaque, random places"
            )
        },
        |picture, _, seed| Ok(overlay::logo(picture, seed)),
    ),
    Family::alone(
        "printscan",
        |_| print_scan::words(&print_scan::OFFICE),
        |picture, _, seed| print_scan::print_and_scan(picture, &print_scan::OFFICE, seed),
    ),
    Family::alone(
        "regen",
        |_| regenerate::words(&regenerate::COARSE),
        |picture, _, seed| regenerate::regenerate(picture, &regenerate::COARSE, seed),
    ),
];
