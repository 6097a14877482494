//! The mask: how much change each place of the picture bears.
//!
//! Textured places bear more than flat ones (contrast masking), but a strong edge beside a flat area does not: the
//! local activity is eroded, so that energy does not spill from an edge into the flat side. Places at the ends of
//! the range carry half at best and are turned down.

mod law;

pub(crate) use law::growth;

use crate::parallel;
use crate::spectrum::{Gaussian, LocalPower, Plane, RowsOf, repeat_ends};

/// Share of the eroded activity in the mix with the plain one.
const ERODED: f32 = 0.6;
/// Activity above which the eye's tolerance stops growing, grey levels.
const CEILING: f32 = 25.0;
/// Standard deviation of the low pass whose residual is the activity, 1/512 of the short side.
const LOW_PASS_SIGMA: f64 = 1.5;
/// Smallest standard deviation of that low pass, samples.
const LEAST_SIGMA: f64 = 0.6;
/// Radius of the window of the activity, 1/512 of the short side.
const WINDOW_RADIUS: f64 = 3.0;

/// Relative amplitude for every sample of a working plane (grey levels); flat places have 1.
///
/// `scale` is the number of samples to 1/512 of the picture's short side: activity is measured at a fixed share of
/// the picture, so that the mask does not depend on resolution.
pub(crate) fn amplitude(luma: &Plane, scale: f64) -> Plane {
    let activity = activity(luma, scale);
    let mut mask = Plane::zeros(luma.dim());
    let rows = RowsOf::new(&activity);
    parallel::for_each(parallel::strips(&mut mask), |(first, strip)| {
        let mut low = vec![0.0_f32; luma.ncols() + 2];
        for (i, out) in strip.chunks_exact_mut(luma.ncols()).enumerate() {
            let row = |offset: isize| rows.clamped((first + i) as isize + offset);
            mask_row([row(-1), row(0), row(1)], &mut low, out);
        }
    });
    mask
}

/// One row of the mask from the activity of three: mixed with its minimum over 3 x 3 neighbours, cut, and put through
/// the law. `low` has one sample more than the row at either end.
fn mask_row([above, here, below]: [&[f32]; 3], low: &mut [f32], out: &mut [f32]) {
    let columns = above.iter().zip(here).zip(below);
    low[1..].iter_mut().zip(columns).for_each(|(low, ((a, b), c))| *low = a.min(*b).min(*c));
    repeat_ends(low, 1);
    let lows = low.iter().zip(&low[1..]).zip(&low[2..]);
    for ((out, plain), ((a, b), c)) in out.iter_mut().zip(here).zip(lows) {
        let eroded = a.min(*b).min(*c);
        *out = growth((ERODED * eroded + (1.0 - ERODED) * plain).min(CEILING));
    }
}

/// Local standard deviation of the high-passed luma, grey levels.
pub(crate) fn activity(luma: &Plane, scale: f64) -> Plane {
    let low_pass = Gaussian::new((LOW_PASS_SIGMA * scale).max(LEAST_SIGMA));
    let window = LocalPower::new(((WINDOW_RADIUS * scale) as usize).max(1));
    let source = RowsOf::new(luma);
    let width = luma.ncols();
    let mut activity = Plane::zeros(luma.dim());
    parallel::for_each(parallel::strips(&mut activity), |(first, strip)| {
        let mut padded = Vec::new();
        let residual = |y: usize, out: &mut [f32]| {
            low_pass.row(&source, y, &mut padded, out);
            out.iter_mut().zip(source.clamped(y as isize)).for_each(|(low, value)| *low = value - *low);
        };
        let wanted = first..first + strip.len() / width;
        window.stream(luma.dim(), wanted, residual, |y, _, power| {
            let out = &mut strip[(y - first) * width..][..width];
            out.iter_mut().zip(power).for_each(|(out, power)| *out = power.sqrt());
        });
    });
    activity
}
