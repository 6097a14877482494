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
use piece::{Piece, Suspect};

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
    let thumbnail = &original.thumbnail.small;
    let matcher = Matcher::new(Edges::of_small(thumbnail));
    let size = (suspect.width(), suspect.height());
    let mut reduced = Suspect::new(suspect.view());
    // Where only a part is there, only a part of the thumbnail's edges can be found again.
    let room = pose.room(size, (original.width, original.height)).unwrap_or(0.0).min(1.0);
    let mut texture = f64::MAX;
    let mut best: Option<(Match, f64)> = None;
    for tried in pose.candidates(original, size) {
        let Some(piece) = Piece::new(&mut reduced, &tried.matrix, (thumbnail.width, thumbnail.height)) else {
            continue;
        };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fingerprint;
    use image::RgbImage;
    use watermark_core::Layout;
    use watermark_media::PixelData;

    /// Discs and bars at random places: edges everywhere, none of them in two scenes.
    fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
        let mut state = seed;
        let mut random = |most: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % most
        };
        let mut image = RgbImage::from_pixel(width, height, image::Rgb([90, 110, 130]));
        for _ in 0..160 {
            let (x, y, radius) = (random(width) as i32, random(height) as i32, 4 + random(22) as i32);
            let colour = image::Rgb([random(256) as u8, random(256) as u8, random(256) as u8]);
            let flat = 1 + random(4) as i32;
            for v in (y - radius).max(0)..(y + radius).min(height as i32) {
                for u in (x - radius).max(0)..(x + radius).min(width as i32) {
                    if (u - x).pow(2) + flat * (v - y).pow(2) < radius * radius {
                        image.put_pixel(u as u32, v as u32, colour);
                    }
                }
            }
        }
        image
    }

    fn picture(image: &RgbImage) -> Picture {
        let samples = PixelData::U8(image.as_raw().clone());
        Picture::new(image.width() as usize, image.height() as usize, Layout::Rgb, samples).unwrap()
    }

    fn fit_of(copy: &RgbImage, pose: &Pose, original: &RgbImage) -> Fit {
        let thumbnail = fingerprint(&picture(original)).unwrap().thumbnail;
        let (width, height) = (original.width() as usize, original.height() as usize);
        fit(&picture(copy), pose, &Original { thumbnail: &thumbnail, width, height })
    }

    #[test]
    fn copies_fit_and_other_pictures_do_not() {
        let (original, other) = (scene(480, 320, 1), scene(480, 320, 77));
        let whole = Pose::unchanged(320.0);
        let poses = [
            ("none", whole),
            ("invert", whole),
            ("hue-90", whole),
            ("jpeg-20", whole),
            ("overlay-text", whole),
            ("flip-h", Pose { mirrored: true, ..whole }),
            ("rotate-30", Pose { rotation_deg: 30.0, ..whole }),
            ("rotate-90", Pose { rotation_deg: 90.0, ..whole }),
            ("aspect-1.25", Pose { aspect: 1.25, ..whole }),
            ("resize-50", Pose::unchanged(160.0)),
            ("letterbox", whole),
            ("crop-25", whole),
            // The reading took an octave for a coarser one.
            ("pad-50", Pose::unchanged(640.0)),
        ];
        for (name, pose) in poses {
            let copy = attacks::by_name(name).unwrap().apply(&original, 3).unwrap();
            let own = fit_of(&copy, &pose, &original);
            assert_eq!(own.verdict, FitVerdict::Fits, "{name}: {own:?}");
            let foreign = fit_of(&copy, &pose, &other);
            assert_ne!(foreign.verdict, FitVerdict::Fits, "{name}: {foreign:?}");
            // A crop of a quarter has few edges; everything else has plenty.
            assert!(name == "crop-25" || foreign.verdict == FitVerdict::DoesNotFit, "{name}: {foreign:?}");
        }
    }

    #[test]
    fn the_part_that_is_there_is_found() {
        let original = scene(480, 320, 5);
        let copy = image::imageops::crop_imm(&original, 240, 80, 200, 160).to_image();
        let Fit { overlap, share, verdict, factor, .. } = fit_of(&copy, &Pose::unchanged(320.0), &original);
        assert_eq!(verdict, FitVerdict::Fits);
        let near = |value: f64, wanted: f64| assert!((value - wanted).abs() < 0.03, "{value} {wanted}");
        near(overlap.left, 0.5);
        near(overlap.top, 0.25);
        near(overlap.right, 440.0 / 480.0);
        near(overlap.bottom, 0.75);
        near(share, 200.0 * 160.0 / (480.0 * 320.0));
        near(factor, 1.0);
    }

    #[test]
    fn flat_tiny_and_impossible_input_is_unsure() {
        let flat = RgbImage::from_pixel(300, 200, image::Rgb([200; 3]));
        let original = scene(480, 320, 9);
        assert_eq!(fit_of(&flat, &Pose::unchanged(320.0), &original).verdict, FitVerdict::Unsure);
        assert_eq!(fit_of(&original, &Pose::unchanged(320.0), &flat).verdict, FitVerdict::Unsure);
        for short in [0.0, f64::NAN, 1e-9, 1.0, 1e9] {
            assert_eq!(fit_of(&original, &Pose::unchanged(short), &original).verdict, FitVerdict::Unsure, "{short}");
        }
        let dot = RgbImage::from_pixel(1, 1, image::Rgb([0; 3]));
        assert_eq!(fit_of(&dot, &Pose::unchanged(1.0), &dot).verdict, FitVerdict::Unsure);
    }
}
