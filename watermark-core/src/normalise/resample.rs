//! Reduction by exact area means, enlargement by cubic interpolation; rows are streamed, so a huge picture is never
//! held as luma.

use std::borrow::Cow;

use super::taps::Taps;
use super::{WORKING_SIDE, luma_row};
use crate::spectrum::Plane;
use crate::vector::wide;
use crate::{ImageView, Result, parallel};

/// Weights of the samples at -1, 0, 1, 2 for a position `t` in [0, 1) between samples 0 and 1 (Catmull-Rom).
#[inline]
pub(crate) fn catmull_rom(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [0.5 * (2.0 * t2 - t - t3), 0.5 * (2.0 - 5.0 * t2 + 3.0 * t3), 0.5 * (t + 4.0 * t2 - 3.0 * t3), 0.5 * (t3 - t2)]
}

/// A resampled plane, from a function that writes rows of the input. Of the two directions the one that leaves less to
/// the other goes first.
fn run<R>(width: usize, height: usize, pitch: f64, row: R) -> Result<Plane>
where
    R: Fn(usize, &mut [f32]) -> Result<()> + Sync,
{
    let (across, down) = (Taps::new(width, pitch), Taps::new(height, pitch));
    let mut out = Plane::zeros((down.count(), across.count()));
    let strips = parallel::map(parallel::strips(&mut out), |(first, strip)| {
        let lines = strip.chunks_exact_mut(across.count()).enumerate();
        let lines = lines.map(|(i, line)| (first + i, line));
        wide(
            #[inline(always)]
            || {
                if pitch >= 1.0 {
                    reduce(
                        lines,
                        width,
                        (&across, &down),
                        #[inline(always)]
                        |y, out| row(y, out),
                    )
                } else {
                    enlarge(
                        lines,
                        width,
                        (&across, &down),
                        #[inline(always)]
                        |y, out| row(y, out),
                    )
                }
            },
        )
    });
    strips.into_iter().collect::<Result<()>>()?;
    Ok(out)
}

/// Adds whole input rows up to output rows, and then goes across.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn reduce<'a>(
    lines: impl Iterator<Item = (usize, &'a mut [f32])>,
    width: usize,
    (across, down): (&Taps, &Taps),
    row: impl Fn(usize, &mut [f32]) -> Result<()>,
) -> Result<()> {
    let (mut input, mut sum) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    // The last input row of a line is often the first of the next.
    let mut held = usize::MAX;
    for (j, out) in lines {
        sum.fill(0.0);
        for (y, weight) in down.of(j) {
            if y != held {
                row(y, &mut input)?;
                held = y;
            }
            sum.iter_mut().zip(&input).for_each(|(sum, value)| *sum += weight * value);
        }
        across.apply(&sum, out);
    }
    Ok(())
}

/// Goes across each input row, and then adds a few of the wide rows up.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn enlarge<'a>(
    lines: impl Iterator<Item = (usize, &'a mut [f32])>,
    width: usize,
    (across, down): (&Taps, &Taps),
    row: impl Fn(usize, &mut [f32]) -> Result<()>,
) -> Result<()> {
    const KEPT: usize = 4;
    let mut input = vec![0.0_f32; width];
    let mut wide: [(usize, Vec<f32>); KEPT] = std::array::from_fn(|_| (usize::MAX, vec![0.0; across.count()]));
    for (j, out) in lines {
        for (y, weight) in down.of(j) {
            let (held, wide) = &mut wide[y % KEPT];
            if *held != y {
                row(y, &mut input)?;
                across.apply(&input, wide);
                *held = y;
            }
            out.iter_mut().zip(&*wide).for_each(|(sum, value)| *sum += weight * value);
        }
    }
    Ok(())
}

/// The plane at `pitch` input samples an output sample, origin at the top-left corner.
pub(crate) fn resample(plane: &Plane, pitch: f64) -> Cow<'_, Plane> {
    if (pitch - 1.0).abs() < 1e-9 {
        return Cow::Borrowed(plane);
    }
    let (height, width) = plane.dim();
    let source = plane.as_slice().expect("planes are contiguous");
    let copied = run(width, height, pitch, |y, row| {
        row.copy_from_slice(&source[y * width..(y + 1) * width]);
        Ok(())
    });
    Cow::Owned(copied.expect("copying rows cannot fail"))
}

/// As [`resample`], for a plane that is not needed any more.
pub(crate) fn resample_owned(plane: Plane, pitch: f64) -> Plane {
    match resample(&plane, pitch) {
        Cow::Owned(resampled) => resampled,
        Cow::Borrowed(_) => plane,
    }
}

/// The picture's luma, reduced to a short side of [`WORKING_SIDE`] when it is clearly larger; also the pixels of
/// the picture to one sample.
pub(crate) fn working_luma(view: &ImageView<'_>) -> Result<(Plane, f64)> {
    let (width, height) = (view.width(), view.height());
    let short = width.min(height);
    let pitch = if short as f64 > WORKING_SIDE as f64 * 1.05 { short as f64 / WORKING_SIDE as f64 } else { 1.0 };
    if pitch > 1.0 {
        let plane = run(
            width,
            height,
            pitch,
            #[inline(always)]
            |y, row| luma_row(view, y, row),
        );
        return Ok((plane?, pitch));
    }
    let mut plane = Plane::zeros((height, width));
    let strips = parallel::map(parallel::strips(&mut plane), |(first, strip)| {
        wide(
            #[inline(always)]
            || {
                for (i, row) in strip.chunks_exact_mut(width).enumerate() {
                    luma_row(view, first + i, row)?;
                }
                Ok(())
            },
        )
    });
    strips.into_iter().collect::<Result<()>>()?;
    Ok((plane, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_means_keep_the_total_and_the_position() {
        let plane = Plane::from_shape_fn((30, 40), |(y, x)| (x + 2 * y) as f32);
        for (pitch, tolerance) in [(2.5, 3.0 * 0.051), (2.0, 1e-4)] {
            let small = resample(&plane, pitch);
            assert!((small.mean().unwrap() - plane.mean().unwrap()).abs() < 1e-3);
            // The mean of a linear ramp over a square is its value at the square's centre; where a square cuts samples
            // in halves, the staircase that the samples are is off by a twentieth at most.
            let centre = |j: usize| (j as f64 + 0.5) * pitch - 0.5;
            for ((y, x), &value) in small.indexed_iter() {
                assert!((f64::from(value) - (centre(x) + 2.0 * centre(y))).abs() < tolerance, "{y} {x} {value}");
            }
        }
    }

    #[test]
    fn enlargement_follows_a_ramp_inside() {
        let plane = Plane::from_shape_fn((20, 20), |(y, x)| (x + 2 * y) as f32);
        let large = resample(&plane, 0.5);
        assert_eq!(large.dim(), (40, 40));
        assert!((large[(20, 20)] - (20.5 * 0.5 - 0.5) * 3.0).abs() < 1e-3);
    }
}
