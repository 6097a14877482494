//! Rotation, scale, anisotropy and mirror: sums of the log-polar map at the template's peaks.

use super::placement::Matrix;
use crate::order::descending;
use crate::pattern::{TILE, Template};
use crate::spectrum::LogPolar;
use crate::vector::wide;

/// Range of scales searched: units of an octave to one sample of the working plane.
const SCALE: (f64, f64) = (0.09, 2.6);
/// Natural logarithm of the anisotropy of one side: up to an aspect of 0.7 to 1.43.
const LARGEST_STRETCH: f64 = 0.18;
/// Step of the stretch, about a cell of the coarse map.
const STRETCH_STEP: f64 = 0.018;
/// Skews tried, natural logarithm of the stretch along the diagonal: shears up to some 8 %.
const SKEWS: [f64; 3] = [-0.027, 0.0, 0.027];
/// Share of the peaks that must lie on the map.
const VISIBLE: f64 = 0.7;
/// Half size of the neighbourhood that one candidate takes, cells.
const NEIGHBOURHOOD: usize = 5;
/// Most adjacent octaves scored together.
const MOST_OCTAVES: usize = 4;

/// A proposal for the linear part of the alignment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proposal {
    /// Frequencies in cycles per sample of the working plane = `matrix` x frequencies in cycles per unit.
    pub(crate) matrix: Matrix,
    /// Octaves whose peaks were added.
    pub(crate) octaves: usize,
    /// Mean excess of the peaks in standard deviations of their sum.
    pub(crate) score: f32,
}

/// A hypothesis on what happened before the rotation.
#[derive(Debug, Clone, Copy)]
struct Shape {
    mirror: bool,
    stretch: f64,
    skew: f64,
}

impl Shape {
    fn matrix(&self) -> Matrix {
        // The exponential of a small symmetric, traceless matrix, to second order.
        let (s, k) = (self.stretch, self.skew);
        let half = (s * s + k * k) / 2.0;
        let m = [[1.0 + s + half, k], [k, 1.0 - s + half]];
        if self.mirror { [[-m[0][0], m[0][1]], [-m[1][0], m[1][1]]] } else { m }
    }
}

/// Proposals without anisotropy, from the fine map; `count` for each mirror and number of octaves.
pub(crate) fn isotropic(map: &LogPolar, template: &Template, count: usize) -> Vec<Proposal> {
    let shape = |mirror| Shape { mirror, stretch: 0.0, skew: 0.0 };
    let best = |total: &[f32], single: &Sums, usable| best_cells(total, single, map.grid.angles, usable, count);
    let mut out = Vec::new();
    for mirror in [false, true] {
        score(map, template, shape(mirror), &best, &mut out);
    }
    descending(&mut out, |proposal| f64::from(proposal.score));
    out
}

/// Proposals without rotation or mirror, from the fine map; `count` for each number of octaves. Published pictures are
/// mostly cropped and scaled: among so few hypotheses a fainter template comes first.
pub(crate) fn upright(map: &LogPolar, template: &Template, count: usize) -> Vec<Proposal> {
    let mut out = Vec::new();
    let shape = Shape { mirror: false, stretch: 0.0, skew: 0.0 };
    // Half a turn has the same spectrum: the rows before and behind the first are its neighbours.
    let rows = [map.grid.angles - 1, 0, 1];
    let best = |total: &[f32], single: &Sums, usable| best_of_rows(total, single.scales, &rows, usable, count);
    score(map, template, shape, &best, &mut out);
    out
}

/// Proposals with anisotropy, from the coarse map.
pub(crate) fn anisotropic(map: &LogPolar, template: &Template, count: usize) -> Vec<Proposal> {
    let steps = (LARGEST_STRETCH / STRETCH_STEP) as i32;
    let best = |total: &[f32], single: &Sums, usable| best_cells(total, single, map.grid.angles, usable, count);
    let mut out = Vec::new();
    for mirror in [false, true] {
        for step in -steps..=steps {
            for skew in SKEWS {
                if step != 0 || skew != 0.0 {
                    let shape = Shape { mirror, stretch: f64::from(step) * STRETCH_STEP, skew };
                    score(map, template, shape, &best, &mut out);
                }
            }
        }
    }
    descending(&mut out, |proposal| f64::from(proposal.score));
    out
}

