//! Small pictures of every kind: cuts from files, and generated ones.

use crate::marking::mark;
use crate::pictures;
use crate::random::{self, Choices};
use anyhow::Context as _;
use image::{Rgb, RgbImage, imageops};
use std::path::PathBuf;
use watermark_core::EmbedOptions;

/// Smallest and largest side of a sample, pixels.
const SIDES: (usize, usize) = (256, 384);
/// Files with a smaller side are left out, pixels: the core reads nothing below it.
const SMALLEST_FILE: u32 = 128;

/// One picture to read.
struct Sample {
    picture: RgbImage,
    kind: String,
    /// Whether another key's mark is to be put in first.
    carries: bool,
}

/// Where samples come from.
pub(crate) struct Corpus {
    files: Vec<PathBuf>,
    seed: u64,
}

impl Corpus {
    /// Samples from files, and generated ones in every third call (in all without files).
    pub(crate) fn new(mut files: Vec<PathBuf>, seed: u64) -> Self {
        files.retain(|path| image::image_dimensions(path).is_ok_and(|(w, h)| w.min(h) >= SMALLEST_FILE));
        Self { files, seed }
    }

    /// The sample of a number with another key's mark where it is to carry one, and its kind.
    pub(crate) fn prepared(&self, number: usize) -> anyhow::Result<(RgbImage, String)> {
        let Sample { mut picture, mut kind, carries } = self.sample(number)?;
        if carries {
            let key = random::key(self.seed, &format!("another {number}"));
            let payload = random::payload(self.seed, &format!("another {number}"))?;
            // A sample that is refused is read as it is.
            if let Ok((marked, _)) = mark(&picture, &key, &payload, EmbedOptions::default()) {
                picture = marked;
                kind.push_str("+mark");
            }
        }
        Ok((picture, kind))
    }

    /// The sample of a number: the same for the same seed and number.
    fn sample(&self, number: usize) -> anyhow::Result<Sample> {
        let mut choices = Choices::new(self.seed, &format!("sample {number}"));
        let mut side = || SIDES.0 + choices.below(SIDES.1 - SIDES.0 + 1);
        let (width, height) = (side() as u32, side() as u32);
        if self.files.is_empty() || number % 3 == 2 {
            let (kind, picture) = generated(number / 3, width, height, &mut choices);
            return Ok(Sample { picture, kind: kind.to_owned(), carries: false });
        }
        let path = &self.files[choices.below(self.files.len())];
        let picture = pictures::load(path)?;
        // A cut at the file's own size, or, half of the time, of the picture brought nearer to the sample's size.
        let picture = if choices.unit() < 0.5 { attacks::resize::longest_side(&picture, 800)? } else { picture };
        let (width, height) = (width.min(picture.width()), height.min(picture.height()));
        let left = choices.below((picture.width() - width) as usize + 1) as u32;
        let top = choices.below((picture.height() - height) as usize + 1) as u32;
        let folder = path.parent().and_then(|folder| folder.file_name()).context("a picture without a folder")?;
        Ok(Sample {
            picture: imageops::crop_imm(&picture, left, top, width, height).to_image(),
            kind: folder.to_string_lossy().into_owned(),
            carries: number % 3 == 1,
        })
    }
}

/// A picture from a formula.
fn generated(turn: usize, width: u32, height: u32, choices: &mut Choices) -> (&'static str, RgbImage) {
    let mut level = || (choices.unit() * 255.0) as f32;
    let (first, second) = (Rgb([level(), level(), level()]), Rgb([level(), level(), level()]));
    let flat = RgbImage::from_pixel(width, height, Rgb(first.0.map(|v| v as u8)));
    let seed = choices.below(1 << 31) as u64;
    match turn % 6 {
        0 => ("flat", flat),
        1 => ("flat-noise", attacks::noise::gaussian(&flat, 2.0, seed)),
        2 => ("noise", attacks::noise::gaussian(&RgbImage::from_pixel(width, height, Rgb([128; 3])), 40.0, seed)),
        3 => ("gradient", gradient(width, height, first, second)),
        4 => ("text", text(width, height, choices)),
        _ => ("grating", grating(width, height, choices)),
    }
}

fn gradient(width: u32, height: u32, first: Rgb<f32>, second: Rgb<f32>) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let share = (x + y) as f32 / (width + height) as f32;
        Rgb(std::array::from_fn(|c| (first[c] + share * (second[c] - first[c])) as u8))
    })
}

/// Dark strokes in words and lines on a light page.
fn text(width: u32, height: u32, choices: &mut Choices) -> RgbImage {
    let mut page = RgbImage::from_pixel(width, height, Rgb([250, 249, 244]));
    let (line, letter) = (14 + choices.below(8) as u32, 6 + choices.below(3) as u32);
    for top in (6..height.saturating_sub(line)).step_by(line as usize) {
        let mut left = 8;
        while left + letter < width - 8 {
            if choices.unit() < 0.83 {
                // Two strokes of a letter, upright, level or slanted.
                for _ in 0..2 {
                    let (kind, at) = (choices.below(3), choices.below(letter as usize - 1) as u32);
                    for step in 0..letter + 2 {
                        let (dx, dy) = match kind {
                            0 => (at, step),
                            1 => (step.min(letter - 2), at),
                            _ => (step * (letter - 2) / (letter + 1), step),
                        };
                        page.put_pixel(left + dx, (top + dy).min(height - 1), Rgb([25, 22, 30]));
                    }
                }
            }
            left += letter + 1;
        }
    }
    page
}

/// Two crossing sine gratings: strong Fourier peaks, as fabrics, tiles and screens have them.
fn grating(width: u32, height: u32, choices: &mut Choices) -> RgbImage {
    let mut wave = || {
        let (angle, period) = (choices.unit() * 3.15, 3.0 + 20.0 * choices.unit());
        (angle.cos() / period, angle.sin() / period, 20.0 + 40.0 * choices.unit())
    };
    let waves = [wave(), wave()];
    RgbImage::from_fn(width, height, |x, y| {
        let turn = |&(fx, fy, height): &(f64, f64, f64)| {
            height * (std::f64::consts::TAU * (fx * f64::from(x) + fy * f64::from(y))).sin()
        };
        Rgb([(128.0 + waves.iter().map(turn).sum::<f64>()) as u8; 3])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_repeat_and_differ() {
        let corpus = Corpus::new(Vec::new(), 4);
        let first: Vec<Sample> = (0..36).map(|n| corpus.sample(n).expect("generated")).collect();
        let kinds: std::collections::HashSet<&str> = first.iter().map(|s| s.kind.as_str()).collect();
        assert_eq!(kinds.len(), 6);
        for (n, sample) in first.iter().enumerate() {
            assert_eq!(sample.picture, corpus.sample(n).expect("generated").picture);
            assert!(sample.picture.width() >= 256 && sample.picture.height() <= 384);
        }
        assert_ne!(first[12].picture, first[30].picture);
    }
}
