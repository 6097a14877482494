//! Copying a mark to other pictures, and taking it out by averaging or folding, without the key.

mod copies;
pub(crate) mod estimate;
mod peaks;
mod removal;

use crate::commit::{Origin, command};
use crate::marking::{StrengthArgs, mark, read};
use crate::report::share;
use crate::results::{Manifest, ReadRow, Row, Store, Trial};
use crate::statistics::{Mean, median};
use crate::{classes, metrics, pictures, random, workers};
use anyhow::Context as _;
use image::RgbImage;
use std::fmt::Write as _;
use std::path::PathBuf;
use watermark_core::{DetectOptions, Detector, Key, Payload, Verdict};

/// What to attack.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folders with pictures.
    #[arg(long, required = true, num_args = 1..)]
    images: Vec<PathBuf>,
    #[command(flatten)]
    strength: StrengthArgs,
    /// Copies of each kind.
    #[arg(long, default_value_t = 60)]
    copies: usize,
    /// Pictures that are averaged; more than there are files means other crops of them.
    #[arg(long, default_value_t = 100)]
    pictures: usize,
    /// Short side that pictures are brought to where the attack needs one size, 3:2, pixels (whole eighths halve exactly).
    #[arg(long, default_value_t = 512, value_parser = clap::value_parser!(u32).range(128..))]
    short_side: u32,
    /// Pictures at the same time.
    #[arg(long, default_value_t = 2)]
    jobs: usize,
    /// Decides key, payloads and crops.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Folder for forgery.md, results.jsonl and run.json.
    #[arg(long, default_value = "target/lab/forgery")]
    out: PathBuf,
}

impl Options {
    /// Width and height that pictures are brought to where the attack needs one size.
    fn common(&self) -> (u32, u32) {
        (self.short_side * 3 / 2, self.short_side)
    }
}

/// One picture at the common size, marked.
struct Marked {
    /// Label and class of that file.
    label: String,
    class: String,
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
    store: Store,
    /// Names of the attacks so far, and what they do.
    attacks: Vec<(String, String)>,
    table: String,
}

/// An attacked picture beside what it is compared with for its PSNR, and the payload that would be a success.
struct Case {
    label: String,
    class: String,
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
    let settings = format!(
        "forgery {}, seed {}, short side {}, {} pictures, {} copies",
        options.strength.words(),
        options.seed,
        options.short_side,
        options.pictures,
        options.copies
    );
    let mut manifest = Manifest {
        command: command(),
        commit: origin.commit.clone(),
        program: origin.program.clone(),
        settings: settings.clone(),
        ..Manifest::default()
    };
    let header = format!(
        "# Forgery and removal without the key\n\nCommand: `{}`\nCommit: {} (program {}); settings: {settings}\n\n",
        manifest.command, manifest.commit, manifest.program
    );
    let store = Store::open(&options.out, origin, settings)?;
    let mut study = Study { options, key, detector, store, attacks: Vec::new(), table: String::new() };
    study.table.push_str(
        "| attack | class | found % | exact payload | mean PSNR dB | median log10 p | lowest log10 p |\n\
         |---|---|---|---|---|---|---|\n",
    );
    study.all(&files)?;
    (manifest.attacks, manifest.descriptions) = study.attacks.iter().cloned().unzip();
    manifest.write(&options.out)?;
    let text = format!("{header}{}", study.table);
    println!("{text}");
    let path = options.out.join("forgery.md");
    std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))
}

