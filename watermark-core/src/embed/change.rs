//! The change that the mark is, row by row in grey levels: pattern times mask, both enlarged to the picture's pixels.

use super::Plan;
use super::synth::{Layer, Synth};
use crate::normalise::catmull_rom;

/// Position of a pixel's centre in samples of a grid with `pitch` pixels a sample: whole part and rest.
fn locate(pixel: usize, pitch: f64) -> (isize, f32) {
    let at = (pixel as f64 + 0.5) / pitch - 0.5;
    let base = libm::floor(at);
    (base as isize, (at - base) as f32)
}

/// Samples by which a narrow row is padded on the left; on the right there is room for as many and a rounding.
const PAD: usize = 2;

/// From samples of a grid to pixels along a row: for each pixel the first of the samples it is interpolated from, and
/// their weights. Nothing to do where a sample is a pixel.
struct Across<const N: usize> {
    starts: Vec<usize>,
    weights: Vec<[f32; N]>,
}

impl<const N: usize> Across<N> {
    fn new(width: usize, pitch: f64, weights: impl Fn(f32) -> [f32; N]) -> Self {
        if pitch == 1.0 {
            return Self { starts: Vec::new(), weights: Vec::new() };
        }
        let place = |x| {
            let (base, rest) = locate(x, pitch);
            ((base + 1 + PAD as isize - N as isize / 2) as usize, weights(rest))
        };
        let (starts, weights) = (0..width).map(place).unzip();
        Self { starts, weights }
    }

    /// `padded` holds `used` samples from [`PAD`] on.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn apply(&self, padded: &mut [f32], used: usize, out: &mut [f32]) {
        if self.starts.is_empty() {
            let width = out.len();
            return out.copy_from_slice(&padded[PAD..PAD + width]);
        }
        let (first, last) = (padded[PAD], padded[PAD + used - 1]);
        padded[..PAD].fill(first);
        padded[PAD + used..].fill(last);
        for ((value, &start), weights) in out.iter_mut().zip(&self.starts).zip(&self.weights) {
            let taps = &padded[start..start + N];
            *value = taps.iter().zip(weights).map(|(t, w)| t * w).sum();
        }
    }
}

/// Rows already enlarged across, by their number.
struct Wide<const N: usize> {
    kept: [(usize, Vec<f32>); N],
    narrow: Vec<f32>,
}

impl<const N: usize> Wide<N> {
    fn new(width: usize, narrow: usize) -> Self {
        Self { kept: std::array::from_fn(|_| (usize::MAX, vec![0.0; width])), narrow: vec![0.0; narrow + 4 * PAD] }
    }

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn make(&mut self, row: usize, across: &Across<N>, samples: &[f32]) {
        let (held, wide) = &mut self.kept[row % N];
        self.narrow[PAD..PAD + samples.len()].copy_from_slice(samples);
        across.apply(&mut self.narrow, samples.len(), wide);
        *held = row;
    }

    fn holds(&self, row: usize) -> bool {
        self.kept[row % N].0 == row
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.kept[row % N].1
    }
}

/// What the rows of one plan have in common.
pub(super) struct Change<'a> {
    plan: &'a Plan,
    units: (usize, usize),
    across: Across<4>,
    mask_across: Across<2>,
}

impl<'a> Change<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            units: plan.units(),
            across: Across::new(plan.width, plan.pitch, catmull_rom),
            mask_across: Across::new(plan.width, plan.mask_pitch, |rest| [1.0 - rest, rest]),
        }
    }

    /// Makes rows, best from the top down; each is the same whichever were made before.
    pub(super) fn rows(&self) -> Rows<'_> {
        let plan = self.plan;
        let layers = plan.layers.iter().map(|layer| Layer {
            tile: &layer.tile,
            peaks: &plan.peaks,
            signs: &layer.signs,
            payload: layer.payload,
            template: layer.template,
        });
        Rows {
            change: self,
            synth: Synth::new(layers.collect(), self.units.0, self.units.1),
            pattern: Wide::new(plan.width, self.units.1),
            mask: Wide::new(plan.width, plan.mask.ncols()),
        }
    }
}

/// Makes rows of the change.
pub(super) struct Rows<'a> {
    change: &'a Change<'a>,
    synth: Synth<'a>,
    pattern: Wide<4>,
    mask: Wide<2>,
}

impl Rows<'_> {
    /// The change along row `y` of the picture.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn row(&mut self, y: usize, out: &mut [f32]) {
        let plan = self.change.plan;
        let (base, rest) = locate(y, plan.pitch);
        let clamped = |i: usize| (base - 1 + i as isize).clamp(0, self.change.units.0 as isize - 1) as usize;
        for row in (0..4).map(clamped) {
            if !self.pattern.holds(row) {
                self.pattern.make(row, &self.change.across, self.synth.row(row));
            }
        }
        let (mask_base, mask_rest) = locate(y, plan.mask_pitch);
        let mask_clamped = |i: usize| (mask_base + i as isize).clamp(0, plan.mask.nrows() as isize - 1) as usize;
        for row in (0..2).map(mask_clamped) {
            if !self.mask.holds(row) {
                let samples = &plan.mask.as_slice().expect("planes are contiguous")[row * plan.mask.ncols()..];
                self.mask.make(row, &self.change.mask_across, &samples[..plan.mask.ncols()]);
            }
        }
        let pattern = std::array::from_fn(|i| self.pattern.row(clamped(i)));
        let mask = std::array::from_fn(|i| self.mask.row(mask_clamped(i)));
        blend(out, pattern, catmull_rom(rest), mask, mask_rest, plan.gain);
    }
}

/// Down the columns: four rows of the pattern, two of the mask.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn blend(out: &mut [f32], pattern: [&[f32]; 4], weights: [f32; 4], mask: [&[f32]; 2], mask_rest: f32, gain: f32) {
    let width = out.len();
    let (pattern, mask) = (pattern.map(|row| &row[..width]), mask.map(|row| &row[..width]));
    for (x, value) in out.iter_mut().enumerate() {
        let mut sum = weights[0] * pattern[0][x];
        for i in 1..4 {
            sum += weights[i] * pattern[i][x];
        }
        *value = sum * ((mask[0][x] + mask_rest * (mask[1][x] - mask[0][x])) * gain);
    }
}
