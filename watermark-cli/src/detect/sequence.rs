//! Looking at a numbered sequence: some of its frames are decoded, a few in memory at a time, and added up as those of a
//! film.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use watermark_core::{ClipDetection, ClipDetector, ClipFrame, Detector};
use watermark_media::{DecodeLimits, Document, Kind, Picture};

use super::look::{Film, Look, chosen, first_marked, none_chosen};
use crate::clip::Sampling;
use crate::files::{self, MAX_PICTURE_BYTES};
use crate::sequence::Sequence;

/// Frames handed to the detector together.
const AT_ONCE: usize = 4;

/// Looks at a sequence. Its first frame is at 0 s, and numbers that are missing take their time.
pub(super) fn look(detector: &Detector, sequence: &Sequence, sampling: &Sampling) -> Result<Look> {
    let files = sequence.files();
    let numbers: Vec<u64> = sequence.numbers().collect();
    let time = |at: usize| (numbers[at] - numbers[0]) as f64 / sampling.rate;
    let length_s = time(files.len() - 1) + 1.0 / sampling.rate;
    let chosen = chosen(files.len(), time, sampling);
    if chosen.is_empty() {
        return Err(none_chosen(sampling, "sequence", length_s));
    }
    let (_, sha256) = sequence.hashes().context("its files cannot be read")?;
    let mut bytes = 0;
    for file in &files {
        bytes += std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
    }
    let mut clip = ClipDetector::new(detector);
    for some in chosen.chunks(AT_ONCE) {
        let pictures = some.iter().map(|&at| picture(&files[at])).collect::<Result<Vec<_>>>()?;
        let frames: Vec<ClipFrame<'_>> = some
            .iter()
            .zip(&pictures)
            .map(|(&at, picture)| ClipFrame { time_s: time(at), view: picture.view() })
            .collect();
        clip.add(&frames).with_context(|| files[some[0]].display().to_string())?;
    }
    let ClipDetection { detection, ranges, repeated, .. } = clip.finish()?;
    let at = first_marked(&chosen, time, &ranges);
    Ok(Look {
        detection,
        at,
        looked_at: chosen.len(),
        pictures: files.len(),
        kind: Kind::Animation,
        sha256: sha256.0,
        bytes,
        picture: picture(&files[at])?,
        film: Some(Film { duration_s: Some(length_s), ranges, repeated }),
    })
}

/// The picture of a frame.
fn picture(file: &Path) -> Result<Picture> {
    let name = || file.display().to_string();
    let document =
        Document::decode(&files::read(file, MAX_PICTURE_BYTES)?, &DecodeLimits::default()).with_context(name)?;
    let mut pictures = document.into_pictures();
    ensure!(pictures.len() == 1, "{}: has {} pictures, and a frame of a sequence is one", name(), pictures.len());
    Ok(pictures.swap_remove(0))
}
