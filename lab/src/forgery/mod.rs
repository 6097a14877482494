//! Copying a mark to other pictures, and taking it out by averaging or folding, without the key.

mod copies;
pub(crate) mod estimate;
mod removal;

use crate::commit::{Origin, command};
use crate::marking::{StrengthArgs, mark, read};
use crate::statistics::median;
use crate::{metrics, pictures, random, workers};
use anyhow::Context as _;
use image::RgbImage;
use std::fmt::Write as _;
use std::path::PathBuf;
use watermark_core::{DetectOptions, Detector, Key, Payload, Verdict};

/// Size that pictures are brought to where the attack needs one size; the short side halves exactly.
const COMMON: (u32, u32) = (768, 512);

/// What to attack.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folders with pictures.
    #[arg(long, required = true, num_args = 1..)]
    images: Vec<PathBuf>,
    #[command(flatten)]
    strength: StrengthArgs,
    /// Copies of each kind.
    #[arg(long, default_value_t = 30)]
    copies: usize,
    /// Pictures that are averaged; more than there are files means other crops of them.
    #[arg(long, default_value_t = 50)]
    pictures: usize,
    /// Pictures at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Decides key, payloads and crops.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for forgery.md.
    #[arg(long, default_value = "target/lab/forgery")]
    out: PathBuf,
}

/// One picture at the common size, marked.
struct Marked {
    /// Which file it is from: a forgery goes to another file's picture.
    file: usize,
    original: RgbImage,
    marked: RgbImage,
    payload: Payload,
}

/// Detector, counts and the table so far.
struct Study<'a> {
    options: &'a Options,
    key: Key,
    detector: Detector,
    table: String,
}

/// An attacked picture beside what it is compared with for its PSNR, and the payload that would be a success.
struct Case {
    attacked: RgbImage,
    psnr_db: f64,
    payload: Payload,
}

/// Runs all attacks.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let origin = Origin::now()?;
    let files = pictures::list(&options.images, None)?;
    let key = random::key(options.seed, "forgery");
    let detector = Detector::new(std::slice::from_ref(&key), DetectOptions::default())?;
    let mut study = Study { options, key, detector, table: String::new() };
    let header = format!(
        "# Forgery and removal without the key\n\nCommand: `{}`\nCommit: {} (program {}); strength: {}\n\n",
        command(),
        origin.commit,
        origin.program,
        options.strength.words()
    );
    study.table.push_str("| attack | found | exact payload | mean PSNR dB | median log10 p | lowest log10 p |\n");
    study.table.push_str("|---|---|---|---|---|---|\n");
    let same = study.marked(&files, |_| "shared".to_owned())?;
    study.controls(&same)?;
    copies::run(&mut study, &same, &files)?;
    removal::run(&mut study, &same, "one payload")?;
    let different = study.marked(&files, |index| format!("own {index}"))?;
    removal::run(&mut study, &different, "own payloads")?;
    let text = format!("{header}{}", study.table);
    println!("{text}");
    std::fs::create_dir_all(&options.out)?;
    let path = options.out.join("forgery.md");
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
}

impl Study<'_> {
    /// Pictures at the common size with the payload of a label each; refused and unreadable ones are left out.
    fn marked(&self, files: &[PathBuf], label: fn(usize) -> String) -> anyhow::Result<Vec<Marked>> {
        let indices: Vec<usize> = (0..self.options.pictures).collect();
        let made = workers::map(self.options.jobs, &indices, |&index| -> anyhow::Result<Marked> {
            let file = index % files.len();
            let whole = pictures::load(&files[file])?;
            let share = if index < files.len() { 1.0 } else { 0.5 };
            let seed = random::number(self.options.seed, &format!("cut {index}"));
            let original = pictures::fill(&attacks::crop::random_share(&whole, share, seed), COMMON.0, COMMON.1)?;
            let payload = random::payload(self.options.seed, &label(index))?;
            let (marked, _) = mark(&original, &self.key, &payload, self.options.strength.embed_options())?;
            Ok(Marked { file, original, marked, payload })
        })?;
        let mut kept = Vec::new();
        for (index, result) in made.into_iter().enumerate() {
            match result {
                Ok(marked) => kept.push(marked),
                Err(error) => eprintln!("lab: {}: left out, {error:#}", pictures::label(&files[index % files.len()])),
            }
        }
        anyhow::ensure!(kept.len() >= 13, "{} pictures could be marked, 13 are needed", kept.len());
        Ok(kept)
    }

    /// Unmarked pictures must not be found, marked ones must be.
    fn controls(&mut self, pictures: &[Marked]) -> anyhow::Result<()> {
        let case = |attacked: &RgbImage, p: &Marked| Case {
            attacked: attacked.clone(),
            psnr_db: metrics::psnr_db(attacked, &p.original),
            payload: p.payload.clone(),
        };
        let marked = pictures.iter().map(|p| case(&p.marked, p)).collect();
        let unmarked = pictures.iter().map(|p| case(&p.original, p)).collect();
        self.row("control: marked", marked)?;
        self.row("control: unmarked", unmarked)
    }

    /// Reads all cases of one attack and adds its line to the table.
    fn row(&mut self, name: &str, cases: Vec<Case>) -> anyhow::Result<()> {
        let read_one = |case: &Case| -> anyhow::Result<(bool, bool, f64)> {
            let (detection, _) = read(&self.detector, &case.attacked)?;
            let best = detection.strongest();
            let exact = best.payload.as_ref() == Some(&case.payload);
            Ok((best.verdict == Verdict::Found, exact, best.log10_p))
        };
        let read =
            workers::map(self.options.jobs, &cases, read_one)?.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let count = |test: fn(&(bool, bool, f64)) -> bool| read.iter().filter(|&row| test(row)).count();
        let psnr = cases.iter().map(|case| case.psnr_db).sum::<f64>() / cases.len().max(1) as f64;
        let line = format!(
            "| {name} | {}/{n} | {}/{n} | {psnr:.1} | {:.1} | {:.1} |",
            count(|row| row.0),
            count(|row| row.0 && row.1),
            median(read.iter().map(|row| row.2)),
            read.iter().map(|row| row.2).fold(f64::INFINITY, f64::min),
            n = cases.len(),
        );
        eprintln!("lab: {line}");
        // Writing to a string cannot fail.
        let _ = writeln!(self.table, "{line}");
        Ok(())
    }
}
