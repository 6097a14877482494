//! How much change each patch of a frame bears: the law of the stills' mask, from the variance inside patches, and more
//! where the picture moves.

use super::Grid;
use super::light::Light;
use crate::mask::growth;
use crate::spectrum::Plane;

/// Share of the eroded activity in the mix with the plain one, and the activity from which tolerance does not grow, grey
/// levels: as in the stills' mask.
const ERODED: f32 = 0.6;
const CEILING: f32 = 25.0;
/// The stills' activity over that inside patches, by the finest octave: patches of four units miss what is coarser in large
/// frames and see more than it in small ones, of which they are a larger share (docs/decisions/frames.md).
const OVER_PATCHES: [f32; 3] = [0.35, 0.76, 1.35];
/// Most that motion adds to the tolerance, and the change of light between two frames with which half of that is
/// reached, grey levels.
const MOTION: (f32, f32) = (0.25, 6.0);
/// Share of the way that a patch comes to rest in one frame: animation moves in every second or third.
const STILL: f32 = 0.1;
/// Shares of the way that the tolerance goes up and down in one frame.
const RISE: f32 = 0.35;
const FALL: f32 = 0.7;
/// Light of a patch that counts as black or white, and variance that counts as none: bars of a letterbox get nothing.
const ENDS: (f32, f32) = (1.5, 253.5);
const NO_VARIANCE: f32 = 0.02;

/// The mask of successive frames.
pub(super) struct Tolerance {
    /// Relative amplitude of every patch; a flat patch that does not move has 1.
    pub(super) now: Plane,
    /// How much every patch moves, 0 to 1.
    motion: Plane,
    before: Plane,
    activity: Plane,
    over_patches: f32,
}

impl Tolerance {
    pub(super) fn new(grid: &Grid) -> Self {
        let zeros = || Plane::zeros(grid.patches());
        let over_patches = OVER_PATCHES[grid.finest.min(OVER_PATCHES.len() - 1)];
        Self { now: zeros(), motion: zeros(), before: zeros(), activity: zeros(), over_patches }
    }

    /// Mean change of light since the last frame, grey levels.
    pub(super) fn difference(&self, light: &Light) -> f32 {
        let sum: f64 = self.before.iter().zip(&light.mean).map(|(a, b)| f64::from((a - b).abs())).sum();
        (sum / light.mean.len() as f64) as f32
    }

    /// How alike the light of the patches is to that of the last frame: their correlation, 0 for what has none.
    pub(super) fn likeness(&self, light: &Light) -> f32 {
        let count = light.mean.len() as f64;
        let mean = |plane: &Plane| plane.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
        let (before, now) = (mean(&self.before), mean(&light.mean));
        let (mut both, mut squares) = (0.0, (0.0, 0.0));
        for (&a, &b) in self.before.iter().zip(&light.mean) {
            let (a, b) = (f64::from(a) - before, f64::from(b) - now);
            both += a * b;
            squares = (squares.0 + a * a, squares.1 + b * b);
        }
        (both / libm::sqrt(squares.0 * squares.1).max(1e-9)) as f32
    }

    /// Follows a frame; at a cut at once.
    pub(super) fn follow(&mut self, light: &Light, cut: bool) {
        let (rows, columns) = light.mean.dim();
        self.measure(light);
        let activity = self.activity.as_slice().expect("planes are contiguous");
        let mean = light.mean.as_slice().expect("planes are contiguous");
        let variance = light.variance.as_slice().expect("planes are contiguous");
        let before = self.before.as_slice_mut().expect("planes are contiguous");
        let now = self.now.as_slice_mut().expect("planes are contiguous");
        let motion = self.motion.as_slice_mut().expect("planes are contiguous");
        for y in 0..rows {
            let around =
                [y.saturating_sub(1), y, (y + 1).min(rows - 1)].map(|row| &activity[row * columns..][..columns]);
            for x in 0..columns {
                let at = y * columns + x;
                let (left, right) = (x.saturating_sub(1), (x + 1).min(columns - 1));
                let low = around
                    .iter()
                    .fold(f32::MAX, |low, row| smaller(low, smaller(row[left], smaller(row[x], row[right]))));
                let mixed = smaller(ERODED * low + (1.0 - ERODED) * activity[at], CEILING);
                let mut goal = growth(mixed);
                if variance[at] < NO_VARIANCE && !(ENDS.0..=ENDS.1).contains(&mean[at]) {
                    goal = 0.0;
                }
                let change = (mean[at] - before[at]).abs();
                let moved = if cut { 0.0 } else { change / (change + MOTION.1) };
                motion[at] = if cut || moved > motion[at] { moved } else { motion[at] + STILL * (moved - motion[at]) };
                goal *= 1.0 + MOTION.0 * motion[at];
                if cut {
                    now[at] = goal;
                } else {
                    let share = if goal > now[at] { RISE } else { FALL };
                    now[at] += share * (goal - now[at]);
                }
                before[at] = mean[at];
            }
        }
    }

    /// Mean deviation inside patches over 3 x 3 of them.
    fn measure(&mut self, light: &Light) {
        let (rows, columns) = light.variance.dim();
        let variance = light.variance.as_slice().expect("planes are contiguous");
        let activity = self.activity.as_slice_mut().expect("planes are contiguous");
        let mut sums = vec![0.0_f32; columns];
        for y in 0..rows {
            let around =
                [y.saturating_sub(1), y, (y + 1).min(rows - 1)].map(|row| &variance[row * columns..][..columns]);
            for (x, sum) in sums.iter_mut().enumerate() {
                *sum = around[0][x] + around[1][x] + around[2][x];
            }
            let line = &mut activity[y * columns..][..columns];
            for (x, value) in line.iter_mut().enumerate() {
                let total = sums[x.saturating_sub(1)] + sums[x] + sums[(x + 1).min(columns - 1)];
                *value = self.over_patches * (total / 9.0).sqrt();
            }
        }
    }
}

/// The minimum, where neither is anything but a number.
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}
