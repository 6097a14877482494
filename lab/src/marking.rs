//! The core's embedder and detector over `RgbImage`.

use image::RgbImage;
use std::time::Instant;
use watermark_core::{
    Detection, Detector, EmbedOptions, EmbedReport, Embedder, Error, ImageView, ImageViewMut, Key, Layout, Payload,
    Profile, Samples, SamplesMut, Strength,
};

/// Strength as asked on the command line.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct StrengthArgs {
    /// PSNR of the marked picture, dB (30 to 60).
    #[arg(long, conflicts_with = "profile")]
    psnr: Option<f64>,
    /// Named strength.
    #[arg(long, value_parser = ["subtle", "standard", "robust"], default_value = "standard")]
    profile: String,
}

impl StrengthArgs {
    /// The strength that gives a PSNR.
    pub(crate) fn at_psnr(psnr_db: f64) -> Self {
        Self { psnr: Some(psnr_db), profile: "standard".to_owned() }
    }

    /// Options for an embedder.
    pub(crate) fn embed_options(&self) -> EmbedOptions {
        let mut options = EmbedOptions::default();
        options.strength = match (self.psnr, self.profile.as_str()) {
            (Some(psnr), _) => Strength::PsnrDb(psnr),
            (None, "subtle") => Strength::Profile(Profile::Subtle),
            (None, "robust") => Strength::Profile(Profile::Robust),
            (None, _) => Strength::Profile(Profile::Standard),
        };
        options
    }

    /// The strength in words, to tell runs apart.
    pub(crate) fn words(&self) -> String {
        self.psnr.map_or_else(|| self.profile.clone(), |psnr| format!("psnr {psnr}"))
    }
}

/// Marks a copy; the core's refusal comes back as its error.
pub(crate) fn mark(
    picture: &RgbImage,
    key: &Key,
    payload: &Payload,
    options: EmbedOptions,
) -> Result<(RgbImage, EmbedReport), Error> {
    let mut marked = picture.clone();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut view = ImageViewMut::new(width, height, 3 * width, Layout::Rgb, SamplesMut::U8(&mut marked))?;
    let report = Embedder::new(key, options)?.embed(&mut view, payload)?;
    Ok((marked, report))
}

/// Reads a picture; also the milliseconds it took.
pub(crate) fn read(detector: &Detector, picture: &RgbImage) -> Result<(Detection, f64), Error> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let view = ImageView::new(width, height, 3 * width, Layout::Rgb, Samples::U8(picture))?;
    let start = Instant::now();
    let detection = detector.detect(&view)?;
    Ok((detection, start.elapsed().as_secs_f64() * 1e3))
}
