//! Pictures from a formula: shapes of many sizes, less of the fine ones, as photographs have them.

use image::{Rgb, RgbImage};

/// A landscape of noise without an end; the seed says which.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    seed: u64,
}

/// Width of the features in pixels and how much they change the light.
const OCTAVES: [(u32, f64); 5] = [(97, 110.0), (41, 60.0), (17, 34.0), (7, 18.0), (3, 10.0)];
/// Fine grain, levels from end to end.
const GRAIN: f64 = 6.0;

impl Scene {
    /// The scene of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Its upper left corner as an 8-bit picture, clear of black and white.
    pub fn picture(self, width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| Rgb(self.colour(x, y).map(|level| level.clamp(4.0, 251.0) as u8)))
    }

    /// Red, green and blue at a place, levels of 8 bits that are neither rounded nor clipped.
    pub fn colour(self, x: u32, y: u32) -> [f64; 3] {
        let shapes: f64 = OCTAVES.iter().map(|&(pitch, height)| height * self.smooth(x, y, pitch)).sum();
        let light = 125.0 + shapes + GRAIN * self.hash(x, y);
        [light, 0.9 * light + 14.0, 0.8 * light + 20.0 + 16.0 * self.smooth(x, y, 61)]
    }

    /// Noise with features `pitch` pixels wide, -0.5 to 0.5.
    fn smooth(self, x: u32, y: u32, pitch: u32) -> f64 {
        let ease = |at: u32| {
            let t = f64::from(at % pitch) / f64::from(pitch);
            t * t * (3.0 - 2.0 * t)
        };
        let (u, v) = (ease(x), ease(y));
        let corner =
            |dx: u32, dy: u32| Self { seed: self.seed ^ u64::from(pitch) }.hash(x / pitch + dx, y / pitch + dy);
        let across = |dy: u32| corner(0, dy) * (1.0 - u) + corner(1, dy) * u;
        across(0) * (1.0 - v) + across(1) * v
    }

    /// White noise, -0.5 to 0.5.
    fn hash(self, x: u32, y: u32) -> f64 {
        let place = u64::from(x) << 32 | u64::from(y);
        let mut h = place.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ self.seed.wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        for _ in 0..2 {
            h = (h ^ h >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        (h >> 40) as f64 / f64::from(1 << 24) - 0.5
    }
}
