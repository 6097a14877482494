//! Embedding: `plan` decides where and how much, `apply` adds it, and the result is read back.

mod apply;
mod change;
mod frames;
mod plan;
mod refuse;
mod samples;
mod strength;
mod synth;

use std::sync::Arc;

pub use frames::{FrameEmbedder, FrameOptions, FramePose, FrameReport, LumaFrame, LumaRange};
pub use plan::Plan;

use crate::code::Reader;
use crate::decide::assess::{Assessment, Look, assess};
use crate::demod::{Demodulator, Heard, base_pitch, best_heard, direct_octaves, read_direct, read_levels};
use crate::motion::Step;
use crate::normalise::{Pairs, Whitener, resample_owned, working_luma};
use crate::pattern::Pattern;
use crate::spectrum::Plane;
use crate::sync::{Whole, pyramid};
use crate::{EmbedOptions, Error, ImageView, ImageViewMut, Key, Payload, Refusal, Result, Strength};

/// Smallest margin of the read-back with which a marked picture may be published, dB.
const LEAST_MARGIN_DB: f64 = 1.0;

/// Marks pictures with one key. Prepared once, used for many pictures; `Send + Sync`.
///
/// ```
/// use watermark_core::*;
/// # fn main() -> Result<()> {
/// let key = Key::from_secret(KeyRole::Master, [7; SECRET_BYTES]);
/// let payload = Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8])?;
/// // A picture of 512 x 512 px with some texture.
/// let mut pixels: Vec<u8> = (0..512 * 512_u32).map(|i| 100 + (i.wrapping_mul(2_654_435_761) >> 27) as u8).collect();
/// let embedder = Embedder::new(&key, EmbedOptions::default())?;
/// let mut view = ImageViewMut::new(512, 512, 512, Layout::Luma, SamplesMut::U8(&mut pixels))?;
/// let report = embedder.embed(&mut view, &payload)?;
/// assert!(report.margin_db > 3.0);
///
/// let detector = Detector::new(&[key], DetectOptions::default())?;
/// let found = detector.detect(&view.as_view())?;
/// assert_eq!(found.strongest().payload, Some(payload));
/// # Ok(())
/// # }
/// ```
pub struct Embedder {
    key: Key,
    pattern: Arc<Pattern>,
    reader: Reader,
    whitener: Whitener,
    demodulator: Demodulator,
    options: EmbedOptions,
}

