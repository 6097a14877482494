//! Lossy files and sizes.

use super::family::Family;
use crate::compress;
use crate::resize::{self, Kernel};

pub(super) const FAMILIES: &[Family] = &[
    Family::alone("none", |_| "nothing".into(), |picture, _, _| Ok(picture.clone())),
    Family::whole(
        "jpeg",
        "quality",
        (1.0, 100.0),
        |n| format!("JPEG quality {n}, chroma 4:2:0, tables of the standard"),
        |picture, n, _| compress::jpeg(picture, n as u8),
    ),
    Family::whole(
        "jpeg444",
        "quality",
        (1.0, 100.0),
        |n| format!("JPEG quality {n}, chroma 4:4:4, tables of the standard"),
        |picture, n, _| compress::jpeg_444(picture, n as u8),
    ),
    Family::whole(
        "jpeg2",
        "quality of the second file",
        (1.0, 100.0),
        |n| format!("JPEG quality {}, then JPEG quality {n} on the same grid, chroma 4:2:0", compress::FIRST_QUALITY),
        |picture, n, _| compress::double_jpeg(picture, n as u8),
    ),
    Family::real(
        "webp",
        "quality",
        (0.0, 100.0),
        |n| format!("lossy WebP quality {n}"),
        |picture, n, _| compress::webp(picture, n as f32),
    ),
    #[cfg(feature = "avif")]
    Family::real(
        "avif",
        "quality",
        (1.0, 100.0),
        |n| format!("AVIF quality {n} (rav1e, speed {}), 8 bits, chroma 4:4:4", crate::avif::SPEED),
        |picture, n, _| crate::avif::avif(picture, n as f32),
    ),
    Family::real(
        "resize",
        "percent of both sides",
        (1.0, 1000.0),
        |n| format!("both sides to {n} %, Lanczos to shrink and bicubic to enlarge"),
        |picture, n, _| resize::by_factor(picture, n / 100.0),
    ),
    Family::real(
        "resize-nearest",
        "percent of both sides",
        (1.0, 1000.0),
        |n| format!("both sides to {n} %, nearest pixel"),
        |picture, n, _| resize::by_factor_by(picture, n / 100.0, Kernel::Nearest),
    ),
    Family::real(
        "resize-bilinear",
        "percent of both sides",
        (1.0, 1000.0),
        |n| format!("both sides to {n} %, bilinear"),
        |picture, n, _| resize::by_factor_by(picture, n / 100.0, Kernel::Bilinear),
    ),
    Family::real(
        "resize-bicubic",
        "percent of both sides",
        (1.0, 1000.0),
        |n| format!("both sides to {n} %, bicubic (Catmull-Rom)"),
        |picture, n, _| resize::by_factor_by(picture, n / 100.0, Kernel::Bicubic),
    ),
    Family::real(
        "resize-lanczos",
        "percent of both sides",
        (1.0, 1000.0),
        |n| format!("both sides to {n} %, Lanczos of three lobes"),
        |picture, n, _| resize::by_factor_by(picture, n / 100.0, Kernel::Lanczos),
    ),
    Family::whole(
        "longest",
        "pixels",
        (1.0, 65_535.0),
        |n| format!("longest side to {n} px at most"),
        |picture, n, _| resize::longest_side(picture, n as u32),
    ),
    Family::real(
        "aspect",
        "factor of the width",
        (0.1, 10.0),
        |n| format!("width times {n}, height as it was"),
        |picture, n, _| resize::width_by_factor(picture, n),
    ),
];
