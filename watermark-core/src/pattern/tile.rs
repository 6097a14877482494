//! One tile in the space domain, synthesised from its Fourier bins.

use super::carriers::sampled_phasor;
use super::{Carrier, Pattern, TILE};
use crate::code::CODED_BITS;
use crate::spectrum::{C32, Fft2};

/// The two parts of a tile, row-major, each with unit variance before gains. Sample `n` lies at unit `n + 0.5`.
#[derive(Debug, Clone)]
pub(crate) struct Tile {
    /// Payload and octave pilots; takes the content signs.
    pub(crate) payload: Vec<f32>,
    /// Synchronisation peaks; unsigned.
    pub(crate) template: Vec<f32>,
}

/// Synthesises tiles.
pub(crate) struct TileSynth {
    fft: Fft2,
}

impl TileSynth {
    pub(crate) fn new() -> Self {
        Self { fft: Fft2::new(TILE) }
    }

    /// The tile of one octave: `codeword` of 0/1 bits, `gains` the amplitude of each coded bit (brought to unit
    /// mean square here).
    pub(crate) fn tile(&self, pattern: &Pattern, codeword: &[u8], gains: &[f32], octave: usize) -> Tile {
        let coded = pattern.carriers.coded.iter().map(|c| {
            let bit = usize::from(c.bit);
            (*c, if codeword[bit] == 0 { gains[bit] } else { -gains[bit] })
        });
        let pilots = pattern.carriers.pilots[octave].iter().map(|c| (*c, 1.0));
        let payload = self.synthesise(coded.chain(pilots));
        let peaks = pattern.template.points.iter().zip(&pattern.template.phases).map(|(&(x, y), &phase)| {
            (Carrier { x, y, bit: 0, phasor: sampled_phasor(phase, x, y) }, 1.0)
        });
        Tile { payload, template: self.synthesise(peaks) }
    }

    fn synthesise(&self, bins: impl Iterator<Item = (Carrier, f32)>) -> Vec<f32> {
        let mut spectrum = vec![C32::default(); TILE * TILE];
        let mut energy = 0.0_f64;
        for (carrier, amplitude) in bins {
            spectrum[carrier.index()] = carrier.phasor * amplitude;
            energy += f64::from(amplitude) * f64::from(amplitude) / 2.0;
        }
        self.fft.inverse(&mut spectrum);
        let scale = (1.0 / libm::sqrt(energy.max(1e-12))) as f32;
        spectrum.iter().map(|value| value.re * scale).collect()
    }
}

/// Equal amplitudes for all coded bits.
pub(crate) fn even_gains() -> Vec<f32> {
    vec![1.0; CODED_BITS]
}
