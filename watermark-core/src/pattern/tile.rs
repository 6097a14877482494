//! One tile in the space domain, synthesised from its Fourier bins.

use super::carriers::sampled_phasor;
use super::{Carrier, Pattern, TILE};
use crate::code::CODED_BITS;
use crate::parallel;
use crate::spectrum::{C32, Fft2};

/// A tile, row-major, of unit variance. Sample `n` lies at unit `n + 0.5`.
pub(crate) type Tile = Vec<f32>;

/// Synthesises tiles.
pub(crate) struct TileSynth {
    fft: Fft2,
}

/// A tile to be: bins of the upper half plane and their amplitudes.
type Bins = Vec<(Carrier, f32)>;

impl TileSynth {
    pub(crate) fn new() -> Self {
        Self { fft: Fft2::new(TILE) }
    }

    /// The synchronisation peaks; they take no content signs.
    pub(crate) fn template(&self, pattern: &Pattern) -> Tile {
        let peaks = pattern.template.points.iter().zip(&pattern.template.phases).map(|(&(x, y), &phase)| {
            let peak = Carrier { x, y, bit: 0, phasor: sampled_phasor(phase, x, y) };
            (peak, 1.0)
        });
        let [template, _] = self.pair([peaks.collect(), Vec::new()]);
        template
    }

    /// Payload and octave pilots, which take the content signs, for each of some octaves: `codeword` of 0/1 bits, with
    /// each octave the amplitude of every coded bit (brought to unit mean square here).
    pub(crate) fn payloads(&self, pattern: &Pattern, codeword: &[u8], octaves: &[(usize, Vec<f32>)]) -> Vec<Tile> {
        let bins = |(octave, gains): &(usize, Vec<f32>)| -> Bins {
            let coded = pattern.carriers.coded.iter().map(|c| {
                let bit = usize::from(c.bit);
                (*c, if codeword[bit] == 0 { gains[bit] } else { -gains[bit] })
            });
            coded.chain(pattern.carriers.pilots[*octave].iter().map(|c| (*c, 1.0))).collect()
        };
        let pairs = parallel::map(octaves.chunks(2).collect(), |pair| {
            self.pair([bins(&pair[0]), pair.get(1).map(bins).unwrap_or_default()])
        });
        let mut tiles: Vec<Tile> = pairs.into_iter().flatten().collect();
        tiles.truncate(octaves.len());
        tiles
    }

    /// Two tiles by one transform: the first is its real part, the second its imaginary part.
    fn pair(&self, bins: [Bins; 2]) -> [Tile; 2] {
        // Turned, as the transform leaves it turned; most rows stay zero.
        let mut spectrum = vec![C32::default(); TILE * TILE];
        let mut energies = [0.0_f64; 2];
        for ((bins, energy), part) in bins.iter().zip(&mut energies).zip([C32::new(0.5, 0.0), C32::new(0.0, 0.5)]) {
            for (carrier, amplitude) in bins {
                let (x, y) = (carrier.x.rem_euclid(TILE as i32) as usize, carrier.y as usize);
                let value = carrier.phasor * *amplitude;
                spectrum[x * TILE + y] += value * part;
                spectrum[(TILE - x) % TILE * TILE + (TILE - y) % TILE] += value.conj() * part;
                *energy += f64::from(*amplitude) * f64::from(*amplitude) / 2.0;
            }
        }
        self.fft.inverse_transposed(&mut spectrum);
        let [real, imaginary] = energies.map(|energy| (1.0 / libm::sqrt(energy.max(1e-12))) as f32);
        [spectrum.iter().map(|v| v.re * real).collect(), spectrum.iter().map(|v| v.im * imaginary).collect()]
    }
}

/// Equal amplitudes for all coded bits.
pub(crate) fn even_gains() -> Vec<f32> {
    vec![1.0; CODED_BITS]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, KeyRole, SECRET_BYTES};

    /// The sum of waves that the bins say, at one sample, of unit variance.
    fn naive(bins: &[(&Carrier, f32)], x: usize, y: usize) -> f64 {
        let energy: f64 = bins.iter().map(|(_, a)| f64::from(*a) * f64::from(*a) / 2.0).sum();
        let wave = |(c, a): &(&Carrier, f32)| {
            let turns = (i64::from(c.x) * x as i64 + i64::from(c.y) * y as i64).rem_euclid(TILE as i64);
            let angle = std::f64::consts::TAU * turns as f64 / TILE as f64;
            f64::from(*a) * (f64::from(c.phasor.re) * libm::cos(angle) - f64::from(c.phasor.im) * libm::sin(angle))
        };
        bins.iter().map(wave).sum::<f64>() / libm::sqrt(energy)
    }

    #[test]
    fn tiles_agree_with_their_naive_twin() {
        let pattern = Pattern::new(&Key::from_secret(KeyRole::Master, [3; SECRET_BYTES]));
        let codeword: Vec<u8> = (0..CODED_BITS).map(|bit| (bit % 3 == 0) as u8).collect();
        let gains: Vec<f32> = (0..CODED_BITS).map(|bit| 0.5 + (bit % 5) as f32 * 0.2).collect();
        let tiles = TileSynth::new().payloads(
            &pattern,
            &codeword,
            &[(0, gains.clone()), (1, even_gains()), (4, gains.clone())],
        );
        assert_eq!(tiles.len(), 3);
        for (tile, (octave, gains)) in tiles.iter().zip([(0, gains.clone()), (1, even_gains()), (4, gains)]) {
            let coded = pattern.carriers.coded.iter().map(|c| {
                let bit = usize::from(c.bit);
                (c, if codeword[bit] == 0 { gains[bit] } else { -gains[bit] })
            });
            let bins: Vec<_> = coded.chain(pattern.carriers.pilots[octave].iter().map(|c| (c, 1.0))).collect();
            for (x, y) in [(0, 0), (5, 200), (255, 31), (100, 100)] {
                assert!((f64::from(tile[y * TILE + x]) - naive(&bins, x, y)).abs() < 1e-4, "octave {octave}");
            }
            let variance = tile.iter().map(|v| f64::from(v * v)).sum::<f64>() / (TILE * TILE) as f64;
            assert!((variance - 1.0).abs() < 1e-4, "{variance}");
        }
        let template = TileSynth::new().template(&pattern);
        let peaks: Vec<Carrier> = (0..pattern.template.points.len())
            .map(|i| {
                let (x, y) = pattern.template.points[i];
                Carrier { x, y, bit: 0, phasor: sampled_phasor(pattern.template.phases[i], x, y) }
            })
            .collect();
        let peaks: Vec<_> = peaks.iter().map(|peak| (peak, 1.0)).collect();
        assert!((f64::from(template[40 * TILE + 7]) - naive(&peaks, 7, 40)).abs() < 1e-4);
    }
}
