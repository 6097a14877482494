//! Clips: marked, re-encoded, cut, recorded from a screen; how often a random piece of five seconds is read.
//!
//! Clips are generated (`scenes`), so that anybody can make the same; a real one may be added. A clip is marked from its
//! beginning and published ([`PUBLISHED`]); a piece is cut out of that and encoded again. Every result is one line of JSON, and a
//! run that is started again does what is missing.

mod ffmpeg;
mod marking;
mod null;
mod planes;
mod quality;
mod reading;
mod rows;
mod scenes;
mod table;

use crate::commit::Origin;
use crate::lines;
use crate::random::{self, Choices};
use anyhow::{Context as _, Result};
use marking::Marking;
use planes::Frame;
use rows::{ROWS, Reading, Row};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use watermark_core::{DetectOptions, Detection, Detector};

/// Frames that are read one by one where the best of them is wanted.
const EACH: usize = 8;

/// How a marked clip is published, before anybody cuts and encodes it again: as `watermark embed` does it if nothing is said.
const PUBLISHED: [&str; 6] = ["-c:v", "libx264", "-preset", "medium", "-crf", "18"];

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folder with the pictures that clips are made of (with the subfolders `photo`, `art` and `ai`).
    #[arg(long)]
    images: PathBuf,
    /// A real clip, besides the generated ones.
    #[arg(long)]
    real: Option<PathBuf>,
    /// Folder for results: JSON lines and a table.
    #[arg(long)]
    out: PathBuf,
    /// Generated clips, film and animation in turn.
    #[arg(long, default_value_t = 12)]
    clips: usize,
    /// Random pieces of every clip.
    #[arg(long, default_value_t = 1)]
    pieces: usize,
    /// Length of a piece, seconds.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// Frames read of a piece at most.
    #[arg(long, default_value_t = 40)]
    frames: usize,
    /// How frames are marked.
    #[arg(long, value_enum, default_value_t = Marking::Frames)]
    marking: Marking,
    /// Rows whose name has one of these texts in it; all without.
    #[arg(long, num_args = 1..)]
    rows: Vec<String>,
    /// Readings of unmarked pieces, or with wrong keys, to make as well: pairs of piece and key.
    #[arg(long, default_value_t = 0)]
    null: usize,
    /// Measure bits and quality instead of readings.
    #[arg(long)]
    quality: bool,
    /// Minutes after which no new piece is begun; 0 for no bound.
    #[arg(long, default_value_t = 0.0)]
    budget: f64,
    /// Decides pieces, keys and payloads.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// One reading.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) commit: String,
    pub(crate) program: String,
    pub(crate) marking: String,
    pub(crate) seed: u64,
    pub(crate) clip: String,
    pub(crate) piece: usize,
    pub(crate) row: String,
    /// Whether a mark was found.
    pub(crate) found: bool,
    /// Whether the payload is exactly the one that was written.
    pub(crate) exact: bool,
    pub(crate) log10_p: f64,
    pub(crate) margin_db: f64,
    /// Template and payload of each octave, coarsest first, in hundredths.
    #[serde(default)]
    pub(crate) octaves: Vec<(i32, i32)>,
    /// Frames read.
    pub(crate) frames: usize,
    /// Share of the piece that the time ranges cover, percent.
    pub(crate) covered: f64,
    /// Size of the encoded piece, kbit a second.
    pub(crate) kbit_s: f64,
    /// Time for decoding and reading, milliseconds.
    pub(crate) ms: f64,
}

