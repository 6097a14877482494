//! The template in one window of the picture: its peaks, and the move that brings their phases together.

use super::placement::Placement;
use super::scene::Scene;
use super::warp::Warp;
use crate::demod::Cubic;
use crate::pattern::{PEAKS, TILE, Template};
use crate::spectrum::C32;
use crate::vector::wide;

/// Side of a window, units.
const WINDOW: usize = 96;

/// Steps to a unit.
const STEPS: usize = 4;

/// Standard deviations of random phases that a window's peaks may well reach by chance, best move taken.
const CHANCE: f64 = 2.5;

/// Magnitude at which a peak is cut, over the window's mean.
const CUT: f32 = 2.5;

/// One complex number for each peak, real and imaginary parts apart.
type Lanes = [[f32; PEAKS]; 2];

/// What the windows of a template share: all its waves and turns.
pub(super) struct Waves {
    /// `exp(-i t)` for every step `t` of a circle of [`TILE`] steps.
    circle: Vec<C32>,
    /// Farthest move, steps.
    reach: usize,
    /// By axis (across, down) and step from `-reach` on: the turn of each peak.
    turns: [Vec<[C32; PEAKS]>; 2],
}

impl Waves {
    /// For moves of up to `farthest` units.
    pub(super) fn new(template: &Template, farthest: usize) -> Self {
        let phasor = |angle: f64| C32::new(libm::cos(angle) as f32, libm::sin(angle) as f32);
        let circle = (0..TILE).map(|t| phasor(-std::f64::consts::TAU * t as f64 / TILE as f64)).collect();
        let reach = farthest * STEPS;
        let turn =
            |cycles: i32, step: i32| phasor(std::f64::consts::TAU * f64::from(cycles * step) / (TILE * STEPS) as f64);
        let turns = |part: fn(&(i32, i32)) -> i32| {
            let steps = -(reach as i32)..=reach as i32;
            steps.map(|step| template.points.each_ref().map(|point| turn(part(point), step))).collect()
        };
        Self { circle, reach, turns: [turns(|point| point.0), turns(|point| point.1)] }
    }

    /// The wave of `cycles` in a tile at a unit.
    fn wave(&self, cycles: i32, unit: i64) -> C32 {
        self.circle[(i64::from(cycles) * unit).rem_euclid(TILE as i64) as usize]
    }

    /// The turns along an axis for moves of up to `farthest` units.
    fn turns(&self, axis: usize, farthest: usize) -> &[[C32; PEAKS]] {
        let left_out = self.reach - farthest * STEPS;
        &self.turns[axis][left_out..self.turns[axis].len() - left_out]
    }
}

/// One octave as it is seen so far.
pub(super) struct View<'a> {
    pub(super) scene: &'a Scene,
    pub(super) level: usize,
    pub(super) placement: Placement,
    pub(super) warp: &'a Warp,
    pub(super) template: &'a Template,
    pub(super) waves: &'a Waves,
    pub(super) cubic: &'a Cubic,
}

impl View<'_> {
    /// How far the template around a unit has moved, units, and how much that is to be believed.
    pub(super) fn moved(&self, centre: (f64, f64), farthest: usize) -> ([f64; 2], f64) {
        let first = [centre.0, centre.1].map(|at| libm::round(at) as i64 - WINDOW as i64 / 2);
        let peaks = self.peaks(first);
        let (across, down) = (self.waves.turns(0, farthest), self.waves.turns(1, farthest));
        let (sum, column, row) = wide(
            #[inline(always)]
            || best_move(&peaks, across, down),
        );
        let units = [column, row].map(|at| (at as f64 - (farthest * STEPS) as f64) / STEPS as f64);
        let power: f32 = peaks.iter().map(|peak| peak.norm_sqr() / 2.0).sum::<f32>() + 1e-9;
        let beyond = (f64::from(sum / power.sqrt()) - CHANCE).max(0.0);
        (units, beyond * beyond)
    }

    /// The template's peaks over a window whose first unit is `first` (x, y), turned back by their keyed phases.
    fn peaks(&self, first: [i64; 2]) -> [C32; PEAKS] {
        let white = &self.scene.levels[self.level].white;
        let points = &self.template.points;
        let across: Vec<Lanes> = (0..WINDOW as i64)
            .map(|x| points.each_ref().map(|point| self.waves.wave(point.0, first[0] + x)))
            .map(|waves| [waves.map(|wave| wave.re), waves.map(|wave| wave.im)])
            .collect();
        let mut peaks = [C32::default(); PEAKS];
        for y in 0..WINDOW as i64 {
            let v = (first[1] + y) as f64 + 0.5;
            let at = |x: usize| self.warp.picture_at(&self.placement, self.level, first[0] as f64 + x as f64 + 0.5, v);
            let (start, end) = (at(0), at(WINDOW - 1));
            let step = ((end.0 - start.0) / (WINDOW - 1) as f64, (end.1 - start.1) / (WINDOW - 1) as f64);
            let [re, im] = wide(
                #[inline(always)]
                || {
                    let mut row: Lanes = [[0.0; PEAKS]; 2];
                    for (x, waves) in across.iter().enumerate() {
                        let point = (start.0 + step.0 * x as f64 - 0.5, start.1 + step.1 * x as f64 - 0.5);
                        if let Some([_, value]) = self.cubic.within(white, point) {
                            add_scaled(&mut row, waves, value);
                        }
                    }
                    row
                },
            );
            for (i, sum) in peaks.iter_mut().enumerate() {
                *sum += C32::new(re[i], im[i]) * self.waves.wave(points[i].1, first[1] + y);
            }
        }
        let mean = (peaks.iter().map(C32::norm_sqr).sum::<f32>() / PEAKS as f32).sqrt() + 1e-9;
        std::array::from_fn(|i| {
            let turned = peaks[i] * self.template.phasors[i].conj() / mean;
            let size = turned.norm();
            if size > CUT { turned * (CUT / size) } else { turned }
        })
    }
}

/// Adds `waves` times a value.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn add_scaled(sums: &mut Lanes, waves: &Lanes, value: f32) {
    for (sums, waves) in sums.iter_mut().zip(waves) {
        sums.iter_mut().zip(waves).for_each(|(sum, wave)| *sum += wave * value);
    }
}

/// The turns across and down that bring the peaks together best: their sum, and the step of either.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn best_move(peaks: &[C32; PEAKS], across: &[[C32; PEAKS]], down: &[[C32; PEAKS]]) -> (f32, usize, usize) {
    // By peak, so that the sums of all columns are made side by side.
    let side_by_side = |part: fn(&C32) -> f32| -> Vec<f32> {
        (0..PEAKS).flat_map(|i| across.iter().map(move |turns| part(&turns[i]))).collect()
    };
    let (re, im) = (side_by_side(|turn| turn.re), side_by_side(|turn| turn.im));
    let mut sums = vec![0.0_f32; across.len()];
    let mut best = (f32::MIN, 0, 0);
    for (row, turns) in down.iter().enumerate() {
        sums.fill(0.0);
        let lines = re.chunks_exact(across.len()).zip(im.chunks_exact(across.len()));
        for ((peak, turn), (re, im)) in peaks.iter().zip(turns).zip(lines) {
            let turned = peak * turn;
            let parts = re.iter().zip(im).map(|(re, im)| turned.re * re - turned.im * im);
            sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        for (column, &sum) in sums.iter().enumerate() {
            if sum > best.0 {
                best = (sum, column, row);
            }
        }
    }
    best
}
