//! Lattice noise from integers.

/// A number in [0, 1) for a place of the lattice.
pub(crate) fn at(seed: u32, x: i32, y: i32) -> f64 {
    let mut h =
        seed.wrapping_mul(0x9e37_79b9) ^ (x as u32).wrapping_mul(0x85eb_ca6b) ^ (y as u32).wrapping_mul(0xc2b2_ae35);
    for _ in 0..2 {
        h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
        h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    }
    f64::from(h ^ (h >> 15)) / 4_294_967_296.0
}

/// Smooth noise in [0, 1): lattice values joined by the cubic that is flat at both ends.
pub(crate) fn smooth(seed: u32, x: f64, y: f64) -> f64 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - left), ease(y - top));
    let (i, j) = (left as i32, top as i32);
    let across = |row: i32| at(seed, i, row) + u * (at(seed, i + 1, row) - at(seed, i, row));
    across(j) + v * (across(j + 1) - across(j))
}

/// Sum of octaves around zero, from a period in pixels down to 2 px; each octave has `roughness` times the amplitude of
/// the coarser one.
pub(crate) fn fractal(seed: u32, x: f64, y: f64, period: f64, roughness: f64) -> f64 {
    let (mut period, mut amplitude, mut sum) = (period, 1.0, 0.0);
    let mut octave = 0;
    while period >= 2.0 {
        // Shifted, so that the lattices do not lie on each other.
        let shift = 17.3 * f64::from(octave);
        sum += amplitude * (smooth(seed.wrapping_add(octave), x / period + shift, y / period - shift) - 0.5);
        (period, amplitude, octave) = (0.5 * period, amplitude * roughness, octave + 1);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_is_even_and_smooth_noise_is_smooth() {
        let mean = (0..10_000).map(|i| at(5, i % 100, i / 100)).sum::<f64>() / 1e4;
        // The standard error is 0.003.
        assert!((mean - 0.5).abs() < 0.015, "{mean}");
        let step = (0..1000).map(|i| f64::from(i) * 0.01);
        let largest = step.map(|x| (smooth(5, x + 0.01, 3.3) - smooth(5, x, 3.3)).abs()).fold(0.0, f64::max);
        assert!(largest < 0.02, "{largest}");
    }
}
