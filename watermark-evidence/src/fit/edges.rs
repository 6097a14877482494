//! A field of edge directions: at every pixel the gradient with its angle doubled, so that an edge and its inverse are
//! alike, scaled by the gradients around it, so that contrast does not matter. After the orientation fields of
//! J. Bigun and G. Granlund, "Optimal orientation detection of linear symmetry" (1987).

use rustfft::num_complex::Complex;

use crate::shrink::Small;

/// Gradients of this many levels a pixel and less are taken for noise and compression.
const FLOOR: f32 = 2.5;
/// Radius of the square over which gradients are compared, pixels.
const AROUND: usize = 5;
/// An edge counts at most this much more than the mean around it.
const MOST: f32 = 2.0;

/// Edge directions and a mask of where they are known.
pub(super) struct Edges {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) field: Vec<Complex<f32>>,
    pub(super) known: Vec<bool>,
}

impl Edges {
    pub(super) fn of_small(small: &Small) -> Self {
        Self::new(small.width, small.height, &small.luma(), &vec![true; small.pixels.len()])
    }

    /// Edges of levels of 0 to 255, where `inside`.
    pub(super) fn new(width: usize, height: usize, luma: &[f32], inside: &[bool]) -> Self {
        let mut gradients = vec![Complex::new(0.0, 0.0); luma.len()];
        let mut known = vec![false; luma.len()];
        for y in 1..height.saturating_sub(1) {
            for x in 1..width.saturating_sub(1) {
                let at = y * width + x;
                let neighbours = [at - 1, at + 1, at - width, at + width];
                if neighbours.iter().all(|&at| inside[at]) {
                    let [left, right, up, down] = neighbours.map(|at| luma[at]);
                    gradients[at] = Complex::new((right - left) / 2.0, (down - up) / 2.0);
                    known[at] = true;
                }
            }
        }
        let around = means_around(width, height, &gradients, &known);
        let field = gradients.iter().zip(around).map(|(gradient, around)| doubled(*gradient, around)).collect();
        Self { width, height, field, known }
    }

    /// Sum of the squared lengths: about the number of pixels that have edges.
    pub(super) fn energy(&self) -> f64 {
        self.field.iter().map(|edge| f64::from(edge.norm_sqr())).sum()
    }
}

/// The gradient with its angle doubled; its length relative to `around`, the mean square of those around it.
fn doubled(gradient: Complex<f32>, around: f32) -> Complex<f32> {
    let length = gradient.norm();
    if length == 0.0 {
        return gradient;
    }
    let relative = (length / (around + FLOOR * FLOOR).sqrt()).min(MOST);
    gradient * gradient / (length * length) * relative
}

/// Mean squared length of the known gradients in the square around each pixel.
fn means_around(width: usize, height: usize, gradients: &[Complex<f32>], known: &[bool]) -> Vec<f32> {
    // Sums over all pixels above and to the left, with a row and a column of zeros before them.
    let line = width + 1;
    let mut sums = vec![(0.0_f64, 0.0_f64); line * (height + 1)];
    for y in 0..height {
        let mut row = (0.0, 0.0);
        for x in 0..width {
            let at = y * width + x;
            if known[at] {
                row = (row.0 + f64::from(gradients[at].norm_sqr()), row.1 + 1.0);
            }
            let above = sums[y * line + x + 1];
            sums[(y + 1) * line + x + 1] = (above.0 + row.0, above.1 + row.1);
        }
    }
    let mean = |at: usize| {
        let (x, y) = (at % width, at / width);
        let (left, right) = (x.saturating_sub(AROUND), (x + AROUND + 1).min(width));
        let (top, bottom) = (y.saturating_sub(AROUND), (y + AROUND + 1).min(height));
        let [a, b, c, d] =
            [(bottom, right), (top, right), (bottom, left), (top, left)].map(|(y, x)| sums[y * line + x]);
        let (sum, count) = (a.0 - b.0 - c.0 + d.0, a.1 - b.1 - c.1 + d.1);
        (sum / f64::max(count, 1.0)) as f32
    };
    (0..width * height).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma(width: usize, height: usize) -> Vec<f32> {
        (0..width * height)
            .map(|i| 120.0 + 60.0 * ((i % width) as f32).sin() * ((i / width) as f32 * 0.7).cos())
            .collect()
    }

    #[test]
    fn inversion_and_brightness_change_nothing() {
        let levels = luma(20, 16);
        let changed: Vec<f32> = levels.iter().map(|level| 250.0 - level).collect();
        let inside = vec![true; levels.len()];
        let (one, other) = (Edges::new(20, 16, &levels, &inside), Edges::new(20, 16, &changed, &inside));
        assert!(one.energy() > 50.0);
        assert!(one.field.iter().zip(&other.field).all(|(a, b)| (a - b).norm() < 1e-4));
    }

    #[test]
    fn flat_and_masked_places_have_no_edges() {
        let edges = Edges::new(9, 9, &[77.0; 81], &[true; 81]);
        assert!(edges.energy() == 0.0 && edges.known.iter().filter(|known| **known).count() == 49);
        assert_eq!(Edges::new(20, 16, &luma(20, 16), &[false; 320]).energy(), 0.0);
        assert_eq!(Edges::new(2, 1, &[0.0, 9.0], &[true; 2]).energy(), 0.0);
    }
}
