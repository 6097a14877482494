//! Strength: from a profile or a PSNR target to grey levels.

use std::ops::Range;

use super::change::Change;
use super::samples::{Sample, Scratch};
use super::{Applied, Plan};
use crate::spectrum::Plane;
use crate::{ImageView, Profile, Samples, Strength, parallel};

/// Amplitude of the standard profile where the mask is 1, grey levels (standard deviation of the change).
const STANDARD_GAIN: f64 = 0.90;
/// PSNR that no profile goes below or above, dB: very busy and very quiet pictures.
const PSNR_RANGE: (f64, f64) = (42.0, 48.0);

/// Size from which on profiles are quieter, pixels: what is read adds up over the picture, so a large one needs less
/// (docs/decisions/strength.md).
const QUIETER_FROM: f64 = 700_000.0;
/// Decibels quieter for each doubling of the number of pixels, and at most.
const QUIETER_DB: (f64, f64) = (2.7, 6.8);

/// Decibels by which the profiles are quieter for a picture of this many pixels.
fn quieter_db(pixels: usize) -> f64 {
    (QUIETER_DB.0 * libm::log2(pixels as f64 / QUIETER_FROM)).clamp(0.0, QUIETER_DB.1)
}

/// Grey levels to a unit of pattern times mask, for a picture of `pixels` pixels. The pattern has unit variance, so the
/// mean square of the mask gives the mean squared change.
pub(crate) fn gain(mask: &Plane, pixels: usize, strength: Strength) -> f32 {
    let power = sum_of_squares(mask.as_slice().expect("planes are contiguous")) / mask.len() as f64;
    let for_psnr = |psnr: f64| libm::sqrt(255.0 * 255.0 / libm::pow(10.0, psnr / 10.0) / power);
    let gain = match strength {
        Strength::PsnrDb(psnr) => for_psnr(psnr),
        Strength::Profile(profile) => {
            let offset_db = quieter_db(pixels)
                + match profile {
                    Profile::Subtle => 3.0,
                    Profile::Standard => 0.0,
                    Profile::Robust => -3.0,
                };
            let wanted = STANDARD_GAIN * libm::pow(10.0, -offset_db / 20.0);
            wanted.clamp(for_psnr(PSNR_RANGE.1 + offset_db), for_psnr(PSNR_RANGE.0 + offset_db))
        }
    };
    gain as f32
}

/// In eight lanes, so that no sum waits for the one before.
fn sum_of_squares(values: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (eights, rest) = values.as_chunks::<8>();
    for eight in eights {
        lanes.iter_mut().zip(eight).for_each(|(lane, &v)| *lane += f64::from(v) * f64::from(v));
    }
    lanes.iter().sum::<f64>() + rest.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>()
}

/// Pixels on which a gain is tried out.
const TRIED_PIXELS: usize = 2_000_000;
/// Rows of a block that is tried out.
const BLOCK_ROWS: usize = 32;
/// Trials of a gain.
const TRIALS: usize = 4;
/// Distance from the target that is good enough for a trial on a part of the picture, dB.
const CLOSE_DB: f64 = 0.05;
/// Farthest that the gain may go from what the mask alone says, dB: a picture whose visible part is small is not marked
/// much louder there.
const FARTHEST_DB: f64 = 6.0;

/// Finds the gain with which the marked samples have the PSNR asked for. What [`gain`] says from the mask is off by
/// half a decibel and more: enlargement takes some of the pattern away, rounding to whole steps adds error to a weak
/// mark and takes it from a very weak one, clamping and transparent pixels take it away. So gains are tried out, with
/// the arithmetic that will apply them, and the next one follows from the last two.
pub(super) struct Calibration {
    wanted_db: f64,
    limits_db: (f64, f64),
    gain_db: f64,
    /// Decibels of PSNR to a decibel of gain: -1 without rounding.
    slope: f64,
}

impl Calibration {
    /// Starts from the gain of the plan.
    pub(super) fn new(plan: &Plan, wanted_db: f64) -> Self {
        let gain_db = 20.0 * libm::log10(f64::from(plan.gain));
        Self { wanted_db, limits_db: (gain_db - FARTHEST_DB, gain_db + FARTHEST_DB), gain_db, slope: -1.0 }
    }

    /// Tries gains on blocks of rows all over the picture.
    pub(super) fn approach(&mut self, plan: &mut Plan, image: &ImageView<'_>) {
        let step = (image.width() * image.height()).div_ceil(TRIED_PIXELS);
        let mut last: Option<(f64, f64)> = None;
        for _ in 0..TRIALS {
            let (gain_db, found_db) = (self.gain_db, try_out(plan, image, step).psnr_db());
            if let Some((last_gain_db, last_found_db)) = last
                && (gain_db - last_gain_db).abs() > 1e-3
            {
                self.slope = ((found_db - last_found_db) / (gain_db - last_gain_db)).clamp(-8.0, -0.5);
            }
            if self.move_by(found_db, plan) < CLOSE_DB {
                return;
            }
            last = Some((gain_db, found_db));
        }
    }

