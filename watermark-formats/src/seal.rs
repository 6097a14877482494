//! Secrets under a passphrase: Argon2id makes a key of it, ChaCha20-Poly1305 (RFC 8439) seals the secret with that.
//!
//! The lines above the sealed bytes are bound as associated data, so that role, id and sealing cannot be exchanged.
//! The nonce is zero: every file has a random salt of its own, so each Argon2 key seals exactly one message.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, Tag};
use watermark_core::SECRET_BYTES;
use zeroize::Zeroizing;

use crate::KeyTextError;
use crate::hex;
use crate::key_text::{Result, damaged};

/// Bytes of the random salt that each sealed key has for itself.
pub const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
/// Bytes of a sealed secret.
pub(crate) const SEALED_BYTES: usize = SECRET_BYTES + TAG_BYTES;

/// Memory of a new key's Argon2, KiB, and its passes: the second choice of RFC 9106, section 4, on one lane.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// Most that a file may ask for: 1 GiB and some seconds, so that a file from a stranger stays within bounds.
const MAX_MEMORY_KIB: u32 = 1024 * 1024;
const MAX_PASSES: u32 = 32;
const MAX_LANES: u32 = 16;

/// How a passphrase becomes a key.
#[derive(Debug, Clone)]
pub struct Sealing {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; SALT_BYTES],
}

/// A sealed secret, and how it was sealed.
pub(crate) struct Sealed {
    pub(crate) sealing: Sealing,
    pub(crate) bytes: Zeroizing<[u8; SEALED_BYTES]>,
}

impl fmt::Display for Sealing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { memory_kib, passes, lanes, salt } = self;
        write!(f, "argon2id m={memory_kib} t={passes} p={lanes} salt={}", *hex::encode(salt))
    }
}

impl Sealing {
    /// Today's parameters with a salt, which has to come from a random source.
    pub fn with_salt(salt: [u8; SALT_BYTES]) -> Self {
        Self { memory_kib: MEMORY_KIB, passes: PASSES, lanes: LANES, salt }
    }

    /// Reads what [`Display`](fmt::Display) writes, within bounds.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let Some(sealing) = Self::parse_parts(text) else {
            let form = "`argon2id m=.. t=.. p=.. salt=..`";
            return Err(damaged(format!("the key file is damaged: its `kdf` line is not of the form {form}")));
        };
        let Self { memory_kib, passes, lanes, .. } = sealing;
        if memory_kib > MAX_MEMORY_KIB || passes > MAX_PASSES || lanes > MAX_LANES {
            return Err(damaged(format!(
                "its `kdf` line asks for m={memory_kib} t={passes} p={lanes}, at most m={MAX_MEMORY_KIB} \
                 t={MAX_PASSES} p={MAX_LANES} are accepted; was it made by this program?"
            )));
        }
        Ok(sealing)
    }

    fn parse_parts(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix("argon2id ")?.split(' ');
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let sealing = Self {
            memory_kib: part("m")?.parse().ok()?,
            passes: part("t")?.parse().ok()?,
            lanes: part("p")?.parse().ok()?,
            salt: *hex::decode(part("salt")?)?,
        };
        parts.next().is_none().then_some(sealing)
    }

    /// Seals a secret under a passphrase, bound to `header`.
    pub(crate) fn seal(self, header: &[u8], passphrase: &[u8], secret: &[u8; SECRET_BYTES]) -> Result<Sealed> {
        let cipher = self.cipher(passphrase)?;
        let mut bytes = Zeroizing::new([0; SEALED_BYTES]);
        let (body, tag) = bytes.split_at_mut(SECRET_BYTES);
        body.copy_from_slice(secret);
        let made = cipher
            .encrypt_inout_detached(&Nonce::default(), header, body.into())
            .map_err(|_| KeyTextError::Passphrase("the secret cannot be sealed".to_owned()))?;
        tag.copy_from_slice(&made);
        Ok(Sealed { sealing: self, bytes })
    }

    fn cipher(&self, passphrase: &[u8]) -> Result<ChaCha20Poly1305> {
        let mut key = Zeroizing::new([0_u8; 32]);
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(key.len()));
        params
            .and_then(|params| {
                let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
                argon2.hash_password_into(passphrase, &self.salt, &mut key[..])
            })
            .map_err(|error| {
                let what = "the passphrase cannot be turned into a key with the file's `kdf` line";
                KeyTextError::Passphrase(format!("{what}: {error}"))
            })?;
        Ok(ChaCha20Poly1305::new((&*key).into()))
    }
}

impl Sealed {
    /// The secret, if the passphrase is right and `header` is what was sealed.
    pub(crate) fn open(&self, header: &[u8], passphrase: &[u8]) -> Result<Zeroizing<[u8; SECRET_BYTES]>> {
        let cipher = self.sealing.cipher(passphrase)?;
        let (body, tag) = self.bytes.split_at(SECRET_BYTES);
        let mut secret = Zeroizing::new([0; SECRET_BYTES]);
        secret.copy_from_slice(body);
        let tag = Tag::try_from(tag).map_err(|_| damaged("the sealed secret is too short".to_owned()))?;
        cipher.decrypt_inout_detached(&Nonce::default(), header, (&mut secret[..]).into(), &tag).map_err(|_| {
            let why = "the passphrase is wrong (or the file was changed on purpose); try again";
            KeyTextError::Passphrase(why.to_owned())
        })?;
        Ok(secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_read_as_written() {
        let line = Sealing::with_salt([9; SALT_BYTES]).to_string();
        assert_eq!(Sealing::parse(&line).unwrap().to_string(), line);
    }

    #[test]
    fn greedy_and_broken_lines_are_refused() {
        let salt = "00".repeat(SALT_BYTES);
        for line in ["m=2000000 t=3 p=1", "m=65536 t=1000 p=1", "m=65536 t=3 p=99", "m=-1 t=3 p=1", "t=3 m=65536 p=1"] {
            assert!(Sealing::parse(&format!("argon2id {line} salt={salt}")).is_err(), "{line}");
        }
        assert!(Sealing::parse(&format!("scrypt m=65536 t=3 p=1 salt={salt}")).is_err());
        assert!(Sealing::parse(&format!("argon2id m=65536 t=3 p=1 salt={salt} x=1")).is_err());
    }
}
