//! Whether the frames of an animation are better marked like those of a film or like stills: the figures of
//! docs/decisions/frames.md and docs/decisions/gif-palettes.md.
//!
//! `cargo run --release -p watermark-media --example animation_frames -- FILE...` with GIF, moving PNG or WebP files, each
//! of which is marked in both ways and written in all three formats.

use watermark_core::{
    ClipDetector, ClipFrame, DetectOptions, Detector, Effort, EmbedOptions, Embedder, FrameEmbedder, FrameOptions, Key,
    KeyRole, Payload,
};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format, Picture};

/// Most frames of a file that are looked at.
const MOST: usize = 60;

fn marked(document: &Document, key: &Key, payload: &Payload, as_film: bool) -> Document {
    let mut marked = document.clone();
    let embedder = Embedder::new(key, EmbedOptions::default()).unwrap();
    let size = (marked.pictures()[0].width(), marked.pictures()[0].height());
    let mut frames = FrameEmbedder::new(key, payload, size, FrameOptions::default()).unwrap();
    for picture in marked.pictures_mut() {
        // What is flat stays as it is in both ways.
        if embedder.check(&picture.view()).is_err() {
            continue;
        }
        if as_film {
            frames.mark_picture(&mut picture.view_mut()).unwrap();
        } else {
            embedder.plan(&picture.view(), payload).unwrap().apply(&mut picture.view_mut()).unwrap();
        }
    }
    marked
}

/// Luma by the usual weights, grey levels.
fn luma(picture: &Picture) -> Vec<f64> {
    let weights = [0.299, 0.587, 0.114];
    picture.rgb8().chunks_exact(3).map(|p| (0..3).map(|c| weights[c] * f64::from(p[c])).sum()).collect()
}

/// Deviation of the mark, and of its change from frame to frame, grey levels, over pixels of which the original changes by
/// less than half a level.
fn flicker(before: &Document, after: &Document) -> (f64, f64) {
    let (mut mark, mut change) = ((0.0, 0_u64), (0.0, 0_u64));
    let mut last: Option<(Vec<f64>, Vec<f64>)> = None;
    for (before, after) in before.pictures().iter().zip(after.pictures()).take(MOST) {
        let (old, new) = (luma(before), luma(after));
        let added: Vec<f64> = new.iter().zip(&old).map(|(a, b)| a - b).collect();
        mark = (mark.0 + added.iter().map(|d| d * d).sum::<f64>(), mark.1 + added.len() as u64);
        if let Some((last_old, last_added)) = last {
            for i in (0..old.len()).filter(|&i| (old[i] - last_old[i]).abs() < 0.5) {
                change = (change.0 + (added[i] - last_added[i]).powi(2), change.1 + 1);
            }
        }
        last = Some((old, added));
    }
    let deviation = |(sum, count): (f64, u64)| (sum / count.max(1) as f64).sqrt();
    (deviation(mark), deviation(change))
}

fn main() {
    let key = Key::from_secret(KeyRole::Master, [7; 32]);
    let payload: Payload = "0123456789abcdef".parse().unwrap();
    let embedder = Embedder::new(&key, EmbedOptions::default()).unwrap();
    let mut options = DetectOptions::default();
    options.effort = Effort::Fast;
    let detector = Detector::new(std::slice::from_ref(&key), options).unwrap();
    println!(
        "| file, format | marked like | frames read | margin, dB | sum: log10 p | size | mark | its change at rest |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for path in std::env::args().skip(1) {
        let document = Document::decode(&std::fs::read(&path).unwrap(), &DecodeLimits::default()).unwrap();
        for format in [Format::Gif, Format::Png, Format::WebP] {
            let encode = |document: &Document| document.encode(format, &EncodeOptions::default());
            let Ok(plain) = encode(&document) else { continue };
            for as_film in [false, true] {
                let file = encode(&marked(&document, &key, &payload, as_film)).unwrap();
                let again = Document::decode(&file, &DecodeLimits::default()).unwrap();
                let mut clip = ClipDetector::new(&detector);
                let (mut read, mut margins, mut seen) = (0, 0.0, 0);
                for (at, picture) in again.pictures().iter().enumerate().take(MOST) {
                    seen += 1;
                    if let Ok((margin, _)) = embedder.read_back(&picture.view(), &payload) {
                        (read, margins) = (read + 1, margins + margin);
                    }
                    clip.add(&[ClipFrame { time_s: at as f64 / 25.0, view: picture.view() }]).unwrap();
                }
                let found = clip.finish().unwrap().detection;
                let (mark, change) = flicker(&document, &again);
                println!(
                    "| {} {format} | {} | {read}/{seen} | {:.1} | {:.0} | {:+.1} % | {mark:.2} | {change:.2} |",
                    path.rsplit('/').next().unwrap_or(&path),
                    if as_film { "a film" } else { "stills" },
                    margins / f64::from(read.max(1)),
                    found.strongest().log10_p,
                    100.0 * (file.len() as f64 / plain.len() as f64 - 1.0),
                );
            }
        }
    }
}
