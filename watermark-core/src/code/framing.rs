//! From a payload to the bits that are coded, and back.
//!
//! ```text
//! user bits (32, 64, 128) | tag (24, 24, 32) | CRC (16)     all of it XOR a keyed mask
//! ```
//!
//! - The **tag** is HMAC-SHA256 under the tag sub-key over signal version, class and user bits, cut short. A reader
//!   that holds the sub-key learns that the owner issued this payload: a forger's blind try passes with probability
//!   2^-24 or 2^-32. That is enough here because every try has to be hidden in a picture and shown to a reader.
//! - The **CRC** (over user bits and tag) tells readers without the sub-key that they decoded a word and not noise.
//!   Each candidate of random bits passes with probability 2^-16, so a list of 32 for each of three classes passes
//!   by chance about once in 700: a passed CRC is *not* evidence of a mark. The evidence is in the agreement of the
//!   carriers with the code word, which `decide` weighs.
//! - The **mask** differs for each key and class. It makes the coded bits of simple payloads look random, and a word
//!   of another key or class fail its CRC like random bits.

use zeroize::Zeroizing;

use super::crc::{CRC_BITS, crc16};
use crate::key::{SIGNAL_VERSION, SubKey, hmac_sha256};
use crate::{Error, Key, Payload, PayloadClass, Result};

/// Tag bits of a class. The longest class has room for more at little cost.
pub(crate) const fn tag_bits(class: PayloadClass) -> usize {
    match class {
        PayloadClass::Bits32 | PayloadClass::Bits64 => 24,
        PayloadClass::Bits128 => 32,
    }
}

/// Bits that are coded for a class: user bits, tag and CRC (72, 104 or 176).
pub(crate) const fn framed_bits(class: PayloadClass) -> usize {
    class.bits() + tag_bits(class) + CRC_BITS
}

/// A frame whose CRC is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unframed {
    /// The user's bits.
    pub(crate) payload: Payload,
    /// Whether the tag is right; `None` when the key cannot tell.
    pub(crate) authentic: Option<bool>,
}

/// What framing needs of a key, derived once.
pub(crate) struct Framing {
    /// By class, in the order of [`PayloadClass::ALL`]: HMAC-SHA256 of version and class under the whitening sub-key.
    /// Of its 256 bits the longest frame takes 176.
    masks: [Zeroizing<[u8; 32]>; 3],
    tag: Option<Zeroizing<[u8; 32]>>,
}

impl Framing {
    /// Derives the sub-keys of `key`.
    pub(crate) fn new(key: &Key) -> Self {
        let whitening = key.sub_key(SubKey::Whitening).expect("every key has the whitening sub-key");
        let mask =
            |class| Zeroizing::new(hmac_sha256(&whitening, &version_and(class).each_ref().map(|part| &part[..])));
        Self { masks: PayloadClass::ALL.map(mask), tag: key.sub_key(SubKey::Tag) }
    }

    /// The bits that are coded, each 0 or 1, as many as [`framed_bits`] says.
    ///
    /// # Errors
    /// [`Error::Input`] for a detect-only key, which has no tag sub-key.
    pub(crate) fn frame(&self, payload: &Payload) -> Result<Vec<u8>> {
        let class = payload.class();
        let tag = self
            .tag_of(payload)
            .ok_or_else(|| Error::input("a detect-only key cannot issue a mark; use the title's or the master key"))?;
        let mut bits = bits_of(payload.as_bytes());
        bits.extend(tag);
        let crc = crc16(&bits);
        bits.extend(bits_of(&crc.to_be_bytes()));
        self.whiten(class, &mut bits);
        Ok(bits)
    }

    /// The payload of a frame of `class`; `None` when its CRC is wrong or the number of bits is.
    pub(crate) fn unframe(&self, class: PayloadClass, framed: &[u8]) -> Option<Unframed> {
        if framed.len() != framed_bits(class) {
            return None;
        }
        let mut bits = framed.to_vec();
        self.whiten(class, &mut bits);
        let (content, crc) = bits.split_at(framed.len() - CRC_BITS);
        if bits_of(&crc16(content).to_be_bytes()) != crc {
            return None;
        }
        let (user, tag) = content.split_at(class.bits());
        let payload = Payload::from_bytes(&bytes_of(user)).expect("a class has the length of a payload");
        let authentic = self.tag_of(&payload).map(|right| bool::from(subtle::ConstantTimeEq::ct_eq(&right[..], tag)));
        Some(Unframed { payload, authentic })
    }

    fn tag_of(&self, payload: &Payload) -> Option<Vec<u8>> {
        let class = payload.class();
        let [version, bits] = version_and(class);
        let mut bits = bits_of(&hmac_sha256(self.tag.as_ref()?, &[&version, &bits, payload.as_bytes()]));
        bits.truncate(tag_bits(class));
        Some(bits)
    }

    /// XORs the mask of `class`.
    fn whiten(&self, class: PayloadClass, bits: &mut [u8]) {
        let (_, mask) = PayloadClass::ALL.iter().zip(&self.masks).find(|(of, _)| **of == class).expect("one per class");
        bits.iter_mut().zip(bits_of(&mask[..])).for_each(|(bit, mask)| *bit ^= mask);
    }
}

/// What masks and tags begin with: signal version and user bits, as bytes.
fn version_and(class: PayloadClass) -> [[u8; 4]; 2] {
    [SIGNAL_VERSION.to_be_bytes(), (class.bits() as u32).to_be_bytes()]
}

/// The bits of bytes, most significant first.
fn bits_of(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1)).collect()
}

/// The bytes of bits; the opposite of [`bits_of`].
fn bytes_of(bits: &[u8]) -> Vec<u8> {
    bits.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | bit)).collect()
}

#[cfg(test)]
impl Framing {
    /// What a forger can do who holds `reader` and tags with a key of their own.
    pub(crate) fn new_forged(reader: &Key, own: &Key) -> Self {
        Self { tag: own.sub_key(SubKey::Tag), ..Self::new(reader) }
    }
}
