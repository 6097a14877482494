//! Clips that are looked at: luma planes of some frames, a few in memory at a time; nothing of a clip is written to disk.

mod kind;

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
pub(crate) use kind::{begins_like_a_clip, is_clip, is_named_or_begins_like_one, is_no_file, is_probably_one};
use watermark_core::{ClipDetection, ClipDetector, Detector, Layout};
use watermark_media::{Picture, PixelData};
use watermark_video::{Frame, Frames, Pass, Suspect};

/// Frames handed to the detector together.
const AT_ONCE: usize = 4;
/// Length from which the frames that decode by themselves are tried first, seconds: in longer clips there are enough.
const LONG_S: f64 = 90.0;
/// Most frames a second that are looked at where nothing says how long a clip is: fewer the longer it goes on.
const PER_SECOND: f64 = 12.0;

/// Which frames of a clip are looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sampling {
    /// Most frames, spread evenly.
    pub(crate) frames: usize,
    /// From here on, seconds.
    pub(crate) from_s: f64,
    /// Up to here, seconds.
    pub(crate) to_s: Option<f64>,
    /// One frame every so many seconds, however many that gives.
    pub(crate) every_s: Option<f64>,
    /// Frames a second where the files have no times of their own.
    pub(crate) rate: f64,
}

/// What was seen of a clip.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The detector's answer.
    pub(crate) clip: ClipDetection,
    /// Length of the file, seconds, where it says so.
    pub(crate) duration_s: Option<f64>,
    /// Frames in the file, where it says so.
    pub(crate) frames: Option<u64>,
    /// Frames that were decoded and handed to the detector.
    pub(crate) decoded: usize,
    /// One of the frames, its luma alone.
    pub(crate) picture: Picture,
    /// Frames a second.
    pub(crate) rate: f64,
    /// What ffmpeg complains of: the file is cut short or damaged.
    pub(crate) damage: Option<String>,
    /// Numbers of the video streams that were not looked at.
    pub(crate) other_videos: Vec<usize>,
}

/// Looks at a clip.
pub(crate) fn look(detector: &Detector, path: &Path, sampling: &Sampling) -> Result<Seen> {
    let suspect = Suspect::probe(path)?;
    // An end beyond that of the clip says nothing of how far apart frames are to be.
    let to_s = [sampling.to_s, suspect.duration_s].into_iter().flatten().reduce(f64::min);
    if let Some(duration_s) = suspect.duration_s {
        ensure!(
            sampling.from_s < duration_s,
            "the clip is {duration_s:.1} s long, and --from is {}; begin earlier",
            sampling.from_s
        );
    }
    let length_s = to_s.map(|to_s| (to_s - sampling.from_s).max(0.0));
    let (interval_s, share) = match (sampling.every_s, length_s) {
        (Some(every_s), _) => (every_s, 0.0),
        (None, Some(length_s)) => (length_s / sampling.frames as f64, 0.0),
        (None, None) => (1.0 / PER_SECOND, 1.0 / sampling.frames as f64),
    };
    let key_frames_sooner = sampling.every_s.is_none();
    let pass = Pass { from_s: sampling.from_s, length_s, interval_s, key_frames_sooner, share, key_frames: false };
    // In a long clip nearly all of the time goes into frames that nobody looks at.
    if sampling.every_s.is_none() && length_s.is_some_and(|length_s| length_s > LONG_S) {
        let seen = one_pass(detector, &suspect, &Pass { key_frames: true, ..pass })?;
        if seen.as_ref().is_some_and(|seen| seen.clip.detection.strongest().payload.is_some()) {
            return Ok(seen.expect("it was looked into"));
        }
    }
    match one_pass(detector, &suspect, &pass)? {
        Some(seen) => Ok(seen),
        None => bail!(
            "no frame between {} s and {} was decoded; the file may be cut short, or --from and --to may lie outside of it",
            sampling.from_s,
            to_s.map_or_else(|| "its end".to_owned(), |to_s| format!("{to_s} s"))
        ),
    }
}

/// One reading of the file; nothing when there was no frame.
fn one_pass(detector: &Detector, suspect: &Suspect, pass: &Pass) -> Result<Option<Seen>> {
    let mut clip = ClipDetector::new(detector);
    let mut frames = Frames::open(suspect, pass)?;
    let (mut decoded, mut batches, mut picture) = (0, 0_usize, None);
    loop {
        let some: Vec<Frame> = frames.by_ref().take(AT_ONCE).collect::<watermark_video::Result<_>>()?;
        if some.is_empty() {
            break;
        }
        clip.add(&some.iter().map(Frame::view).collect::<watermark_core::Result<Vec<_>>>()?)?;
        decoded += some.len();
        batches += 1;
        // One in the middle, as far as that can be told while they come.
        if let Some(frame) = some.into_iter().next().filter(|_| batches.is_power_of_two()) {
            let (width, height) = (frame.width, frame.height);
            picture = Some(Picture::new(width, height, Layout::Luma, PixelData::U8(frame.samples))?);
        }
    }
    let damage = frames.finish()?;
    if decoded == 0 {
        return Ok(None);
    }
    let picture = picture.context("a clip with frames has one to show")?;
    let Suspect { duration_s, rate, frames, ref other_videos, .. } = *suspect;
    let other_videos = other_videos.clone();
    Ok(Some(Seen { clip: clip.finish()?, duration_s, frames, decoded, picture, rate, damage, other_videos }))
}
