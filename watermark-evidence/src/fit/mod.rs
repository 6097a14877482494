//! Does a suspect picture show what the registered thumbnail shows? A mark that was copied onto another picture is read
//! like any other; its content gives it away.
//!
//! The reading's geometry is undone (mirror, aspect, rotation, scale), so that only the place within the original is
//! unknown: the pattern repeats and does not tell it. Both pictures are turned into fields of edge directions that
//! brightness, contrast, colour and inversion leave alone ([`edges`]), and the place is where the fields agree best
//! ([`correlate`]). How much agreement is enough was measured: docs/decisions/thumbnail-fit.md.

mod correlate;
mod edges;
mod piece;
mod pose;
mod verdict;

pub use pose::Pose;
pub use verdict::FitVerdict;

use watermark_media::Picture;

use crate::Thumbnail;
use correlate::{Match, Matcher};
use edges::Edges;
use piece::Piece;

/// What is registered of an original.
#[derive(Debug, Clone, Copy)]
pub struct Original<'a> {
    /// Its thumbnail.
    pub thumbnail: &'a Thumbnail,
    /// Its width, pixels.
    pub width: usize,
    /// Its height, pixels.
    pub height: usize,
}

/// A rectangle of the original, in shares of its sides: 0 is left and top, 1 right and bottom.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

/// How a suspect fits an original. Place and share mean something where the verdict is [`FitVerdict::Fits`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// What may be said.
    pub verdict: FitVerdict,
    /// Correlation of the two fields of edges at the best place, -1 to 1.
    pub score: f64,
    /// The score in units of chance: times the root of the number of thumbnail pixels that have edges. Unrelated
    /// pictures reach about 4 to 8 at their best place.
    pub strength: f64,
    /// Pixels of the thumbnail's size with edges that could have been compared: the smaller of what the suspect and its
    /// share of the thumbnail have.
    pub texture: f64,
    /// What [`Pose::full_short_side_px`] has to be multiplied by for this fit: about 1, or 1/2, 1/4 and so on where the
    /// reading took an octave of the mark for a coarser one.
    pub factor: f64,
    /// Part of the original that the suspect shows.
    pub overlap: Overlap,
    /// Share of the original's area that the suspect shows, 0 to 1.
    pub share: f64,
    /// Upper left corner of what the suspect shows, in pixels of the thumbnail; negative where the suspect has more on
    /// that side than the original.
    pub shift: (f64, f64),
}

/// Compares a suspect, in which a mark was read with the geometry `pose`, with a registered original.
pub fn fit(suspect: &Picture, pose: &Pose, original: &Original<'_>) -> Fit {
    let view = suspect.view();
    let thumbnail = &original.thumbnail.small;
    let matcher = Matcher::new(Edges::of_small(thumbnail));
    let size = (suspect.width(), suspect.height());
    // Where only a part is there, only a part of the thumbnail's edges can be found again.
    let room = pose.room(size, (original.width, original.height)).unwrap_or(0.0).min(1.0);
    let mut texture = f64::MAX;
    let mut best: Option<(Match, f64)> = None;
    for tried in pose.candidates(original, size) {
        let Some(piece) = Piece::new(&view, &tried.matrix, (thumbnail.width, thumbnail.height)) else { continue };
        let edges = piece.edges();
        texture = texture.min(edges.energy());
        let Some(found) = matcher.best(&edges) else { continue };
        if best.as_ref().is_none_or(|(best, _)| found.rank() > best.rank()) {
            best = Some((found, tried.factor));
        }
        if verdict::sure(found.score, found.strength) {
            break;
        }
    }
    let Some((found, factor)) = best else { return Fit::nothing() };
    let mut fit = found.to_fit((thumbnail.width, thumbnail.height));
    fit.texture = texture.min(matcher.energy() * room);
    fit.factor = factor;
    fit.verdict = FitVerdict::of(&fit, matcher.energy() / (thumbnail.width * thumbnail.height) as f64);
    fit
}

impl Fit {
    /// The answer where nothing could be compared.
    fn nothing() -> Self {
        let overlap = Overlap { left: 0.0, top: 0.0, right: 0.0, bottom: 0.0 };
        let verdict = FitVerdict::Unsure;
        Self { verdict, score: 0.0, strength: 0.0, texture: 0.0, factor: 1.0, overlap, share: 0.0, shift: (0.0, 0.0) }
    }
}
