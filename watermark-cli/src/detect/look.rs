//! Looking at one file: each of its pictures, or the frames of an animation or a clip added up.

use anyhow::{Context, Result, anyhow, ensure};
use sha2::{Digest, Sha256};
use std::path::Path;
use watermark_core::{ClipDetection, ClipDetector, ClipFrame, Detection, Detector, Mark, TimeRange, Verdict};
use watermark_media::{DecodeLimits, Document, Kind, Picture};

use crate::batch::pipe;
use crate::clip::{self, Sampling};
use crate::files::{self, MAX_PICTURE_BYTES};
use crate::hash::Hash;
use crate::output;
use crate::sequence::Sequence;

use super::sequence;

/// Frames of an animation handed to the detector together.
const AT_ONCE: usize = 8;

/// What was seen in a file.
#[derive(Debug)]
pub(crate) struct Look {
    /// The strongest reading of each key, over the pictures of the file or their sum, corrected for what was tried.
    pub(crate) detection: Detection,
    /// Number of the picture, from 0, in which the strongest mark or trace was read; of frames that were added up one
    /// that carries it.
    pub(crate) at: usize,
    /// Pictures that were looked at.
    pub(crate) looked_at: usize,
    /// Pictures in the file; of a clip as far as it says so.
    pub(crate) pictures: usize,
    /// What they are to each other.
    pub(crate) kind: Kind,
    /// SHA-256 of the file's bytes.
    pub(crate) sha256: [u8; 32],
    /// Bytes of the file.
    pub(crate) bytes: u64,
    /// A picture in which the strongest mark was read; of a clip the luma of a frame.
    pub(crate) picture: Picture,
    /// What is known where frames were added up.
    pub(crate) film: Option<Film>,
}

/// Frames that were added up.
#[derive(Debug)]
pub(crate) struct Film {
    /// Length, seconds, where the file says so.
    pub(crate) duration_s: Option<f64>,
    /// When the strongest mark was seen.
    pub(crate) ranges: Vec<TimeRange>,
    /// Frames that repeat the one before and were left out.
    pub(crate) repeated: usize,
}

/// Looks at a file; of an animation or a clip at the frames that are asked for.
pub(crate) fn look(detector: &Detector, path: &Path, sampling: &Sampling) -> Result<Look> {
    if let Some(sequence) = Sequence::of(path)? {
        return sequence::look(detector, &sequence, sampling).with_context(|| path.display().to_string());
    }
    if !pipe::is(path) && clip::is_named_or_begins_like_one(path) {
        return look_at_clip(detector, path, sampling).with_context(|| path.display().to_string());
    }
    let bytes = if pipe::is(path) { pipe::read_standard_input()? } else { files::read(path, MAX_PICTURE_BYTES)? };
    look_at(detector, bytes, sampling).with_context(|| path.display().to_string())
}

fn look_at_clip(detector: &Detector, path: &Path, sampling: &Sampling) -> Result<Look> {
    ensure!(!clip::is_no_file(path), "is neither a file nor a directory (a pipe?); give the clip as a file");
    let sha256 = Hash::of_file(path).context("cannot be read")?.0;
    let bytes = std::fs::metadata(path).context("cannot be read")?.len();
    let seen = clip::look(detector, path, sampling)?;
    if let Some(damage) = &seen.damage {
        output::warn(&format!("{}: what could be decoded was looked at; ffmpeg complains: {damage}", path.display()));
    }
    if let Some(other) = seen.other_videos.first() {
        output::warn(&format!(
            "{}: it has {} video streams, and only the first was looked at; extract the others to look at them \
             (ffmpeg -map 0:{other} -c copy)",
            path.display(),
            seen.other_videos.len() + 1
        ));
    }
    let at = seen.clip.ranges.first().map_or(0, |range| (range.from_s * seen.rate) as usize);
    let pictures = seen.frames.map_or(0, |frames| frames as usize).max(seen.decoded);
    let film = Film { duration_s: seen.duration_s, ranges: seen.clip.ranges, repeated: seen.clip.repeated };
    Ok(Look {
        detection: seen.clip.detection,
        at: at.min(pictures - 1),
        looked_at: seen.decoded,
        pictures,
        kind: Kind::Animation,
        sha256,
        bytes,
        picture: seen.picture,
        film: Some(film),
    })
}

