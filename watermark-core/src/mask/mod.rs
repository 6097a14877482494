//! The mask: how much change each place of the picture bears.
//!
//! Textured places bear more than flat ones (contrast masking), but a strong edge beside a flat area does not: the
//! local activity is eroded, so that energy does not spill from an edge into the flat side. Places at the ends of
//! the range carry half at best and are turned down.

mod law;

pub(crate) use law::growth;

use std::ops::Range;
use std::slice::ChunksExactMut;

use crate::parallel;
use crate::spectrum::{Gaussian, LocalPower, Plane, Ring, RowsOf, repeat_ends};
use crate::vector::wide;

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
    let width = luma.ncols();
    let mut mask = Plane::zeros(luma.dim());
    parallel::for_each(parallel::strips(&mut mask), |(first, strip)| {
        wide(
            #[inline(always)]
            || amplitude_rows(luma, scale, first, strip.chunks_exact_mut(width)),
        );
    });
    mask
}

/// The rows of [`amplitude`] from row `first` on.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn amplitude_rows(luma: &Plane, scale: f64, first: usize, mut lines: ChunksExactMut<'_, f32>) {
    let (height, width) = luma.dim();
    let (above, below) = (first.saturating_sub(1), (first + lines.len()).min(height - 1));
    let mut last = Ring::new(width, 3);
    let mut low = vec![0.0_f32; width + 2];
    activity_rows(luma, scale, above..below + 1, |y, activity| {
        last.row_mut(y).copy_from_slice(activity);
        // The row above is whole with this one, and the picture's last with itself.
        let whole = [(y > first).then(|| y - 1), (y + 1 == height).then_some(y)];
        for y in whole.into_iter().flatten() {
            let rows = [y.saturating_sub(1), y, (y + 1).min(height - 1)].map(|y| last.row(y));
            if let Some(out) = lines.next() {
                mask_row(rows, &mut low, out);
            }
        }
    });
}

/// Local standard deviation of the high-passed luma, grey levels, row by row from the top down.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn activity_rows(luma: &Plane, scale: f64, wanted: Range<usize>, mut each: impl FnMut(usize, &[f32])) {
    let low_pass = Gaussian::new((LOW_PASS_SIGMA * scale).max(LEAST_SIGMA));
    let window = LocalPower::new(((WINDOW_RADIUS * scale) as usize).max(1));
    let source = RowsOf::new(luma);
    let mut padded = Vec::new();
    let mut activity = vec![0.0_f32; luma.ncols()];
    window.stream(
        luma.dim(),
        wanted,
        #[inline(always)]
        |y: usize, out: &mut [f32]| {
            low_pass.row(&source, y, &mut padded, out);
            out.iter_mut().zip(source.clamped(y as isize)).for_each(|(low, value)| *low = value - *low);
        },
        |y, _, power| {
            activity.iter_mut().zip(power).for_each(|(out, power)| *out = power.sqrt());
            each(y, &activity);
        },
    );
}

/// One row of the mask from the activity of three: mixed with its minimum over 3 x 3 neighbours, cut, and put through
/// the law. `low` has one sample more than the row at either end.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn mask_row([above, here, below]: [&[f32]; 3], low: &mut [f32], out: &mut [f32]) {
    let columns = above.iter().zip(here).zip(below);
    low[1..].iter_mut().zip(columns).for_each(|(low, ((a, b), c))| *low = smaller(*a, smaller(*b, *c)));
    repeat_ends(low, 1);
    let lows = low.iter().zip(&low[1..]).zip(&low[2..]);
    for ((out, plain), ((a, b), c)) in out.iter_mut().zip(here).zip(lows) {
        let eroded = smaller(*a, smaller(*b, *c));
        *out = growth(smaller(ERODED * eroded + (1.0 - ERODED) * plain, CEILING));
    }
}

/// The minimum, where neither is anything but a number: one instruction, as `f32::min` is not.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spectrum::box_mean;

    /// Plane by plane, as the module's text says it.
    fn naive(luma: &Plane, scale: f64) -> Plane {
        let low = Gaussian::new((LOW_PASS_SIGMA * scale).max(LEAST_SIGMA)).apply(luma);
        let squares = (luma - &low).mapv(|v| v * v);
        let activity = box_mean(&squares, ((WINDOW_RADIUS * scale) as usize).max(1)).mapv(f32::sqrt);
        let (height, width) = luma.dim();
        Plane::from_shape_fn((height, width), |(y, x)| {
            let (rows, columns) = (y.saturating_sub(1)..(y + 2).min(height), x.saturating_sub(1)..(x + 2).min(width));
            let around = rows.flat_map(|y| columns.clone().map(move |x| (y, x)));
            let eroded = around.map(|at| activity[at]).fold(f32::MAX, f32::min);
            growth((ERODED * eroded + (1.0 - ERODED) * activity[(y, x)]).min(CEILING))
        })
    }

    #[test]
    fn the_streamed_mask_agrees_with_its_naive_twin() {
        // More rows than a strip has, and one row more than two strips.
        for (height, width, scale) in [(300, 40, 1.0), (2 * parallel::STRIP_ROWS + 1, 21, 2.0), (9, 300, 0.5)] {
            let light = |(y, x): (usize, usize)| ((x * x + 3 * y * x + 7 * y) % 97) as f32 * (x as f32 / width as f32);
            let luma = Plane::from_shape_fn((height, width), light);
            let (mask, naive) = (amplitude(&luma, scale), naive(&luma, scale));
            // Two ways to add up a window of single-precision squares; the law is steepest for the faintest activity.
            let worst = mask.iter().zip(&naive).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{height}x{width}: {worst}");
            let (least, most) = mask.iter().fold((f32::MAX, 0.0_f32), |(a, b), &m| (a.min(m), b.max(m)));
            assert!(most - least > 1.0, "{least} to {most} says little");
        }
    }
}
