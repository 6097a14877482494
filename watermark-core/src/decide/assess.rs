//! Evidence of one alignment: an energy test that needs no code, then the code.

use super::Verdict;
use super::null::{log10_chi2_tail, log10_codeword_tail, log10_corrected};
use crate::PayloadClass;
use crate::code::{CODED_BITS, DEFAULT_LIST, Decoded, Reader, THOROUGH_LIST, tag_bits};
use crate::demod::{Mix, OctaveSoft};

/// Energy evidence below which the code is tried (log10 p of one test): unmarked pictures rarely pay for decoding.
const DECODE_BELOW: f64 = -2.5;
/// Signal to noise of a coded bit at which one word in a hundred of this class is lost
/// (docs/decisions/error-correction.md).
const fn threshold_snr(class: PayloadClass) -> f64 {
    match class {
        PayloadClass::Bits32 => 0.32,
        PayloadClass::Bits64 => 0.47,
        PayloadClass::Bits128 => 0.85,
    }
}

/// Two statistics are looked at, energy and word: each gets half.
const HALVES: f64 = std::f64::consts::LOG10_2;
/// Least signal to noise that is told, power ratio.
const LEAST_SNR: f64 = 1e-3;
/// Mixes of all octaves, which come first among the combinations.
const JOINT_MIXES: usize = 2;

/// How hard the code is tried where the energy shows nothing. The embedder cancels the host's interference, so soft
/// values may be quieter than noise and yet all of them right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Not at all.
    Brief,
    /// On the octaves together.
    Eager,
    /// On the octaves together, then once more with a longer list of candidates.
    Thorough,
}

/// What one alignment shows.
#[derive(Clone)]
pub(crate) struct Assessment {
    /// log10 p of the stronger statistic, corrected for the tests made here but not for other alignments.
    pub(crate) log10_p: f64,
    /// Tests made.
    pub(crate) tests: u64,
    /// The message, when the code was readable and chance alone would not give a word that agrees so well: a CRC lets
    /// one word in 65,536 of whatever noise or foreign mark there is through.
    pub(crate) decoded: Option<Decoded>,
    /// log10 p of that word's agreement by itself, corrected as [`Self::log10_p`] is; 0 without a message.
    pub(crate) log10_word: f64,
    /// Signal to noise of a coded bit, power ratio.
    pub(crate) snr: f64,
}

impl Assessment {
    /// Whether this says more than another alignment's: a word before none, then the smaller probability.
    pub(crate) fn is_better_than(&self, other: &Self) -> bool {
        (self.decoded.is_some(), -self.log10_p) > (other.decoded.is_some(), -other.log10_p)
    }

    /// Signal over the decoder's threshold for the class that was read (64 bits when none was), dB.
    pub(crate) fn margin_db(&self) -> f64 {
        let class = self.decoded.as_ref().map_or(PayloadClass::Bits64, |message| message.payload.class());
        10.0 * libm::log10(self.snr.max(LEAST_SNR) / threshold_snr(class))
    }
}

/// Tests the octaves together, weighted by their templates and evenly, and each alone.
pub(crate) fn assess(octaves: &[OctaveSoft], reader: &Reader, look: Look) -> Assessment {
    assess_combinations(octaves, &combinations(octaves), reader, look)
}

