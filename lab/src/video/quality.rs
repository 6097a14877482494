//! What the mark costs a codec and how the result looks and moves, against the unmarked encode of the same piece: at equal
//! CRF in bits, at equal bit rate by SSIMULACRA2 of frames and by flicker.

use super::planes::Frame;
use super::{Options, cut, ffmpeg, round};
use crate::commit::{Origin, command};
use crate::{lines, metrics, random};
use anyhow::{Context as _, Result};
use image::{Rgb, RgbImage};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

/// Constant rate factor of the unmarked encode.
const CRF: f64 = 23.0;
/// Encodes that look for the CRF at which the marked piece takes as many bits, and how near is near enough.
const STEPS: usize = 5;
const NEAR: f64 = 0.01;
/// Frames that SSIMULACRA2 is taken of.
const FRAMES: usize = 8;
/// Change of a source's sample between two frames up to which it stands still, code values.
const STILL: u8 = 1;

/// One piece.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    commit: String,
    program: String,
    marking: String,
    seed: u64,
    clip: String,
    piece: usize,
    /// Unmarked, kbit a second.
    kbit_s: f64,
    /// Bits of the marked encode at the same CRF beyond the unmarked one's, percent.
    more: f64,
    /// CRF of the marked encode at equal rate, and how far its rate is from the unmarked one's, percent.
    crf: f64,
    off: f64,
    /// Unmarked, and marked at equal rate.
    unmarked: Look,
    marked: Look,
}

/// How an encode looks beside its source.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Look {
    /// SSIMULACRA2 of frames: mean and worst.
    mean: f64,
    worst: f64,
    /// Root mean square of what the error changes from one frame to the next where the source stands still, code values.
    flicker: f64,
}

/// Measures what is missing and writes the table.
pub(super) fn run(options: &Options, origin: &Origin, names: &[String], until: Option<Instant>) -> Result<()> {
    let path = options.out.join("quality.jsonl");
    let ours = |line: &Line| {
        line.seed == options.seed
            && line.marking == options.marking.name()
            && origin.covers(&line.commit, &line.program)
    };
    let mut lines: Vec<Line> = lines::known(&path)?;
    lines.retain(ours);
    for (piece, clip) in (0..options.pieces).flat_map(|piece| names.iter().map(move |clip| (piece, clip))) {
        if until.is_some_and(|until| Instant::now() > until) {
            break;
        }
        if lines.iter().any(|line| (&line.clip, line.piece) == (clip, piece)) {
            continue;
        }
        let line = one(options, origin, clip, piece).with_context(|| format!("{clip}, piece {piece}"))?;
        lines::keep(&path, &line)?;
        lines.push(line);
    }
    let text = report(&lines, options.marking.name(), origin);
    println!("{text}");
    Ok(std::fs::write(options.out.join(format!("{}-quality.md", options.marking.name())), text)?)
}

fn one(options: &Options, origin: &Origin, clip: &str, piece: usize) -> Result<Line> {
    let seed = options.seed;
    let (source, rate) = cut(options, clip, piece)?;
    let key = random::key(seed, &format!("clip {clip}"));
    let payload = random::payload(seed, &format!("clip {clip}"))?;
    let mut frames = source.clone();
    options.marking.mark(&mut frames, &key, &payload)?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("piece.mp4");
    let kbit = |frames: &[Frame], crf: f64| -> Result<f64> {
        encode(frames, rate, crf, &file)?;
        Ok(file.metadata()?.len() as f64 * 8e-3 * rate / frames.len() as f64)
    };
    let plain = kbit(&source, CRF)?;
    let unmarked = look(&source, &file)?;
    let equal = kbit(&frames, CRF)?;
    let (mut crf, mut now) = (CRF, equal);
    for _ in 0..STEPS {
        if (now / plain - 1.0).abs() < NEAR {
            break;
        }
        // Bits halve with some six steps of CRF.
        crf = (crf + 6.0 * (now / plain).log2()).clamp(1.0, 51.0);
        now = kbit(&frames, crf)?;
    }
    let marked = look(&source, &file)?;
    let line = Line {
        commit: origin.commit.clone(),
        program: origin.program.clone(),
        marking: options.marking.name().to_owned(),
        seed,
        clip: clip.to_owned(),
        piece,
        kbit_s: round(plain),
        more: round(100.0 * (equal / plain - 1.0)),
        crf: round(crf),
        off: round(100.0 * (now / plain - 1.0)),
        unmarked,
        marked,
    };
    eprintln!("lab: {clip} {piece}: {:+.1} % at CRF {CRF}; {line:?}", line.more);
    Ok(line)
}

