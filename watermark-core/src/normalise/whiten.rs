//! Whitening: the host is flattened in frequency by a band pass and in place by its own local strength, and outliers
//! are cut. What is left is noise with the mark in it, weighted in one of two ways ([`Weighting`]).

use std::ops::Range;

use crate::spectrum::{Gaussian, LocalPower, Plane, RowsOf};
use crate::{mask, parallel};

/// Standard deviation of the low pass that is taken away, samples.
const LOW_PASS_SIGMA: f64 = 1.5;
/// Standard deviation of the low pass that is kept, samples: what lies above the band only disturbs the local strength.
const NOISE_PASS_SIGMA: f64 = 0.6;
/// Radius of the window of the local strength, samples.
const WINDOW_RADIUS: usize = 2;
/// Variance added to the local strength, grey levels squared: quiet areas are not blown up.
const FLOOR: f32 = 0.5;
/// Largest value kept, local standard deviations.
const CUT: f32 = 2.0;

/// Number of weightings.
pub(crate) const WEIGHTINGS: usize = 2;

/// How places of different strength are weighted against each other. Which one reads better depends on what happened
/// to the picture and is seen from the template (docs/decisions/whitening.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighting {
    /// The matched filter for a mark that the mask has shaped: quiet places, where the host disturbs least, count most.
    Matched = 0,
    /// All places alike: after strong compression the quiet places have lost the mark.
    Even = 1,
}

/// A plane whitened under each weighting, in the order of [`Weighting`].
pub(crate) struct White {
    pub(crate) planes: [Plane; WEIGHTINGS],
}

impl White {
    pub(crate) fn plane(&self, weighting: Weighting) -> &Plane {
        &self.planes[weighting as usize]
    }
}

/// The same, the two weightings of a sample side by side: who looks up single places reads both at once.
pub(crate) struct Pairs {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Row-major, for each sample its weightings in their order.
    pub(crate) values: Vec<f32>,
}

impl Pairs {
    pub(crate) fn new(white: &White) -> Self {
        let (rows, columns) = white.planes[0].dim();
        let values = white.planes[0].iter().zip(&white.planes[1]).flat_map(|(&a, &b)| [a, b]).collect();
        Self { rows, columns, values }
    }
}

/// Prepared whitening.
pub(crate) struct Whitener {
    low_pass: Gaussian,
    noise_pass: Gaussian,
}

impl Whitener {
    pub(crate) fn new() -> Self {
        Self { low_pass: Gaussian::new(LOW_PASS_SIGMA), noise_pass: Gaussian::new(NOISE_PASS_SIGMA) }
    }

    /// Whitens a plane of grey levels.
    pub(crate) fn apply(&self, plane: &Plane) -> White {
        let width = plane.ncols();
        let (mut matched, mut even) = (Plane::zeros(plane.dim()), Plane::zeros(plane.dim()));
        let strips = parallel::strips(&mut matched).into_iter().zip(parallel::strips(&mut even));
        parallel::for_each(strips.collect(), |((first, matched), (_, even))| {
            let wanted = first..first + even.len() / width;
            self.stream(plane, wanted, |y, residual, power| {
                let line = (y - first) * width..(y - first + 1) * width;
                whiten(residual, power, &mut matched[line.clone()], &mut even[line]);
            });
        });
        White { planes: [matched, even] }
    }

    /// Calls `each` with the number of every row of `wanted` and the whitened row under each weighting, in the order
    /// of [`Weighting`], from the top down.
    pub(crate) fn rows(&self, plane: &Plane, wanted: Range<usize>, mut each: impl FnMut(usize, [&[f32]; WEIGHTINGS])) {
        let (mut matched, mut even) = (vec![0.0_f32; plane.ncols()], vec![0.0_f32; plane.ncols()]);
        self.stream(plane, wanted, |y, residual, power| {
            whiten(residual, power, &mut matched, &mut even);
            each(y, [&matched, &even]);
        });
    }

    /// Rows of the band-passed plane with the mean square around each sample.
    fn stream(&self, plane: &Plane, wanted: Range<usize>, each: impl FnMut(usize, &[f32], &[f32])) {
        let source = RowsOf::new(plane);
        let (mut padded, mut low) = (Vec::new(), vec![0.0_f32; plane.ncols()]);
        let residual = |y: usize, out: &mut [f32]| {
            self.noise_pass.row(&source, y, &mut padded, out);
            self.low_pass.row(&source, y, &mut padded, &mut low);
            out.iter_mut().zip(&low).for_each(|(value, low)| *value -= low);
        };
        LocalPower::new(WINDOW_RADIUS).stream(plane.dim(), wanted, residual, each);
    }
}

/// One row, weighted both ways.
fn whiten(residual: &[f32], power: &[f32], matched: &mut [f32], even: &mut [f32]) {
    let outputs = matched.iter_mut().zip(even);
    for ((&value, &power), (matched, even)) in residual.iter().zip(power).zip(outputs) {
        let deviation = (power + FLOOR).sqrt();
        let inverse = 1.0 / deviation;
        let cut = (value * inverse).clamp(-CUT, CUT);
        *even = cut;
        *matched = cut * mask::growth(deviation) * inverse;
    }
}
