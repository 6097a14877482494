//! Unmarked pieces, and marked ones read with wrong keys: does a clip's `log10_p` keep its promise?

use super::planes::Frame;
use super::{Marking, Options, cut, ffmpeg, reading};
use crate::commit::Origin;
use crate::{lines, random};
use anyhow::Result;
use serde::{Deserialize, Serialize};
use std::time::Instant;
use watermark_core::{DetectOptions, Detector, Key, Mark};

/// Keys that read one piece together.
const RING: usize = 16;
/// Short side to which pieces are brought: the search takes its time from the pixels.
const SHORT_SIDE: usize = 360;
/// Frames of a piece.
const FRAMES: usize = 48;
/// Every how many frames one is read.
const EVERY: usize = 4;

/// One piece read with a ring of keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Call {
    commit: String,
    program: String,
    seed: u64,
    clip: String,
    number: usize,
    marked: bool,
    /// Each key's trace, corrected for the ring.
    each: Vec<f64>,
    ms: f64,
}

/// Reads what is missing of the pairs that are asked for, and says what the strongest were.
pub(super) fn run(options: &Options, origin: &Origin, names: &[String], until: Option<Instant>) -> Result<()> {
    let path = options.out.join("null.jsonl");
    let mut calls: Vec<Call> = lines::known(&path)?;
    calls.retain(|call| call.seed == options.seed && origin.covers(&call.commit, &call.program));
    for number in 0..options.null.div_ceil(RING) {
        if until.is_some_and(|until| Instant::now() > until) {
            break;
        }
        if calls.iter().any(|call| call.number == number) {
            continue;
        }
        let call = one(options, origin, &names[number % names.len()], number)?;
        lines::keep(&path, &call)?;
        calls.push(call);
    }
    let all: Vec<f64> = calls.iter().flat_map(|call| call.each.iter().copied()).collect();
    // Each pair's claim by itself: what is told is corrected for a ring (1 - (1 - p)^RING), and close to 1 it tells nothing.
    let alone = |p: f64| (1.0 - (1.0 - 10_f64.powf(p)).max(0.0).powf(1.0 / RING as f64)).log10();
    let below = |limit: f64| all.iter().filter(|&&p| alone(p) <= limit).count();
    println!(
        "Null: {} pairs of piece and key ({} pieces); log10 p of a pair at most -1: {} (expected at most {:.0}), -2: {} ({:.1}), \
         -3: {} ({:.2}), found: {}; strongest {:.2}\n",
        all.len(),
        calls.len(),
        below(-1.0),
        all.len() as f64 * 0.1,
        below(-2.0),
        all.len() as f64 * 0.01,
        below(-3.0),
        all.len() as f64 * 1e-3,
        all.iter().filter(|&&p| p <= watermark_core::Verdict::FOUND_LOG10_P).count(),
        all.iter().copied().fold(0.0, f64::min),
    );
    Ok(())
}

fn one(options: &Options, origin: &Origin, clip: &str, number: usize) -> Result<Call> {
    let seed = options.seed;
    let (mut frames, rate) = cut(options, clip, 1000 + number)?;
    frames.truncate(FRAMES);
    let marked = number % 2 == 1;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("piece.mp4");
    let scale = format!("scale=-2:{SHORT_SIDE}");
    let arguments = ["-vf", &scale, "-c:v", "libx264", "-preset", "veryfast", "-crf", "26", "-pix_fmt", "yuv420p"];
    let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
    if marked {
        mark(&mut frames, seed, number)?;
    }
    ffmpeg::encode(&frames, rate, &arguments, &file)?;
    let keys: Vec<Key> = (0..RING).map(|i| random::key(seed, &format!("wrong {number} {i}"))).collect();
    let detector = Detector::new(&keys, DetectOptions::default())?;
    let start = Instant::now();
    let seen = reading::of_luma(&detector, &ffmpeg::luma(&file, EVERY)?)?;
    let each: Vec<f64> =
        seen.detection.marks.iter().map(|mark: &Mark| (mark.log10_p * 100.0).round() / 100.0).collect();
    let ms = start.elapsed().as_secs_f64() * 1e3;
    eprintln!("lab: null {number} {clip}: strongest {:.2}, {ms:.0} ms", each.iter().copied().fold(0.0, f64::min));
    let (commit, program) = (origin.commit.clone(), origin.program.clone());
    Ok(Call { commit, program, seed, clip: clip.to_owned(), number, marked, each, ms })
}

/// Another key's mark, on few plans.
fn mark(frames: &mut [Frame], seed: u64, number: usize) -> Result<()> {
    let key = random::key(seed, &format!("another {number}"));
    Marking::Held.mark(frames, &key, &random::payload(seed, &format!("another {number}"))?)
}
