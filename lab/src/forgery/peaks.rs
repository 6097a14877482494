//! Taking out the synchronisation peaks alone: what stands out of the mean spectrum of many pictures of one key.

use super::estimate::{Plane, residual};
use crate::workers;
use image::RgbImage;
use rustfft::FftPlanner;
use rustfft::num_complex::Complex;

/// Half the side of the neighbourhood that a bin is compared with, bins.
const REACH: usize = 6;
/// A peak stands out of its neighbourhood by so many robust standard deviations.
const STANDS_OUT: f32 = 5.0;

/// Which bins of the spectrum are peaks.
pub(crate) struct Peaks {
    width: usize,
    height: usize,
    is_peak: Vec<bool>,
}

impl Peaks {
    /// From pictures of one size: the mean of the logarithms of their residuals' spectra, less its neighbourhood.
    pub(crate) fn estimated(jobs: usize, pictures: &[&RgbImage]) -> anyhow::Result<Self> {
        let spectra = workers::map(jobs, pictures, |picture| {
            let plane = residual(picture);
            let spectrum = transformed(&plane);
            spectrum.iter().map(|value| value.norm().max(1e-3).ln()).collect::<Vec<f32>>()
        })?;
        let (width, height) = (pictures[0].width() as usize, pictures[0].height() as usize);
        let mut mean = vec![0.0_f32; width * height];
        for spectrum in &spectra {
            mean.iter_mut().zip(spectrum).for_each(|(mean, value)| *mean += value / spectra.len() as f32);
        }
        Ok(Self { width, height, is_peak: standing_out(&mean, width, height) })
    }

    /// How many bins are peaks.
    pub(crate) fn count(&self) -> usize {
        self.is_peak.iter().filter(|&&peak| peak).count()
    }

    /// A picture without these bins.
    pub(crate) fn notched(&self, picture: &RgbImage) -> RgbImage {
        let mut plane = Plane::luma(picture);
        assert_eq!((plane.width, plane.height), (self.width, self.height), "pictures of one size");
        let mut spectrum = transformed(&plane);
        for (value, &peak) in spectrum.iter_mut().zip(&self.is_peak) {
            // What is taken away is kept, the rest goes: the change is added to all channels.
            if !peak {
                *value = Complex::default();
            }
        }
        let scale = 1.0 / spectrum.len() as f32;
        let back = inverse(spectrum, self.width, self.height);
        plane.values = back.iter().map(|value| value.re * scale).collect();
        plane.added_to(picture, -1.0)
    }
}

/// Bins above the mean of their neighbourhood (around the ends, as a spectrum is) by the robust threshold; never the
/// lowest frequencies, where pictures are.
fn standing_out(mean: &[f32], width: usize, height: usize) -> Vec<bool> {
    let around = box_mean(&box_mean(mean, width, height), height, width);
    let excess: Vec<f32> = mean.iter().zip(&around).map(|(value, around)| value - around).collect();
    let mut sizes: Vec<f32> = excess.iter().map(|value| value.abs()).collect();
    let middle = sizes.len() / 2;
    // 1.4826: from the median of the absolute values to the standard deviation of a normal distribution.
    let deviation = 1.4826 * *sizes.select_nth_unstable_by(middle, f32::total_cmp).1;
    let low = |index: usize, len: usize| index.min(len - index) < REACH;
    let bin = |at: usize| !(low(at % width, width) || low(at / width, height)) && excess[at] > STANDS_OUT * deviation;
    (0..mean.len()).map(bin).collect()
}

/// Means along the rows, the ends joined; the result is transposed, so that a second call does the columns.
fn box_mean(values: &[f32], width: usize, height: usize) -> Vec<f32> {
    let mut out = vec![0.0; values.len()];
    for (y, row) in values.chunks_exact(width).enumerate() {
        for x in 0..width {
            let sum: f32 = (0..=2 * REACH).map(|shift| row[(x + width + shift - REACH) % width]).sum();
            out[x * height + y] = sum / (2 * REACH + 1) as f32;
        }
    }
    out
}

/// The two-dimensional transform, row-major.
fn transformed(plane: &Plane) -> Vec<Complex<f32>> {
    let values = plane.values.iter().map(|&value| Complex::new(value, 0.0)).collect();
    both_ways(values, plane.width, plane.height, false)
}

fn inverse(values: Vec<Complex<f32>>, width: usize, height: usize) -> Vec<Complex<f32>> {
    both_ways(values, width, height, true)
}

fn both_ways(mut values: Vec<Complex<f32>>, width: usize, height: usize, back: bool) -> Vec<Complex<f32>> {
    let mut planner = FftPlanner::new();
    for (length, other) in [(width, height), (height, width)] {
        let fft = if back { planner.plan_fft_inverse(length) } else { planner.plan_fft_forward(length) };
        fft.process(&mut values);
        let mut turned = vec![Complex::default(); values.len()];
        for (y, row) in values.chunks_exact(length).enumerate() {
            row.iter().enumerate().for_each(|(x, &value)| turned[x * other + y] = value);
        }
        values = turned;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// Noise that shares a weak wave.
    fn picture(number: u64, height: f64) -> RgbImage {
        let wave = RgbImage::from_fn(160, 120, |x, y| {
            let turn = std::f64::consts::TAU * (f64::from(x) * 0.25 + f64::from(y) * 0.2);
            Rgb([(128.0 + height * turn.cos()).round() as u8; 3])
        });
        attacks::noise::gaussian(&wave, 12.0, number)
    }

    fn wave_of(picture: &RgbImage) -> f64 {
        let spectrum = transformed(&Plane::luma(picture));
        f64::from(spectrum[24 * 160 + 40].norm()) / (160.0 * 120.0 / 2.0)
    }

    #[test]
    fn a_common_wave_is_found_and_taken_out() {
        let pictures: Vec<RgbImage> = (0..12).map(|number| picture(number, 6.0)).collect();
        let peaks = Peaks::estimated(2, &pictures.iter().collect::<Vec<_>>()).expect("no panic");
        assert!(peaks.is_peak[24 * 160 + 40] && peaks.count() < 200, "{}", peaks.count());
        let (before, after) = (wave_of(&pictures[3]), wave_of(&peaks.notched(&pictures[3])));
        assert!(before > 4.0 && after < 1.0, "{before} {after}");
    }

    #[test]
    fn there_and_back_is_the_identity() {
        let plane = Plane::luma(&picture(1, 3.0));
        let back = inverse(transformed(&plane), 160, 120);
        let scale = 1.0 / back.len() as f32;
        assert!(back.iter().zip(&plane.values).all(|(back, value)| (back.re * scale - value).abs() < 1e-2));
    }
}
