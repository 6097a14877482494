//! Marks estimated from marked pictures and added to unmarked ones.

use super::estimate::{self, ESTIMATORS, Plane, rms_of};
use super::{Case, Marked, Study};
use crate::marking::mark;
use crate::{classes, metrics, pictures, random, workers};
use std::path::PathBuf;
use watermark_core::Payload;

/// PSNR of a forged picture that a forger may accept, dB.
const FORGED_PSNR_DB: [f64; 2] = [38.0, 42.0];
/// Marked pictures whose estimates are averaged.
const AVERAGED: usize = 12;
/// Longest side at which pictures of different sizes are forged, pixels.
const OWN_SIZE: u32 = 1600;

/// All kinds of copies.
pub(crate) fn run(study: &mut Study<'_>, same: &[Marked], files: &[PathBuf]) -> anyhow::Result<()> {
    let payload = random::payload(study.options.seed, "shared")?;
    let jobs = study.options.jobs;
    let estimates = workers::map(jobs, same, best_estimate)?;
    for (index, name) in ESTIMATORS.iter().enumerate() {
        eprintln!("lab: {name} was the strongest estimate {} times", estimates.iter().filter(|e| e.0 == index).count());
    }
    let estimates: Vec<Plane> = estimates.into_iter().map(|(_, plane)| plane).collect();
    let pairs: Vec<(usize, usize)> = (0..study.options.copies).filter_map(|i| other_file(same, i)).collect();
    let aligned = |plane: &dyn Fn(usize) -> Plane| -> Vec<Case> {
        pairs.iter().map(|&(source, target)| forged(&plane(source), &same[target], &payload)).collect()
    };
    let cases = aligned(&|source| estimates[source].clone());
    study.row("forged-from-1-unscaled", "copy of one, same size, as estimated", cases)?;
    for psnr in FORGED_PSNR_DB {
        let cases = aligned(&|source| estimates[source].clone().scaled_to(rms_of(psnr)));
        study.row(&at_strength("forged-from-1", psnr), &format!("copy of one, same size, {psnr} dB"), cases)?;
    }
    let strongest = FORGED_PSNR_DB[0];
    for octave in 0..4 {
        let period = f64::from(study.options.short_side) / f64::from(1 << octave);
        let cases = aligned(&|source| estimate::folded(&estimates[source], period).scaled_to(rms_of(strongest)));
        let name = format!("forged-from-1-folded-{period}");
        study.row(&name, &format!("copy of one folded at {period} px, {strongest} dB"), cases)?;
    }
    own_sizes(study, files, &payload)?;
    let mut average = estimates[0].clone();
    for estimate in &estimates[1..AVERAGED] {
        average = average.plus(estimate, 1.0);
    }
    let sources: Vec<usize> = same[..AVERAGED].iter().map(|p| p.file).collect();
    let targets: Vec<&Marked> =
        same[AVERAGED..].iter().filter(|p| !sources.contains(&p.file)).take(study.options.copies).collect();
    for psnr in FORGED_PSNR_DB {
        let plane = average.clone().scaled_to(rms_of(psnr));
        let cases = targets.iter().map(|target| forged(&plane, target, &payload)).collect();
        let words = format!("average of {AVERAGED}, same size, {psnr} dB");
        study.row(&at_strength(&format!("forged-from-{AVERAGED}"), psnr), &words, cases)?;
    }
    Ok(())
}

/// The name that the bars know for the strongest forgery, and with its PSNR for the others.
fn at_strength(name: &str, psnr_db: f64) -> String {
    if psnr_db == FORGED_PSNR_DB[0] { name.to_owned() } else { format!("{name}-at-{psnr_db}") }
}

/// Source `index` and a target from another file.
fn other_file(same: &[Marked], index: usize) -> Option<(usize, usize)> {
    let source = index % same.len();
    let target = (1..same.len()).map(|step| (source + same.len() / 2 + step + index / same.len()) % same.len());
    target.into_iter().find(|&target| same[target].file != same[source].file).map(|target| (source, target))
}

fn best_estimate(picture: &Marked) -> (usize, Plane) {
    let truth = Plane::luma(&picture.marked).plus(&Plane::luma(&picture.original), -1.0);
    estimate::strongest(estimate::all(&picture.marked), &truth)
}

/// An estimate added to a picture that was not marked; the PSNR is that of the forgery.
fn forged(plane: &Plane, target: &Marked, payload: &Payload) -> Case {
    let attacked = plane.added_to(&target.original, 1.0);
    Case::new(target, metrics::psnr_db(&attacked, &target.original), attacked, payload)
}

/// Source and target at the sizes of their files: the estimate is resized to the target.
fn own_sizes(study: &mut Study<'_>, files: &[PathBuf], payload: &Payload) -> anyhow::Result<()> {
    let (options, key) = (study.options, &study.key);
    let numbers: Vec<usize> = (0..options.copies).collect();
    let made = workers::map(options.jobs, &numbers, |&number| -> anyhow::Result<[Case; 2]> {
        let (source, target) = (number % files.len(), (number + files.len() / 2 + number / files.len()) % files.len());
        anyhow::ensure!(source != target, "one file only");
        let source = unmarked(files, source, payload)?;
        let (marked, _) = mark(&source.original, key, payload, options.strength.embed_options())?;
        let (_, plane) = best_estimate(&Marked { marked, ..source });
        let target = unmarked(files, target, payload)?;
        let (width, height) = target.original.dimensions();
        let plane = plane.resized(width as usize, height as usize)?;
        Ok([&plane, &plane.clone().scaled_to(rms_of(FORGED_PSNR_DB[0]))].map(|plane| forged(plane, &target, payload)))
    })?;
    let (mut native, mut scaled) = (Vec::new(), Vec::new());
    for (number, result) in made.into_iter().enumerate() {
        match result {
            Ok([first, second]) => {
                native.push(first);
                scaled.push(second);
            }
            Err(error) => eprintln!("lab: {}: left out, {error:#}", pictures::label(&files[number % files.len()])),
        }
    }
    study.row("forged-other-size-unscaled", "copy of one, other size, as estimated", native)?;
    study.row("forged-other-size", &format!("copy of one, other size, {} dB", FORGED_PSNR_DB[0]), scaled)
}

/// A file at its own size, at most [`OWN_SIZE`] long, that carries nothing.
fn unmarked(files: &[PathBuf], file: usize, payload: &Payload) -> anyhow::Result<Marked> {
    let whole = pictures::load(&files[file])?;
    let (label, class) = (pictures::label(&files[file]), classes::of(&files[file], whole.dimensions()));
    let original = attacks::resize::longest_side(&whole, OWN_SIZE)?;
    Ok(Marked { label, class, file, marked: original.clone(), original, payload: payload.clone() })
}