/// Sums for every rotation and scale: rows angles, columns scales.
struct Sums {
    values: Vec<f32>,
    scales: usize,
}

/// Picks cells (with their values) of summed octaves: from the total, the sums of one octave, and the number of scales
/// that may be used.
type Pick<'a> = &'a dyn Fn(&[f32], &Sums, usize) -> Vec<(usize, f32)>;

fn score(map: &LogPolar, template: &Template, shape: Shape, pick: Pick<'_>, out: &mut Vec<Proposal>) {
    let single = sums(map, template, shape);
    let grid = map.grid;
    let octave = libm::round(std::f64::consts::LN_2 / grid.log_step) as usize;
    let mut total = single.values.clone();
    for octaves in 1..=MOST_OCTAVES {
        let reach = octave * (octaves - 1);
        if reach >= single.scales {
            break;
        }
        if octaves > 1 {
            add_finer(&mut total, &single, reach);
        }
        let norm = 1.0 / (octaves as f32).sqrt();
        for (cell, value) in pick(&total, &single, single.scales - reach) {
            let (row, column) = (cell / single.scales, cell % single.scales);
            let scale = SCALE.0 * libm::exp(column as f64 * grid.log_step);
            // The coarse map's cells start half a fine cell later.
            let angle = grid.angle_rad(row) + if grid.angles < 720 { grid.angle_rad(1) / 4.0 } else { 0.0 };
            out.push(Proposal { matrix: linear(scale, angle, shape), octaves, score: value * norm });
        }
    }
}

/// Adds the sums of the octave that is `reach` columns finer.
fn add_finer(total: &mut [f32], single: &Sums, reach: usize) {
    let rows = total.chunks_exact_mut(single.scales).zip(single.values.chunks_exact(single.scales));
    wide(
        #[inline(always)]
        || {
            for (sum, row) in rows {
                let (kept, lost) = sum.split_at_mut(single.scales - reach);
                kept.iter_mut().zip(&row[reach..]).for_each(|(s, v)| *s += v);
                lost.fill(f32::MIN / 4.0);
            }
        },
    );
}

fn linear(scale: f64, angle: f64, shape: Shape) -> Matrix {
    let (cos, sin) = (libm::cos(angle) * scale, libm::sin(angle) * scale);
    let m = shape.matrix();
    let row = |a: f64, b: f64| [a * m[0][0] + b * m[1][0], a * m[0][1] + b * m[1][1]];
    [row(cos, -sin), row(sin, cos)]
}

/// Where a peak's cells lie on the map: columns `from..to` of the sums, and the map's cells that are added there.
struct Shifted {
    /// Rows between a row of the sums and that of the map.
    turn: usize,
    from: usize,
    to: usize,
    /// Column of the map for `from`.
    start: usize,
}

fn sums(map: &LogPolar, template: &Template, shape: Shape) -> Sums {
    let grid = map.grid;
    let scales = libm::log(SCALE.1 / SCALE.0) / grid.log_step;
    let scales = scales as usize;
    let m = shape.matrix();
    let shifted = template.points.map(|(x, y)| {
        let (x, y) = (f64::from(x) / TILE as f64, f64::from(y) / TILE as f64);
        let (x, y) = (m[0][0] * x + m[0][1] * y, m[1][0] * x + m[1][1] * y);
        let turn = libm::atan2(y, x) * grid.angles as f64 / std::f64::consts::PI;
        let turn = (libm::round(turn) as i64).rem_euclid(grid.angles as i64) as usize;
        let log_radius = libm::log(libm::hypot(x, y) * SCALE.0) - grid.log_first;
        let offset = libm::round(log_radius / grid.log_step) as i64;
        let from = (-offset).clamp(0, scales as i64) as usize;
        let to = (grid.radii as i64 - offset).clamp(from as i64, scales as i64) as usize;
        Shifted { turn, from, to, start: (from as i64 + offset) as usize }
    });
    let mut seen = vec![0_u16; scales];
    for peak in &shifted {
        seen[peak.from..peak.to].iter_mut().for_each(|n| *n += 1);
    }
    let weights: Vec<f32> = seen
        .iter()
        .map(|&n| if f64::from(n) < VISIBLE * template.points.len() as f64 { 0.0 } else { 1.0 / f32::from(n).sqrt() })
        .collect();
    let mut values = vec![0.0_f32; grid.angles * scales];
    wide(
        #[inline(always)]
        || {
            for (row, sum) in values.chunks_exact_mut(scales).enumerate() {
                for peak in &shifted {
                    let source = (row + peak.turn) % grid.angles;
                    let line = &map.values[source * grid.radii + peak.start..][..peak.to - peak.from];
                    sum[peak.from..peak.to].iter_mut().zip(line).for_each(|(s, v)| *s += v);
                }
                sum.iter_mut().zip(&weights).for_each(|(v, w)| *v *= w);
            }
        },
    );
    Sums { values, scales }
}