    /// The last step, by the whole picture and the amplitudes that it got.
    pub(super) fn settle(&mut self, plan: &mut Plan, image: &ImageView<'_>) {
        let found_db = try_out(plan, image, 1).psnr_db();
        self.move_by(found_db, plan);
    }

    /// Sets the plan's gain to what follows from a trial of the present one. Returns how far off that was, dB.
    fn move_by(&mut self, found_db: f64, plan: &mut Plan) -> f64 {
        let off_db = if found_db.is_finite() { self.wanted_db - found_db } else { 0.0 };
        self.gain_db = (self.gain_db + off_db / self.slope).clamp(self.limits_db.0, self.limits_db.1);
        plan.gain = libm::pow(10.0, self.gain_db / 20.0) as f32;
        off_db.abs()
    }
}

/// What the plan would do to one in `step` blocks of rows.
fn try_out(plan: &Plan, image: &ImageView<'_>, step: usize) -> Applied {
    let change = Change::new(plan);
    let blocks = image.height().div_ceil(BLOCK_ROWS);
    let tried: Vec<usize> = (step / 2..blocks).step_by(step).collect();
    let errors = parallel::map(tried, |block| {
        let rows = block * BLOCK_ROWS..((block + 1) * BLOCK_ROWS).min(image.height());
        let samples = (rows.len() * image.width() * image.layout().colours()) as u64;
        let squared_error = match image.samples() {
            Samples::U8(all) => error_of(&change, all, image, rows),
            Samples::U16(all) => error_of(&change, all, image, rows),
            Samples::F32(all) => error_of(&change, all, image, rows),
        };
        Applied { squared_error, samples }
    });
    errors.into_iter().fold(Applied::default(), |mut sum, error| {
        sum.add(error);
        sum
    })
}

/// Squared error that the change makes in some rows.
fn error_of<S: Sample>(change: &Change<'_>, samples: &[S], image: &ImageView<'_>, rows: Range<usize>) -> f64 {
    let (mut made, mut scratch) = (change.rows(), Scratch::default());
    let mut row_change = vec![0.0_f32; image.width()];
    let mut copy = Vec::new();
    let errors = rows.map(|y| {
        made.row(y, &mut row_change);
        copy.clear();
        copy.extend_from_slice(&samples[y * image.stride()..][..image.width() * image.layout().channels()]);
        S::add(&mut copy, image.layout(), &row_change, &mut scratch)
    });
    errors.sum()
}

#[cfg(test)]
mod tests {
    use crate::{
        EmbedOptions, Embedder, ImageViewMut, Key, KeyRole, Layout, Payload, SECRET_BYTES, SamplesMut, Strength,
    };

    /// Light that grows from black to white with grain in it, three rows in ten at the ends of the range.
    fn picture(width: usize, height: usize, channels: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let level = |i: usize, noise: u32| {
            let (x, y) = (i / channels % width, i / channels / width);
            let grain = f64::from(noise >> 24) / 8.0 + 9.0 * libm::sin(x as f64 / 7.0);
            (300.0 * y as f64 / height as f64 - 40.0 + grain).clamp(0.0, 255.0) as u8
        };
        let mut next = |i: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let alpha = channels == 4 && i % 4 == 3;
            if alpha { if i / 4 % width < width / 3 { 0 } else { 255 } } else { level(i, state) }
        };
        (0..width * height * channels).map(&mut next).collect()
    }

    #[test]
    fn the_psnr_asked_for_is_what_comes_out() {
        let key = Key::from_secret(KeyRole::Master, [8; SECRET_BYTES]);
        let payload = Payload::from_bytes(&[1; 8]).unwrap();
        for (layout, psnr_db) in [(Layout::Rgb, 34.0), (Layout::Rgb, 42.0), (Layout::Luma, 52.0), (Layout::Rgba, 44.0)]
        {
            let mut samples = picture(700, 520, layout.channels());
            let stride = 700 * layout.channels();
            let options = EmbedOptions { strength: Strength::PsnrDb(psnr_db), ..EmbedOptions::default() };
            let embedder = Embedder::new(&key, options).unwrap();
            let mut view = ImageViewMut::new(700, 520, stride, layout, SamplesMut::U8(&mut samples)).unwrap();
            let plan = embedder.plan(&view.as_view(), &payload).unwrap();
            let found_db = plan.apply(&mut view).unwrap().psnr_db();
            assert!((found_db - psnr_db).abs() < 0.1, "{layout:?}: {found_db} dB for {psnr_db} dB");
        }
    }
}