/// As [`look`], for bytes that are there already.
pub(crate) fn look_at(detector: &Detector, bytes: Vec<u8>, sampling: &Sampling) -> Result<Look> {
    let (sha256, length) = (Sha256::digest(&bytes).into(), bytes.len() as u64);
    let document = Document::decode(&bytes, &DecodeLimits::default())?;
    drop(bytes);
    let (kind, pictures) = (document.kind(), document.pictures().len());
    if kind == Kind::Animation {
        return look_at_frames(detector, document, sampling, (sha256, length));
    }
    // A page may be of a kind that the core cannot look at; one that can is enough.
    let readings = document.pictures().iter().map(|picture| detector.detect(&picture.view())).enumerate();
    let (at, detection) = together(readings.collect())?;
    let picture = document.into_pictures().swap_remove(at);
    Ok(Look { detection, at, looked_at: pictures, pictures, kind, sha256, bytes: length, picture, film: None })
}

/// Adds up the frames of an animation.
fn look_at_frames(
    detector: &Detector,
    document: Document,
    sampling: &Sampling,
    (sha256, bytes): ([u8; 32], u64),
) -> Result<Look> {
    let mut times = vec![0.0];
    times.extend(document.delays_ms().unwrap_or_default().iter().scan(0.0, |at, delay| {
        *at += delay / 1000.0;
        Some(*at)
    }));
    let pictures = document.pictures().len();
    let time = |at: usize| times.get(at).copied().unwrap_or(at as f64);
    let chosen = chosen(pictures, time, sampling);
    if chosen.is_empty() {
        return Err(none_chosen(sampling, "animation", time(pictures)));
    }
    let mut clip = ClipDetector::new(detector);
    for some in chosen.chunks(AT_ONCE) {
        let frame = |&at: &usize| ClipFrame { time_s: time(at), view: document.pictures()[at].view() };
        clip.add(&some.iter().map(frame).collect::<Vec<_>>())?;
    }
    let ClipDetection { detection, ranges, repeated, .. } = clip.finish()?;
    let at = first_marked(&chosen, time, &ranges);
    let picture = document.into_pictures().swap_remove(at);
    let film = Film { duration_s: Some(time(pictures)), ranges, repeated };
    let (looked_at, kind) = (chosen.len(), Kind::Animation);
    Ok(Look { detection, at, looked_at, pictures, kind, sha256, bytes, picture, film: Some(film) })
}

/// The first of the frames looked at that carries the mark: the ranges begin at the time of such a frame.
pub(super) fn first_marked(chosen: &[usize], time: impl Fn(usize) -> f64, ranges: &[TimeRange]) -> usize {
    let seen_at = ranges.first().map_or(f64::NEG_INFINITY, |range| range.from_s);
    chosen.iter().copied().find(|&at| time(at) >= seen_at).unwrap_or(chosen[0])
}

/// That no frame is where one was to be looked at.
pub(super) fn none_chosen(sampling: &Sampling, what: &str, length_s: f64) -> anyhow::Error {
    let to_s = sampling.to_s.map_or_else(|| "its end".to_owned(), |to_s| format!("{to_s} s"));
    anyhow!("no frame lies between {} s and {to_s}; the {what} is {length_s:.1} s long", sampling.from_s)
}

/// Numbers of the frames that are looked at, of `count` with their times.
pub(super) fn chosen(count: usize, time: impl Fn(usize) -> f64, sampling: &Sampling) -> Vec<usize> {
    let inside = |at: &usize| time(*at) >= sampling.from_s && sampling.to_s.is_none_or(|to_s| time(*at) <= to_s);
    let inside: Vec<usize> = (0..count).filter(inside).collect();
    match sampling.every_s {
        Some(every_s) => {
            let mut next = f64::NEG_INFINITY;
            let wanted = |at: &usize| {
                let wanted = time(*at) >= next;
                next = if wanted { time(*at) + 0.999 * every_s } else { next };
                wanted
            };
            inside.into_iter().filter(wanted).collect()
        }
        None => spread(inside.len(), sampling.frames).into_iter().map(|i| inside[i]).collect(),
    }
}

/// At most `most` of `count` numbers, spread evenly, from the middle of each stretch.
fn spread(count: usize, most: usize) -> Vec<usize> {
    let parts = count.min(most.max(1));
    (0..parts).map(|part| (2 * part + 1) * count / (2 * parts)).collect()
}

