//! The demo's table: one line a copy.

use watermark_core::{Geometry, Payload};

use super::copies::Copy;
use crate::output::text::{changes, log10};

/// The table with its heading.
pub(super) fn of(copies: &[Copy], payload: &Payload) -> String {
    let mut lines =
        vec![line("copy", "pixels", "verdict", "payload", "log10 p", "geometry and short side of the whole")];
    lines.extend(copies.iter().map(|copy| {
        let mark = copy.detection.strongest();
        line(
            copy.title,
            &format!("{}x{}", copy.picture.width(), copy.picture.height()),
            mark.verdict.as_str(),
            copy.payload_word(payload),
            &log10(mark.log10_p),
            &mark.geometry.as_ref().map_or_else(|| "-".to_owned(), geometry),
        )
    }));
    lines.join("\n")
}

fn geometry(geometry: &Geometry) -> String {
    format!("{}, {:.0} px", changes(geometry), geometry.full_short_side_px)
}

fn line(copy: &str, pixels: &str, verdict: &str, payload: &str, log10_p: &str, geometry: &str) -> String {
    format!("{copy:<40} {pixels:<9} {verdict:<13} {payload:<8} {log10_p:>8}  {geometry}")
}
