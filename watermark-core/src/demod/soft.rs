//! Soft values: the folded tile's spectrum, flattened, and read along the keyed phases.

use super::Cubic;
use crate::code::CODED_BITS;
use crate::normalise::{REDUCED_TILE, WEIGHTINGS};
use crate::pattern::{BAND_HIGH, Carrier, PILOT_OCTAVES, Pattern, TILE};
use crate::spectrum::{C32, Fft2, Plane, box_mean};

/// Radius of the window over which the spectrum is flattened, bins.
const FLATTEN_RADIUS: usize = 7;
/// Largest magnitude that a flattened bin may have: a host line or an overlay does not shout down the others.
const CUT: f32 = 3.0;
/// The same for the template's peaks, which stand out by design.
const TEMPLATE_CUT: f32 = 12.0;
/// Reliability of an octave below which its template says nothing.
const WEIGHT_FLOOR: f32 = 0.02;

/// What one octave says of each coded bit.
#[derive(Clone)]
pub(crate) struct OctaveSoft {
    /// Correlation with each coded bit's carriers; positive for 0.
    pub(crate) sums: Vec<f32>,
    /// Variance of each sum for random phases, given the magnitudes.
    pub(crate) variances: Vec<f32>,
    /// Coded bit and flattened bin of every carrier, turned back by its keyed phase.
    pub(super) bins: Vec<(u16, C32)>,
    /// Coherence of the template: mean of the flattened peaks along their phases, 0 without a mark.
    pub(crate) coherence: f32,
    /// Correlation with the pilots of each octave number, in standard deviations.
    pub(crate) pilots: [f32; PILOT_OCTAVES],
}

#[cfg(feature = "trials")]
impl OctaveSoft {
    /// Carriers of the coded bits.
    pub(crate) fn carriers(&self) -> usize {
        self.bins.len()
    }

    /// Its bins as a key with other phases would see them: the bin of carrier `i` turned by `turns[i]`. Sums, variances and
    /// pilots stay those of the old phases.
    pub(crate) fn turned_by(&self, turns: &[C32]) -> Self {
        let bins = self.bins.iter().zip(turns).map(|(&(bit, value), turn)| (bit, value * turn)).collect();
        Self { bins, ..self.clone() }
    }
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
    reduced: Fft2,
    cubic: Cubic,
}

impl Demodulator {
    pub(crate) fn new() -> Self {
        Self { fft: Fft2::new(TILE), reduced: Fft2::new(REDUCED_TILE), cubic: Cubic::new() }
    }

    /// Interpolation for planes that are not on the tile's grid.
    pub(crate) fn cubic(&self) -> &Cubic {
        &self.cubic
    }

    /// Reads an octave under each weighting.
    pub(crate) fn read(&self, folded: [Vec<C32>; WEIGHTINGS], pattern: &Pattern) -> Heard {
        folded.map(|tile| self.read_one(tile, pattern))
    }

    /// Reads a folded tile (signed sum in the real part, unsigned in the imaginary part), of a sample a unit or reduced;
    /// either begins with a sample at half a unit.
    fn read_one(&self, mut folded: Vec<C32>, pattern: &Pattern) -> OctaveSoft {
        let reduced = folded.len() == REDUCED_TILE * REDUCED_TILE;
        let (fft, side) = if reduced { (&self.reduced, REDUCED_TILE) } else { (&self.fft, TILE) };
        fft.forward(&mut folded);
        let (signed, unsigned) = separate(&folded, side);
        let signed = Flat::new(signed, CUT);
        let unsigned = Flat::new(unsigned, TEMPLATE_CUT);
        let bins: Vec<_> = pattern.carriers.coded.iter().map(|carrier| (carrier.bit, signed.turned(carrier))).collect();
        let (sums, variances) = by_bit(bins.iter().copied());
        let pilots = std::array::from_fn(|octave| {
            let (sum, power) = pattern.carriers.pilots[octave].iter().fold((0.0, 1e-9), |(sum, power), carrier| {
                let value = signed.turned(carrier);
                (sum + value.re, power + value.norm_sqr() / 2.0)
            });
            sum / power.sqrt()
        });
        OctaveSoft { sums, variances, bins, coherence: coherence(&unsigned, pattern), pilots }
    }
}

