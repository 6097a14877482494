//! A hash that similar pictures share: the signs of 64 low cosine coefficients of the luma against their median, after
//! C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), section 3.2.1 (the DCT hash of
//! pHash), with means of areas in place of its mean filter and resampling.
//!
//! It finds near copies in a registry. It is evidence of nothing: unrelated pictures differ in 32 of 64 bits on average,
//! and some by much less.

use std::f32::consts::PI;
use std::fmt;

use watermark_core::{ImageView, Layout, Samples};

use crate::shrink::Small;

/// Side of the picture that is transformed, pixels.
const SIDE: usize = 32;
/// Coefficients along a side, from the first that is no mean.
const KEPT: usize = 8;
/// Coefficients below this are none: rounding of flat pictures would make their bits accidents.
const NOTHING: f32 = 0.05;

/// A 64-bit perceptual hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PerceptualHash(pub u64);

impl PerceptualHash {
    pub(crate) fn of_small(small: &Small) -> Self {
        // Floating-point samples are shares of white.
        let luma: Vec<f32> = small.luma().iter().map(|level| level / 255.0).collect();
        let view = ImageView::new(small.width, small.height, small.width, Layout::Luma, Samples::F32(&luma));
        // A small picture has at least one pixel, and as many as its sides say.
        view.map_or(Self(0), |view| Self(bits(&coefficients(&Small::new(&view, SIDE, SIDE).luma()))))
    }

    /// Number of bits that differ, 0 to 64. Up to about 10 in copies that were compressed, scaled or graded.
    pub const fn distance(self, other: Self) -> u32 {
        (self.0 ^ other.0).count_ones()
    }
}

impl fmt::Display for PerceptualHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Coefficients 1 to 8 in both directions of the square's cosine transform.
fn coefficients(square: &[f32]) -> Vec<f32> {
    let waves: Vec<[f32; SIDE]> =
        (1..=KEPT).map(|k| std::array::from_fn(|x| (PI / SIDE as f32 * (x as f32 + 0.5) * k as f32).cos())).collect();
    let lines: Vec<[f32; KEPT]> = square
        .chunks_exact(SIDE)
        .map(|line| std::array::from_fn(|k| line.iter().zip(&waves[k]).map(|(level, wave)| level * wave).sum()))
        .collect();
    let mut kept = Vec::with_capacity(KEPT * KEPT);
    for wave in &waves {
        for k in 0..KEPT {
            let sum: f32 = lines.iter().zip(wave).map(|(line, wave)| line[k] * wave).sum();
            let mean = sum / (SIDE * SIDE) as f32;
            kept.push(if mean.abs() < NOTHING { 0.0 } else { mean });
        }
    }
    kept
}

fn bits(coefficients: &[f32]) -> u64 {
    let mut sorted = coefficients.to_vec();
    sorted.sort_by(f32::total_cmp);
    let middle = sorted.len() / 2;
    let median = (sorted[middle - 1] + sorted[middle]) / 2.0;
    coefficients.iter().enumerate().filter(|(_, value)| **value > median).map(|(bit, _)| 1 << bit).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(width: usize, height: usize, seed: f32, brighter: f32) -> Small {
        let level = |x: f32, y: f32| {
            120.0 + 50.0 * (7.0 * x + seed).sin() * (5.0 * y * seed).cos() + 30.0 * (13.0 * x * y + 3.0 * seed).sin()
        };
        let pixels = (0..width * height).map(|i| {
            let (x, y) = ((i % width) as f32 / width as f32, (i / width) as f32 / height as f32);
            [level(x, y) * brighter; 3]
        });
        Small { width, height, pixels: pixels.collect() }
    }

    #[test]
    fn copies_are_near_and_others_are_not() {
        let hash = PerceptualHash::of_small(&scene(96, 64, 1.0, 1.0));
        assert!(hash.distance(PerceptualHash::of_small(&scene(90, 60, 1.0, 0.8))) <= 6);
        assert!(hash.distance(PerceptualHash::of_small(&scene(96, 64, 2.3, 1.0))) >= 16);
        assert_eq!(hash.to_string().len(), 16);
    }

    #[test]
    fn flat_pictures_are_alike() {
        let flat = |level: f32| Small { width: 40, height: 30, pixels: vec![[level; 3]; 1200] };
        assert_eq!(PerceptualHash::of_small(&flat(10.0)), PerceptualHash::of_small(&flat(200.3)));
    }
}
