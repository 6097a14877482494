//! The evidence map over the preview, and the part that the suspect shows over the thumbnail: drawings inside the page.

use maud::{Markup, html};
use watermark_core::EvidenceMap;

use crate::Overlap;

/// A cell at or above this many standard deviations has the full colour.
pub(super) const FULL_Z: f32 = 4.0;
/// From here a cell counts as one in which the mark stands out: chance gives one in 1,000 cells this much.
const STANDS_OUT_Z: f32 = 3.1;
/// Opacity of the full colour.
const FULL_SHARE: f32 = 0.55;
/// More cells than the detector makes.
const MOST_CELLS: usize = 96 * 96;

/// Cells coloured where the mark was read, to be laid over the preview; nothing for a map that contradicts itself.
pub(super) fn cells(map: &EvidenceMap) -> Option<Markup> {
    let count = map.columns.checked_mul(map.rows)?;
    if count == 0 || count > MOST_CELLS || map.z.len() != count {
        return None;
    }
    let view_box = format!("0 0 {} {}", map.columns, map.rows);
    Some(html! {
        svg.over viewBox=(view_box) preserveAspectRatio="none" aria-hidden="true" {
            @for (index, z) in map.z.iter().enumerate() {
                @if let Some(opacity) = opacity(*z) {
                    rect x=(index % map.columns) y=(index / map.columns) width="1" height="1"
                        fill="#00a05c" fill-opacity=(opacity) {}
                }
            }
            path d=(grid(map)) stroke="#fff" stroke-opacity=".5" stroke-width="1" fill="none"
                vector-effect="non-scaling-stroke" {}
        }
    })
}

fn opacity(z: f32) -> Option<String> {
    (z > 0.0).then(|| format!("{:.2}", (z / FULL_Z).min(1.0) * FULL_SHARE))
}

fn grid(map: &EvidenceMap) -> String {
    let columns = (1..map.columns).map(|x| format!("M{x} 0V{}", map.rows));
    let rows = (1..map.rows).map(|y| format!("M0 {y}H{}", map.columns));
    columns.chain(rows).collect()
}

/// Cells in which the mark stands out, and all.
pub(super) fn counted(map: &EvidenceMap) -> (usize, usize) {
    (map.z.iter().filter(|z| **z >= STANDS_OUT_Z).count(), map.z.len())
}

/// A frame around the part of the original that the suspect shows.
pub(super) fn part(overlap: &Overlap) -> Markup {
    let [x, y] = [overlap.left, overlap.top].map(|share| format!("{:.1}", share * 100.0));
    let [width, height] =
        [overlap.right - overlap.left, overlap.bottom - overlap.top].map(|share| format!("{:.1}", share * 100.0));
    html! {
        svg.over viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true" {
            @for (colour, dash) in [("#fff", "none"), ("#000", "5 4")] {
                rect x=(x) y=(y) width=(width) height=(height) fill="none" stroke=(colour) stroke-width="2"
                    stroke-dasharray=(dash) vector-effect="non-scaling-stroke" {}
            }
        }
    }
}
