//! How much agreement says what. The figures are from docs/decisions/thumbnail-fit.md.

use super::Fit;

/// No more candidates are tried from this strength on, if the score is that of a fit.
const SURE_STRENGTH: f64 = 12.0;
/// A score from here on is not ranked higher: small pieces reach higher ones by chance.
const ALIKE_SCORE: f64 = 0.5;
/// Up to one of these the suspect does not fit, if there was enough to compare.
const FAILS_STRENGTH: f64 = 7.5;
const FAILS_SCORE: f64 = 0.2;
/// Pixels with edges that are enough to compare.
const ENOUGH_TEXTURE: f64 = 300.0;
/// Thumbnails with fewer edges for a pixel are of flat pictures: what was laid over a copy then speaks louder than it.
const FLAT: f64 = 0.25;

/// Whether the suspect shows what the original shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FitVerdict {
    /// It does.
    Fits,
    /// It does not: the mark may have been copied from another picture.
    DoesNotFit,
    /// Too little to tell: a small or flat piece, or one that was altered much.
    Unsure,
}

impl FitVerdict {
    /// From this strength on the suspect fits, if its score is enough too.
    pub const FITS_STRENGTH: f64 = 9.0;
    /// From this score on the suspect fits, if its strength is enough too. Long straight lines (frames of panels,
    /// horizons) agree by chance on many pixels, but with a low score.
    pub const FITS_SCORE: f64 = 0.3;

    /// `fits`, `does_not_fit` or `unsure`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::DoesNotFit => "does_not_fit",
            Self::Unsure => "unsure",
        }
    }

    /// The verdict for the figures of a fit, on a thumbnail with `density` edges for a pixel.
    pub(super) fn of(fit: &Fit, density: f64) -> Self {
        let fails = fit.strength <= FAILS_STRENGTH || fit.score <= FAILS_SCORE;
        if fit.strength >= Self::FITS_STRENGTH && fit.score >= Self::FITS_SCORE {
            Self::Fits
        } else if fails && fit.texture >= ENOUGH_TEXTURE && density >= FLAT {
            Self::DoesNotFit
        } else {
            Self::Unsure
        }
    }
}

/// Whether no better place need be looked for.
pub(super) fn sure(score: f64, strength: f64) -> bool {
    strength >= SURE_STRENGTH && score >= FitVerdict::FITS_SCORE
}

/// Which of two places is the better: the strength, less where it comes from a small part of many edges.
pub(super) fn rank(score: f64, strength: f64) -> f64 {
    strength * score.clamp(0.0, ALIKE_SCORE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(score: f64, strength: f64, texture: f64, density: f64) -> FitVerdict {
        FitVerdict::of(&Fit { score, strength, texture, ..Fit::nothing() }, density)
    }

    #[test]
    fn verdicts_need_what_was_measured() {
        assert_eq!(verdict(0.6, 30.0, 4000.0, 0.7), FitVerdict::Fits);
        assert_eq!(verdict(0.1, 5.0, 4000.0, 0.7), FitVerdict::DoesNotFit);
        // Lines that agree by chance; nothing much to compare; a flat original.
        assert_eq!(verdict(0.25, 14.0, 4000.0, 0.7), FitVerdict::Unsure);
        assert_eq!(verdict(0.1, 5.0, 200.0, 0.7), FitVerdict::Unsure);
        assert_eq!(verdict(0.1, 5.0, 900.0, 0.2), FitVerdict::Unsure);
    }
}
