//! What a caller can choose, with meaning, unit, range and default for each.

/// How strong the mark is.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Strength {
    /// Strength from what the eye bears in this picture, see [`Profile`].
    Profile(Profile),
    /// Strength such that the marked picture has this PSNR against the original, in dB. Range 30 to 60.
    PsnrDb(f64),
}

impl Default for Strength {
    fn default() -> Self {
        Self::Profile(Profile::Standard)
    }
}

/// Named strengths. Each lets textured pictures carry more and flat ones less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Profile {
    /// For masters and prints: 3 dB quieter than `Standard`.
    Subtle,
    /// The default; every published figure is at this profile.
    #[default]
    Standard,
    /// For pictures that will be mistreated: 3 dB louder than `Standard`.
    Robust,
}

/// Options of an [`Embedder`](crate::Embedder).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct EmbedOptions {
    /// How strong the mark is. Default: [`Profile::Standard`].
    pub strength: Strength,
    /// Bounds on what is accepted. Default: see [`Limits`].
    pub limits: Limits,
}

/// How much of the geometry search is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Effort {
    /// Untouched geometry, mirrors and quarter turns only.
    Fast,
    /// The default; any rotation, scale 0.25-4, mirrors, aspect 0.7-1.4, mild shear, crops. Every published
    /// figure is at this effort.
    #[default]
    Normal,
    /// As normal with more candidates and finer steps; several times slower.
    Thorough,
}

/// Options of a [`Detector`](crate::Detector).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DetectOptions {
    /// How much of the geometry search is done. Default: [`Effort::Normal`].
    pub effort: Effort,
    /// Bounds on what is accepted. Default: see [`Limits`].
    pub limits: Limits,
}

/// Bounds that are checked before anything large is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Longest side accepted, pixels. Default 16,384.
    pub max_side: usize,
    /// Most pixels accepted. Default 16,384 x 16,384.
    pub max_pixels: usize,
    /// Most keys in one ring. Default 64.
    pub max_keys: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_side: 16_384, max_pixels: 16_384 * 16_384, max_keys: 64 }
    }
}

impl Limits {
    /// Refuses a picture beyond the limits, before anything is allocated for it.
    pub(crate) fn check(&self, width: usize, height: usize) -> crate::Result<()> {
        let side = width.max(height);
        if side > self.max_side {
            let (value, limit) = (side as u64, self.max_side as u64);
            return Err(crate::Error::Limit { what: "the longest side in pixels", value, limit });
        }
        let pixels = width as u64 * height as u64;
        if pixels > self.max_pixels as u64 {
            let limit = self.max_pixels as u64;
            return Err(crate::Error::Limit { what: "the number of pixels", value: pixels, limit });
        }
        Ok(())
    }
}
