//! Adding a row of the change to samples of each depth.
//!
//! Integer samples move by whole steps. The steps of a row are rounded once for each pixel, spread over its channels
//! (alpha gets none), and added to the row as one array, whatever its layout: loops that the compiler makes vector
//! code of.

use crate::Layout;

/// Buffers for rows of one picture.
#[derive(Default)]
pub(super) struct Scratch<T> {
    pixels: Vec<T>,
    samples: Vec<T>,
}

/// A depth.
pub(super) trait Sample: Copy + Send + Sized {
    /// Step by which a sample is moved.
    type Step: Default + Send;

    /// Adds `change` (grey levels) to the colours of a row. Returns the sum of squared changes in grey levels.
    fn add(row: &mut [Self], layout: Layout, change: &[f32], scratch: &mut Scratch<Self::Step>) -> f64;
}

/// To the nearest whole number, for magnitudes below 2^22: adding this leaves no bits for a fraction.
fn round(value: f32) -> i32 {
    const LARGE: f32 = 12_582_912.0;
    (value + LARGE).to_bits() as i32 - LARGE.to_bits() as i32
}

impl<T: Copy + Default> Scratch<T> {
    /// Steps for every sample of `row` from the `change` of its pixels; none for pixels that cannot be seen.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn steps<S: PartialEq + Default>(
        &mut self,
        row: &[S],
        layout: Layout,
        change: &[f32],
        step: impl Fn(f32) -> T,
    ) -> &[T] {
        self.pixels.clear();
        self.pixels.extend(change.iter().map(|&d| step(d)));
        if layout.has_alpha() {
            for (step, pixel) in self.pixels.iter_mut().zip(row.chunks_exact(layout.channels())) {
                if pixel[layout.colours()] == S::default() {
                    *step = T::default();
                }
            }
        }
        // One more than is needed, so that three samples can be written as four.
        self.samples.resize(row.len() + 1, T::default());
        match layout {
            Layout::Luma => return &self.pixels,
            Layout::LumaAlpha => {
                let (pairs, _) = self.samples.as_chunks_mut::<2>();
                pairs.iter_mut().zip(&self.pixels).for_each(|(pair, &step)| *pair = [step, T::default()]);
            }
            Layout::Rgb => {
                for (i, &step) in self.pixels.iter().enumerate() {
                    self.samples[3 * i..3 * i + 4].copy_from_slice(&[step; 4]);
                }
            }
            Layout::Rgba => {
                let (fours, _) = self.samples.as_chunks_mut::<4>();
                fours.iter_mut().zip(&self.pixels).for_each(|(four, &step)| *four = [step, step, step, T::default()]);
            }
        }
        &self.samples[..row.len()]
    }
}

/// Samples whose squared changes are added up in 32 bits.
const RUN: usize = 4096;

impl Sample for u8 {
    type Step = i16;

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn add(row: &mut [Self], layout: Layout, change: &[f32], scratch: &mut Scratch<i16>) -> f64 {
        let steps = scratch.steps(row, layout, change, |d| round(d) as i16);
        let runs = row.chunks_mut(RUN).zip(steps.chunks(RUN));
        let squares = runs.map(|(samples, steps)| {
            let mut sum = 0_i32;
            for (sample, &step) in samples.iter_mut().zip(steps) {
                let old = i16::from(*sample);
                let new = old.saturating_add(step).clamp(0, 255);
                *sample = new as u8;
                sum += i32::from(new - old) * i32::from(new - old);
            }
            i64::from(sum)
        });
        squares.sum::<i64>() as f64
    }
}

impl Sample for u16 {
    type Step = i32;

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn add(row: &mut [Self], layout: Layout, change: &[f32], scratch: &mut Scratch<i32>) -> f64 {
        let steps = scratch.steps(row, layout, change, |d| round(d * 257.0));
        let moved = row.iter_mut().zip(steps).map(|(sample, &step)| {
            let old = i32::from(*sample);
            let new = (old + step).clamp(0, 65_535);
            *sample = new as u16;
            i64::from(new - old) * i64::from(new - old)
        });
        moved.sum::<i64>() as f64 / (257.0 * 257.0)
    }
}

impl Sample for f32 {
    type Step = Self;

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn add(row: &mut [Self], layout: Layout, change: &[f32], scratch: &mut Scratch<Self>) -> f64 {
        let steps = scratch.steps(row, layout, change, |d| d / 255.0);
        row.iter_mut().zip(steps).for_each(|(sample, step)| *sample += step);
        let squares = scratch.pixels.iter().map(|&step| f64::from(step) * f64::from(step));
        squares.sum::<f64>() * 255.0 * 255.0 * layout.colours() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sample by sample, as the documents say it.
    fn naive(row: &mut [f64], layout: Layout, change: &[f32], levels: f64, whole: bool) -> f64 {
        let mut sum = 0.0;
        for (pixel, &d) in row.chunks_exact_mut(layout.channels()).zip(change) {
            if layout.has_alpha() && pixel[layout.colours()] == 0.0 {
                continue;
            }
            for value in &mut pixel[..layout.colours()] {
                let new = *value + f64::from(d) * levels / 255.0;
                let new = if whole { libm::floor(new + 0.5).clamp(0.0, levels) } else { new };
                sum += (new - *value) * (new - *value) * (255.0 / levels) * (255.0 / levels);
                *value = new;
            }
        }
        sum
    }

    fn agrees<S: Sample<Step: Copy> + Into<f64>>(levels: f64, whole: bool, make: impl Fn(f64) -> S) {
        // Changes are clear of halves at either depth; some are larger than the range.
        let change: Vec<f32> =
            (0..200).map(|i| (i as f32 - 100.0) * 0.31 + 0.013 + if i == 7 { 400.0 } else { 0.0 }).collect();
        for layout in [Layout::Luma, Layout::LumaAlpha, Layout::Rgb, Layout::Rgba] {
            let samples = 200 * layout.channels();
            let mut row: Vec<S> = (0..samples).map(|i| make(((i * 37) % 52 * 5) as f64 / 255.0)).collect();
            let mut expected: Vec<f64> = row.iter().map(|&v| v.into()).collect();
            let sum = naive(&mut expected, layout, &change, levels, whole);
            let found = S::add(&mut row, layout, &change, &mut Scratch::default());
            assert!(row.iter().zip(&expected).all(|(&a, &b)| (a.into() - b).abs() < 1e-6), "{layout:?}");
            assert!((found - sum).abs() < 1e-4 * sum, "{layout:?}: {found} {sum}");
        }
    }

    #[test]
    fn every_depth_and_layout_agrees_with_its_naive_twin() {
        agrees(255.0, true, |v| (v * 255.0) as u8);
        agrees(65_535.0, true, |v| (v * 65_535.0) as u16);
        agrees(1.0, false, |v| v as f32);
    }
}
