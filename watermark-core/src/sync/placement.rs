//! Affine maps between the samples of a plane and the units of a tile.

/// A 2 x 2 matrix, row-major.
pub(crate) type Matrix = [[f64; 2]; 2];

/// Determinant of a matrix.
pub(crate) fn determinant(m: &Matrix) -> f64 {
    m[0][0] * m[1][1] - m[0][1] * m[1][0]
}

/// Inverse of a matrix that is not singular.
pub(crate) fn invert(m: &Matrix) -> Matrix {
    let d = determinant(m);
    [[m[1][1] / d, -m[0][1] / d], [-m[1][0] / d, m[0][0] / d]]
}

/// Units = `matrix` x edge coordinates of the working plane + `shift`, for the coarsest octave of the alignment;
/// the octave `i` finer has everything times `2^i`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Alignment {
    /// Units of the coarsest octave to one sample of the working plane.
    pub(crate) matrix: Matrix,
    /// Units at the plane's top-left corner.
    pub(crate) shift: [f64; 2],
    /// Octaves that are thought to be visible.
    pub(crate) octaves: usize,
    /// Score of the search that proposed it; larger is better.
    pub(crate) score: f64,
}

/// An octave seen from one plane of a pyramid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    matrix: Matrix,
    inverse: Matrix,
    shift: [f64; 2],
}

impl Alignment {
    /// A plane on whose samples the finest of `octaves` octaves was put.
    pub(crate) fn untouched(octaves: usize) -> Self {
        let scale = 1.0 / (1_u64 << (octaves - 1)) as f64;
        Self { matrix: [[scale, 0.0], [0.0, scale]], shift: [0.0, 0.0], octaves, score: 0.0 }
    }

    /// The alignment of another plane, whose edge coordinates times `scale` plus `shift` are those of this one.
    pub(crate) fn before(&self, scale: f64, shift: [f64; 2]) -> Self {
        let m = &self.matrix;
        let moved = [0, 1].map(|row: usize| m[row][0] * shift[0] + m[row][1] * shift[1] + self.shift[row]);
        Self { matrix: m.map(|row| row.map(|v| v * scale)), shift: moved, ..*self }
    }

    /// Samples of the working plane to a unit of octave `i` (geometric mean of the two directions).
    pub(crate) fn pitch(&self, i: usize) -> f64 {
        1.0 / (libm::sqrt(determinant(&self.matrix).abs()) * (1_u64 << i) as f64)
    }

    /// Octave `i` seen from level `level` of the pyramid (each level halves the plane).
    pub(crate) fn placement(&self, i: usize, level: usize) -> Placement {
        let zoom = (1_u64 << i) as f64;
        let scale = zoom * (1_u64 << level) as f64;
        let matrix = self.matrix.map(|row| row.map(|v| v * scale));
        Placement { matrix, inverse: invert(&matrix), shift: self.shift.map(|v| v * zoom) }
    }

    /// Units of octave `i` at a point of the working plane.
    pub(crate) fn units(&self, i: usize, x: f64, y: f64) -> (f64, f64) {
        let zoom = (1_u64 << i) as f64;
        let at = |row: usize| (self.matrix[row][0] * x + self.matrix[row][1] * y + self.shift[row]) * zoom;
        (at(0), at(1))
    }

    /// A way of so many units of octave `i`, samples of the working plane.
    pub(crate) fn samples(&self, i: usize, way: [f64; 2]) -> [f64; 2] {
        let zoom = (1_u64 << i) as f64;
        invert(&self.matrix).map(|row| (row[0] * way[0] + row[1] * way[1]) / zoom)
    }

    /// Smallest and largest units of octave `i` over a plane of `width` x `height` samples.
    pub(crate) fn bounds(&self, i: usize, width: f64, height: f64) -> ((f64, f64), (f64, f64)) {
        let corners = [(0.0, 0.0), (width, 0.0), (0.0, height), (width, height)];
        let corners = corners.map(|(x, y)| self.units(i, x, y));
        let (mut low, mut high) = (corners[0], corners[0]);
        for (u, v) in corners {
            low = (low.0.min(u), low.1.min(v));
            high = (high.0.max(u), high.1.max(v));
        }
        (low, high)
    }
}

impl Placement {
    /// Edge coordinates of the plane at a unit.
    pub(crate) fn picture_at(&self, u: f64, v: f64) -> (f64, f64) {
        let (u, v) = (u - self.shift[0], v - self.shift[1]);
        (self.inverse[0][0] * u + self.inverse[0][1] * v, self.inverse[1][0] * u + self.inverse[1][1] * v)
    }

    /// Units at edge coordinates of the plane.
    pub(crate) fn units_at(&self, x: f64, y: f64) -> (f64, f64) {
        let at = |row: usize| self.matrix[row][0] * x + self.matrix[row][1] * y + self.shift[row];
        (at(0), at(1))
    }

    /// Edge coordinates at a unit and the step to the next unit of its row.
    pub(crate) fn line(&self, u: f64, v: f64) -> ((f64, f64), (f64, f64)) {
        (self.picture_at(u, v), (self.inverse[0][0], self.inverse[1][0]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placement_undoes_units() {
        let alignment = Alignment { matrix: [[0.3, -0.1], [0.12, 0.28]], shift: [17.0, -4.0], octaves: 2, score: 0.0 };
        let (u, v) = alignment.units(1, 120.0, 60.0);
        let placement = alignment.placement(1, 2);
        let (x, y) = placement.picture_at(u, v);
        assert!((x * 4.0 - 120.0).abs() < 1e-9 && (y * 4.0 - 60.0).abs() < 1e-9);
        let back = placement.units_at(x, y);
        assert!((back.0 - u).abs() < 1e-9 && (back.1 - v).abs() < 1e-9);
    }
}
