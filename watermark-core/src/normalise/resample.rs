//! Reduction by exact area means, enlargement by cubic interpolation; rows are streamed, so a huge picture is never
//! held as luma.

use super::{WORKING_SIDE, luma_row};
use crate::spectrum::Plane;
use crate::{ImageView, Result};

/// For each output sample the input samples that it covers and their weights, which sum to one.
struct Taps {
    starts: Vec<usize>,
    weights: Vec<Vec<f32>>,
}

impl Taps {
    /// Output sample `j` is the mean over `[j pitch, (j + 1) pitch)` (pitch >= 1) or the cubic interpolant at its
    /// centre (pitch < 1).
    fn new(length: usize, pitch: f64) -> Self {
        let count = (libm::ceil(length as f64 / pitch - 1e-6) as usize).max(1);
        let (mut starts, mut weights) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for j in 0..count {
            let (start, row) = if pitch >= 1.0 { area(j, pitch, length) } else { cubic(j, pitch, length) };
            starts.push(start);
            weights.push(row);
        }
        Self { starts, weights }
    }

    fn count(&self) -> usize {
        self.starts.len()
    }

    fn apply(&self, row: &[f32], out: &mut [f32]) {
        for ((value, &start), weights) in out.iter_mut().zip(&self.starts).zip(&self.weights) {
            *value = weights.iter().zip(&row[start..]).map(|(w, v)| w * v).sum();
        }
    }
}

fn area(j: usize, pitch: f64, length: usize) -> (usize, Vec<f32>) {
    let (from, to) = (j as f64 * pitch, ((j + 1) as f64 * pitch).min(length as f64));
    let start = (from as usize).min(length - 1);
    let end = (libm::ceil(to - 1e-9) as usize).clamp(start + 1, length);
    let cover = |i: usize| (to.min((i + 1) as f64) - from.max(i as f64)).max(0.0);
    let raw: Vec<f64> = (start..end).map(cover).collect();
    let total: f64 = raw.iter().sum();
    (start, raw.iter().map(|w| if total > 0.0 { (w / total) as f32 } else { 1.0 / raw.len() as f32 }).collect())
}

fn cubic(j: usize, pitch: f64, length: usize) -> (usize, Vec<f32>) {
    let centre = (j as f64 + 0.5) * pitch - 0.5;
    let base = libm::floor(centre);
    let kernel = catmull_rom((centre - base) as f32);
    let start = (base as isize - 1).clamp(0, length as isize - 1) as usize;
    let mut weights = vec![0.0; 4.min(length - start)];
    for (i, weight) in kernel.iter().enumerate() {
        let at = (base as isize - 1 + i as isize).clamp(0, length as isize - 1) as usize;
        let last = weights.len() - 1;
        weights[at.saturating_sub(start).min(last)] += weight;
    }
    (start, weights)
}

/// Weights of the samples at -1, 0, 1, 2 for a position `t` in [0, 1) between samples 0 and 1 (Catmull-Rom).
#[inline]
pub(crate) fn catmull_rom(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [0.5 * (2.0 * t2 - t - t3), 0.5 * (2.0 - 5.0 * t2 + 3.0 * t3), 0.5 * (t + 4.0 * t2 - 3.0 * t3), 0.5 * (t3 - t2)]
}

/// Streams rows through both directions.
fn run(width: usize, height: usize, pitch: f64, mut row: impl FnMut(usize, &mut [f32]) -> Result<()>) -> Result<Plane> {
    let (across, down) = (Taps::new(width, pitch), Taps::new(height, pitch));
    let mut out = Plane::zeros((down.count(), across.count()));
    let columns = across.count();
    let target = out.as_slice_mut().expect("planes are contiguous");
    let (mut input, mut narrow) = (vec![0.0_f32; width], vec![0.0_f32; columns]);
    let mut first = 0;
    for y in 0..height {
        row(y, &mut input)?;
        across.apply(&input, &mut narrow);
        while first < down.count() && down.starts[first] + down.weights[first].len() <= y {
            first += 1;
        }
        for j in first..down.count() {
            let Some(i) = y.checked_sub(down.starts[j]) else { break };
            if let Some(&weight) = down.weights[j].get(i) {
                for (o, v) in target[j * columns..(j + 1) * columns].iter_mut().zip(&narrow) {
                    *o += weight * v;
                }
            }
        }
    }
    Ok(out)
}

/// The plane at `pitch` input samples an output sample, origin at the top-left corner.
pub(crate) fn resample(plane: &Plane, pitch: f64) -> Plane {
    if (pitch - 1.0).abs() < 1e-9 {
        return plane.clone();
    }
    let (height, width) = plane.dim();
    let source = plane.as_slice().expect("planes are contiguous");
    run(width, height, pitch, |y, row| {
        row.copy_from_slice(&source[y * width..(y + 1) * width]);
        Ok(())
    })
    .expect("copying rows cannot fail")
}

/// The picture's luma, reduced to a short side of [`WORKING_SIDE`] when it is clearly larger; also the pixels of
/// the picture to one sample.
pub(crate) fn working_luma(view: &ImageView<'_>) -> Result<(Plane, f64)> {
    let short = view.width().min(view.height());
    let pitch = if short as f64 > WORKING_SIDE as f64 * 1.05 { short as f64 / WORKING_SIDE as f64 } else { 1.0 };
    if pitch > 1.0 {
        let plane = run(view.width(), view.height(), pitch, |y, row| luma_row(view, y, row))?;
        return Ok((plane, pitch));
    }
    let mut plane = Plane::zeros((view.height(), view.width()));
    let rows = plane.as_slice_mut().expect("planes are contiguous").chunks_exact_mut(view.width());
    for (y, row) in rows.enumerate() {
        luma_row(view, y, row)?;
    }
    Ok((plane, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_means_keep_the_total_and_the_position() {
        let plane = Plane::from_shape_fn((30, 40), |(y, x)| (x + 2 * y) as f32);
        let small = resample(&plane, 2.5);
        assert_eq!(small.dim(), (12, 16));
        // The mean of a linear ramp over a square is its value at the square's centre.
        let centre = |j: usize| (j as f32 + 0.5) * 2.5 - 0.5;
        for (y, x) in [(0, 0), (3, 7), (11, 15)] {
            assert!((small[(y, x)] - (centre(x) + 2.0 * centre(y))).abs() < 1e-3);
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
