//! Bicubic sampling (Catmull-Rom) of a picture at any place, and maps of the plane that use it.

use crate::samples::{CHANNELS, to_u8};
use image::{Rgb, RgbImage, imageops};

/// Steps in which the cubic's weights are tabulated: a quarter of a percent of a pixel is far below what 8 bits show.
const PHASES: usize = 512;
/// Pixels around the picture, so that the cubic may run over the edge without a test for each neighbour.
const FRAME: u32 = 2;

/// What lies outside of the picture.
#[derive(Clone, Copy)]
pub(crate) enum Outside {
    /// One colour; pixels that straddle the edge are a blend.
    Colour([u8; 3]),
    /// The nearest pixel of the edge.
    Edge,
}

/// A picture that can be read between its pixels.
pub(crate) struct Sampler {
    framed: RgbImage,
    outside: Outside,
    weights: Vec<[f32; 4]>,
}

impl Sampler {
    pub(crate) fn new(picture: &RgbImage, outside: Outside) -> Self {
        let (width, height) = picture.dimensions();
        let mut framed = match outside {
            Outside::Colour(colour) => RgbImage::from_pixel(width + 2 * FRAME, height + 2 * FRAME, Rgb(colour)),
            Outside::Edge => RgbImage::from_fn(width + 2 * FRAME, height + 2 * FRAME, |x, y| {
                let inside = |at: u32, len: u32| at.saturating_sub(FRAME).min(len - 1);
                *picture.get_pixel(inside(x, width), inside(y, height))
            }),
        };
        if matches!(outside, Outside::Colour(_)) {
            imageops::replace(&mut framed, picture, i64::from(FRAME), i64::from(FRAME));
        }
        Self { framed, outside, weights: cubic_weights() }
    }

    /// Writes the pixel at column `x`, row `y`; the middle of the top left pixel is (0, 0).
    pub(crate) fn write(&self, x: f64, y: f64, pixel: &mut [u8]) {
        let (mut u, mut v) = (x + f64::from(FRAME), y + f64::from(FRAME));
        let (end_u, end_v) = (f64::from(self.framed.width() - FRAME), f64::from(self.framed.height() - FRAME));
        match self.outside {
            Outside::Colour(colour) => {
                if !(u >= 1.0 && v >= 1.0 && u < end_u && v < end_v) {
                    pixel.copy_from_slice(&colour);
                    return;
                }
            }
            Outside::Edge => {
                u = u.min(end_u - 1e-6).max(1.0);
                v = v.min(end_v - 1e-6).max(1.0);
            }
        }
        let stride = self.framed.width() as usize * CHANNELS;
        let (column, line) = (u as usize, v as usize);
        let across = &self.weights[((u - column as f64) * PHASES as f64 + 0.5) as usize];
        let along = &self.weights[((v - line as f64) * PHASES as f64 + 0.5) as usize];
        let at = (line - 1) * stride + (column - 1) * CHANNELS;
        let mut sums = [0.0_f32; CHANNELS];
        for (row, &weight) in along.iter().enumerate() {
            let taps = &self.framed.as_raw()[at + row * stride..][..4 * CHANNELS];
            for (channel, sum) in sums.iter_mut().enumerate() {
                let mut value = 0.0;
                for tap in 0..4 {
                    value += across[tap] * f32::from(taps[tap * CHANNELS + channel]);
                }
                *sum += weight * value;
            }
        }
        (0..CHANNELS).for_each(|channel| pixel[channel] = to_u8(sums[channel]));
    }
}

/// Weights of the four neighbours for every tabulated phase.
fn cubic_weights() -> Vec<[f32; 4]> {
    (0..=PHASES)
        .map(|phase| {
            let t = phase as f32 / PHASES as f32;
            let near = |d: f32| 1.5 * d * d * d - 2.5 * d * d + 1.0;
            let far = |d: f32| -0.5 * d * d * d + 2.5 * d * d - 4.0 * d + 2.0;
            [far(1.0 + t), near(t), near(1.0 - t), far(2.0 - t)]
        })
        .collect()
}

/// A picture of `width` x `height` pixels; `source` tells where in `picture` the pixel at (x, y) comes from.
pub(crate) fn warped(
    picture: &RgbImage,
    (width, height): (u32, u32),
    outside: Outside,
    source: impl Fn(u32, u32) -> (f64, f64),
) -> RgbImage {
    let sampler = Sampler::new(picture, outside);
    let mut out = RgbImage::new(width, height);
    for (y, row) in (0..).zip(out.chunks_exact_mut(width as usize * CHANNELS)) {
        for (x, pixel) in (0..).zip(row.chunks_exact_mut(CHANNELS)) {
            let (u, v) = source(x, y);
            sampler.write(u, v, pixel);
        }
    }
    out
}