/// Runs what is missing, then reports.
pub(crate) fn run(options: &Options) -> Result<()> {
    let missing = scenes::missing(&options.images);
    anyhow::ensure!(missing.is_empty(), "pictures that the clips are made of are not there: {missing:?}");
    std::fs::create_dir_all(&options.out)?;
    let origin = Origin::now()?;
    let file = options.out.join("readings.jsonl");
    let mut study = Study { options, origin, lines: lines::known(&file)?, file, until: None };
    if options.budget > 0.0 {
        study.until = Some(Instant::now() + Duration::from_secs_f64(60.0 * options.budget));
    }
    let mut names = scenes::names(options.clips);
    if options.real.is_some() {
        names.insert(names.len().min(2), "real".to_owned());
    }
    if options.quality {
        return quality::run(options, &study.origin, &names, study.until);
    }
    'all: for piece in 0..options.pieces {
        for name in &names {
            if study.is_over() {
                break 'all;
            }
            study.piece(name, piece).with_context(|| format!("{name}, piece {piece}"))?;
        }
    }
    if options.null > 0 {
        null::run(options, &study.origin, &names, study.until)?;
    }
    let text = table::report(&study.lines, options.marking.name(), options.seed, &study.origin);
    println!("{text}");
    Ok(std::fs::write(options.out.join(format!("{}.md", options.marking.name())), text)?)
}

/// What was read, frames read, seconds in which the mark was seen, and the octaves.
type Answer = (Detection, usize, f64, Vec<(i32, i32)>);

struct Study<'a> {
    options: &'a Options,
    origin: Origin,
    lines: Vec<Line>,
    file: PathBuf,
    until: Option<Instant>,
}

impl Study<'_> {
    fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() > until)
    }

    /// Rows of a piece that are asked for and not there.
    fn wanted(&self, clip: &str, piece: usize) -> Vec<Row> {
        let asked = &self.options.rows;
        let named = |row: &Row| match asked.is_empty() {
            true => !row.is_extra(),
            false => asked.iter().any(|name| row.name.contains(name)),
        };
        let there = |row: &Row| {
            self.lines.iter().any(|line| {
                let same = (line.clip.as_str(), line.piece, line.row.as_str()) == (clip, piece, row.name);
                let marking = line.marking == self.options.marking.name() && line.seed == self.options.seed;
                same && marking && self.origin.covers(&line.commit, &line.program)
            })
        };
        ROWS.into_iter().filter(|row| named(row) && !there(row)).collect()
    }

    fn piece(&mut self, clip: &str, piece: usize) -> Result<()> {
        let wanted = self.wanted(clip, piece);
        if wanted.is_empty() {
            return Ok(());
        }
        let seed = self.options.seed;
        let key = random::key(seed, &format!("clip {clip}"));
        let payload = random::payload(seed, &format!("clip {clip}"))?;
        let start = Instant::now();
        let source = Source::new(self.options, clip, piece)?;
        let (rate, first) = (source.rate, source.first);
        let from = self.options.marking.begins(first);
        let marked = self.options.marking.film(source.frames(from), first - from, &key, &payload)?;
        let folder = tempfile::tempdir()?;
        let published = folder.path().join("published.mkv");
        ffmpeg::encode(&marked, rate, &PUBLISHED.map(str::to_owned), &published)?;
        let frames = ffmpeg::frames(&published, 0, marked.len())?;
        drop(marked);
        eprintln!(
            "lab: {clip} {piece}: frames {first} to {} marked and published in {:.1} s",
            first + frames.len(),
            start.elapsed().as_secs_f64()
        );
        let detector = Detector::new(&[key], DetectOptions::default())?;
        for row in wanted {
            let mut choices = Choices::new(seed, &format!("row {clip} {piece} {}", row.name));
            let file = folder.path().join("piece").with_extension(row.ending);
            let arguments = row.arguments((choices.unit(), choices.unit()));
            if row.reading == Reading::Averaged {
                let mut without = frames.clone();
                reading::averaged(&mut without);
                ffmpeg::encode(&without, rate, &arguments, &file)?;
            } else {
                ffmpeg::encode(&frames, rate, &arguments, &file)?;
            }
            let start = Instant::now();
            let (detection, read, covered, octaves) = self.read(&detector, &file, row, frames.len(), choices.unit())?;
            let strongest = detection.strongest();
            let line = Line {
                commit: self.origin.commit.clone(),
                program: self.origin.program.clone(),
                marking: self.options.marking.name().to_owned(),
                seed,
                clip: clip.to_owned(),
                piece,
                row: row.name.to_owned(),
                found: strongest.verdict == watermark_core::Verdict::Found,
                exact: strongest.payload.as_ref() == Some(&payload),
                log10_p: round(strongest.log10_p),
                margin_db: round(strongest.margin_db),
                octaves,
                frames: read,
                covered: round(covered * rate / frames.len() as f64 * 100.0),
                kbit_s: round(file.metadata()?.len() as f64 * 8e-3 * rate / frames.len() as f64),
                ms: round(start.elapsed().as_secs_f64() * 1e3),
            };
            eprintln!(
                "lab: {clip} {piece} {}: {} p {:.1} margin {:.1} {} frames {:.0} ms",
                line.row,
                if line.exact { "exact" } else { "-" },
                line.log10_p,
                line.margin_db,
                line.frames,
                line.ms
            );
            self.keep(line)?;
        }
        Ok(())
    }

    fn read(&self, detector: &Detector, file: &Path, row: Row, frames: usize, share: f64) -> Result<Answer> {
        match row.reading {
            Reading::Frame => return Ok((reading::one_frame(detector, file, share)?, 1, 0.0, Vec::new())),
            Reading::Each => return Ok((reading::best_of(detector, file, frames, EACH)?, EACH, 0.0, Vec::new())),
            Reading::Clip | Reading::Averaged => {}
        }
        let seen = reading::clip(detector, file, frames, self.options.frames)?;
        let covered = seen.ranges.iter().map(|range| range.to_s - range.from_s).sum();
        let hundredths = |value: f64| (value * 100.0).round() as i32;
        let octaves = seen.octaves.iter().map(|octave| (hundredths(octave.template), hundredths(octave.payload)));
        Ok((seen.detection, seen.frames, covered, octaves.collect()))
    }

    fn keep(&mut self, line: Line) -> Result<()> {
        lines::keep(&self.file, &line)?;
        self.lines.push(line);
        Ok(())
    }
}

