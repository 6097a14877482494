//! The mask: how much change each place of the picture bears.
//!
//! Textured places bear more than flat ones (contrast masking), but a strong edge beside a flat area does not: the
//! local activity is eroded, so that energy does not spill from an edge into the flat side. Places at the ends of
//! the range carry half at best and are turned down.

use crate::spectrum::{Gaussian, Plane, box_mean};

/// Share of the eroded activity in the mix with the plain one.
const ERODED: f32 = 0.6;
/// Growth of the amplitude with activity: `1 + GROWTH * activity^EXPONENT` (design notes, row "k .35, e .9").
const GROWTH: f32 = 0.35;
/// Exponent of the growth.
const EXPONENT: f32 = 0.9;
/// Activity above which the eye's tolerance stops growing, grey levels.
const CEILING: f32 = 25.0;

/// Relative amplitude for every sample of a working plane (grey levels); flat places have 1.
///
/// `scale` is the number of samples to 1/512 of the picture's short side: activity is measured at a fixed share of
/// the picture, so that the mask does not depend on resolution.
pub(crate) fn amplitude(luma: &Plane, scale: f64) -> Plane {
    let activity = activity(luma, scale);
    let eroded = erode(&activity);
    let mut mask = activity;
    mask.zip_mut_with(&eroded, |plain, &low| {
        let mixed = (ERODED * low + (1.0 - ERODED) * *plain).min(CEILING);
        *plain = growth(mixed);
    });
    mask
}

/// Relative amplitude that a place of this activity (grey levels) bears. The reader uses the same law.
pub(crate) fn growth(activity: f32) -> f32 {
    1.0 + GROWTH * libm::powf(activity, EXPONENT)
}

/// Local standard deviation of the high-passed luma, grey levels.
pub(crate) fn activity(luma: &Plane, scale: f64) -> Plane {
    let mut residual = Gaussian::new((1.5 * scale).max(0.6)).apply(luma);
    residual.zip_mut_with(luma, |low, &value| *low = (value - *low) * (value - *low));
    let radius = ((3.0 * scale) as usize).max(1);
    box_mean(&residual, radius).mapv(|v| v.max(0.0).sqrt())
}

/// Minimum over 3 x 3 neighbours.
fn erode(plane: &Plane) -> Plane {
    let (height, width) = plane.dim();
    let across = Plane::from_shape_fn((height, width), |(y, x)| {
        let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
        plane[(y, left)].min(plane[(y, x)]).min(plane[(y, right)])
    });
    Plane::from_shape_fn((height, width), |(y, x)| {
        let (up, down) = (y.saturating_sub(1), (y + 1).min(height - 1));
        across[(up, x)].min(across[(y, x)]).min(across[(down, x)])
    })
}
