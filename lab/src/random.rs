//! Repeatable choices: everything random in a study comes from one seed and a label.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use watermark_core::{Key, KeyRole, Payload};

/// 32 bytes that only depend on the seed and the label.
fn digest(seed: u64, label: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(label.as_bytes());
    hash.finalize().into()
}

/// A number for a label, to seed an attack with.
pub(crate) fn number(seed: u64, label: &str) -> u64 {
    let bytes = digest(seed, label);
    u64::from_le_bytes(std::array::from_fn(|i| bytes[i]))
}

/// A title key for a label.
pub(crate) fn key(seed: u64, label: &str) -> Key {
    Key::from_secret(KeyRole::Title, digest(seed, &format!("key {label}")))
}

/// The secret of a label's key in hexadecimal, for systems of others.
pub(crate) fn secret_digits(seed: u64, label: &str) -> String {
    digest(seed, &format!("key {label}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a 64-bit payload for a label.
pub(crate) fn payload_bytes(seed: u64, label: &str) -> [u8; 8] {
    let bytes = digest(seed, &format!("payload {label}"));
    std::array::from_fn(|i| bytes[i])
}

/// A 64-bit payload for a label.
pub(crate) fn payload(seed: u64, label: &str) -> anyhow::Result<Payload> {
    Ok(Payload::from_bytes(&payload_bytes(seed, label))?)
}

/// A stream of choices.
pub(crate) struct Choices(ChaCha8Rng);

impl Choices {
    /// The stream of a label.
    pub(crate) fn new(seed: u64, label: &str) -> Self {
        Self(ChaCha8Rng::from_seed(digest(seed, &format!("choices {label}"))))
    }

    /// A whole number from 0 up to, but not, `end` (at least 1).
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u64::from(self.0.next_u32()) * end.max(1) as u64) >> 32) as usize
    }

    /// A number in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }
}
