//! The template: a constellation of keyed spectral peaks for synchronisation (Pereira & Pun 2000).

use super::{TILE, sampled_phasor};
use crate::key::KeyStream;
use crate::spectrum::C32;

/// Peaks in a tile.
pub(crate) const PEAKS: usize = 20;

/// Radii of the peaks, cycles per unit: inside the payload's band, clear of its edges.
const RADIUS: (f64, f64) = (0.12, 0.205);

/// Smallest squared distance between two peaks, bins: their main lobes stay apart.
const APART: i32 = 40;

/// Keyed peaks: integer frequencies on the tile and their phases.
pub(crate) struct Template {
    /// Frequencies, cycles per tile (x, y).
    pub(crate) points: [(i32, i32); PEAKS],
    /// Phases, radians in [0, 2 pi).
    pub(crate) phases: [f64; PEAKS],
    /// The phases as a tile sampled at half units shows them.
    pub(crate) phasors: [C32; PEAKS],
}

impl Template {
    /// Draws integer frequencies in the annulus, upper half plane, with integer arithmetic alone.
    pub(crate) fn new(stream: &mut KeyStream) -> Self {
        let reach = (RADIUS.1 * TILE as f64) as i32 + 1;
        let (low, high) = (RADIUS.0 * TILE as f64, RADIUS.1 * TILE as f64);
        let (low, high) = ((low * low) as i32, (high * high) as i32);
        let mut points: Vec<(i32, i32)> = Vec::with_capacity(PEAKS);
        while points.len() < PEAKS {
            let x = stream.below(2 * reach as u32 + 1) as i32 - reach;
            let y = stream.below(reach as u32 + 1) as i32;
            let radius = x * x + y * y;
            let upper = y > 0 || x > 0;
            let apart = |p: &(i32, i32)| {
                let near = (p.0 - x).pow(2) + (p.1 - y).pow(2);
                let opposite = (p.0 + x).pow(2) + (p.1 + y).pow(2);
                near > APART && opposite > APART
            };
            if upper && (low..high).contains(&radius) && points.iter().all(apart) {
                points.push((x, y));
            }
        }
        let phases: [f64; PEAKS] = std::array::from_fn(|_| stream.unit_f64() * std::f64::consts::TAU);
        let phasors = std::array::from_fn(|i| sampled_phasor(phases[i], points[i].0, points[i].1));
        Self { points: points.try_into().expect("as many as were drawn"), phases, phasors }
    }
}
