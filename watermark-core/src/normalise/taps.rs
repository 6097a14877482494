//! Which input samples an output sample is made of, and their weights: area means for a reduction, cubic
//! interpolation for an enlargement.

use super::catmull_rom;

/// For each output sample the first of the input samples that it is made of, and as many weights for all of them,
/// which sum to one.
pub(super) struct Taps {
    starts: Vec<usize>,
    weights: Vec<f32>,
    each: usize,
}

impl Taps {
    /// Output sample `j` is the mean over `[j pitch, (j + 1) pitch)` (pitch >= 1) or the cubic interpolant at its
    /// centre (pitch < 1), from `length` input samples.
    pub(super) fn new(length: usize, pitch: f64) -> Self {
        let count = (libm::ceil(length as f64 / pitch - 1e-6) as usize).max(1);
        let most = if pitch >= 1.0 { libm::ceil(pitch) as usize + 1 } else { 4 };
        let each = Self::round_up(most).min(length);
        let mut taps = Self { starts: Vec::with_capacity(count), weights: vec![0.0; count * each], each };
        let mut cover = Vec::with_capacity(most);
        for j in 0..count {
            let first =
                if pitch >= 1.0 { area(j, pitch, length, &mut cover) } else { cubic(j, pitch, length, &mut cover) };
            let start = first.min(length - each);
            taps.starts.push(start);
            taps.weights[j * each + first - start..][..cover.len()].copy_from_slice(&cover);
        }
        taps
    }

    /// Numbers of weights for which there is vector code.
    fn round_up(most: usize) -> usize {
        most.next_multiple_of(4)
    }

    /// Number of output samples.
    pub(super) fn count(&self) -> usize {
        self.starts.len()
    }

    /// The input samples of output sample `j` that count, and their weights.
    pub(super) fn of(&self, j: usize) -> impl Iterator<Item = (usize, f32)> {
        let weights = &self.weights[j * self.each..][..self.each];
        weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight != 0.0)
            .map(move |(i, weight)| (self.starts[j] + i, *weight))
    }

    /// All output samples along a row.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(super) fn apply(&self, row: &[f32], out: &mut [f32]) {
        match self.each {
            4 => self.apply_each::<4>(row, out),
            8 => self.apply_each::<8>(row, out),
            each => {
                let weights = self.weights.chunks_exact(each);
                for ((value, &start), weights) in out.iter_mut().zip(&self.starts).zip(weights) {
                    *value = weights.iter().zip(&row[start..]).map(|(w, v)| w * v).sum();
                }
            }
        }
    }

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn apply_each<const N: usize>(&self, row: &[f32], out: &mut [f32]) {
        let (weights, _) = self.weights.as_chunks::<N>();
        for ((value, &start), weights) in out.iter_mut().zip(&self.starts).zip(weights) {
            let samples: &[f32] = &row[start..start + N];
            *value = dot(samples, weights);
        }
    }
}

/// Sums in four lanes.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn dot(samples: &[f32], weights: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 4];
    for (samples, weights) in samples.chunks_exact(4).zip(weights.chunks_exact(4)) {
        for ((lane, s), w) in lanes.iter_mut().zip(samples).zip(weights) {
            *lane += s * w;
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
}

fn area(j: usize, pitch: f64, length: usize, weights: &mut Vec<f32>) -> usize {
    let (from, to) = (j as f64 * pitch, ((j + 1) as f64 * pitch).min(length as f64));
    let start = (from as usize).min(length - 1);
    let end = (libm::ceil(to - 1e-9) as usize).clamp(start + 1, length);
    let cover = |i: usize| (to.min((i + 1) as f64) - from.max(i as f64)).max(0.0);
    let total: f64 = (start..end).map(cover).sum();
    let share = |i: usize| if total > 0.0 { (cover(i) / total) as f32 } else { 1.0 / (end - start) as f32 };
    weights.clear();
    weights.extend((start..end).map(share));
    start
}

fn cubic(j: usize, pitch: f64, length: usize, weights: &mut Vec<f32>) -> usize {
    let centre = (j as f64 + 0.5) * pitch - 0.5;
    let base = libm::floor(centre);
    let kernel = catmull_rom((centre - base) as f32);
    let inside = |i: usize| (base as isize - 1 + i as isize).clamp(0, length as isize - 1) as usize;
    weights.clear();
    weights.resize(inside(3) - inside(0) + 1, 0.0);
    kernel.iter().enumerate().for_each(|(i, weight)| weights[inside(i) - inside(0)] += weight);
    inside(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_sum_to_one_inside_the_row() {
        for (length, pitch) in [(1, 0.004), (2, 0.5), (3, 1.0), (40, 2.5), (41, 7.3), (1000, 16.0), (9, 3.0), (30, 0.7)]
        {
            let taps = Taps::new(length, pitch);
            for j in 0..taps.count() {
                let sum: f32 = taps.of(j).map(|(_, weight)| weight).sum();
                assert!((sum - 1.0).abs() < 1e-5 && taps.of(j).all(|(i, _)| i < length), "{length} {pitch} {j}");
            }
            let mut out = vec![0.0; taps.count()];
            taps.apply(&vec![3.0; length], &mut out);
            assert!(out.iter().all(|v| (v - 3.0).abs() < 1e-4));
        }
    }
}
