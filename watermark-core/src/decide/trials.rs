//! The decision alone, tried as often as it takes to see one in a hundred thousand (feature `trials`).
//!
//! All that a key's carriers have to do with an unmarked picture is their phases, which are uniform and independent. A
//! picture is read once with a key that did not mark it, and its bins are then turned by phases drawn anew: each draw is
//! what another wrong key with the same cells and the same deal of bins would have seen.

use super::assess::{Look, assess};
use super::null::log10_chi2_tail;
use crate::code::{CODED_BITS, Reader};
use crate::demod::{Demodulator, Mix, OctaveSoft, base_pitch, best_heard, read_direct, readable_octaves};
use crate::key::KeyStream;
use crate::normalise::{Whitener, resample_owned, working_luma};
use crate::pattern::Pattern;
use crate::spectrum::C32;
use crate::{ImageView, Key, Result};

/// A picture as one wrong key reads it where nothing was done to it.
pub struct DecisionTrials {
    octaves: Vec<OctaveSoft>,
    reader: Reader,
}

impl std::fmt::Debug for DecisionTrials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DecisionTrials({} octaves)", self.octaves.len())
    }
}

/// What one draw of phases gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// What a detection would claim that had read this alignment alone. At most 0.
    pub log10_p: f64,
    /// The claim of one of its statistics by itself: the energy of the octaves evenly weighted, corrected for nothing. At
    /// most 0.
    pub log10_energy: f64,
    /// Whether a payload would be shown.
    pub payload: bool,
}

impl DecisionTrials {
    /// Reads a picture.
    ///
    /// # Errors
    /// [`crate::Error::Input`] for samples that are no numbers.
    pub fn new(image: &ImageView<'_>, key: &Key) -> Result<Self> {
        let short = image.width().min(image.height());
        let (working, pitch) = working_luma(image)?;
        let octaves = readable_octaves(short);
        let base = resample_owned(working, base_pitch(short, octaves) / pitch);
        let pattern = Pattern::new(key);
        let mut heard = read_direct(&base, octaves, &[&pattern], &Whitener::new(), &Demodulator::new());
        let octaves = best_heard(heard.pop().expect("one key was given"));
        Ok(Self { octaves, reader: Reader::new(key) })
    }

    /// The decision on the draw of `seed`; `thorough` as for the alignments that are read first, else as for the others.
    pub fn draw(&self, seed: &[u8; 32], thorough: bool) -> Trial {
        let mut stream = KeyStream::new(seed);
        let carriers = self.octaves.first().map_or(0, OctaveSoft::carriers);
        let mut turn = || {
            let angle = stream.unit_f64() * std::f64::consts::TAU;
            C32::new(libm::cos(angle) as f32, libm::sin(angle) as f32)
        };
        let turns: Vec<C32> = (0..carriers).map(|_| turn()).collect();
        let octaves: Vec<OctaveSoft> = self.octaves.iter().map(|octave| octave.turned_by(&turns)).collect();
        let mix = Mix::new(&octaves, &vec![1.0; octaves.len()]);
        let energy: f64 = mix.z.iter().map(|&z| f64::from(z) * f64::from(z)).sum();
        let found = assess(&octaves, &self.reader, if thorough { Look::Thorough } else { Look::Eager });
        Trial {
            log10_p: found.log10_p,
            log10_energy: log10_chi2_tail(energy, CODED_BITS / 2),
            payload: found.log10_word <= super::Verdict::FOUND_LOG10_P,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EmbedOptions, Embedder, ImageViewMut, KeyRole, Layout, Payload, SECRET_BYTES, Samples, SamplesMut};

    fn key(secret: u8) -> Key {
        Key::from_secret(KeyRole::Master, [secret; SECRET_BYTES])
    }

    /// The mark of a key is there for its own phases and for no others, and draws differ by their seeds.
    #[test]
    fn turned_bins_hold_no_mark() {
        let mut samples: Vec<u8> =
            (0..300 * 300_u32).map(|i| 90 + (i.wrapping_mul(2_654_435_761) >> 26) as u8).collect();
        let mut view = ImageViewMut::new(300, 300, 300, Layout::Luma, SamplesMut::U8(&mut samples)).unwrap();
        let embedder = Embedder::new(&key(1), EmbedOptions::default()).unwrap();
        embedder.embed(&mut view, &Payload::from_bytes(&[3; 8]).unwrap()).unwrap();
        let view = ImageView::new(300, 300, 300, Layout::Luma, Samples::U8(&samples)).unwrap();
        let trials = DecisionTrials::new(&view, &key(1)).unwrap();
        let own = assess(&trials.octaves, &trials.reader, Look::Eager);
        assert!(own.log10_p < -30.0, "{}", own.log10_p);
        let draws: Vec<Trial> = (0..20).map(|i| trials.draw(&[i; 32], i % 2 == 0)).collect();
        assert!(draws.iter().all(|draw| draw.log10_p > -4.0 && !draw.payload), "{draws:?}");
        assert!(draws[1..].iter().all(|draw| draw.log10_energy != draws[0].log10_energy));
        assert_eq!(trials.draw(&[7; 32], true), trials.draw(&[7; 32], true));
    }
}