impl Study<'_> {
    /// Every attack, in the order of the table.
    fn all(&mut self, files: &[PathBuf]) -> anyhow::Result<()> {
        let same = self.marked(files, |_| "shared".to_owned())?;
        self.controls(&same)?;
        copies::run(self, &same, files)?;
        removal::run(self, &same, "one payload")?;
        let different = self.marked(files, |index| format!("own {index}"))?;
        removal::run(self, &different, removal::OWN)?;
        removal::peaks(self, &different)
    }

    /// Pictures at the common size with the payload of a label each; refused and unreadable ones are left out.
    fn marked(&self, files: &[PathBuf], label: fn(usize) -> String) -> anyhow::Result<Vec<Marked>> {
        let indices: Vec<usize> = (0..self.options.pictures).collect();
        let made = workers::map(self.options.jobs, &indices, |&index| -> anyhow::Result<Marked> {
            let file = index % files.len();
            let whole = pictures::load(&files[file])?;
            let share = if index < files.len() { 1.0 } else { 0.5 };
            let seed = random::number(self.options.seed, &format!("cut {index}"));
            let (width, height) = self.options.common();
            let original = pictures::fill(&attacks::crop::random_share(&whole, share, seed), width, height)?;
            let payload = random::payload(self.options.seed, &label(index))?;
            let (marked, _) = mark(&original, &self.key, &payload, self.options.strength.embed_options())?;
            let (label, class) = (pictures::label(&files[file]), classes::of(&files[file], whole.dimensions()));
            Ok(Marked { label, class, file, original, marked, payload })
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
        let case = |attacked: &RgbImage, p: &Marked| {
            Case::new(p, metrics::psnr_db(attacked, &p.original), attacked.clone(), &p.payload)
        };
        let marked = pictures.iter().map(|p| case(&p.marked, p)).collect();
        let unmarked = pictures.iter().map(|p| case(&p.original, p)).collect();
        self.row("marked", "control: marked", marked)?;
        self.row("unmarked", "control: unmarked", unmarked)
    }

    /// Reads all cases of one attack and adds its lines to the table: by class, then all.
    fn row(&mut self, name: &str, words: &str, cases: Vec<Case>) -> anyhow::Result<()> {
        let numbered: Vec<(u32, &Case)> = (0..).zip(&cases).collect();
        let reads = workers::map(self.options.jobs, &numbered, |(number, case)| self.read(name, *number, case))?;
        let reads = reads.into_iter().collect::<anyhow::Result<Vec<ReadRow>>>()?;
        let rows: Vec<(&Case, &ReadRow)> = cases.iter().zip(&reads).collect();
        for class in classes::sorted(cases.iter().map(|case| case.class.as_str())) {
            let of_class: Vec<_> = rows.iter().filter(|(case, _)| case.class == class).copied().collect();
            self.line(words, &class, &of_class);
        }
        self.line(words, "all", &rows);
        self.attacks.push((name.to_owned(), words.to_owned()));
        Ok(())
    }

    /// Reads one case, or finds in the store what came of it.
    fn read(&self, name: &str, number: u32, case: &Case) -> anyhow::Result<ReadRow> {
        let trial = Trial { picture: case.label.clone(), repetition: number, attack: name.to_owned(), position: 0 };
        if let Some(row) = self.store.reading(&trial) {
            return Ok(row);
        }
        let (detection, elapsed_ms) = read(&self.detector, &case.attacked)?;
        let best = detection.strongest();
        let (exact, detected) = (best.payload.as_ref() == Some(&case.payload), best.verdict == Verdict::Found);
        let row = ReadRow {
            ok: exact && detected && best.authentic == Some(true),
            wrong_payload: detected && best.payload.is_some() && !exact,
            detected,
            verdict: best.verdict.as_str().to_owned(),
            log10_p: Some(best.log10_p),
            margin_db: Some(best.margin_db).filter(|margin| margin.is_finite()),
            geometry: None,
            width: case.attacked.width(),
            height: case.attacked.height(),
            elapsed_ms,
        };
        self.store.add(&case.class, trial, Row::Read(row.clone()))?;
        Ok(row)
    }

    /// One line of the table.
    fn line(&mut self, words: &str, class: &str, rows: &[(&Case, &ReadRow)]) {
        let count = |test: fn(&ReadRow) -> bool| rows.iter().filter(|(_, row)| test(row)).count();
        let psnr: Vec<f64> = rows.iter().map(|(case, _)| case.psnr_db).filter(|psnr| psnr.is_finite()).collect();
        let evidence = || rows.iter().filter_map(|(_, row)| row.log10_p);
        let line = format!(
            "| {words} | {class} | {} | {}/{} | {} | {:.1} | {:.1} |",
            share(count(|row| row.detected), rows.len()),
            count(|row| row.ok),
            rows.len(),
            Mean::of(&psnr).map_or_else(|| "-".to_owned(), |psnr| format!("{:.1}", psnr.mean)),
            median(evidence()),
            evidence().fold(f64::INFINITY, f64::min),
        );
        eprintln!("lab: {line}");
        // Writing to a string cannot fail.
        let _ = writeln!(self.table, "{line}");
    }
}

impl Case {
    /// An attack on, or with the help of, a marked picture.
    fn new(of: &Marked, psnr_db: f64, attacked: RgbImage, payload: &Payload) -> Self {
        Self { label: of.label.clone(), class: of.class.clone(), attacked, psnr_db, payload: payload.clone() }
    }
}
