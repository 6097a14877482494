//! Error correction: the framed payload to coded bits, and soft values back to payloads.
//!
//! A payload is framed (`framing`: tag, CRC, keyed mask) and coded by a polar code of 512 bits, whatever its class,
//! so that the pattern need not know the class. The reader does not know it either, and tries all three.
//! What was compared: `docs/decisions/error-correction.md`.

mod crc;
mod framing;
mod polar;
mod soft;

use crate::{Key, Payload, PayloadClass, Result};
use crc::CRC_BITS;
pub(crate) use framing::tag_bits;
use framing::{Framing, framed_bits};
use polar::Polar;
use soft::Code;

/// Coded bits of a mark, the same for every payload class.
pub(crate) const CODED_BITS: usize = 512;

/// Candidates that a reader follows while it searches: about 1 ms for the three classes.
pub(crate) const DEFAULT_LIST: usize = 32;

/// Candidates for a last look: reads 0.2 dB deeper in four times the time (`docs/decisions/error-correction.md`).
pub(crate) const THOROUGH_LIST: usize = 128;

/// The coded bits of `payload`, each 0 or 1.
///
/// # Errors
/// [`Error::Input`](crate::Error::Input) for a detect-only key.
pub(crate) fn encode(payload: &Payload, key: &Key) -> Result<Vec<u8>> {
    let framed = Framing::new(key).frame(payload)?;
    Ok(code_of(payload.class()).encode(&framed))
}

fn code_of(class: PayloadClass) -> Polar {
    Polar::new(CODED_BITS, framed_bits(class))
}

/// A payload that was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Decoded {
    /// The user's bits; they know their class.
    pub(crate) payload: Payload,
    /// Whether the tag is right; `None` when the key cannot tell.
    pub(crate) authentic: Option<bool>,
    /// The coded bits that were sent if this is right, each 0 or 1.
    pub(crate) codeword: Vec<u8>,
    /// Sum of |llr| over the coded bits that the code word contradicts.
    pub(crate) metric: f32,
}

/// Reads soft values under one key; prepared once.
pub(crate) struct Reader {
    framing: Framing,
    codes: [(PayloadClass, Polar); 3],
}

impl Reader {
    /// A reader for the marks of `key`.
    pub(crate) fn new(key: &Key) -> Self {
        Self { framing: Framing::new(key), codes: PayloadClass::ALL.map(|class| (class, code_of(class))) }
    }

    /// The payload behind `llr`, following `list` candidates in each class; `None` when no candidate has a right CRC.
    ///
    /// `llr` holds [`CODED_BITS`] values ln(P(0) / P(1)), up to a common positive factor; 0 and NaN are erasures.
    ///
    /// A candidate with the right tag is taken at once. Otherwise the likeliest with a right CRC is returned, and
    /// `authentic` says that the tag is wrong, or `None` if the key cannot tell. **That case happens by chance**, for
    /// noise, about once in 700 calls at a list of 32 (3 * 32 * 2^-16), and what it returns agrees with that noise as
    /// well as any word of the code does, far better than one fixed word would: the caller has to judge the agreement
    /// as the best of all the words there could have been.
    ///
    /// # Panics
    /// When `llr` has another length, or `list` is 0.
    pub(crate) fn decode(&self, llr: &[f32], list: usize) -> Option<Decoded> {
        let total = Total::of(llr);
        let mut best: Option<(f64, Decoded)> = None;
        for (class, code) in &self.codes {
            for candidate in code.decode_list(llr, list) {
                let Some(frame) = self.framing.unframe(*class, &candidate.information) else { continue };
                let likelihood = total.likelihood(candidate.metric, code.information_bits() - CRC_BITS);
                let (payload, authentic) = (frame.payload, frame.authentic);
                let decoded = Decoded { payload, authentic, codeword: candidate.codeword, metric: candidate.metric };
                if authentic == Some(true) {
                    return Some(decoded);
                }
                if best.as_ref().is_none_or(|(most, _)| likelihood > *most) {
                    best = Some((likelihood, decoded));
                }
            }
        }
        best.map(|(_, decoded)| decoded)
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reader(..)")
    }
}

/// Sums over the soft values, for weighing words of different classes against each other.
struct Total {
    magnitude: f64,
    energy: f64,
}

impl Total {
    fn of(llr: &[f32]) -> Self {
        // As the decoder sees them; 1e30 squared is well within range here.
        let seen = || llr.iter().filter(|x| !x.is_nan()).map(|&x| f64::from(x.clamp(-1e30, 1e30)));
        Self { magnitude: seen().map(f64::abs).sum(), energy: seen().map(|x| x * x).sum() }
    }

    /// Minus the logarithm of how often one of 2^`free_bits` random words would agree as well as this one: Hoeffding's
    /// bound on the correlation, `magnitude - 2 * metric`. A longer class has more words to choose from, and its best
    /// one agrees better with mere noise; without this weight it would win too often.
    fn likelihood(&self, metric: f32, free_bits: usize) -> f64 {
        let correlation = self.magnitude - 2.0 * f64::from(metric);
        let exponent = correlation * correlation / (2.0 * self.energy.max(f64::MIN_POSITIVE));
        exponent - free_bits as f64 * std::f64::consts::LN_2
    }
}

#[cfg(test)]
mod tests;
