//! Marks estimated from marked pictures and added to unmarked ones.

use super::estimate::{self, ESTIMATORS, Plane, rms_of};
use super::{COMMON, Case, Marked, Study};
use crate::marking::mark;
use crate::{metrics, pictures, random, workers};
use image::RgbImage;
use std::path::PathBuf;
use watermark_core::Payload;

/// PSNR of a forged picture that a forger may accept, dB.
const FORGED_PSNR_DB: [f64; 2] = [39.0, 42.0];
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
        pairs.iter().map(|&(source, target)| forged(&plane(source), &same[target].original, &payload)).collect()
    };
    study.row("copy of one, same size, as estimated", aligned(&|source| estimates[source].clone()))?;
    for psnr in FORGED_PSNR_DB {
        let cases = aligned(&|source| estimates[source].clone().scaled_to(rms_of(psnr)));
        study.row(&format!("copy of one, same size, {psnr} dB"), cases)?;
    }
    for octave in 0..4 {
        let period = f64::from(COMMON.1) / f64::from(1 << octave);
        let cases = aligned(&|source| estimate::folded(&estimates[source], period).scaled_to(rms_of(39.0)));
        study.row(&format!("copy of one folded at {period} px, 39 dB"), cases)?;
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
        let cases = targets.iter().map(|target| forged(&plane, &target.original, &payload)).collect();
        study.row(&format!("average of {AVERAGED}, same size, {psnr} dB"), cases)?;
    }
    Ok(())
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

fn forged(plane: &Plane, target: &RgbImage, payload: &Payload) -> Case {
    let attacked = plane.added_to(target, 1.0);
    Case { psnr_db: metrics::psnr_db(&attacked, target), attacked, payload: payload.clone() }
}

/// Source and target at the sizes of their files: the estimate is resized to the target.
fn own_sizes(study: &mut Study<'_>, files: &[PathBuf], payload: &Payload) -> anyhow::Result<()> {
    let (options, key) = (study.options, &study.key);
    let numbers: Vec<usize> = (0..options.copies).collect();
    let made = workers::map(options.jobs, &numbers, |&number| -> anyhow::Result<[Case; 2]> {
        let load = |index: usize| anyhow::Ok(attacks::resize::longest_side(&pictures::load(&files[index])?, OWN_SIZE)?);
        let (source, target) = (number % files.len(), (number + files.len() / 2 + number / files.len()) % files.len());
        anyhow::ensure!(source != target, "one file only");
        let original = load(source)?;
        let (marked, _) = mark(&original, key, payload, options.strength.embed_options())?;
        let (_, plane) = best_estimate(&Marked { file: source, original, marked, payload: payload.clone() });
        let target = load(target)?;
        let plane = plane.resized(target.width() as usize, target.height() as usize)?;
        Ok([forged(&plane, &target, payload), forged(&plane.clone().scaled_to(rms_of(39.0)), &target, payload)])
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
    study.row("copy of one, other size, as estimated", native)?;
    study.row("copy of one, other size, 39 dB", scaled)
}