/// The frames of a random piece of a clip, and their rate.
fn cut(options: &Options, clip: &str, piece: usize) -> Result<(Vec<Frame>, f64)> {
    let source = Source::new(options, clip, piece)?;
    let (rate, first) = (source.rate, source.first);
    Ok((source.frames(first).collect(), rate))
}

/// A clip, and which of its frames are a random piece.
struct Source {
    film: Film,
    rate: f64,
    first: usize,
    count: usize,
}

enum Film {
    /// Frames up to the piece's end.
    Real(Vec<Frame>),
    Generated(scenes::Clip),
}

impl Source {
    fn new(options: &Options, clip: &str, piece: usize) -> Result<Self> {
        let mut choices = Choices::new(options.seed, &format!("piece {clip} {piece}"));
        if clip == "real" {
            let file = options.real.as_deref().context("a real clip was not given")?;
            let (.., rate) = ffmpeg::probe(file)?;
            // It is hardly longer than a piece.
            let (first, count) = (choices.below(3), (options.seconds * rate) as usize);
            return Ok(Self { film: Film::Real(ffmpeg::frames(file, 0, first + count)?), rate, first, count });
        }
        let film = Film::Generated(scenes::Clip::new(clip, &options.images)?);
        let count = ((options.seconds * scenes::RATE as f64) as usize).min(scenes::RATE * scenes::SECONDS);
        let first = choices.below(scenes::RATE * scenes::SECONDS - count + 1);
        Ok(Self { film, rate: scenes::RATE as f64, first, count })
    }

    /// The clip's frames from one up to the end of the piece.
    fn frames(self, from: usize) -> Box<dyn Iterator<Item = Frame>> {
        match self.film {
            Film::Real(frames) => Box::new(frames.into_iter().skip(from)),
            Film::Generated(clip) => Box::new((from..self.first + self.count).map(move |n| clip.frame(n))),
        }
    }
}

fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
