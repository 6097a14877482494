//! The linear part made exact: every predicted peak moves to the strongest bin nearby, and weighted least squares
//! gives the affine map that explains them.

use super::placement::{Matrix, determinant};
use super::scene::{SPECTRUM_SIDE, Scene};
use super::search::Proposal;
use crate::pattern::{TILE, Template};

/// Rounds of moving and fitting.
const ROUNDS: usize = 5;
/// Rounds with the wide neighbourhood.
const WIDE_ROUNDS: usize = 2;
/// Neighbourhoods, bins to each side.
const REACH: (i32, i32) = (3, 1);
/// Flattened power above which a bin counts as a peak (noise has mean 1).
const PEAK: f32 = 3.5;
/// Largest contribution of a peak to the score.
const SCORE_CUT: f32 = 20.0;
/// Pull towards the previous matrix: with few peaks the fit must not run away.
const DAMPING: f64 = 0.02;
/// Highest frequency looked at, cycles per sample.
const HIGHEST: f64 = 0.47;

/// The level of the pyramid in which the peaks of octave `i` stand at a comfortable frequency.
pub(crate) fn level_for(matrix: &Matrix, octave: usize, levels: usize) -> usize {
    let radius = libm::sqrt(determinant(matrix).abs()) * (1_u64 << octave) as f64 * 0.16;
    (libm::round(libm::log2(0.17 / radius)).max(0.0) as usize).min(levels - 1)
}

/// Refines a proposal; the score is the excess power at the predicted peaks, in standard deviations or so.
pub(crate) fn refine(scene: &Scene, template: &Template, proposal: &Proposal) -> Proposal {
    let mut matrix = proposal.matrix;
    let mut score = 0.0;
    for round in 0..ROUNDS {
        let reach = if round < WIDE_ROUNDS { REACH.0 } else { REACH.1 };
        let (fitted, excess) = fit(scene, template, &matrix, proposal.octaves, reach);
        score = excess;
        match fitted {
            Some(better) => matrix = better,
            None => break,
        }
    }
    Proposal { matrix, octaves: proposal.octaves, score }
}

fn fit(scene: &Scene, template: &Template, matrix: &Matrix, octaves: usize, reach: i32) -> (Option<Matrix>, f32) {
    // Normal equations: sums of w k k^T (2 x 2) and w f k^T (2 x 2).
    let (mut kk, mut fk) = ([[0.0_f64; 2]; 2], [[0.0_f64; 2]; 2]);
    let (mut excess, mut seen, mut used) = (0.0_f32, 0_usize, 0_usize);
    for octave in 0..octaves {
        let level = level_for(matrix, octave, scene.levels.len());
        let zoom = (1_u64 << octave) as f64 * (1_u64 << level) as f64 * SPECTRUM_SIDE as f64;
        for &(x, y) in &template.points {
            let k = [f64::from(x) / TILE as f64, f64::from(y) / TILE as f64];
            let f = [0, 1].map(|row| (matrix[row][0] * k[0] + matrix[row][1] * k[1]) * zoom);
            if f.iter().any(|v| v.abs() > HIGHEST * SPECTRUM_SIDE as f64) {
                continue;
            }
            let (at, power) = strongest(&scene.levels[level], f, reach);
            seen += 1;
            excess += power.min(SCORE_CUT) - 2.0;
            if power < PEAK {
                continue;
            }
            used += 1;
            let weight = f64::from(power.min(60.0)) - 3.0;
            for row in 0..2 {
                for column in 0..2 {
                    kk[row][column] += weight * k[row] * k[column];
                    fk[row][column] += weight * at[row] / zoom * k[column];
                }
            }
        }
    }
    let excess = excess / (seen.max(1) as f32).sqrt();
    if used < 5 {
        return (None, excess);
    }
    let damping = DAMPING * (kk[0][0] + kk[1][1]) / 2.0;
    for row in 0..2 {
        kk[row][row] += damping;
        for column in 0..2 {
            fk[row][column] += damping * matrix[row][column];
        }
    }
    let inverse = super::placement::invert(&kk);
    let row = |r: usize| [0, 1].map(|c| fk[r][0] * inverse[0][c] + fk[r][1] * inverse[1][c]);
    (Some([row(0), row(1)]), excess)
}

/// The strongest bin around a position (bins), with its place to a fraction of a bin.
fn strongest(level: &super::scene::Level, f: [f64; 2], reach: i32) -> ([f64; 2], f32) {
    let (cx, cy) = (libm::round(f[0]) as i32, libm::round(f[1]) as i32);
    let (mut best, mut power) = ((cx, cy), f32::MIN);
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            let value = level.power_at(cx + dx, cy + dy);
            if value > power {
                (best, power) = ((cx + dx, cy + dy), value);
            }
        }
    }
    let offset = |before: f32, after: f32| {
        let curvature = 2.0 * power - before - after;
        if curvature > 1e-6 { f64::from(((after - before) / (2.0 * curvature)).clamp(-0.5, 0.5)) } else { 0.0 }
    };
    let (x, y) = best;
    let dx = offset(level.power_at(x - 1, y), level.power_at(x + 1, y));
    let dy = offset(level.power_at(x, y - 1), level.power_at(x, y + 1));
    ([f64::from(x) + dx, f64::from(y) + dy], power)
}