/// For each coded bit the sum of its bins along their phases, and the variance of that for random phases.
pub(super) fn by_bit(bins: impl Iterator<Item = (u16, C32)>) -> (Vec<f32>, Vec<f32>) {
    let (mut sums, mut variances) = (vec![0.0; CODED_BITS], vec![1e-9; CODED_BITS]);
    for (bit, value) in bins {
        sums[usize::from(bit)] += value.re;
        variances[usize::from(bit)] += value.norm_sqr() / 2.0;
    }
    (sums, variances)
}

/// Highest frequency of the band, bins.
const HIGHEST: usize = (BAND_HIGH * TILE as f64) as usize + 1;
/// Rows and columns of the part of the spectrum that is looked at: the upper half plane up to the band's edge, and
/// what the flattening window reaches beyond.
const REGION: (usize, usize) = (HIGHEST + 1 + 2 * FLATTEN_RADIUS, 2 * (HIGHEST + FLATTEN_RADIUS) + 1);

/// A part of a spectrum; row 0 is the row frequency `-FLATTEN_RADIUS`, column 0 the column frequency
/// `-(HIGHEST + FLATTEN_RADIUS)`.
type Region = Vec<C32>;

/// The spectra of the real and of the imaginary part of a tile of `side` x `side` samples.
fn separate(both: &[C32], side: usize) -> (Region, Region) {
    let wrap = |v: usize| v % side;
    let (rows, columns) = REGION;
    let (mut real, mut imaginary) = (Vec::with_capacity(rows * columns), Vec::with_capacity(rows * columns));
    for row in 0..rows {
        let y = wrap(row + side - FLATTEN_RADIUS);
        let (line, opposite) = (y * side, wrap(side - y) * side);
        for column in 0..columns {
            let x = wrap(column + side - HIGHEST - FLATTEN_RADIUS);
            let (a, b) = (both[line + x], both[opposite + wrap(side - x)].conj());
            real.push((a + b) * 0.5);
            imaginary.push((a - b) * C32::new(0.0, -0.5));
        }
    }
    (real, imaginary)
}

/// A spectrum divided by the root of its local mean power; what stands out is cut.
struct Flat {
    region: Region,
    level: Plane,
    cut: f32,
}

impl Flat {
    fn new(region: Region, cut: f32) -> Self {
        let power = region.iter().map(C32::norm_sqr).collect();
        let power = Plane::from_shape_vec(REGION, power).expect("a region has this shape");
        Self { level: box_mean(&power, FLATTEN_RADIUS), region, cut }
    }

    /// A bin turned back by its keyed phase.
    fn turned(&self, carrier: &Carrier) -> C32 {
        let row = carrier.y as usize + FLATTEN_RADIUS;
        let column = (carrier.x + (HIGHEST + FLATTEN_RADIUS) as i32) as usize;
        let mean = self.level[(row, column)].max(0.0) + 1e-6;
        let value = self.region[row * REGION.1 + column] * carrier.phasor.conj() / mean.sqrt();
        let power = value.norm_sqr();
        if power > self.cut * self.cut { value * (self.cut / power.sqrt()) } else { value }
    }
}

fn coherence(unsigned: &Flat, pattern: &Pattern) -> f32 {
    let template = &pattern.template;
    let peaks = template
        .points
        .iter()
        .zip(&template.phasors)
        .map(|(&(x, y), &phasor)| unsigned.turned(&Carrier { x, y, bit: 0, phasor }).re);
    peaks.sum::<f32>() / template.points.len() as f32
}

impl Mix {
    /// Adds octaves with the given weights.
    ///
    /// The octaves share the keyed phases, and a picture may look alike at two scales (a gradient's steps do): their
    /// bins are added before their power is taken, so that the variance is exact whatever the picture.
    pub(crate) fn new(octaves: &[OctaveSoft], weights: &[f32]) -> Self {
        let Some(first) = octaves.first() else { return Self { z: vec![0.0; CODED_BITS] } };
        let bins = first.bins.iter().enumerate().map(|(i, &(bit, _))| {
            let parts = octaves.iter().zip(weights).map(|(octave, &weight)| octave.bins[i].1 * weight);
            (bit, parts.sum())
        });
        let (sums, variances) = by_bit(bins);
        Self { z: sums.iter().zip(&variances).map(|(sum, variance)| sum / variance.sqrt()).collect() }
    }

    /// Weights by what the template shows of each octave: independent of the carriers, so the null is untouched.
    pub(crate) fn template_weights(octaves: &[OctaveSoft]) -> Vec<f32> {
        octaves.iter().map(|octave| (octave.coherence - 0.3).max(WEIGHT_FLOOR)).collect()
    }
}
