//! Taking the mark out of marked pictures: averages over pictures, folds of one picture.

use super::estimate::{self, Plane};
use super::{COMMON, Case, Marked, Study};
use crate::{metrics, workers};

/// How much more than the least-squares share an attacker subtracts.
const GAINS: [f32; 3] = [1.0, 2.0, 3.0];

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
    let count = pictures.len();
    for gain in GAINS {
        let cases = subtracted(study, pictures, |index| least_squares(&average, &residuals[index], gain))?;
        study.row(&format!("average of {count} subtracted, gain {gain}, {payloads}"), cases)?;
    }
    // More than an attacker knows: exactly as much as the mark itself has.
    let cases = subtracted(study, pictures, |index| {
        let p = &pictures[index];
        average.clone().scaled_to(Plane::luma(&p.marked).plus(&Plane::luma(&p.original), -1.0).rms())
    })?;
    study.row(&format!("average of {count} subtracted at the mark's own energy, {payloads}"), cases)?;
    for gain in GAINS {
        let cases =
            subtracted(study, pictures, |index| estimate::folds(&residuals[index], f64::from(COMMON.1)).times(gain))?;
        study.row(&format!("fold at all four pitches subtracted, gain {gain}, {payloads}"), cases)?;
    }
    Ok(())
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
        Case { psnr_db: metrics::psnr_db(&attacked, &picture.marked), attacked, payload: picture.payload.clone() }
    })
}

/// `estimate` times its share in `residual`, times a gain.
fn least_squares(estimate: &Plane, residual: &Plane, gain: f32) -> Plane {
    let share = (residual.dot(estimate) / estimate.dot(estimate).max(1e-12)) as f32;
    estimate.clone().times(gain * share)
}
