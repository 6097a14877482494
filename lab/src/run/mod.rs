//! Marks every picture, attacks it, reads it back.

mod options;
mod progress;
mod study;
mod suite;
mod treatment;
mod units;

use crate::commit::{self, Origin};
use crate::floors::Floors;
use crate::marking::StrengthArgs;
use crate::results::{Manifest, Results, Store};
use crate::systems::{External, Ours, System};
use crate::{pictures, report, workers};
use anyhow::Context as _;
pub(crate) use options::Measure;
use progress::Progress;
use std::collections::BTreeSet;
use std::path::PathBuf;
use study::{Planned, Study};
use units::Picture;

/// What to measure, and of which system.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    measure: Measure,
    #[command(flatten)]
    strength: StrengthArgs,
    /// TOML file with the commands of another system, which is measured instead of ours; see
    /// `lab/external-example.toml`.
    #[arg(long)]
    system: Option<PathBuf>,
    /// File of floors; the program fails and names the rows that are below theirs.
    #[arg(long)]
    floors: Option<PathBuf>,
    /// Write floors one trial below what was measured to this file.
    #[arg(long)]
    record_floors: Option<PathBuf>,
}

/// Runs what is missing, then reports.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let system: Box<dyn System> = match &options.system {
        Some(file) => Box::new(External::read(file)?),
        None => Box::new(Ours { strength: options.strength.clone() }),
    };
    let results = measured(&options.measure, system.as_ref())?;
    println!("{}", report::write(&results, &options.measure.out)?);
    floors(options, &results)
}

/// Runs what is missing for a system, and gives all there is.
pub(crate) fn measured(options: &Measure, system: &dyn System) -> anyhow::Result<Results> {
    let origin = Origin::now()?;
    let attacks = planned(options)?;
    let pictures = units::pictures(&options.images, options.limit)?;
    let settings = format!("{}, seed {}, megapixels {}", system.settings(), options.seed, options.megapixels);
    let manifest = manifest(options, &origin, &settings, &attacks, &pictures);
    manifest.write(&options.out)?;
    let store = Store::open(&options.out, origin, settings)?;
    measure(options, system, &attacks, &pictures, store, manifest)
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
    options: &Measure,
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

/// The attacks with the number of their seeds: one for those without chance.
fn planned(options: &Measure) -> anyhow::Result<Vec<Planned>> {
    let attacks = suite::attacks(options.suite.as_deref(), &options.attacks)?;
    let planned = attacks.into_iter().map(|attack| {
        let positions = if options.positions > 1 && attack.has_chance() { options.positions } else { 1 };
        Planned { attack, positions }
    });
    Ok(planned.collect())
}

fn manifest(options: &Measure, origin: &Origin, settings: &str, attacks: &[Planned], pictures: &[Picture]) -> Manifest {
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
