//! Looking at one file: each of its pictures, or some of the frames of an animation, and what they come to together.

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};
use std::path::Path;
use watermark_core::{Detection, Detector, Mark, Verdict};
use watermark_media::{DecodeLimits, Document, Kind, Picture};

use crate::batch::pipe;
use crate::files::{self, MAX_PICTURE_BYTES};

/// What was seen in a file.
#[derive(Debug)]
pub(crate) struct Look {
    /// The strongest reading of each key over the pictures, corrected for their number.
    pub(crate) detection: Detection,
    /// Number of the picture, from 0, in which the strongest mark or trace was read.
    pub(crate) at: usize,
    /// Pictures that were looked at.
    pub(crate) looked_at: usize,
    /// Pictures in the file.
    pub(crate) pictures: usize,
    /// What they are to each other.
    pub(crate) kind: Kind,
    /// SHA-256 of the file's bytes.
    pub(crate) sha256: [u8; 32],
    /// Bytes of the file.
    pub(crate) bytes: u64,
    /// The picture in which the strongest mark was read.
    pub(crate) picture: Picture,
}

/// Looks at a file; of an animation at `frames` frames, spread evenly.
pub(crate) fn look(detector: &Detector, path: &Path, frames: usize) -> Result<Look> {
    let bytes = if pipe::is(path) { pipe::read_standard_input()? } else { files::read(path, MAX_PICTURE_BYTES)? };
    look_at(detector, bytes, frames).with_context(|| path.display().to_string())
}

/// As [`look`], for bytes that are there already.
pub(crate) fn look_at(detector: &Detector, bytes: Vec<u8>, frames: usize) -> Result<Look> {
    let (sha256, length) = (Sha256::digest(&bytes).into(), bytes.len() as u64);
    let document = Document::decode(&bytes, &DecodeLimits::default())?;
    drop(bytes);
    let (kind, pictures) = (document.kind(), document.pictures().len());
    let chosen = match kind {
        Kind::Animation => spread(pictures, frames),
        _ => (0..pictures).collect(),
    };
    let mut readings = Vec::with_capacity(chosen.len());
    for &at in &chosen {
        // A page may be of a kind that the core cannot look at; one that can is enough.
        readings.push((at, detector.detect(&document.pictures()[at].view())));
    }
    let (at, detection) = together(readings)?;
    let picture = document.into_pictures().swap_remove(at);
    Ok(Look { detection, at, looked_at: chosen.len(), pictures, kind, sha256, bytes: length, picture })
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
