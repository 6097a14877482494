//! The carriers: Fourier bins of the tile with keyed phases, dealt to coded bits and to octave pilots.

use super::{BAND_HIGH, BAND_LOW, TILE, Template};
use crate::code::CODED_BITS;
use crate::key::KeyStream;
use crate::order::ascending;
use crate::spectrum::C32;

/// Octaves that pilots can tell apart.
pub(crate) const PILOT_OCTAVES: usize = 8;

/// Bins whose phases depend on the octave: they tell which copy of the self-similar tile is seen, hence how large
/// the whole original was. 3 % of the energy.
const PILOTS: usize = 112;

/// One bin of the tile's spectrum, upper half plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carrier {
    /// Cycles per tile along x, -TILE/2 < x < TILE/2.
    pub(crate) x: i32,
    /// Cycles per tile along y, not negative.
    pub(crate) y: i32,
    /// Coded bit that it carries.
    pub(crate) bit: u16,
    /// Unit phasor of the keyed phase, as a tile sampled at half units shows it.
    pub(crate) phasor: C32,
}

/// The phasor that a wave of phase `phase` at the tile's origin has in a transform of samples at half units.
pub(crate) fn sampled_phasor(phase: f64, x: i32, y: i32) -> C32 {
    let angle = phase + std::f64::consts::PI * f64::from(x + y) / TILE as f64;
    C32::new(libm::cos(angle) as f32, libm::sin(angle) as f32)
}

/// All bins of the band with their uses.
pub(crate) struct Carriers {
    /// Bins that carry coded bits, in the order of their bits.
    pub(crate) coded: Vec<Carrier>,
    /// Bins that carry the octave's number, for each octave with that octave's phases.
    pub(crate) pilots: [Vec<Carrier>; PILOT_OCTAVES],
}

impl Carriers {
    pub(crate) fn new(stream: &mut KeyStream, template: &Template) -> Self {
        let mut bins = band(template);
        stream.shuffle(&mut bins);
        let carrier = |stream: &mut KeyStream, (x, y): (i32, i32), bit: usize| {
            let phase = stream.unit_f64() * std::f64::consts::TAU;
            Carrier { x, y, bit: bit as u16, phasor: sampled_phasor(phase, x, y) }
        };
        let (pilot_bins, coded_bins) = bins.split_at(PILOTS);
        let mut coded: Vec<Carrier> =
            coded_bins.iter().enumerate().map(|(i, &bin)| carrier(stream, bin, i % CODED_BITS)).collect();
        ascending(&mut coded, |carrier| f64::from(carrier.bit));
        let pilots = std::array::from_fn(|_| pilot_bins.iter().map(|&bin| carrier(stream, bin, 0)).collect());
        Self { coded, pilots }
    }
}

/// Bins of the band in the upper half plane, the neighbourhoods of the template's peaks left out.
fn band(template: &Template) -> Vec<(i32, i32)> {
    let reach = (BAND_HIGH * TILE as f64) as i32 + 1;
    let square = |radius: f64| (radius * TILE as f64 * radius * TILE as f64) as i32;
    let (low, high) = (square(BAND_LOW), square(BAND_HIGH));
    let mut bins = Vec::new();
    for y in 0..=reach {
        for x in -reach..=reach {
            let inside = (low..high).contains(&(x * x + y * y)) && (y > 0 || x > 0);
            let near = |&(px, py): &(i32, i32)| {
                let close = |dx: i32, dy: i32| dx.abs() <= 1 && dy.abs() <= 1;
                close(px - x, py - y) || close(px + x, py + y)
            };
            if inside && !template.points.iter().any(near) {
                bins.push((x, y));
            }
        }
    }
    bins
}
