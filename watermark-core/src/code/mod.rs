//! Error correction: the framed payload to coded bits, and soft values back to payloads.
//!
//! A payload is framed (`framing`: tag, CRC, keyed mask) and coded by a polar code of 512 bits, whatever its class,
//! so that the pattern need not know the class. The reader does not know it either, and tries all three.
//! What was compared: `docs/decisions/error-correction.md`.

// Others' stages take what they need.
#![allow(dead_code)]

mod crc;
mod framing;
mod polar;
mod soft;

use crate::{Key, Payload, PayloadClass, Result};
use framing::{Framing, framed_bits};
use polar::Polar;
use soft::Code;

/// Coded bits of a mark, the same for every payload class.
pub(crate) const CODED_BITS: usize = 512;

/// Candidates that a reader follows, unless told otherwise: `docs/decisions/error-correction.md`.
pub(crate) const DEFAULT_LIST: usize = 32;

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
    /// A candidate with the right tag is taken at once. Otherwise the one with a right CRC that agrees best with
    /// `llr` is returned, and `authentic` says that the tag is wrong, or `None` if the key cannot tell. **That case
    /// happens by chance**, for noise, about once in 700 calls at a list of 32 (3 * 32 * 2^-16): the caller has to
    /// judge how well the code word agrees with what was read.
    ///
    /// # Panics
    /// When `llr` has another length, or `list` is 0.
    pub(crate) fn decode(&self, llr: &[f32], list: usize) -> Option<Decoded> {
        let mut best: Option<Decoded> = None;
        for (class, code) in &self.codes {
            for candidate in code.decode_list(llr, list) {
                let Some(frame) = self.framing.unframe(*class, &candidate.information) else { continue };
                let metric = candidate.metric;
                let better = best.as_ref().is_none_or(|best| metric < best.metric);
                if frame.authentic == Some(true) || better {
                    let (payload, authentic) = (frame.payload, frame.authentic);
                    best = Some(Decoded { payload, authentic, codeword: candidate.codeword, metric });
                }
                if frame.authentic == Some(true) {
                    return best;
                }
            }
        }
        best
    }
}

#[cfg(test)]
mod tests;
