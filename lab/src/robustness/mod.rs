//! Marks every picture, attacks it, reads it back.

mod report;
mod rows;
mod suite;

use crate::commit::Origin;
use crate::marking::{StrengthArgs, mark, read};
use crate::{metrics, pictures, random, workers};
use anyhow::Context as _;
use attacks::Attack;
use image::RgbImage;
pub(crate) use report::{command, median};
use rows::{EmbedRow, ReadRow, Row, Store};
use std::path::{Path, PathBuf};
use watermark_core::{DetectOptions, Detector, Verdict};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folders with pictures.
    #[arg(long, required = true, num_args = 1..)]
    images: Vec<PathBuf>,
    /// `photo`, `art`, or a file with one attack's name a line.
    #[arg(long)]
    suite: Option<String>,
    /// Names of attacks, instead of a suite or besides it.
    #[arg(long, value_delimiter = ',')]
    attacks: Vec<String>,
    #[command(flatten)]
    strength: StrengthArgs,
    /// Only the first pictures.
    #[arg(long)]
    limit: Option<usize>,
    /// Pictures at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Decides key, payloads and whatever an attack has of chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also SSIMULACRA2 of the marked pictures (above 4 MP: mean of four tiles).
    #[arg(long)]
    metrics: bool,
    /// Folder for results.jsonl and report.md.
    #[arg(long, default_value = "target/lab/robustness")]
    out: PathBuf,
}

/// What all workers share.
struct Study<'a> {
    options: &'a Options,
    attacks: &'a [Box<dyn Attack>],
    detector: Detector,
    store: Store,
}

/// Runs the study.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let origin = Origin::now()?;
    let attacks = suite::attacks(options.suite.as_deref(), &options.attacks)?;
    let mut files = pictures::list(&options.images, options.limit)?;
    let labels: Vec<String> = files.iter().map(|path| pictures::label(path)).collect();
    // The largest first, so that no core waits for the last picture.
    files.sort_by_key(|path| {
        std::cmp::Reverse(image::image_dimensions(path).map_or(0, |(w, h)| u64::from(w) * u64::from(h)))
    });
    let settings = format!("{} seed {}", options.strength.words(), options.seed);
    let store = Store::open(&options.out, origin, settings)?;
    let detector = Detector::new(&[random::key(options.seed, "robustness")], DetectOptions::default())?;
    let study = Study { options, attacks: &attacks, detector, store };
    workers::for_each(options.jobs, &files, |path| {
        if let Err(error) = study.picture(path) {
            eprintln!("lab: {}: {error:#}", path.display());
        }
    })?;
    let names: Vec<&str> = attacks.iter().map(|attack| attack.name()).collect();
    let text = report::report(&study.store, &names, &labels);
    println!("{text}");
    let file = options.out.join("report.md");
    std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))
}

impl Study<'_> {
    /// Everything that is still to do for one picture.
    fn picture(&self, path: &Path) -> anyhow::Result<()> {
        let label = pictures::label(path);
        let missing: Vec<_> = self.attacks.iter().filter(|attack| !self.store.has(&label, attack.name())).collect();
        let embedded = self.store.embedding(&label);
        let refused = embedded.as_ref().is_some_and(|row| row.refused.is_some());
        let measured = embedded.is_some_and(|row| row.ssimulacra2.is_some() || !self.options.metrics);
        if refused || (missing.is_empty() && measured) {
            return Ok(());
        }
        let original = pictures::load(path)?;
        let key = random::key(self.options.seed, "robustness");
        let payload = random::payload(self.options.seed, &label)?;
        let start = std::time::Instant::now();
        let result = mark(&original, &key, &payload, self.options.strength.embed_options());
        let mut row = EmbedRow { width: original.width(), height: original.height(), ..EmbedRow::default() };
        row.elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        let marked = match result {
            Err(watermark_core::Error::Refused(reason)) => {
                row.refused = Some(reason.to_string());
                eprintln!("lab: {label}: refused, {reason}");
                return self.store.add(&label, "embed", Row::Embed(row));
            }
            other => other,
        };
        let (marked, report) = marked?;
        row.psnr_db = Some(metrics::psnr_db(&original, &marked)).filter(|psnr| psnr.is_finite());
        row.margin_db = Some(report.margin_db).filter(|margin| margin.is_finite());
        if self.options.metrics {
            let similarity = metrics::ssimulacra2(&original, &marked)?;
            row.ssimulacra2 = Some(similarity.score);
            row.tiles = similarity.tiles;
        }
        eprintln!("lab: {label}: marked, PSNR {:.2} dB, margin {:.1} dB", report.psnr_db, report.margin_db);
        self.store.add(&label, "embed", Row::Embed(row))?;
        drop(original);
        for attack in missing {
            let row = self.reading(&label, &marked, attack.as_ref(), payload.as_bytes())?;
            eprintln!(
                "lab: {label}: {}: {}, log10 p {:.1}, margin {:.1} dB, {:.0} ms",
                attack.name(),
                if row.ok { "exact" } else { row.verdict.as_str() },
                row.log10_p,
                row.margin_db.unwrap_or(f64::NEG_INFINITY),
                row.elapsed_ms
            );
            self.store.add(&label, attack.name(), Row::Read(row))?;
        }
        Ok(())
    }

    fn reading(&self, label: &str, marked: &RgbImage, attack: &dyn Attack, payload: &[u8]) -> anyhow::Result<ReadRow> {
        let seed = random::number(self.options.seed, &format!("{label} {}", attack.name()));
        let attacked = attack.apply(marked, seed)?;
        let (detection, elapsed_ms) = read(&self.detector, &attacked)?;
        let best = detection.strongest();
        let exact = best.payload.as_ref().is_some_and(|read| read.as_bytes() == payload);
        Ok(ReadRow {
            ok: exact && best.authentic == Some(true) && best.verdict == Verdict::Found,
            wrong_payload: best.verdict == Verdict::Found && best.payload.is_some() && !exact,
            detected: best.verdict == Verdict::Found,
            verdict: best.verdict.as_str().to_owned(),
            log10_p: best.log10_p,
            margin_db: Some(best.margin_db).filter(|margin| margin.is_finite()),
            geometry: best
                .geometry
                .map(|g| [g.rotation_deg, g.aspect, f64::from(u8::from(g.mirrored)), g.full_short_side_px]),
            width: attacked.width(),
            height: attacked.height(),
            elapsed_ms,
        })
    }
}
