//! The alignment as a whole made exact: linear part and position climb together on the coherent sum of all peaks.
//!
//! Least squares on peak powers is some tenths of a bin off when peaks are weak; the sum along the keyed phases is
//! not. Published pictures are mostly cropped and resized, not turned or stretched, so near such an alignment the
//! same climb is also made with fewer freedoms: fewer freedoms, smaller error.

use super::placement::{Alignment, Matrix, determinant};
use super::scene::Scene;
use super::translate::{centre, coherent_sum, score, transposed};
use crate::pattern::Template;

/// What may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Freedom {
    /// Any affine map.
    Affine,
    /// Rotation, scale and position.
    Similarity,
    /// Scale and position; the axes stay parallel to the picture's.
    Axes,
}

/// Largest rotation, radians, and stretch at which a nearby alignment without them is also tried.
const NEAR: f64 = 0.02;
/// First and last step, units of the finest octave at the window's edge.
const STEPS: (f64, f64) = (1.2, 0.06);
/// Most steps.
const MOST_STEPS: usize = 60;

/// The alignment climbed to under some freedom; `None` when it is not near to what the freedom allows.
pub(crate) fn polish(scene: &Scene, template: &Template, start: &Alignment, freedom: Freedom) -> Option<Alignment> {
    let at = centre(scene);
    let shape = Shape::of(&start.matrix, freedom)?;
    let (u, v) = start.units(0, at.0, at.1);
    let finest = (1_u64 << (start.octaves - 1)) as f64;
    // A change of the matrix by d moves the window's edge by d * reach samples.
    let reach = scene.levels[0].reach();
    let scale = libm::sqrt(determinant(&start.matrix).abs());
    let mut values = shape.values.clone();
    values.extend([u, v]);
    let weights: Vec<f64> = (0..values.len())
        .map(|i| if i < shape.values.len() { 1.0 / (finest * scale * reach) } else { 1.0 / finest })
        .collect();
    let sum = |values: &[f64]| {
        let (position, linear) = (&values[values.len() - 2..], &values[..values.len() - 2]);
        let matrix = shape.matrix(linear);
        coherent_sum(scene, template, &transposed(&matrix), start.octaves, position[0], position[1])
    };
    climb(&mut values, &weights, sum);
    let (position, linear) = (&values[values.len() - 2..], &values[..values.len() - 2]);
    let matrix = shape.matrix(linear);
    let shift = [0, 1].map(|row: usize| position[row] - matrix[row][0] * at.0 - matrix[row][1] * at.1);
    let score = score(scene, template, &transposed(&matrix), start.octaves, position[0], position[1]);
    Some(Alignment { matrix, shift, octaves: start.octaves, score })
}

/// Coordinate ascent: each step tries both directions of every value, keeps what helps, and halves when nothing does.
fn climb(values: &mut [f64], weights: &[f64], sum: impl Fn(&[f64]) -> f64) {
    let mut best = sum(values);
    let mut step = STEPS.0;
    for _ in 0..MOST_STEPS {
        let mut better = false;
        for i in 0..values.len() {
            for direction in [-1.0, 1.0] {
                let before = values[i];
                values[i] += direction * step * weights[i];
                let here = sum(values);
                if here > best {
                    best = here;
                    better = true;
                    break;
                }
                values[i] = before;
            }
        }
        if !better {
            step /= 2.0;
            if step < STEPS.1 {
                return;
            }
        }
    }
}

/// A family of matrices around a start: `start x (identity + sum of values x directions)`, all values 0 at first.
struct Shape {
    start: Matrix,
    directions: Vec<Matrix>,
    values: Vec<f64>,
}

impl Shape {
    fn of(matrix: &Matrix, freedom: Freedom) -> Option<Self> {
        const SCALE: Matrix = [[1.0, 0.0], [0.0, 1.0]];
        const TURN: Matrix = [[0.0, -1.0], [1.0, 0.0]];
        const STRETCH: Matrix = [[1.0, 0.0], [0.0, -1.0]];
        const SKEW: Matrix = [[0.0, 1.0], [1.0, 0.0]];
        let (start, directions) = match freedom {
            Freedom::Affine => (*matrix, vec![SCALE, TURN, STRETCH, SKEW]),
            Freedom::Similarity => (nearest_similarity(matrix)?, vec![SCALE, TURN]),
            Freedom::Axes => (nearest_axes(matrix)?, vec![SCALE]),
        };
        let values = vec![0.0; directions.len()];
        Some(Self { start, directions, values })
    }

    fn matrix(&self, values: &[f64]) -> Matrix {
        let mut change = [[1.0, 0.0], [0.0, 1.0]];
        for (direction, value) in self.directions.iter().zip(values) {
            for (row, from) in change.iter_mut().zip(direction) {
                row.iter_mut().zip(from).for_each(|(c, d)| *c += value * d);
            }
        }
        let s = &self.start;
        let product = |r: usize, c: usize| s[r][0] * change[0][c] + s[r][1] * change[1][c];
        [[product(0, 0), product(0, 1)], [product(1, 0), product(1, 1)]]
    }
}

/// The rotation, scale and mirror closest to a matrix, if it is close.
fn nearest_similarity(m: &Matrix) -> Option<Matrix> {
    let mirror = if determinant(m) < 0.0 { -1.0 } else { 1.0 };
    // With the mirror taken out of the first column, a similarity is [[a, -b], [b, a]].
    let (a, b) = ((mirror * m[0][0] + m[1][1]) / 2.0, (mirror * m[1][0] - m[0][1]) / 2.0);
    let near = [[mirror * a, -b], [mirror * b, a]];
    is_near(m, &near).then_some(near)
}

/// The quarter turn or mirror, scaled, closest to a matrix, if it is close.
fn nearest_axes(m: &Matrix) -> Option<Matrix> {
    let scale = libm::sqrt(determinant(m).abs());
    let near = m.map(|row| row.map(|v| if v.abs() > scale / 2.0 { scale.copysign(v) } else { 0.0 }));
    is_near(m, &near).then_some(near)
}

fn is_near(m: &Matrix, near: &Matrix) -> bool {
    let limit = NEAR * libm::sqrt(determinant(m).abs());
    m.iter().flatten().zip(near.iter().flatten()).all(|(a, b)| (a - b).abs() < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_shapes_keep_mirror_and_turn() {
        let turned = [[0.0, 0.5], [0.5, 0.004]];
        assert_eq!(nearest_axes(&turned).map(|m| m[0][0] == 0.0 && m[0][1] > 0.0 && m[1][0] > 0.0), Some(true));
        let mirrored = [[-0.30, -0.1], [-0.1, 0.301]];
        let near = nearest_similarity(&mirrored).expect("close to a mirrored rotation");
        assert!(determinant(&near) < 0.0);
        assert!((near[0][0] + near[1][1]).abs() < 1e-12 && (near[0][1] - near[1][0]).abs() < 1e-12);
        assert!(nearest_axes(&mirrored).is_none());
    }
}
