//! Taking the mark out of marked pictures: averages over pictures, folds of one picture.

use super::estimate::{self, Plane};
use super::peaks::Peaks;
use super::{Case, Marked, Study};
use crate::{metrics, workers};
use image::RgbImage;

/// How much more than the least-squares share an attacker subtracts.
const GAINS: [f32; 3] = [1.0, 2.0, 3.0];
/// Every picture has its own payload, as the bars ask.
pub(crate) const OWN: &str = "own payloads";
/// The turn after the peaks are gone, degrees.
const TURN_DEG: f64 = 3.0;

/// Both kinds of removal from pictures of one key.
pub(crate) fn run(study: &mut Study<'_>, pictures: &[Marked], payloads: &str) -> anyhow::Result<()> {
    let residuals = workers::map(study.options.jobs, pictures, |p| {
        let [_, _, wiener] = estimate::all(&p.marked);
        wiener
    })?;
    let mut average = residuals[0].clone();
    for residual in &residuals[1..] {
        average = average.plus(residual, 1.0);
    }
    let (count, suffix) = (pictures.len(), if payloads == OWN { "" } else { "-one-payload" });
    let short_side = f64::from(study.options.short_side);
    for gain in GAINS {
        let cases = subtracted(study, pictures, |index| least_squares(&average, &residuals[index], gain))?;
        let name = format!("average-subtracted-gain-{gain}{suffix}");
        study.row(&name, &format!("average of {count} subtracted, gain {gain}, {payloads}"), cases)?;
    }
    // As far from the marked picture as that is from the original.
    let own_energy = |index: usize, pattern: Plane| {
        let p = &pictures[index];
        pattern.scaled_to(estimate::rms_of(metrics::psnr_db(&p.marked, &p.original)))
    };
    let cases = subtracted(study, pictures, |index| own_energy(index, average.clone()))?;
    let words = format!("average of {count} subtracted at the mark's own energy, {payloads}");
    study.row(&format!("average-subtracted{suffix}"), &words, cases)?;
    for gain in GAINS {
        let cases = subtracted(study, pictures, |index| estimate::folds(&residuals[index], short_side).times(gain))?;
        let name = format!("fold-subtracted-gain-{gain}{suffix}");
        study.row(&name, &format!("fold at all four pitches subtracted, gain {gain}, {payloads}"), cases)?;
    }
    let cases = subtracted(study, pictures, |index| own_energy(index, estimate::folds(&residuals[index], short_side)))?;
    let words = format!("fold at all four pitches subtracted at the mark's own energy, {payloads}");
    study.row(&format!("fold-subtracted-common-size{suffix}"), &words, cases)
}

/// The peaks of synchronisation taken out of pictures of one key, then a turn that makes them needed; the turn alone
/// beside it.
pub(crate) fn peaks(study: &mut Study<'_>, pictures: &[Marked]) -> anyhow::Result<()> {
    let marked: Vec<&RgbImage> = pictures.iter().map(|p| &p.marked).collect();
    let peaks = Peaks::estimated(study.options.jobs, &marked)?;
    let turned = |picture: &RgbImage| attacks::rotate::same_canvas(picture, TURN_DEG);
    let cases =
        workers::map(study.options.jobs, pictures, |p| Case::new(p, f64::INFINITY, turned(&p.marked), &p.payload))?;
    study.row("turned", &format!("control: turned by {TURN_DEG} degrees"), cases)?;
    let cases = workers::map(study.options.jobs, pictures, |p| {
        let notched = peaks.notched(&p.marked);
        Case::new(p, metrics::psnr_db(&notched, &p.marked), turned(&notched), &p.payload)
    })?;
    let words = format!(
        "{} peaks of the mean spectrum of {} pictures notched, then turned by {TURN_DEG} degrees",
        peaks.count(),
        pictures.len()
    );
    study.row("peaks-notched-turned", &words, cases)
}

/// The pictures minus an estimate each.
fn subtracted(
    study: &Study<'_>,
    pictures: &[Marked],
    plane: impl Fn(usize) -> Plane + Sync,
) -> anyhow::Result<Vec<Case>> {
    let indices: Vec<usize> = (0..pictures.len()).collect();
    workers::map(study.options.jobs, &indices, |&index| {
        let picture = &pictures[index];
        let attacked = plane(index).added_to(&picture.marked, -1.0);
        Case::new(picture, metrics::psnr_db(&attacked, &picture.marked), attacked, &picture.payload)
    })
}

/// `estimate` times its share in `residual`, times a gain.
fn least_squares(estimate: &Plane, residual: &Plane, gain: f32) -> Plane {
    let share = (residual.dot(estimate) / estimate.dot(estimate).max(1e-12)) as f32;
    estimate.clone().times(gain * share)
}
