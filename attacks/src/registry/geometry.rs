//! What moves, cuts or surrounds the picture.

use super::family::Family;
use crate::{bend, crop, frame, mirror, perspective, rotate};

pub(super) const FAMILIES: &[Family] = &[
    Family::real(
        "rotate",
        "degrees counter-clockwise",
        (-360.0, 360.0),
        |n| {
            if n % 90.0 == 0.0 {
                return format!("turned by {n} degrees, exact, canvas turned along");
            }
            format!("turned by {n} degrees, same canvas, black corners")
        },
        |picture, n, _| {
            if n % 90.0 == 0.0 {
                return Ok(mirror::quarter_turns(picture, (n / 90.0) as i32));
            }
            Ok(rotate::same_canvas(picture, n))
        },
    ),
    Family::real(
        "rotate-grown",
        "degrees counter-clockwise",
        (-360.0, 360.0),
        |n| format!("turned by {n} degrees, canvas grown to keep everything, black corners"),
        |picture, n, _| Ok(rotate::grown_canvas(picture, n)),
    ),
    Family::real(
        "rotate-inner",
        "degrees counter-clockwise",
        (-360.0, 360.0),
        |n| format!("turned by {n} degrees and cut to the largest upright rectangle inside"),
        |picture, n, _| Ok(rotate::inner_crop(picture, n)),
    ),
    Family::alone("flip-h", |_| "mirrored left to right".into(), |picture, _, _| Ok(mirror::flip_horizontal(picture))),
    Family::alone("flip-v", |_| "mirrored top to bottom".into(), |picture, _, _| Ok(mirror::flip_vertical(picture))),
    Family::real(
        "crop",
        "percent of the area",
        (0.01, 100.0),
        |n| format!("cut to {n} % of the area, same proportions, random place"),
        |picture, n, seed| Ok(crop::random_share(picture, n / 100.0, seed)),
    ),
    Family::real(
        "cropback",
        "percent of the area",
        (0.01, 100.0),
        |n| format!("cut to {n} % of the area, same proportions, random place, then enlarged to the size from before"),
        |picture, n, seed| crop::share_and_back(picture, n / 100.0, seed),
    ),
    Family::real(
        "pad",
        "percent of the side",
        (0.1, 200.0),
        |n| format!("border of {n} % of the side on every side, one random colour"),
        |picture, n, seed| Ok(frame::pad(picture, n / 100.0, seed)),
    ),
    Family::alone(
        "letterbox",
        |_| format!("black bars up to {}:{}", frame::BOX_WIDTH, frame::BOX_HEIGHT),
        |picture, _, _| Ok(frame::letterbox(picture)),
    ),
    Family::real(
        "shear",
        "percent",
        (-100.0, 100.0),
        |n| format!("rows moved sideways by {n} % of their distance from the middle, canvas grown, grey corners"),
        |picture, n, _| Ok(perspective::shear(picture, n / 100.0)),
    ),
    Family::real(
        "perspective",
        "percent of the side",
        (0.1, 40.0),
        |n| format!("every corner moved inwards by up to {n} % of the side, at random; same canvas, grey outside"),
        |picture, n, seed| Ok(perspective::perspective(picture, n / 100.0, seed)),
    ),
    Family::real(
        "bend",
        "percent of the shorter side",
        (0.05, 10.0),
        |n| {
            let corners = n * bend::BEND_PERSPECTIVE;
            let cells = bend::BEND_CELLS;
            format!(
                "slow random bend of up to {n} % of the shorter side across and down ({cells} cells along it), corners \
                 moved by up to {corners} %"
            )
        },
        |picture, n, seed| Ok(bend::bend(picture, n / 100.0, seed)),
    ),
    Family::real(
        "wobble",
        "percent of the shorter side",
        (0.05, 2.0),
        |n| {
            let cells = bend::WOBBLE_CELLS;
            format!("small random waves of up to {n} % of the shorter side across and down ({cells} cells along it)")
        },
        |picture, n, seed| Ok(bend::wobble(picture, n / 100.0, seed)),
    ),
];
