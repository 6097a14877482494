//! Soft values: the folded tile's spectrum, flattened, and read along the keyed phases.

use crate::code::CODED_BITS;
use crate::normalise::WEIGHTINGS;
use crate::pattern::{Carrier, PILOT_OCTAVES, Pattern, TILE, sampled_phasor};
use crate::spectrum::{C32, Fft2, Plane, box_mean};

/// Radius of the window over which the spectrum is flattened, bins.
const FLATTEN_RADIUS: usize = 7;
/// Largest magnitude that a flattened bin may have: a host line or an overlay does not shout down the others.
const CUT: f32 = 3.0;
/// The same for the template's peaks, which stand out by design.
const TEMPLATE_CUT: f32 = 12.0;
/// Reliability of an octave below which its template says nothing.
const WEIGHT_FLOOR: f32 = 0.1;

/// What one octave says of each coded bit.
#[derive(Clone)]
pub(crate) struct OctaveSoft {
    /// Correlation with each coded bit's carriers; positive for 0.
    pub(crate) sums: Vec<f32>,
    /// Variance of each sum for random phases, given the magnitudes.
    pub(crate) variances: Vec<f32>,
    /// Coherence of the template: mean of the flattened peaks along their phases, 0 without a mark.
    pub(crate) coherence: f32,
    /// Correlation with the pilots of each octave number, in standard deviations.
    pub(crate) pilots: [f32; PILOT_OCTAVES],
}

/// An octave under each weighting.
pub(crate) type Heard = [OctaveSoft; WEIGHTINGS];

/// Each octave under the weighting in which its template stands out most. The template has nothing to do with the
/// carriers, so the choice does not favour any payload.
pub(crate) fn best_heard(octaves: Vec<Heard>) -> Vec<OctaveSoft> {
    let best = |heard: Heard| heard.into_iter().reduce(|a, b| if b.coherence > a.coherence { b } else { a });
    octaves.into_iter().filter_map(best).collect()
}

/// Octaves added up: one value of unit variance (without a mark) for each coded bit.
#[derive(Clone)]
pub(crate) struct Mix {
    pub(crate) z: Vec<f32>,
}

/// Turns folded tiles into soft values.
pub(crate) struct Demodulator {
    fft: Fft2,
}

impl Demodulator {
    pub(crate) fn new() -> Self {
        Self { fft: Fft2::new(TILE) }
    }

    /// Reads an octave under each weighting.
    pub(crate) fn read(&self, folded: [Vec<C32>; WEIGHTINGS], pattern: &Pattern) -> Heard {
        folded.map(|tile| self.read_one(tile, pattern))
    }

    /// Reads a folded tile (signed sum in the real part, unsigned in the imaginary part).
    fn read_one(&self, mut folded: Vec<C32>, pattern: &Pattern) -> OctaveSoft {
        self.fft.forward(&mut folded);
        let (signed, unsigned) = separate(&folded);
        let signed = flatten(&signed, CUT);
        let unsigned = flatten(&unsigned, TEMPLATE_CUT);
        let mut sums = vec![0.0; CODED_BITS];
        let mut variances = vec![1e-9; CODED_BITS];
        for carrier in &pattern.carriers.coded {
            let (value, power) = along(&signed, carrier);
            sums[usize::from(carrier.bit)] += value;
            variances[usize::from(carrier.bit)] += power / 2.0;
        }
        let pilots = std::array::from_fn(|octave| {
            let (sum, power) = pattern.carriers.pilots[octave].iter().fold((0.0, 1e-9), |(sum, power), carrier| {
                let (value, p) = along(&signed, carrier);
                (sum + value, power + p / 2.0)
            });
            sum / power.sqrt()
        });
        OctaveSoft { sums, variances, coherence: coherence(&unsigned, pattern), pilots }
    }
}

/// The spectra of the real and of the imaginary part.
fn separate(both: &[C32]) -> (Vec<C32>, Vec<C32>) {
    let opposite = |i: usize| {
        let (y, x) = (i / TILE, i % TILE);
        (TILE - y) % TILE * TILE + (TILE - x) % TILE
    };
    let pairs = both.iter().enumerate().map(|(i, &a)| (a, both[opposite(i)].conj()));
    pairs.map(|(a, b)| ((a + b) * 0.5, (a - b) * C32::new(0.0, -0.5))).unzip()
}

/// Divides by the root of the local mean power and cuts what stands out.
fn flatten(spectrum: &[C32], cut: f32) -> Vec<C32> {
    let half = TILE / 2;
    let centred = |y: usize, x: usize| (y + half) % TILE * TILE + (x + half) % TILE;
    let power = Plane::from_shape_fn((TILE, TILE), |(y, x)| spectrum[centred(y, x)].norm_sqr());
    let level = box_mean(&power, FLATTEN_RADIUS);
    let mut out = vec![C32::default(); TILE * TILE];
    for ((y, x), &mean) in level.indexed_iter() {
        let i = centred(y, x);
        let value = spectrum[i] * (1.0 / (mean.max(0.0) + 1e-6).sqrt());
        let norm = value.norm();
        out[i] = if norm > cut { value * (cut / norm) } else { value };
    }
    out
}

/// A bin along its keyed phase, and its power.
fn along(spectrum: &[C32], carrier: &Carrier) -> (f32, f32) {
    let value = spectrum[carrier.index()];
    ((value * carrier.phasor.conj()).re, value.norm_sqr())
}

fn coherence(unsigned: &[C32], pattern: &Pattern) -> f32 {
    let template = &pattern.template;
    let peaks = template.points.iter().zip(&template.phases).map(|(&(x, y), &phase)| {
        along(unsigned, &Carrier { x, y, bit: 0, phasor: sampled_phasor(phase, x, y) }).0
    });
    peaks.sum::<f32>() / template.points.len() as f32
}

impl Mix {
    /// Adds octaves with the given weights.
    pub(crate) fn new(octaves: &[OctaveSoft], weights: &[f32]) -> Self {
        let z = (0..CODED_BITS).map(|bit| {
            let parts = || octaves.iter().zip(weights);
            let sum: f32 = parts().map(|(octave, w)| w * octave.sums[bit]).sum();
            let variance: f32 = parts().map(|(octave, w)| w * w * octave.variances[bit]).sum();
            sum / variance.max(1e-9).sqrt()
        });
        Self { z: z.collect() }
    }

    /// Weights by what the template shows of each octave: independent of the carriers, so the null is untouched.
    pub(crate) fn template_weights(octaves: &[OctaveSoft]) -> Vec<f32> {
        octaves.iter().map(|octave| (octave.coherence - 0.3).max(WEIGHT_FLOOR)).collect()
    }
}