/// A projective map of the plane, rows of its matrix.
#[derive(Clone, Copy)]
pub(crate) struct Projection([[f64; 3]; 3]);

impl Projection {
    /// From the unit square to a quadrilateral: corners (0, 0), (1, 0), (1, 1), (0, 1) in this order (Heckbert 1989).
    pub(crate) fn from_square([a, b, c, d]: [(f64, f64); 4]) -> Self {
        let (dx1, dx2, dx3) = (b.0 - c.0, d.0 - c.0, a.0 - b.0 + c.0 - d.0);
        let (dy1, dy2, dy3) = (b.1 - c.1, d.1 - c.1, a.1 - b.1 + c.1 - d.1);
        let scale = dx1 * dy2 - dx2 * dy1;
        let g = (dx3 * dy2 - dx2 * dy3) / scale;
        let h = (dx1 * dy3 - dx3 * dy1) / scale;
        Self([
            [b.0 - a.0 + g * b.0, d.0 - a.0 + h * d.0, a.0],
            [b.1 - a.1 + g * b.1, d.1 - a.1 + h * d.1, a.1],
            [g, h, 1.0],
        ])
    }

    /// The way back, by the adjugate: a projective map has no scale of its own.
    pub(crate) fn inverse(&self) -> Self {
        let m = &self.0;
        let minor = |r: usize, c: usize| {
            let (r1, r2, c1, c2) = ((r + 1) % 3, (r + 2) % 3, (c + 1) % 3, (c + 2) % 3);
            m[r1][c1] * m[r2][c2] - m[r1][c2] * m[r2][c1]
        };
        Self(std::array::from_fn(|row| std::array::from_fn(|column| minor(column, row))))
    }

    pub(crate) fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let [u, v, w] = self.0.map(|row| row[0] * x + row[1] * y + row[2]);
        (u / w, v / w)
    }

    /// From a picture of this size in pixels, whose corners shall come to lie at `corners`, the map from places in the
    /// result back to places in the picture, both with pixel middles at whole numbers.
    pub(crate) fn back_to_picture(
        (width, height): (u32, u32),
        corners: [(f64, f64); 4],
    ) -> impl Fn(f64, f64) -> (f64, f64) {
        let back = Self::from_square(corners).inverse();
        move |x, y| {
            let (u, v) = back.apply(x + 0.5, y + 0.5);
            (u * f64::from(width) - 0.5, v * f64::from(height) - 0.5)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    #[test]
    fn whole_places_give_the_pixels_themselves() {
        let picture = scene(31, 20);
        for outside in [Outside::Edge, Outside::Colour([9, 8, 7])] {
            let same = warped(&picture, picture.dimensions(), outside, |x, y| (f64::from(x), f64::from(y)));
            assert!(same == picture);
        }
        let moved = warped(&picture, (31, 20), Outside::Edge, |x, y| (f64::from(x) - 50.0, f64::from(y)));
        assert!(moved.enumerate_pixels().all(|(_, y, p)| p == picture.get_pixel(0, y)));
        let moved = warped(&picture, (31, 20), Outside::Colour([9, 8, 7]), |x, y| (f64::from(x), f64::from(y) + 50.0));
        assert!(moved.pixels().all(|p| p.0 == [9, 8, 7]));
    }

    #[test]
    fn a_ramp_is_read_between_its_pixels() {
        let ramp = RgbImage::from_fn(60, 50, |x, y| Rgb([4 * x as u8, 5 * y as u8, 3]));
        let read = warped(&ramp, (40, 30), Outside::Edge, |x, y| (f64::from(x) + 10.5, f64::from(y) + 8.2));
        let pixel = read.get_pixel(7, 9).0.map(i32::from);
        assert!((pixel[0] - 70).abs() <= 1 && (pixel[1] - 86).abs() <= 1 && pixel[2] == 3, "{pixel:?}");
    }

    #[test]
    fn projections_meet_their_corners_and_undo_themselves() {
        let corners = [(3.0, 5.0), (90.0, -4.0), (103.0, 77.0), (-8.0, 60.0)];
        let there = Projection::from_square(corners);
        for (corner, (x, y)) in corners.iter().zip([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]) {
            let (u, v) = there.apply(x, y);
            assert!((u - corner.0).abs() < 1e-9 && (v - corner.1).abs() < 1e-9, "{u} {v} for {corner:?}");
        }
        let (u, v) = there.apply(0.3, 0.8);
        let (x, y) = there.inverse().apply(u, v);
        assert!((x - 0.3).abs() < 1e-9 && (y - 0.8).abs() < 1e-9);
    }
}
