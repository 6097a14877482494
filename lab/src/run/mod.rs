//! Marks every picture, attacks it, reads it back.

mod progress;
mod study;
mod suite;
mod treatment;
mod units;

use crate::bars::Bars;
use crate::commit::{self, Origin};
use crate::floors::Floors;
use crate::marking::StrengthArgs;
use crate::results::{Manifest, Results, Store};
use crate::systems::{External, Ours, System};
use crate::{pictures, report, workers};
use anyhow::Context as _;
use progress::Progress;
use std::collections::BTreeSet;
use std::path::PathBuf;
use study::{Planned, Study};
use units::{Picture, Repetitions};

/// What to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folders with pictures. A folder named `photo` makes the classes photo-L (1 MP and more) and photo-S, any other
    /// folder the class of its name.
    #[arg(long, required = true, num_args = 1..)]
    images: Vec<PathBuf>,
    /// `quick`, `core`, `full`, `photo`, `art`, or a file with one attack's name a line.
    #[arg(long)]
    suite: Option<String>,
    /// Names of attacks, instead of a suite or besides it.
    #[arg(long, value_delimiter = ',')]
    attacks: Vec<String>,
    #[command(flatten)]
    strength: StrengthArgs,
    /// TOML file with the commands of another system, which is measured instead of ours; see
    /// `lab/external-example.toml`.
    #[arg(long)]
    system: Option<PathBuf>,
    /// Least trials of every attack in every class: pictures are marked again with other keys and payloads until there
    /// are so many. [default: 60 for core and full, else every picture once]
    #[arg(long, conflicts_with = "keys")]
    trials: Option<u32>,
    /// Keys for every picture, instead of as many as the trials need.
    #[arg(long)]
    keys: Option<u32>,
    /// Seeds of every attack that has chance in it (crops, noise), for each marked picture.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    positions: u32,
    /// Only the first pictures of each class.
    #[arg(long)]
    limit: Option<usize>,
    /// Pictures above this size are brought down to it, megapixels; 0 for any size.
    #[arg(long, default_value_t = 4.0)]
    megapixels: f64,
    /// Minutes after which no trial is begun; the same command goes on from there.
    #[arg(long)]
    budget: Option<f64>,
    /// Pictures at the same time. [default: all cores]
    #[arg(long)]
    jobs: Option<usize>,
    /// Decides keys, payloads and whatever an attack has of chance.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Also perceptual figures of the marked pictures.
    #[arg(long)]
    metrics: bool,
    /// File of floors; the program fails and names the rows that are below theirs.
    #[arg(long)]
    floors: Option<PathBuf>,
    /// Write floors one trial below what was measured to this file.
    #[arg(long)]
    record_floors: Option<PathBuf>,
    /// Folder for results.jsonl, run.json and report.md.
    #[arg(long)]
    out: PathBuf,
}

/// Runs what is missing, then reports.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let origin = Origin::now()?;
    let system: Box<dyn System> = match &options.system {
        Some(file) => Box::new(External::read(file)?),
        None => Box::new(Ours { strength: options.strength.clone() }),
    };
    let attacks = planned(options)?;
    let pictures = units::pictures(&options.images, options.limit)?;
    let settings = format!("{}, seed {}, megapixels {}", system.settings(), options.seed, options.megapixels);
    let manifest = manifest(options, &origin, &settings, &attacks, &pictures);
    manifest.write(&options.out)?;
    let store = Store::open(&options.out, origin, settings)?;
    let results = measure(options, system.as_ref(), &attacks, &pictures, store, manifest)?;
    let text = report::report(&results, &Bars::shipped()?);
    println!("{text}");
    let file = options.out.join("report.md");
    std::fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    floors(options, &results)
}

/// Records floors, and holds the results against recorded ones.
fn floors(options: &Options, results: &Results) -> anyhow::Result<()> {
    if let Some(file) = &options.record_floors {
        let text = Floors::record(results, 1).text(results);
        std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    let Some(file) = &options.floors else { return Ok(()) };
    let broken = Floors::read(file)?.broken(results);
    anyhow::ensure!(broken.is_empty(), "below the floor:\n  {}", broken.join("\n  "));
    Ok(())
}

/// Runs all units and gives what there is afterwards.
fn measure(
    options: &Options,
    system: &dyn System,
    attacks: &[Planned],
    pictures: &[Picture],
    store: Store,
    manifest: Manifest,
) -> anyhow::Result<Results> {
    let units = units::units(pictures, options.repetitions());
    let total = units.len() * attacks.iter().map(|planned| planned.positions as usize).sum::<usize>();
    let progress = Progress::new(total, options.budget);
    let (store, progress) = (&store, &progress);
    let (seed, megapixels, metrics) = (options.seed, options.megapixels, options.metrics);
    let study = Study { system, attacks, store, progress, seed, megapixels, metrics };
    let jobs = options.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    workers::for_each(jobs, &units, |unit| {
        if let Err(error) = study.unit(unit) {
            progress.say(&format!("{}: {error:#}", unit.path.display()));
        }
    })?;
    progress.finish();
    if progress.time_is_up() {
        eprintln!("lab: the time is up; the same command goes on from here");
    }
    let known: BTreeSet<(&str, u32)> = units.iter().map(|unit| (unit.label.as_str(), unit.repetition)).collect();
    let names: BTreeSet<&str> = attacks.iter().map(|planned| planned.attack.name()).collect();
    let results = store.results(manifest, |trial| {
        let attack = trial.attack.as_str();
        known.contains(&(trial.picture.as_str(), trial.repetition)) && (attack == "embed" || names.contains(attack))
    });
    Ok(results)
}

impl Options {
    fn repetitions(&self) -> Repetitions {
        let thorough = matches!(self.suite.as_deref(), Some("core" | "full"));
        match (self.keys, self.trials) {
            (Some(keys), _) => Repetitions::Each(keys),
            (None, Some(trials)) => Repetitions::Trials(trials),
            (None, None) => Repetitions::Trials(if thorough { 60 } else { 1 }),
        }
    }
}

/// The attacks with the number of their seeds: one for those without chance.
fn planned(options: &Options) -> anyhow::Result<Vec<Planned>> {
    let attacks = suite::attacks(options.suite.as_deref(), &options.attacks)?;
    let planned = attacks.into_iter().map(|attack| {
        let positions = if options.positions > 1 && attack.has_chance() { options.positions } else { 1 };
        Planned { attack, positions }
    });
    Ok(planned.collect())
}

fn manifest(options: &Options, origin: &Origin, settings: &str, attacks: &[Planned], pictures: &[Picture]) -> Manifest {
    let reduced = pictures.iter().filter(|picture| pictures::reduced(picture.size, options.megapixels).is_some());
    Manifest {
        command: commit::command(),
        commit: origin.commit.clone(),
        program: origin.program.clone(),
        settings: settings.to_owned(),
        attacks: attacks.iter().map(|planned| planned.attack.name().to_owned()).collect(),
        descriptions: attacks.iter().map(|planned| planned.attack.describe()).collect(),
        pictures: pictures.iter().map(|picture| (picture.label.clone(), picture.class.clone())).collect(),
        reduced: reduced.map(|picture| picture.label.clone()).collect(),
        megapixels: options.megapixels,
    }
}
