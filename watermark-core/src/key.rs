//! Keys (skeleton: signatures fixed, bodies to come).

use crate::{Payload, PayloadClass, Result};

/// Bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Derives title keys; also marks and reads under its own, untitled, key space.
    Master,
    /// Marks and reads one title.
    Title,
    /// Reads one title; cannot issue or check authentication tags.
    DetectOnly,
}

/// Public identifier of a key: the same for a title key and its detect-only key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(crate) [u8; 8]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A secret key.
#[derive(Clone)]
pub struct Key {
    role: KeyRole,
    secret: [u8; SECRET_BYTES],
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// A key from its role and its secret bytes (as stored in a key file).
    pub fn from_secret(role: KeyRole, secret: [u8; SECRET_BYTES]) -> Self {
        Self { role, secret }
    }
    /// The secret bytes, for writing a key file.
    pub fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.secret
    }
    /// What the key may do.
    pub fn role(&self) -> KeyRole {
        self.role
    }
    /// Public identifier.
    pub fn id(&self) -> KeyId {
        KeyId([0; 8])
    }
    /// The key of one title. Only a master key can derive.
    pub fn derive_title(&self, _title: &str) -> Result<Self> {
        Ok(self.clone())
    }
    /// The same key without the tag sub-key.
    pub fn detect_only(&self) -> Self {
        self.clone()
    }
    /// The payload that stands for a content digest: HMAC of the digest under a sub-key, cut to the class.
    pub fn content_payload(&self, class: PayloadClass, _content_sha256: &[u8; 32]) -> Result<Payload> {
        Payload::from_bytes(&vec![0; class.bits() / 8])
    }
}
