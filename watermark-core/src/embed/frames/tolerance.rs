//! How much change each patch of a frame bears: the law of the stills' mask, from the variance inside patches, and less
//! where something moves by itself.

use super::Grid;
use super::between::Between;
use super::grid::PATCH;
use super::light::Light;
use crate::mask::mask_row;
use crate::motion::Step;
use crate::spectrum::{Plane, repeat_ends};
use crate::vector::wide;

/// The stills' activity over that inside patches, by the finest octave: patches of four units miss what is coarser in large
/// frames and see more than it in small ones, of which they are a larger share (docs/decisions/frames.md).
const OVER_PATCHES: [f32; 3] = [0.35, 0.76, 1.35];
/// Most that motion of its own takes from the tolerance, and the change of light between two frames with which half of that
/// is reached, grey levels: what is marked under a figure that moves by itself is paid for in every frame.
const MOTION: (f32, f32) = (0.5, 6.0);
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
    /// Pixels of a patch.
    patch: f64,
}

impl Tolerance {
    pub(super) fn new(grid: &Grid) -> Self {
        let zeros = || Plane::zeros(grid.patches());
        let over_patches = OVER_PATCHES[grid.finest.min(OVER_PATCHES.len() - 1)];
        Self {
            now: zeros(),
            motion: zeros(),
            before: zeros(),
            activity: zeros(),
            over_patches,
            patch: PATCH as f64 * grid.pitch,
        }
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

    /// Follows a frame; at a cut at once. `step` is the camera's, pixels of this frame to those of the last.
    pub(super) fn follow(&mut self, light: &Light, cut: bool, step: &Step) {
        if !cut && *step != Step::NONE {
            for plane in [&mut self.now, &mut self.motion, &mut self.before] {
                *plane = moved(plane, step, self.patch);
            }
        }
        let (rows, columns) = light.mean.dim();
        self.measure(light);
        let activity = self.activity.as_slice().expect("planes are contiguous");
        let mean = light.mean.as_slice().expect("planes are contiguous");
        let variance = light.variance.as_slice().expect("planes are contiguous");
        let before = self.before.as_slice_mut().expect("planes are contiguous");
        let now = self.now.as_slice_mut().expect("planes are contiguous");
        let motion = self.motion.as_slice_mut().expect("planes are contiguous");
        let (mut low, mut borne) = (vec![0.0_f32; columns + 2], vec![0.0_f32; columns]);
        for y in 0..rows {
            let around =
                [y.saturating_sub(1), y, (y + 1).min(rows - 1)].map(|row| &activity[row * columns..][..columns]);
            let line = y * columns..(y + 1) * columns;
            let patches = Patches {
                mean: &mean[line.clone()],
                variance: &variance[line.clone()],
                before: &mut before[line.clone()],
                motion: &mut motion[line.clone()],
                now: &mut now[line],
            };
            wide(
                #[inline(always)]
                || {
                    mask_row(around, &mut low, &mut borne);
                    patches.follow(&borne, cut);
                },
            );
        }
    }

    /// Mean deviation inside patches over 3 x 3 of them.
    fn measure(&mut self, light: &Light) {
        let (rows, columns) = light.variance.dim();
        let variance = light.variance.as_slice().expect("planes are contiguous");
        let activity = self.activity.as_slice_mut().expect("planes are contiguous");
        // One sum more at either end.
        let mut sums = vec![0.0_f32; columns + 2];
        for y in 0..rows {
            let around =
                [y.saturating_sub(1), y, (y + 1).min(rows - 1)].map(|row| &variance[row * columns..][..columns]);
            let line = &mut activity[y * columns..][..columns];
            wide(
                #[inline(always)]
                || deviations(around, &mut sums, self.over_patches, line),
            );
        }
    }
}

/// A plane of patches of `patch` pixels as the camera's step moves it, the border repeated.
fn moved(plane: &Plane, step: &Step, patch: f64) -> Plane {
    let (rows, columns) = plane.dim();
    let source = plane.as_slice().expect("planes are contiguous");
    let place = |i: usize, axis: usize, count: usize| {
        Between::new(step.scale * (i as f64 + 0.5) + step.shift[axis] / patch - 0.5, count)
    };
    let across: Vec<_> = (0..columns).map(|x| place(x, 0, columns)).collect();
    let mut out = Plane::zeros((rows, columns));
    for (y, mut line) in out.outer_iter_mut().enumerate() {
        let down = place(y, 1, rows);
        let row = |row: usize| &source[row * columns..][..columns];
        let (above, below) = (row(down.first), row(down.second));
        line.iter_mut().zip(&across).for_each(|(value, across)| *value = down.mix(across.of(above), across.of(below)));
    }
    out
}

/// One row of [`Tolerance::measure`].
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn deviations([above, here, below]: [&[f32]; 3], sums: &mut [f32], over_patches: f32, out: &mut [f32]) {
    let rows = above.iter().zip(here).zip(below);
    sums[1..].iter_mut().zip(rows).for_each(|(sum, ((a, b), c))| *sum = a + b + c);
    repeat_ends(sums, 1);
    let sums = sums.iter().zip(&sums[1..]).zip(&sums[2..]);
    out.iter_mut().zip(sums).for_each(|(out, ((a, b), c))| *out = over_patches * ((a + b + c) / 9.0).sqrt());
}

/// A row of patches: what they show, and what is kept of them.
struct Patches<'a> {
    mean: &'a [f32],
    variance: &'a [f32],
    before: &'a mut [f32],
    motion: &'a mut [f32],
    now: &'a mut [f32],
}

impl Patches<'_> {
    /// Follows a frame in which each patch, were it still, would bear what `borne` says.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn follow(self, borne: &[f32], cut: bool) {
        let count = self.now.len();
        let (mean, variance) = (&self.mean[..count], &self.variance[..count]);
        let (before, motion) = (&mut self.before[..count], &mut self.motion[..count]);
        let borne = &borne[..count];
        for x in 0..count {
            let blank = variance[x] < NO_VARIANCE && (mean[x] < ENDS.0 || mean[x] > ENDS.1);
            let change = (mean[x] - before[x]).abs();
            let moved = if cut { 0.0 } else { change / (change + MOTION.1) };
            let rested = motion[x] + STILL * (moved - motion[x]);
            motion[x] = if cut || moved > motion[x] { moved } else { rested };
            let goal = if blank { 0.0 } else { borne[x] };
            let goal = goal * (1.0 - MOTION.0 * motion[x]);
            let share = if goal > self.now[x] { RISE } else { FALL };
            self.now[x] = if cut { goal } else { self.now[x] + share * (goal - self.now[x]) };
            before[x] = mean[x];
        }
    }
}
