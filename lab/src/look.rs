//! Marked beside original, as an eye would compare them: whole, and details at four times their size.

use crate::marking::{StrengthArgs, mark};
use crate::{metrics, pictures, random};
use anyhow::Context as _;
use image::{Rgb, RgbImage, imageops};
use std::path::PathBuf;

/// Side of a detail, pixels of the picture.
const DETAIL: u32 = 96;
/// How much details are enlarged.
const ZOOM: u32 = 4;
/// How much the difference is amplified.
const GAIN: f32 = 20.0;
/// Space between panels, pixels.
const GAP: u32 = 8;

/// What to look at.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The picture to mark.
    picture: PathBuf,
    /// Where the sheet goes.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    strength: StrengthArgs,
    /// Decides key and payload.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Widest panel of the top row, pixels; larger pictures are shown smaller there.
    #[arg(long, default_value_t = 1280)]
    panel: u32,
}

/// Marks the picture and writes the sheet.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let original = pictures::load(&options.picture)?;
    let label = pictures::label(&options.picture);
    let (key, payload) = (random::key(options.seed, "look"), random::payload(options.seed, &label)?);
    let (marked, report) = mark(&original, &key, &payload, options.strength.embed_options())?;
    let score = metrics::similarity(&original, &marked)?;
    println!(
        "{label}: PSNR {:.2} dB, SSIM {:.4}, SSIMULACRA2 {:.1}, butteraugli {:.2}{}, margin {:.1} dB",
        report.psnr_db,
        score.ssim,
        score.ssimulacra2,
        score.butteraugli,
        if score.tiles > 0 { " (four tiles)" } else { "" },
        report.margin_db
    );
    let sheet = sheet(&original, &marked, options.panel)?;
    sheet.save(&options.out).with_context(|| format!("writing {}", options.out.display()))
}

/// Original, marked and difference on top; below, the flattest place, an edge and the busiest place.
fn sheet(original: &RgbImage, marked: &RgbImage, panel: u32) -> anyhow::Result<RgbImage> {
    let difference = difference(original, marked);
    let shown = |picture: &RgbImage| attacks::resize::longest_side(picture, panel);
    let top = [shown(original)?, shown(marked)?, shown(&difference)?];
    let mut below = Vec::new();
    for (left, top) in places(original) {
        for picture in [original, marked] {
            let width = DETAIL.min(picture.width());
            let height = DETAIL.min(picture.height());
            let cut = imageops::crop_imm(picture, left, top, width, height).to_image();
            below.push(imageops::resize(&cut, width * ZOOM, height * ZOOM, imageops::FilterType::Nearest));
        }
    }
    let row = |pictures: &[RgbImage]| pictures.iter().map(|p| p.width() + GAP).sum::<u32>();
    let height = top[0].height() + GAP + below[0].height();
    let mut sheet = RgbImage::from_pixel(row(&top).max(row(&below)) - GAP, height, Rgb([32; 3]));
    for (pictures, y) in [(&top[..], 0), (&below[..], top[0].height() + GAP)] {
        let mut x = 0;
        for picture in pictures {
            imageops::replace(&mut sheet, picture, i64::from(x), i64::from(y));
            x += picture.width() + GAP;
        }
    }
    Ok(sheet)
}

/// Amplified about mid grey.
fn difference(original: &RgbImage, marked: &RgbImage) -> RgbImage {
    let mut out = marked.clone();
    for (sample, &before) in out.iter_mut().zip(original.iter()) {
        *sample = (128.0 + GAIN * (f32::from(*sample) - f32::from(before))).clamp(0.0, 255.0) as u8;
    }
    out
}

/// Top left corners of the flattest detail, the one with the loneliest edge, and the busiest.
fn places(picture: &RgbImage) -> [(u32, u32); 3] {
    let grey = imageops::grayscale(picture);
    let (width, height) = grey.dimensions();
    let mut best = [((0, 0), f64::NEG_INFINITY); 3];
    let steps = |len: u32| (0..=len.saturating_sub(DETAIL)).step_by(DETAIL as usize / 2);
    for top in steps(height) {
        for left in steps(width) {
            let mut slopes = Vec::with_capacity((DETAIL * DETAIL) as usize);
            for y in top..(top + DETAIL).min(height - 1) {
                for x in left..(left + DETAIL).min(width - 1) {
                    let here = grey.get_pixel(x, y)[0];
                    let (right, down) = (grey.get_pixel(x + 1, y)[0], grey.get_pixel(x, y + 1)[0]);
                    slopes.push(here.abs_diff(right).max(here.abs_diff(down)));
                }
            }
            slopes.sort_unstable();
            let Some(&steepest) = slopes.get(slopes.len() * 99 / 100) else { continue };
            let mean = slopes.iter().map(|&s| f64::from(s)).sum::<f64>() / slopes.len() as f64;
            let brightness = f64::from(grey.get_pixel(left + DETAIL.min(width) / 2, top + DETAIL.min(height) / 2)[0]);
            // Flat and neither black nor white, where a mark would show first; steep beside flat; steep all over.
            let exposed = 0.01 * (brightness - 128.0).abs();
            for (slot, score) in best.iter_mut().zip([-mean - exposed, f64::from(steepest) - 8.0 * mean, mean]) {
                if score > slot.1 {
                    *slot = ((left, top), score);
                }
            }
        }
    }
    best.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_places_are_told_apart() {
        // Flat on the left, an edge at 500, busy on the right.
        let picture = RgbImage::from_fn(960, 96, |x, y| {
            Rgb([match x {
                0..300 => 120,
                300..500 => 120 + ((x + y) % 3) as u8,
                500..600 => 235 + ((x + y) % 3) as u8,
                _ => ((x * 37 + y * 91) % 256) as u8,
            }; 3])
        });
        let [flat, edge, busy] = places(&picture);
        assert!(flat.0 + DETAIL < 300, "{flat:?}");
        assert!((404..=500).contains(&edge.0), "{edge:?}");
        assert!(busy.0 >= 600 - DETAIL / 2, "{busy:?}");
    }

    #[test]
    fn a_sheet_has_a_row_above_a_row() {
        let picture = RgbImage::from_fn(300, 200, |x, y| Rgb([x as u8, y as u8, 9]));
        let sheet = sheet(&picture, &picture, 1280).expect("small");
        assert_eq!(sheet.dimensions(), ((6 * 384 + 5 * GAP), 200 + GAP + 384));
        assert_eq!(sheet.get_pixel(2 * 308 + 5, 5), &Rgb([128; 3]), "no difference is mid grey");
    }
}
