//! How much agreement says what. The figures are from docs/decisions/thumbnail-fit.md.

use super::Fit;

/// No more candidates are tried from here on.
pub(super) const SURE_STRENGTH: f64 = 12.0;
/// Up to here it does not, if there was enough to compare.
const FAILS_STRENGTH: f64 = 6.0;
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
    /// From this strength on the suspect fits.
    pub const FITS_STRENGTH: f64 = 9.0;

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
        if fit.strength >= Self::FITS_STRENGTH {
            Self::Fits
        } else if fit.strength <= FAILS_STRENGTH && fit.texture >= ENOUGH_TEXTURE && density >= FLAT {
            Self::DoesNotFit
        } else {
            Self::Unsure
        }
    }
}
