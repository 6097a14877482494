//! How much agreement says what. The figures are from docs/decisions/thumbnail-fit.md.

/// No more candidates are tried from here on.
pub(super) const SURE_STRENGTH: f64 = 12.0;
/// Up to here it does not, if there was enough to compare.
const FAILS_STRENGTH: f64 = 6.0;
/// Pixels with edges that are enough to compare.
const ENOUGH_TEXTURE: f64 = 250.0;

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

    pub(super) fn of(_score: f64, strength: f64, texture: f64) -> Self {
        if strength >= Self::FITS_STRENGTH {
            Self::Fits
        } else if strength <= FAILS_STRENGTH && texture >= ENOUGH_TEXTURE {
            Self::DoesNotFit
        } else {
            Self::Unsure
        }
    }
}