/// The strongest reading of each mark. Whoever looks `n` times and keeps the best sees chance `n` times as often.
fn together(readings: Vec<(usize, watermark_core::Result<Detection>)>) -> watermark_core::Result<(usize, Detection)> {
    let tried = readings.len();
    let mut seen: Vec<(usize, Detection)> = Vec::with_capacity(tried);
    let mut trouble = None;
    for (at, reading) in readings {
        match reading {
            Ok(detection) => seen.push((at, detection)),
            Err(error) => trouble = Some(error),
        }
    }
    seen.sort_by(|(_, a), (_, b)| a.strongest().log10_p.total_cmp(&b.strongest().log10_p));
    let mut seen = seen.into_iter();
    let Some((at, mut whole)) = seen.next() else { return Err(trouble.expect("a document has a picture")) };
    for (_, detection) in seen {
        whole.tried += detection.tried;
        for mark in detection.marks {
            let same = |other: &Mark| other.key_id == mark.key_id && other.payload == mark.payload;
            // The strongest come first.
            if !whole.marks.iter().any(same) {
                whole.marks.push(mark);
            }
        }
    }
    whole.marks.iter_mut().for_each(|mark| correct(mark, tried));
    whole.marks.sort_by(|a, b| a.log10_p.total_cmp(&b.log10_p));
    Ok((at, whole))
}

fn correct(mark: &mut Mark, tried: usize) {
    mark.log10_p = (mark.log10_p + (tried as f64).log10()).min(0.0);
    mark.verdict = Verdict::of(mark.log10_p);
    if mark.verdict != Verdict::Found {
        // What was a payload by the evidence of one picture alone.
        (mark.payload, mark.authentic, mark.evidence) = (None, None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::{DetectOptions, EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
    use watermark_media::PixelData;

    fn noise(seed: u32) -> Picture {
        let samples = (0..512 * 384_u32).map(|i| 90 + ((i ^ seed).wrapping_mul(2_654_435_761) >> 26) as u8).collect();
        Picture::new(512, 384, Layout::Luma, PixelData::U8(samples)).unwrap()
    }

    #[test]
    fn frames_are_spread_evenly() {
        assert_eq!(spread(5, 8), [0, 1, 2, 3, 4]);
        assert_eq!(spread(100, 4), [12, 37, 62, 87]);
        assert_eq!(spread(3, 0), [1]);
    }

    #[test]
    fn frames_are_chosen_by_time() {
        let sampling = |from_s, to_s, every_s| Sampling { frames: 4, from_s, to_s, every_s, rate: 24.0 };
        let time = |at: usize| at as f64 * 0.5;
        assert_eq!(chosen(40, time, &sampling(2.0, Some(3.4), None)), [4, 5, 6]);
        assert_eq!(chosen(8, time, &sampling(0.0, None, Some(1.0))), [0, 2, 4, 6]);
        assert!(chosen(8, time, &sampling(9.0, None, None)).is_empty());
    }

    #[test]
    fn the_best_of_several_is_corrected_for_their_number() {
        let key = Key::from_secret(KeyRole::Title, [5; 32]);
        let payload = Payload::from_bytes(&[3; 8]).unwrap();
        let mut marked = noise(1);
        Embedder::new(&key, EmbedOptions::default()).unwrap().embed(&mut marked.view_mut(), &payload).unwrap();
        let detector = Detector::new(&[key], DetectOptions::default()).unwrap();
        let alone = detector.detect(&marked.view()).unwrap();
        let pictures = [noise(2), marked, noise(3)];
        let readings = pictures.iter().enumerate().map(|(at, picture)| (at, detector.detect(&picture.view())));
        let (at, whole) = together(readings.collect()).unwrap();
        assert_eq!(at, 1);
        assert_eq!(whole.strongest().payload, Some(payload));
        let worse = whole.strongest().log10_p - alone.strongest().log10_p;
        assert!((worse - 3.0_f64.log10()).abs() < 1e-9, "{worse}");
        // One trace of each unmarked picture at most, and none that is stronger than chance allows.
        assert!(whole.marks[1..].iter().all(|mark| mark.verdict == Verdict::NotFound));
    }

    #[test]
    fn a_mark_that_the_correction_takes_below_the_line_shows_no_payload() {
        let key = Key::from_secret(KeyRole::Title, [5; 32]);
        let detector = Detector::new(&[key], DetectOptions::default()).unwrap();
        let mut mark = detector.detect(&noise(2).view()).unwrap().marks.swap_remove(0);
        (mark.log10_p, mark.payload) = (-9.2, Some(Payload::from_bytes(&[3; 8]).unwrap()));
        correct(&mut mark, 8);
        assert_eq!((mark.verdict, mark.payload), (Verdict::Inconclusive, None));
    }
}