/// Tests the octaves under each of some weights, the first [`JOINT_MIXES`] of which are of all octaves together.
pub(crate) fn assess_combinations(
    octaves: &[OctaveSoft],
    combinations: &[Vec<f32>],
    reader: &Reader,
    look: Look,
) -> Assessment {
    let mut best = Assessment { log10_p: 0.0, tests: 0, decoded: None, log10_word: 0.0, snr: 0.0 };
    for (i, weights) in combinations.iter().enumerate() {
        best.tests += 1;
        let mix = Mix::new(octaves, weights);
        let energy: f64 = mix.z.iter().map(|&z| f64::from(z) * f64::from(z)).sum();
        let log10_energy = log10_chi2_tail(energy, CODED_BITS / 2) + HALVES;
        let joint = i < JOINT_MIXES;
        let mut word = None;
        if log10_energy <= DECODE_BELOW || (joint && look != Look::Brief) {
            word = read_word(&mix.z, reader, DEFAULT_LIST);
        }
        if word.is_none() && joint && look == Look::Thorough {
            word = read_word(&mix.z, reader, THOROUGH_LIST);
        }
        if best.decoded.is_none() && log10_energy < best.log10_p {
            best.snr = (energy / CODED_BITS as f64 - 1.0).max(0.0);
        }
        best.log10_p = best.log10_p.min(log10_energy);
        if let Some(word) = word.filter(|word| word.log10_p < best.log10_word) {
            best.log10_p = best.log10_p.min(word.log10_p);
            best = Assessment { log10_word: word.log10_p, snr: word.snr, decoded: Some(word.decoded), ..best };
        }
    }
    best.log10_p = log10_corrected(best.log10_p, best.tests);
    best.log10_word = log10_corrected(best.log10_word, best.tests);
    best
}

/// A word that chance does not explain.
struct Word {
    decoded: Decoded,
    log10_p: f64,
    snr: f64,
}

/// Decodes; what passes the CRC and yet agrees no better than the best of all words would by chance is no word.
fn read_word(z: &[f32], reader: &Reader, list: usize) -> Option<Word> {
    let decoded = reader.decode(z, list)?;
    let (correlation, snr) = agreement(z, &decoded.codeword);
    let class = decoded.payload.class();
    let bits = class.bits() + if decoded.authentic == Some(true) { 0 } else { tag_bits(class) };
    let classes = libm::log10(PayloadClass::ALL.len() as f64);
    let log10_p = log10_codeword_tail(correlation, z, bits) + HALVES + classes;
    (log10_p <= Verdict::FOUND_LOG10_P).then_some(Word { decoded, log10_p, snr })
}

/// Correlation with a codeword, and the signal to noise that it shows.
fn agreement(z: &[f32], codeword: &[u8]) -> (f64, f64) {
    let aligned = z.iter().zip(codeword).map(|(&z, &bit)| f64::from(if bit == 0 { z } else { -z }));
    let correlation: f64 = aligned.clone().sum();
    let mean = correlation / z.len() as f64;
    let variance = aligned.map(|v| (v - mean) * (v - mean)).sum::<f64>() / z.len() as f64;
    (correlation, mean * mean / variance.max(0.05))
}

fn combinations(octaves: &[OctaveSoft]) -> Vec<Vec<f32>> {
    let mut out = vec![Mix::template_weights(octaves)];
    if octaves.len() > 1 {
        out.push(vec![1.0; octaves.len()]);
        out.extend((0..octaves.len()).map(|i| (0..octaves.len()).map(|j| if i == j { 1.0 } else { 0.0 }).collect()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyStream;
    use crate::{Key, KeyRole, SECRET_BYTES};

    /// A strong mark of something else: the CRC lets a word through now and then, and it must not be taken for a message.
    #[test]
    fn a_word_that_passes_the_crc_by_chance_is_none() {
        let reader = Reader::new(&Key::from_secret(KeyRole::Master, [5; SECRET_BYTES]));
        let mut stream = KeyStream::new(&[9; 32]);
        let mut passed = 0;
        for _ in 0..6000 {
            let z: Vec<f32> = (0..CODED_BITS).map(|_| if stream.unit_f64() < 0.5 { -2.0 } else { 2.0 }).collect();
            if reader.decode(&z, DEFAULT_LIST).is_some() {
                passed += 1;
                assert!(read_word(&z, &reader, DEFAULT_LIST).is_none());
            }
            if passed == 3 {
                break;
            }
        }
        assert_eq!(passed, 3, "one in 700 passes");
    }
}
