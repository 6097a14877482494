//! The log-polar map: rotation and scale of a picture become shifts (O Ruanaidh & Pun 1998).

use super::HalfSpectrum;

/// Rows (angles over half a turn) and columns (log radius) of a map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LogPolarGrid {
    /// Angles over half a turn.
    pub(crate) angles: usize,
    /// Natural logarithm of the first radius, cycles per pixel.
    pub(crate) log_first: f64,
    /// Step of the natural logarithm of the radius.
    pub(crate) log_step: f64,
    /// Number of radii.
    pub(crate) radii: usize,
}

impl LogPolarGrid {
    /// Angle of a row, radians in [0, pi).
    pub(crate) fn angle_rad(&self, row: usize) -> f64 {
        row as f64 * std::f64::consts::PI / self.angles as f64
    }

    /// Radius of a column, cycles per pixel.
    pub(crate) fn radius(&self, column: usize) -> f64 {
        libm::exp(self.log_first + column as f64 * self.log_step)
    }
}

/// Values on a [`LogPolarGrid`], row-major by angle.
#[derive(Debug, Clone)]
pub(crate) struct LogPolar {
    pub(crate) grid: LogPolarGrid,
    pub(crate) values: Vec<f32>,
}

impl LogPolar {
    pub(crate) fn zeros(grid: LogPolarGrid) -> Self {
        Self { grid, values: vec![0.0; grid.angles * grid.radii] }
    }

    /// Fills the columns `first..end` from `power`, whose frequencies are `zoom` times those of the map, and
    /// brings them to mean 0 and standard deviation 1 over these columns.
    pub(crate) fn fill(&mut self, columns: std::ops::Range<usize>, zoom: f64, power: &HalfSpectrum<f32>) {
        if columns.is_empty() {
            return;
        }
        let grid = self.grid;
        let scale = power.side as f64 * zoom;
        let radii: Vec<f64> = columns.clone().map(|column| grid.radius(column) * scale).collect();
        let (mut sum, mut squares) = (0.0_f64, 0.0_f64);
        for row in 0..grid.angles {
            let angle = grid.angle_rad(row);
            let (cos, sin) = (libm::cos(angle), libm::sin(angle));
            let out = &mut self.values[row * grid.radii..][columns.clone()];
            for (value, &radius) in out.iter_mut().zip(&radii) {
                *value = bilinear(power, (radius * cos) as f32, (radius * sin) as f32);
                sum += f64::from(*value);
                squares += f64::from(*value) * f64::from(*value);
            }
        }
        let count = (grid.angles * columns.len()) as f64;
        let mean = sum / count;
        let deviation = libm::sqrt((squares / count - mean * mean).max(1e-12));
        for row in 0..grid.angles {
            for value in &mut self.values[row * grid.radii..][columns.clone()] {
                *value = (*value - mean as f32) / deviation as f32;
            }
        }
    }

    /// Half the resolution in both directions; each cell is the largest of its four.
    pub(crate) fn coarser(&self) -> Self {
        let grid = self.grid;
        let small = LogPolarGrid {
            angles: grid.angles / 2,
            log_first: grid.log_first + grid.log_step / 2.0,
            log_step: grid.log_step * 2.0,
            radii: grid.radii / 2,
        };
        let mut out = Self::zeros(small);
        for row in 0..small.angles {
            // Cell r of the small map is centred on angle 2r: rows 2r and 2r + 1 are its nearest.
            let top = &self.values[2 * row * grid.radii..][..grid.radii];
            let bottom = &self.values[(2 * row + 1) * grid.radii..][..grid.radii];
            for column in 0..small.radii {
                let pair = |line: &[f32]| line[2 * column].max(line[2 * column + 1]);
                out.values[row * small.radii + column] = pair(top).max(pair(bottom));
            }
        }
        out.standardise();
        out
    }

    fn standardise(&mut self) {
        let count = self.values.len() as f64;
        let mean = self.values.iter().map(|&v| f64::from(v)).sum::<f64>() / count;
        let variance = self.values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
        let scale = 1.0 / libm::sqrt(variance.max(1e-12));
        for value in &mut self.values {
            *value = ((f64::from(*value) - mean) * scale) as f32;
        }
    }
}

/// Bilinear look-up at a frequency in bins, any sign.
#[inline]
fn bilinear(power: &HalfSpectrum<f32>, fx: f32, fy: f32) -> f32 {
    let (fx, fy) = if fx < 0.0 { (-fx, -fy) } else { (fx, fy) };
    let side = power.side;
    let (x0, y0) = (fx.floor(), fy.floor());
    let (tx, ty) = (fx - x0, fy - y0);
    let x = (x0 as usize).min(side / 2 - 1);
    let y = (y0 as i32).rem_euclid(side as i32) as usize;
    let next = if y + 1 == side { 0 } else { y + 1 };
    let (a, b) = (&power.values[x * side..(x + 1) * side], &power.values[(x + 1) * side..(x + 2) * side]);
    (a[y] * (1.0 - ty) + a[next] * ty) * (1.0 - tx) + (b[y] * (1.0 - ty) + b[next] * ty) * tx
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peak_appears_at_its_angle_and_radius() {
        let side = 256;
        let mut power = HalfSpectrum { side, values: vec![0.0_f32; (side / 2 + 1) * side] };
        // Frequency (-30, 40) bins: stored at its conjugate (30, -40).
        power.values[30 * side + side - 40] = 100.0;
        let grid = LogPolarGrid { angles: 360, log_first: -3.5, log_step: 0.01, radii: 260 };
        let mut map = LogPolar::zeros(grid);
        map.fill(0..grid.radii, 1.0, &power);
        let best = map.values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
        let (row, column) = (best / grid.radii, best % grid.radii);
        let expected = libm::atan2(40.0, -30.0);
        assert!((grid.angle_rad(row) - expected).abs() < 0.02, "{}", grid.angle_rad(row));
        assert!((grid.radius(column) * 256.0 - 50.0).abs() < 1.0);
    }
}