impl std::fmt::Debug for Embedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Embedder(key {}, {:?})", self.key.id(), self.options)
    }
}

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

    /// Adds what was done to another strip.
    pub fn add(&mut self, other: Self) {
        self.squared_error += other.squared_error;
        self.samples += other.samples;
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
    /// [`Error::Input`] for a detect-only key or a strength out of range.
    pub fn new(key: &Key, options: EmbedOptions) -> Result<Self> {
        if !key.can_issue() {
            return Err(Error::input("a detect-only key cannot mark pictures; use the title's full key"));
        }
        if let Strength::PsnrDb(psnr) = options.strength
            && !(30.0..=60.0).contains(&psnr)
        {
            return Err(Error::input(format!("a PSNR of {psnr} dB was asked for; it must be between 30 and 60 dB")));
        }
        Ok(Self {
            key: key.clone(),
            pattern: Arc::new(Pattern::new(key)),
            reader: Reader::new(key),
            whitener: Whitener::new(),
            demodulator: Demodulator::new(),
            options,
        })
    }

    /// Plan for one picture: keyed pattern, mask, strength.
    ///
    /// # Errors
    /// [`Error::Limit`] beyond the limits, [`Error::Refused`] for a picture that cannot carry the mark,
    /// [`Error::Input`] for samples that are no numbers.
    pub fn plan(&self, image: &ImageView<'_>, payload: &Payload) -> Result<Plan> {
        self.options.limits.check(image.width(), image.height())?;
        let planner = plan::Planner {
            key: &self.key,
            pattern: &self.pattern,
            whitener: &self.whitener,
            demodulator: &self.demodulator,
            strength: self.options.strength,
        };
        planner.plan(image, payload)
    }

    /// Whether a picture can carry a mark at all, as [`Self::plan`] would find out: for frames, which [`FrameEmbedder`] marks
    /// whatever they show.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub fn check(&self, image: &ImageView<'_>) -> Result<()> {
        self.options.limits.check(image.width(), image.height())?;
        plan::base(image).map(drop)
    }

    /// Reads a marked picture back where it was marked (no search) and says how strong the reading is.
    ///
    /// # Errors
    /// [`Error::Refused`] with [`Refusal::ThinMargin`] when `payload` is not read with a sufficient margin.
    pub fn read_back(&self, marked: &ImageView<'_>, payload: &Payload) -> Result<(f64, f64)> {
        let short = marked.width().min(marked.height());
        let (working, pitch) = working_luma(marked)?;
        let base = resample_owned(working, base_pitch(short, direct_octaves(short)) / pitch);
        let read = read_direct(&base, direct_octaves(short), &[&self.pattern], &self.whitener, &self.demodulator);
        let heard = read.into_iter().next().expect("one key was given");
        self.judge(heard, payload)
    }

    /// Reads a frame back that a [`FrameEmbedder`] marked, where its report says that the pattern lies.
    ///
    /// # Errors
    /// As [`Self::read_back`].
    pub fn read_back_frame(&self, marked: &ImageView<'_>, payload: &Payload, pose: FramePose) -> Result<(f64, f64)> {
        let FramePose(step) = pose;
        if step == Step::NONE {
            return self.read_back(marked, payload);
        }
        let (working, pitch) = working_luma(marked)?;
        let (height, width) = working.dim();
        let octaves = direct_octaves(marked.width().min(marked.height()));
        let whole = Whole { size: (width as f64, height as f64), octaves };
        let alignment = whole.upright().before(step.scale, step.shift.map(|shift| shift / pitch));
        let luma = pyramid(working);
        let white: Vec<Pairs> = luma.iter().map(|level| self.whitener.every().pairs(level)).collect();
        let luma: Vec<&Plane> = luma.iter().collect();
        let mut units = f64::INFINITY;
        let sight = (&alignment, None);
        let heard = read_levels(&luma, |level| &white[level], sight, &self.pattern, &self.demodulator, &mut units);
        self.judge(heard, payload)
    }

    /// Margin, dB, and evidence of a reading; refused where it is not of `payload` or too weak.
    fn judge(&self, heard: Vec<Heard>, payload: &Payload) -> Result<(f64, f64)> {
        let read: Assessment = assess(&best_heard(heard), &self.reader, Look::Eager);
        let margin_db = read.margin_db();
        let right = read.decoded.is_some_and(|message| message.payload == *payload && message.authentic == Some(true));
        if !right || margin_db < LEAST_MARGIN_DB {
            return Err(Error::Refused(Refusal::ThinMargin { margin_db, needed_db: LEAST_MARGIN_DB }));
        }
        Ok((margin_db, read.log10_p))
    }

    /// Plans, applies, reads back. On error the samples may have been changed and must not be published.
    ///
    /// # Errors
    /// As [`Self::plan`] and [`Self::read_back`].
    pub fn embed(&self, image: &mut ImageViewMut<'_>, payload: &Payload) -> Result<EmbedReport> {
        let applied = self.plan(&image.as_view(), payload)?.apply(image)?;
        let (margin_db, log10_p) = self.read_back(&image.as_view(), payload)?;
        Ok(EmbedReport { psnr_db: applied.psnr_db(), margin_db, log10_p })
    }
}

impl Plan {
    /// Adds the mark to a whole picture of the planned size.
    ///
    /// # Errors
    /// [`Error::Input`] when the picture has another size than the planned one.
    pub fn apply(&self, image: &mut ImageViewMut<'_>) -> Result<Applied> {
        if (image.width(), image.height()) != (self.width, self.height) {
            return Err(Error::input(format!(
                "the picture is {}x{} px, the plan is for {}x{} px",
                image.width(),
                image.height(),
                self.width,
                self.height
            )));
        }
        self.apply_rows(0, image)
    }
}