/// The best cells, each clear of the better ones. One pass finds the best of every row, so that the scan is cheap.
fn best_cells(total: &[f32], single: &Sums, angles: usize, usable: usize, count: usize) -> Vec<(usize, f32)> {
    let scales = single.scales;
    let mut taken: Vec<(usize, usize)> = Vec::new();
    let mut out = Vec::new();
    let free = |taken: &[(usize, usize)], row: usize, column: usize| {
        taken.iter().all(|&(r, c)| {
            let apart = row.abs_diff(r).min(angles - row.abs_diff(r));
            apart > NEIGHBOURHOOD || column.abs_diff(c) > NEIGHBOURHOOD
        })
    };
    let line = |row: usize| &total[row * scales..][..usable];
    let best_of_row = |row: usize, taken: &[(usize, usize)]| {
        let near = taken.iter().any(|&(r, _)| row.abs_diff(r).min(angles - row.abs_diff(r)) <= NEIGHBOURHOOD);
        if !near {
            return maximum(line(row));
        }
        let left = line(row).iter().enumerate().filter(|(column, _)| free(taken, row, *column));
        left.fold(f32::MIN, |best, (_, &value)| if value > best { value } else { best })
    };
    let mut rows: Vec<f32> = wide(
        #[inline(always)]
        || (0..angles).map(|row| best_of_row(row, &taken)).collect(),
    );
    while out.len() < count {
        let Some((row, &value)) = rows.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) else { break };
        let is_it = |(column, &v): (usize, &f32)| v == value && free(&taken, row, column);
        let column = line(row).iter().enumerate().position(is_it).unwrap_or(0);
        out.push((row * scales + column, value));
        if out.len() == count {
            break;
        }
        taken.push((row, column));
        for near in 0..=2 * NEIGHBOURHOOD {
            let row = (row + angles + near - NEIGHBOURHOOD) % angles;
            rows[row] = best_of_row(row, &taken);
        }
    }
    out
}

/// The best cells of a few rows, each clear of the better ones by scale.
fn best_of_rows(total: &[f32], scales: usize, rows: &[usize], usable: usize, count: usize) -> Vec<(usize, f32)> {
    let mut cells: Vec<(usize, f32)> = rows
        .iter()
        .flat_map(|row| (0..usable).map(move |column| row * scales + column))
        .map(|i| (i, total[i]))
        .collect();
    descending(&mut cells, |cell| f64::from(cell.1));
    let mut out: Vec<(usize, f32)> = Vec::with_capacity(count);
    for (cell, value) in cells {
        if out.len() == count {
            break;
        }
        if out.iter().all(|(other, _)| (other % scales).abs_diff(cell % scales) > NEIGHBOURHOOD) {
            out.push((cell, value));
        }
    }
    out
}

/// In eight lanes, which the compiler turns into vector instructions.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn maximum(line: &[f32]) -> f32 {
    let larger = |a: f32, b: f32| if b > a { b } else { a };
    let (eights, rest) = line.as_chunks::<8>();
    let mut lanes = [f32::MIN; 8];
    for eight in eights {
        lanes.iter_mut().zip(eight).for_each(|(lane, &v)| *lane = larger(*lane, v));
    }
    lanes.iter().chain(rest).copied().fold(f32::MIN, larger)
}
