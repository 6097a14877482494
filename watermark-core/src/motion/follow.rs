//! The step from one frame to another, from coarse to fine.

use super::sampler::{Row, Sampler};
use super::squares::Squares;
use super::{Light, Step};
use crate::vector::wide as wide_registers;

/// Rounds of least squares at the coarsest level and at each finer one.
const ROUNDS: (i32, i32) = (6, 3);
/// Ways, samples of a level, that explain a difference in the first round of the coarsest level, looked for near and wide;
/// what is left of them in the next round, and in the first round of the other levels; and the least, for what lies between
/// samples is not quite known.
const REACHES: (f32, f32) = (0.05, 0.8);
const ROUND_REACH: f32 = 0.5;
const LEVEL_REACH: f32 = 0.4;
const LEAST_REACH: f32 = 0.08;
/// Difference of light that counts half of what it would, over the median one, and in grey levels at least.
const SIGMA: f32 = 1.5;
const LEAST_SIGMA: f32 = 0.6;
/// Difference beyond which samples do not count at all, in such differences.
const OUTSIDE: f32 = 2.5;
/// Least samples that say something.
const LEAST_SAMPLES: u32 = 32;
/// Most that a round may change, samples of its level: further away its slopes say nothing.
const MOST_CHANGE: f64 = 1.5;
/// Change with which a level is done, samples.
const DONE: f64 = 0.01;
/// Scales that can be.
const SCALES: std::ops::Range<f64> = 0.5..2.0;
/// Share of the frame that has to be in the other one.
const LEAST_OVERLAP: f64 = 0.4;

/// The step from `frame` to `reference`, looked for around `start`, with few samples that count: a figure that moves by itself
/// must not pull. `None` where the light does not say.
pub(super) fn near(reference: &Light, frame: &Light, start: &Step) -> Option<Step> {
    descend(reference, frame, start, REACHES.0)
}

/// The same with many samples that count: a start that is some way off must not hold.
pub(super) fn wide(reference: &Light, frame: &Light, start: &Step) -> Option<Step> {
    descend(reference, frame, start, REACHES.1)
}

/// Looks for a step from the coarsest level down to the finest.
fn descend(reference: &Light, frame: &Light, start: &Step, reach: f32) -> Option<Step> {
    let coarsest = frame.levels.len() - 1;
    let mut step = *start;
    for level in (0..=coarsest).rev() {
        // Finer levels begin nearer.
        let (rounds, mut reach) = if level == coarsest { (ROUNDS.0, reach) } else { (ROUNDS.1, reach * LEVEL_REACH) };
        for done in 0..rounds {
            let next = round(reference, frame, level, &step, reach.max(LEAST_REACH))?;
            reach *= ROUND_REACH;
            let moved = next.apart(&step, frame.size()) / frame.pitch_of(level);
            step = next;
            if moved < DONE && done > 0 {
                break;
            }
        }
    }
    Some(step)
}

/// One round at a level: the better step.
fn round(reference: &Light, frame: &Light, level: usize, step: &Step, reach: f32) -> Option<Step> {
    let sampler = Sampler::new(frame, reference, level, step);
    let centre = sampler.centre();
    let bounds = Bounds { sigma: sigma(&sampler)?, reach };
    let norm = 1.0 / centre.0.max(centre.1);
    let mut equations = Equations::default();
    sampler.rows(&mut |row| equations.add(row, &bounds, centre, norm as f32));
    let Equations { squares, count, .. } = equations;
    if count < LEAST_SAMPLES {
        return None;
    }
    let change = squares.solve();
    let limit = |value: f64| value.clamp(-MOST_CHANGE, MOST_CHANGE);
    // About the centre of the frame's level: X = s (x - c) + s c + d.
    let pixels = frame.pitch_of(level);
    let grown = limit(change[0]) * norm;
    let middle = [centre.0 * pixels, centre.1 * pixels];
    let shift = [0, 1].map(|i: usize| step.shift[i] - grown * middle[i] + limit(change[1 + i]) * pixels);
    let scale = step.scale + grown;
    SCALES.contains(&scale).then_some(Step { scale, shift })
}

/// What differences count.
struct Bounds {
    /// Grey levels where light does not slope.
    sigma: f32,
    /// Samples of a slope that explain a difference.
    reach: f32,
}

impl Bounds {
    /// Weights of a row's samples, 0 for those outside; how many there are inside.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn weigh(&self, row: &Row<'_>, weights: &mut [f32]) -> u32 {
        let slopes = row.slopes[0].iter().zip(row.slopes[1]);
        let mut inside = 0;
        for ((weight, difference), (across, down)) in weights.iter_mut().zip(row.difference).zip(slopes) {
            let spread = self.sigma + self.reach * (across.abs() + down.abs());
            let over = difference / spread;
            let counts = over.abs() <= OUTSIDE;
            let root = 1.0 / ((1.0 + over * over) * spread);
            *weight = if counts { root * root } else { 0.0 };
            inside += u32::from(counts);
        }
        inside
    }
}

