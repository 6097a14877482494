//! Evidence of one alignment: an energy test that needs no code, then the code.

use super::null::{log10_chi2_tail, log10_codeword_tail};
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
    /// The message when the code was readable.
    pub(crate) decoded: Option<Decoded>,
    /// Signal to noise of a coded bit, power ratio.
    pub(crate) snr: f64,
}

impl Assessment {
    /// Signal over the decoder's threshold for the class that was read (64 bits when none was), dB.
    pub(crate) fn margin_db(&self) -> f64 {
        let class = self.decoded.as_ref().map_or(PayloadClass::Bits64, |message| message.payload.class());
        10.0 * libm::log10(self.snr / threshold_snr(class))
    }
}

/// Tests the octaves together, weighted by their templates and evenly, and each alone.
pub(crate) fn assess(octaves: &[OctaveSoft], reader: &Reader, look: Look) -> Assessment {
    let mut best = Assessment { log10_p: 0.0, tests: 0, decoded: None, snr: 0.0 };
    for (i, weights) in combinations(octaves).into_iter().enumerate() {
        best.tests += 1;
        let mix = Mix::new(octaves, &weights);
        let energy: f64 = mix.z.iter().map(|&z| f64::from(z) * f64::from(z)).sum();
        // Two statistics are looked at: each gets half.
        let halves = std::f64::consts::LOG10_2;
        let mut log10_p = log10_chi2_tail(energy, CODED_BITS / 2) + halves;
        let mut decoded = None;
        let mut snr = (energy / CODED_BITS as f64 - 1.0).max(1e-6);
        let joint = i < JOINT_MIXES;
        if log10_p <= DECODE_BELOW || (joint && look != Look::Brief) {
            decoded = reader.decode(&mix.z, DEFAULT_LIST);
        }
        if decoded.is_none() && joint && look == Look::Thorough {
            decoded = reader.decode(&mix.z, THOROUGH_LIST);
        }
        if let Some(message) = &decoded {
            let (correlation, measured) = agreement(&mix.z, &message.codeword);
            let class = message.payload.class();
            let bits = class.bits() + if message.authentic == Some(true) { 0 } else { tag_bits(class) };
            let classes = libm::log10(PayloadClass::ALL.len() as f64);
            log10_p = log10_p.min(log10_codeword_tail(correlation, &mix.z, bits) + halves + classes);
            snr = measured;
        }
        let better = (decoded.is_some(), -log10_p) > (best.decoded.is_some(), -best.log10_p);
        if better {
            best = Assessment { log10_p: log10_p.min(0.0), decoded, snr, ..best };
        }
    }
    best.log10_p = super::null::log10_corrected(best.log10_p, best.tests);
    best
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