fn encode(frames: &[Frame], rate: f64, crf: f64, file: &Path) -> Result<()> {
    let crf = format!("{crf:.2}");
    let arguments = ["-c:v", "libx264", "-preset", "veryfast", "-crf", &crf, "-pix_fmt", "yuv420p", "-threads", "1"];
    ffmpeg::encode(frames, rate, &arguments.map(str::to_owned), file)
}

fn look(source: &[Frame], file: &Path) -> Result<Look> {
    let decoded = ffmpeg::frames(file, 0, source.len())?;
    anyhow::ensure!(decoded.len() == source.len(), "{} of {} frames came back", decoded.len(), source.len());
    let count = FRAMES.min(source.len());
    let places = (0..count).map(|i| (2 * i + 1) * source.len() / (2 * count));
    let scores = places.map(|at| metrics::ssimulacra2(&rgb(&source[at]), &rgb(&decoded[at])));
    let scores = scores.collect::<Result<Vec<f64>>>()?;
    Ok(Look {
        mean: round(scores.iter().sum::<f64>() / scores.len() as f64),
        worst: round(scores.iter().copied().fold(f64::MAX, f64::min)),
        flicker: round(flicker(source, &decoded)),
    })
}

/// Root mean square of what the error changes from one frame to the next, over samples whose source stands still.
fn flicker(source: &[Frame], seen: &[Frame]) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u64);
    for (source, seen) in source.windows(2).zip(seen.windows(2)) {
        let samples = source[0].luma().iter().zip(source[1].luma()).zip(seen[0].luma().iter().zip(seen[1].luma()));
        for ((&a, &b), (&c, &d)) in samples.filter(|((a, b), _)| a.abs_diff(**b) <= STILL) {
            let change = (f64::from(d) - f64::from(b)) - (f64::from(c) - f64::from(a));
            sum += change * change;
            count += 1;
        }
    }
    (sum / count.max(1) as f64).sqrt()
}

/// A frame as screens show it.
fn rgb(frame: &Frame) -> RgbImage {
    let (width, height) = (frame.width, frame.height);
    let (luma, colour) = frame.samples.split_at(width * height);
    let (blue, red) = colour.split_at(width * height / 4);
    RgbImage::from_fn(width as u32, height as u32, |x, y| {
        let (x, y) = (x as usize, y as usize);
        let at = y / 2 * (width / 2) + x / 2;
        let light = (f64::from(luma[y * width + x]) - 16.0) * 255.0 / 219.0;
        let [b, r] = [blue[at], red[at]].map(|value| (f64::from(value) - 128.0) * 255.0 / 224.0);
        let values = [light + 1.5748 * r, light - 0.1873 * b - 0.4681 * r, light + 1.8556 * b];
        Rgb(values.map(|value| (value + 0.5).clamp(0.0, 255.0) as u8))
    })
}

fn report(lines: &[Line], marking: &str, origin: &Origin) -> String {
    let mut text = format!(
        "# What the mark costs a codec\n\nCommand: `{}`\nCommit: {} (program {})\nMarking: {marking}\n\nx264 `veryfast`; \
         \"more\" at CRF {CRF}, the rest at equal bit rate, unmarked and marked.\n\n\
         | clip | pieces | kbit/s | more | CRF of equal rate | SSIMULACRA2, mean | worst frame | flicker |\n\
         |---|---|---|---|---|---|---|---|\n",
        command(),
        origin.commit,
        origin.program
    );
    let mut names: Vec<&str> = Vec::new();
    for line in lines {
        if !names.contains(&line.clip.as_str()) {
            names.push(&line.clip);
        }
    }
    for name in names {
        row(&mut text, name, &lines.iter().filter(|line| line.clip == name).collect::<Vec<_>>());
    }
    row(&mut text, "all", &lines.iter().collect::<Vec<_>>());
    text
}

fn row(text: &mut String, name: &str, lines: &[&Line]) {
    let mean = |value: fn(&Line) -> f64| lines.iter().map(|line| value(line)).sum::<f64>() / lines.len() as f64;
    let least = |value: fn(&Line) -> f64| lines.iter().map(|line| value(line)).fold(f64::MAX, f64::min);
    // Writing to a string does not fail.
    let _ = writeln!(
        text,
        "| {name} | {} | {:.0} | {:+.1} % | {:.1} | {:.1}, {:.1} | {:.1}, {:.1} | {:.2}, {:.2} |",
        lines.len(),
        mean(|line| line.kbit_s),
        mean(|line| line.more),
        mean(|line| line.crf),
        mean(|line| line.unmarked.mean),
        mean(|line| line.marked.mean),
        least(|line| line.unmarked.worst),
        least(|line| line.marked.worst),
        mean(|line| line.unmarked.flicker),
        mean(|line| line.marked.flicker),
    );
}
