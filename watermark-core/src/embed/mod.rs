//! Embedding: `plan` decides where and how much, `apply` adds it (skeleton: signatures fixed, bodies to come).

use crate::{EmbedOptions, ImageView, ImageViewMut, Key, Payload, Result};

/// Marks pictures with one key. Prepared once, used for many pictures; `Send + Sync`.
#[derive(Debug)]
pub struct Embedder {
    options: EmbedOptions,
}

/// The keyed pattern and the mask for one picture or one shot, reusable over frames and recipients.
#[derive(Debug, Clone)]
pub struct Plan {}

/// What [`Plan::apply`] did to the samples.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Applied {
    /// Sum of squared changes over colour samples, in units of 8-bit code values squared.
    pub squared_error: f64,
    /// Colour samples seen.
    pub samples: u64,
}

impl Applied {
    /// PSNR over everything applied so far, dB; infinite when nothing changed.
    pub fn psnr_db(&self) -> f64 {
        if self.squared_error == 0.0 {
            return f64::INFINITY;
        }
        10.0 * libm::log10(255.0 * 255.0 * self.samples as f64 / self.squared_error)
    }
}

/// What came of marking one picture.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EmbedReport {
    /// PSNR of the marked picture against the original over colour samples, dB.
    pub psnr_db: f64,
    /// Margin of the read-back over the decoder's threshold, dB.
    pub margin_db: f64,
    /// Evidence of the read-back, corrected as a detection's.
    pub log10_p: f64,
}

impl Embedder {
    /// Prepares the patterns of `key`.
    ///
    /// # Errors
    /// [`crate::Error::Input`] for a detect-only key or a strength out of range.
    pub fn new(_key: &Key, options: EmbedOptions) -> Result<Self> {
        Ok(Self { options })
    }

    /// Plan for one picture: keyed pattern, mask, strength.
    pub fn plan(&self, image: &ImageView<'_>, _payload: &Payload) -> Result<Plan> {
        self.options.limits.check(image.width(), image.height())?;
        Ok(Plan {})
    }

    /// Plans, applies, reads back. On error the samples may have been changed and must not be published.
    pub fn embed(&self, image: &mut ImageViewMut<'_>, payload: &Payload) -> Result<EmbedReport> {
        let _ = self.plan(&image.as_view(), payload)?;
        Ok(EmbedReport { psnr_db: 0.0, margin_db: 0.0, log10_p: 0.0 })
    }
}

impl Plan {
    /// The same plan for another payload (another recipient); the class may differ.
    pub fn with_payload(&self, _payload: &Payload) -> Result<Self> {
        Ok(self.clone())
    }

    /// Adds the mark to a whole picture of the planned size.
    pub fn apply(&self, image: &mut ImageViewMut<'_>) -> Result<Applied> {
        self.apply_rows(0, image)
    }

    /// Adds the mark to a strip of whole rows that starts at row `first_row` of the planned picture.
    pub fn apply_rows(&self, _first_row: usize, _strip: &mut ImageViewMut<'_>) -> Result<Applied> {
        Ok(Applied::default())
    }
}
