//! Reads what came of a piece.

use super::ffmpeg::{self, Luma};
use super::planes::Frame;
use anyhow::{Context as _, Result};
use std::path::Path;
use watermark_core::{
    ClipDetection, ClipDetector, ClipFrame, Detection, Detector, ImageView, Layout, Samples, Verdict,
};

/// Frames handed to the detector together.
const AT_ONCE: usize = 4;

fn view(luma: &Luma) -> watermark_core::Result<ImageView<'_>> {
    ImageView::new(luma.width, luma.height, luma.width, Layout::Luma, Samples::U8(&luma.samples))
}

/// Reads at most `most` frames of a file as a clip.
pub(crate) fn clip(detector: &Detector, file: &Path, frames: usize, most: usize) -> Result<ClipDetection> {
    let luma = ffmpeg::luma(file, frames.div_ceil(most.max(1)).max(1))?;
    of_luma(detector, &luma)
}

/// Reads planes as a clip.
pub(crate) fn of_luma(detector: &Detector, luma: &[Luma]) -> Result<ClipDetection> {
    let mut clip = ClipDetector::new(detector);
    for some in luma.chunks(AT_ONCE) {
        let frames = some.iter().map(|luma| Ok(ClipFrame { time_s: luma.time_s, view: view(luma)? }));
        clip.add(&frames.collect::<watermark_core::Result<Vec<_>>>()?)?;
    }
    Ok(clip.finish()?)
}

/// Reads one frame, at a share of the file's frames, as a picture.
pub(crate) fn one_frame(detector: &Detector, file: &Path, share: f64) -> Result<Detection> {
    let luma = ffmpeg::luma(file, 1)?;
    let at = (share * luma.len() as f64) as usize;
    let luma = luma.get(at.min(luma.len().saturating_sub(1))).context("the file has no frames")?;
    Ok(detector.detect(&view(luma)?)?)
}

/// Reads `count` of a file's frames as pictures: the strongest, corrected for their number.
pub(crate) fn best_of(detector: &Detector, file: &Path, frames: usize, count: usize) -> Result<Detection> {
    let luma = ffmpeg::luma(file, frames.div_ceil(count).max(1))?;
    let mut best: Option<Detection> = None;
    for luma in &luma {
        let seen = detector.detect(&view(luma)?)?;
        if best.as_ref().is_none_or(|best| seen.strongest().log10_p < best.strongest().log10_p) {
            best = Some(seen);
        }
    }
    let mut best = best.context("the file has no frames")?;
    let mark = &mut best.marks[0];
    mark.log10_p = (mark.log10_p + (luma.len() as f64).log10()).min(0.0);
    mark.verdict = Verdict::of(mark.log10_p);
    if mark.verdict != Verdict::Found {
        mark.payload = None;
    }
    Ok(best)
}

/// Takes the mean of all frames' fine detail from each: what someone does who thinks the mark is the same in all.
pub(crate) fn averaged(frames: &mut [Frame]) {
    let Some(first) = frames.first() else { return };
    let (width, height) = (first.width, first.height);
    let mut mean = vec![0.0_f32; width * height];
    for frame in frames.iter() {
        let detail = detail(frame.luma(), width, height);
        mean.iter_mut().zip(&detail).for_each(|(sum, value)| *sum += value / frames.len() as f32);
    }
    for frame in frames.iter_mut() {
        for (value, mean) in frame.luma_mut().iter_mut().zip(&mean) {
            *value = (f32::from(*value) - mean + 0.5).clamp(0.0, 255.0) as u8;
        }
    }
}

/// A plane less its mean over 5 x 5 pixels.
fn detail(plane: &[u8], width: usize, height: usize) -> Vec<f32> {
    const REACH: usize = 2;
    let mut across = vec![0.0_f32; plane.len()];
    let near = |at: usize, side: usize| at.saturating_sub(REACH)..(at + REACH + 1).min(side);
    for (line, out) in plane.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        for (x, out) in out.iter_mut().enumerate() {
            let near = near(x, width);
            let count = near.len() as f32;
            *out = line[near].iter().map(|&value| f32::from(value)).sum::<f32>() / count;
        }
    }
    let mut out = vec![0.0_f32; plane.len()];
    for y in 0..height {
        let near = near(y, height);
        let count = near.len() as f32;
        for x in 0..width {
            let sum: f32 = near.clone().map(|y| across[y * width + x]).sum();
            out[y * width + x] = f32::from(plane[y * width + x]) - sum / count;
        }
    }
    out
}
