//! Adding the mark to pixels of any depth, row by row.

use super::{Applied, Plan};
use crate::embed::synth::{Layer, Synth};
use crate::normalise::catmull_rom;
use crate::spectrum::Plane;
use crate::{Error, ImageViewMut, Layout, Result, SamplesMut};

/// For each pixel of a row the first of the samples it is interpolated from, and their weights.
struct Interpolation<const N: usize> {
    starts: Vec<usize>,
    weights: Vec<[f32; N]>,
}

/// Position of a pixel's centre in samples of a grid with `pitch` pixels a sample: whole part and rest.
fn locate(pixel: usize, pitch: f64) -> (isize, f32) {
    let at = (pixel as f64 + 0.5) / pitch - 0.5;
    let base = libm::floor(at);
    (base as isize, (at - base) as f32)
}

impl Interpolation<4> {
    /// Cubic, over a row that is padded by two samples on the left and at least two on the right.
    fn cubic(width: usize, pitch: f64) -> Self {
        let (starts, weights) = (0..width)
            .map(|x| {
                let (base, rest) = locate(x, pitch);
                ((base + 1) as usize, catmull_rom(rest))
            })
            .unzip();
        Self { starts, weights }
    }
}

impl Interpolation<2> {
    /// Linear, over a row that is padded by two samples on the left and at least two on the right.
    fn linear(width: usize, pitch: f64) -> Self {
        let (starts, weights) = (0..width)
            .map(|x| {
                let (base, rest) = locate(x, pitch);
                ((base + 2) as usize, [1.0 - rest, rest])
            })
            .unzip();
        Self { starts, weights }
    }
}

impl<const N: usize> Interpolation<N> {
    fn apply(&self, padded: &[f32], out: &mut [f32]) {
        for ((value, &start), weights) in out.iter_mut().zip(&self.starts).zip(&self.weights) {
            let taps = &padded[start..start + N];
            *value = taps.iter().zip(weights).map(|(t, w)| t * w).sum();
        }
    }
}

/// Repeats the first and last value of `padded[2..2 + used]` around it.
fn pad(padded: &mut [f32], used: usize) {
    let (first, last) = (padded[2], padded[1 + used]);
    padded[..2].fill(first);
    padded[2 + used..].fill(last);
}

/// Makes rows of the change, in grey levels.
pub(crate) struct Rows<'a> {
    plan: &'a Plan,
    synth: Synth<'a>,
    units: (usize, usize),
    across: Interpolation<4>,
    mask_across: Interpolation<2>,
    pattern_row: Vec<f32>,
    mask_row: Vec<f32>,
    mask: Vec<f32>,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let layers = plan.layers.iter().map(|layer| Layer {
            tile: &layer.tile,
            signs: &layer.signs,
            payload: layer.payload,
            template: layer.template,
        });
        let units = plan.units();
        Self {
            plan,
            synth: Synth::new(layers.collect(), units.0, units.1),
            units,
            across: Interpolation::cubic(plan.width, plan.pitch),
            mask_across: Interpolation::linear(plan.width, plan.mask_pitch),
            pattern_row: vec![0.0; units.1 + 8],
            mask_row: vec![0.0; plan.mask.ncols() + 8],
            mask: vec![0.0; plan.width],
        }
    }

    /// The change along row `y` of the picture.
    pub(crate) fn row(&mut self, y: usize, out: &mut [f32]) {
        let (base, rest) = locate(y, self.plan.pitch);
        let last = self.units.0 as isize - 1;
        self.pattern_row.fill(0.0);
        for (i, weight) in catmull_rom(rest).into_iter().enumerate() {
            let row = self.synth.row((base - 1 + i as isize).clamp(0, last) as usize);
            self.pattern_row[2..].iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
        pad(&mut self.pattern_row, self.units.1);
        self.across.apply(&self.pattern_row, out);
        self.mask_at(y);
        let gain = self.plan.gain;
        out.iter_mut().zip(&self.mask).for_each(|(value, mask)| *value *= mask * gain);
    }

    fn mask_at(&mut self, y: usize) {
        let mask: &Plane = &self.plan.mask;
        let (base, rest) = locate(y, self.plan.mask_pitch);
        let line = |i: isize| {
            let i = i.clamp(0, mask.nrows() as isize - 1) as usize;
            &mask.as_slice().expect("planes are contiguous")[i * mask.ncols()..(i + 1) * mask.ncols()]
        };
        let pairs = line(base).iter().zip(line(base + 1));
        self.mask_row[2..].iter_mut().zip(pairs).for_each(|(out, (a, b))| *out = a + rest * (b - a));
        pad(&mut self.mask_row, mask.ncols());
        self.mask_across.apply(&self.mask_row, &mut self.mask);
    }
}

impl Plan {
    /// Adds the mark to a strip of whole rows that starts at row `first_row` of the planned picture.
    ///
    /// The same change is added to red, green and blue; alpha and fully transparent pixels stay as they are. Values
    /// are rounded to the nearest and clamped to the range of the depth (floats are not clamped).
    ///
    /// # Errors
    /// [`Error::Input`] when the strip does not lie in the planned picture.
    pub fn apply_rows(&self, first_row: usize, strip: &mut ImageViewMut<'_>) -> Result<Applied> {
        let (width, height) = (strip.width(), strip.height());
        if width != self.width || first_row + height > self.height {
            return Err(Error::input(format!(
                "rows {first_row} to {} of {width} px do not lie in the planned {}x{} px",
                first_row + height,
                self.width,
                self.height
            )));
        }
        let (stride, layout) = (strip.stride(), strip.layout());
        let mut rows = Rows::new(self);
        let mut change = vec![0.0_f32; width];
        let mut squared_error = 0.0_f64;
        let mut samples = strip.samples_mut();
        for y in 0..height {
            rows.row(first_row + y, &mut change);
            let line = y * stride..y * stride + width * layout.channels();
            squared_error += match &mut samples {
                SamplesMut::U8(s) => add(&mut s[line], layout, &change, |v, d| {
                    let old = *v;
                    *v = (f32::from(old) + d).round().clamp(0.0, 255.0) as u8;
                    f32::from(*v) - f32::from(old)
                }),
                SamplesMut::U16(s) => add(&mut s[line], layout, &change, |v, d| {
                    let old = *v;
                    *v = (f32::from(old) + d * 257.0).round().clamp(0.0, 65_535.0) as u16;
                    (f32::from(*v) - f32::from(old)) / 257.0
                }),
                SamplesMut::F32(s) => add(&mut s[line], layout, &change, |v, d| {
                    *v += d / 255.0;
                    d
                }),
            };
        }
        Ok(Applied { squared_error, samples: (width * height * layout.colours()) as u64 })
    }
}

/// Adds to the colour samples of one row; returns the sum of squared changes in grey levels.
fn add<T: Copy + Default + PartialEq>(row: &mut [T], layout: Layout, change: &[f32], put: impl Fn(&mut T, f32) -> f32) -> f64 {
    let colours = layout.colours();
    let mut sum = 0.0_f64;
    for (pixel, &d) in row.chunks_exact_mut(layout.channels()).zip(change) {
        if layout.has_alpha() && pixel[colours] == T::default() {
            continue;
        }
        let mut squares = 0.0_f32;
        for value in &mut pixel[..colours] {
            let e = put(value, d);
            squares += e * e;
        }
        sum += f64::from(squares);
    }
    sum
}
