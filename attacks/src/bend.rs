//! Smooth random displacements, as StirMark has them (Petitcolas, Anderson & Kuhn 1998): one slow bend over the whole
//! picture with a slight perspective, or many small waves.
//!
//! Displacements are random at the knots of a grid and blended between them by Perlin's quintic, so they have no kink
//! and nowhere exceed the amplitude. The edge pixels fill what comes in from outside.

use crate::random::Random;
use crate::warp::{self, Outside, Projection};
use image::RgbImage;

/// Cells of the bend's grid along the shorter side.
pub const BEND_CELLS: u32 = 3;
/// How far the bend's perspective moves a corner at most, as a part of the amplitude.
pub const BEND_PERSPECTIVE: f64 = 0.5;
/// Cells of the small waves' grid along the shorter side.
pub const WOBBLE_CELLS: u32 = 16;

/// Bends with an amplitude of `share` (0.01 is 1 %) of the shorter side, across and down, and moves every corner by up
/// to half of that.
pub fn bend(picture: &RgbImage, share: f64, seed: u64) -> RgbImage {
    let amplitude = share * f64::from(picture.width().min(picture.height()));
    let mut random = Random::new(seed);
    let field = Field::new(picture.dimensions(), BEND_CELLS, amplitude, &mut random);
    let reach = BEND_PERSPECTIVE * amplitude;
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let corners = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
        .map(|(x, y)| (x + random.between(-reach, reach), y + random.between(-reach, reach)));
    let back = Projection::back_to_picture(picture.dimensions(), corners);
    warp::warped(picture, picture.dimensions(), Outside::Edge, |x, y| {
        let (right, down) = field.at(x, y);
        back(f64::from(x) + right, f64::from(y) + down)
    })
}

/// Small waves everywhere, with an amplitude of `share` (0.003 is 0.3 %) of the shorter side, across and down.
pub fn wobble(picture: &RgbImage, share: f64, seed: u64) -> RgbImage {
    let amplitude = share * f64::from(picture.width().min(picture.height()));
    let field = Field::new(picture.dimensions(), WOBBLE_CELLS, amplitude, &mut Random::new(seed));
    warp::warped(picture, picture.dimensions(), Outside::Edge, |x, y| {
        let (right, down) = field.at(x, y);
        (f64::from(x) + right, f64::from(y) + down)
    })
}

/// A displacement for every pixel.
struct Field {
    /// For every column, and for every row: the knot before it and the weight of the next.
    columns: Vec<(usize, f64)>,
    rows: Vec<(usize, f64)>,
    knots: Vec<(f64, f64)>,
    knots_across: usize,
}

impl Field {
    fn new((width, height): (u32, u32), cells: u32, amplitude: f64, random: &mut Random) -> Self {
        let cell = f64::from(width.min(height)) / f64::from(cells);
        let steps = |len: u32| -> Vec<(usize, f64)> {
            (0..len)
                .map(|at| {
                    let place = (f64::from(at) + 0.5) / cell;
                    let t = place.fract();
                    (place as usize, t * t * t * (t * (6.0 * t - 15.0) + 10.0))
                })
                .collect()
        };
        let (columns, rows) = (steps(width), steps(height));
        let knots_across = columns.last().map_or(0, |last| last.0) + 2;
        let knots_down = rows.last().map_or(0, |last| last.0) + 2;
        let mut choice = || random.between(-amplitude, amplitude);
        let knots = (0..knots_across * knots_down).map(|_| (choice(), choice())).collect();
        Self { columns, rows, knots, knots_across }
    }

    fn at(&self, x: u32, y: u32) -> (f64, f64) {
        let ((column, right), (row, down)) = (self.columns[x as usize], self.rows[y as usize]);
        let upper = &self.knots[row * self.knots_across + column..][..2];
        let lower = &self.knots[(row + 1) * self.knots_across + column..][..2];
        let blend = |a: f64, b: f64, t: f64| a + t * (b - a);
        let between = |part: fn(&(f64, f64)) -> f64| {
            let above = blend(part(&upper[0]), part(&upper[1]), right);
            blend(above, blend(part(&lower[0]), part(&lower[1]), right), down)
        };
        (between(|knot| knot.0), between(|knot| knot.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    /// Where every pixel's column number comes from, on a ramp that a cubic reproduces exactly.
    fn shifts(attack: impl Fn(&RgbImage) -> RgbImage) -> Vec<f64> {
        let ramp = RgbImage::from_fn(120, 100, |x, y| Rgb([2 * x as u8, 2 * y as u8, 0]));
        let attacked = attack(&ramp);
        let inner = attacked.enumerate_pixels().filter(|(x, y, _)| (15..105).contains(x) && (15..85).contains(y));
        inner.map(|(x, _, p)| f64::from(p[0]) / 2.0 - f64::from(x)).collect()
    }

    #[test]
    fn displacements_fill_the_amplitude_and_keep_to_it() {
        // 4 % of 100 px; a colour level is half a pixel of the ramp.
        for shifts in [shifts(|p| bend(p, 0.04, 3)), shifts(|p| wobble(p, 0.04, 3))] {
            let largest = shifts.iter().fold(0.0_f64, |most, shift| most.max(shift.abs()));
            assert!(largest > 1.5, "{largest}");
            assert!(largest < 4.0 * (1.0 + BEND_PERSPECTIVE) + 0.5, "{largest}");
        }
    }

    #[test]
    fn a_bend_is_slow_and_a_wobble_quick() {
        let turns = |shifts: &[f64]| {
            // Changes of direction along the rows of 90 px, with a dead zone of a quarter of a pixel.
            let mut count = 0;
            for row in shifts.chunks_exact(90) {
                let mean = row.iter().sum::<f64>() / 90.0;
                let signs: Vec<bool> = row.iter().filter(|s| (*s - mean).abs() > 0.5).map(|s| *s > mean).collect();
                count += signs.windows(2).filter(|pair| pair[0] != pair[1]).count();
            }
            count
        };
        let (slow, quick) = (turns(&shifts(|p| bend(p, 0.04, 3))), turns(&shifts(|p| wobble(p, 0.04, 3))));
        assert!(quick > 2 * slow, "{quick} {slow}");
    }

    #[test]
    fn seeds_differ_and_sizes_stay() {
        let picture = crate::testing::scene(61, 47);
        assert_eq!(bend(&picture, 0.02, 1).dimensions(), (61, 47));
        assert_ne!(bend(&picture, 0.02, 1), bend(&picture, 0.02, 2));
        assert_ne!(wobble(&picture, 0.02, 1), wobble(&picture, 0.02, 2));
        // A picture of one pixel has nowhere to go.
        let dot = RgbImage::from_pixel(1, 1, Rgb([7; 3]));
        assert_eq!(bend(&dot, 0.02, 1), dot);
    }
}
