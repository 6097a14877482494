//! Whitening: the host is flattened in frequency by a high pass and in place by its own local strength, and
//! outliers are cut. What is left is noise of unit variance with the mark in it.

use crate::spectrum::{Gaussian, Plane, box_mean};

/// Standard deviation of the low pass that is taken away, samples.
const LOW_PASS_SIGMA: f64 = 2.5;
/// Radius of the window of the local strength, samples.
const WINDOW_RADIUS: usize = 6;
/// Variance added to the local strength, grey levels squared: quiet areas are not blown up.
const FLOOR: f32 = 0.5;
/// Largest value kept, local standard deviations.
const CUT: f32 = 2.5;

/// Prepared whitening.
pub(crate) struct Whitener {
    low_pass: Gaussian,
}

impl Whitener {
    pub(crate) fn new() -> Self {
        Self { low_pass: Gaussian::new(LOW_PASS_SIGMA) }
    }

    /// Whitens a plane of grey levels.
    pub(crate) fn apply(&self, plane: &Plane) -> Plane {
        let mut residual = self.low_pass.apply(plane);
        residual.zip_mut_with(plane, |low, &value| *low = value - *low);
        let strength = box_mean(&residual.mapv(|v| v * v), WINDOW_RADIUS);
        residual.zip_mut_with(&strength, |v, &s| *v = (*v / (s.max(0.0) + FLOOR).sqrt()).clamp(-CUT, CUT));
        residual
    }
}