/// Equations for the change of scale about the centre, of the shift across and down, and of the light.
#[derive(Default)]
struct Equations {
    squares: Squares,
    count: u32,
    weights: Vec<f32>,
    grown: Vec<f32>,
    ones: Vec<f32>,
}

impl Equations {
    /// Adds a row of samples. `centre` is that of the level, and `norm` makes its corners 1.
    fn add(&mut self, row: &Row<'_>, bounds: &Bounds, centre: (f64, f64), norm: f32) {
        let Self { squares, count, weights, grown, ones } = self;
        let samples = row.xs.len();
        [&mut *weights, grown].into_iter().for_each(|values| values.resize(samples, 0.0));
        ones.resize(samples, 1.0);
        let [across, down] = row.slopes;
        let y = row.y as f32 + 0.5 - centre.1 as f32;
        *count += wide_registers(
            #[inline(always)]
            || {
                let places = row.xs.iter().map(|&x| x as f32 + 0.5 - centre.0 as f32);
                for ((grown, x), (across, down)) in grown.iter_mut().zip(places).zip(across.iter().zip(down)) {
                    *grown = (across * x + down * y) * norm;
                }
                bounds.weigh(row, weights)
            },
        );
        squares.add([grown, across, down, ones], row.difference, weights);
    }
}

/// Difference that counts half; `None` where the frames hardly cover each other.
fn sigma(sampler: &Sampler<'_>) -> Option<f32> {
    let sampler = sampler.coarser(2);
    let all = sampler.count();
    let mut differences = Vec::with_capacity(all);
    sampler.rows(&mut |row| differences.extend(row.difference.iter().map(|difference| difference.abs())));
    if (differences.len() as f64) < LEAST_OVERLAP * all as f64 || differences.is_empty() {
        return None;
    }
    let middle = differences.len() / 2;
    Some((SIGMA * *differences.select_nth_unstable_by(middle, f32::total_cmp).1).max(LEAST_SIGMA))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spectrum::Plane;

    /// A landscape of hills and grain, seen with a step, and a square of another landscape on it that stays in its place.
    fn seen(step: &Step, figure: bool) -> Light {
        let land = |x: f64, y: f64| {
            let (i, j) = (libm::floor(x / 7.0), libm::floor(y / 7.0));
            let (u, v) = (x / 7.0 - i, y / 7.0 - j);
            let hash = |i: f64, j: f64| {
                let word =
                    ((i as i64 as u64) << 32 ^ (j as i64 as u64) & 0xffff_ffff).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                ((word ^ word >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40) as f64 / (1 << 24) as f64
            };
            let smooth = (hash(i, j) * (1.0 - u) + hash(i + 1.0, j) * u) * (1.0 - v)
                + (hash(i, j + 1.0) * (1.0 - u) + hash(i + 1.0, j + 1.0) * u) * v;
            100.0 + 40.0 * libm::sin(x / 41.0) + 30.0 * libm::sin((x + 2.0 * y) / 67.0) + 25.0 * smooth
        };
        let patch = 4.0;
        let plane = Plane::from_shape_fn((100, 160), |(row, column)| {
            let (x, y) = ((column as f64 + 0.5) * patch, (row as f64 + 0.5) * patch);
            let (x, y) = if figure && (60..100).contains(&column) && row > 50 { (x + 900.0, y) } else { step.at(x, y) };
            land(x, y) as f32
        });
        Light::of(plane, patch)
    }

    fn found(reference: &Light, frame: &Light) -> Option<Step> {
        let tracker = crate::motion::Tracker::new(reference.clone(), Step::NONE);
        tracker.look(frame, &Step::NONE).map(|seen| seen.pose)
    }

    #[test]
    fn pans_and_zooms_are_followed_to_a_fraction_of_a_pixel() {
        let reference = seen(&Step::NONE, false);
        for step in [
            Step { scale: 1.0, shift: [0.3, 0.0] },
            Step { scale: 1.0, shift: [11.0, -5.5] },
            Step { scale: 1.02, shift: [-9.0, -4.0] },
            Step { scale: 0.95, shift: [14.0, 8.0] },
            Step { scale: 1.0, shift: [45.0, 0.0] },
        ] {
            let found = found(&reference, &seen(&step, false)).unwrap();
            let apart = found.apart(&step, reference.size());
            assert!(apart < 0.35, "{step:?} {found:?} {apart}");
        }
    }

    #[test]
    fn what_moves_by_itself_is_left_out() {
        let reference = seen(&Step::NONE, true);
        for step in [Step::NONE, Step { scale: 1.0, shift: [6.0, 2.0] }] {
            let found = found(&reference, &seen(&step, true)).unwrap();
            assert!(found.apart(&step, reference.size()) < 0.4, "{step:?} {found:?}");
        }
    }

    #[test]
    fn a_blank_says_nothing_or_that_nothing_moves() {
        let blank = Light::of(Plane::from_elem((100, 160), 80.0), 4.0);
        let found = found(&blank, &blank);
        assert!(found.is_none_or(|step| step.apart(&Step::NONE, blank.size()) < 1e-6));
    }
}
