//! Keys: a 32-byte secret, the labelled sub-keys that follow from it, and what each kind of key may do.
//!
//! Everything is HKDF-SHA256 (RFC 5869) with a fixed salt and one label per use, so that no two uses share bytes:
//!
//! ```text
//! master secret --"title", name--> title secret
//! master or title secret --"detect"--> detect secret --> template, carriers, cells, whitening, key id
//! master or title secret ------------------------------> tag, content-id
//! ```
//!
//! A detect-only key holds the detect secret alone. Nothing leads back from it to the tag sub-key, hence it reads
//! marks but cannot issue one that its owner would take for authentic.
//!
//! Not wiped: the copies that the hash functions keep on the stack while they run. Dropped keys and sub-keys are.

mod stream;

pub(crate) use stream::KeyStream;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Error, Payload, PayloadClass, Result};

/// Bytes of a secret.
pub const SECRET_BYTES: usize = 32;

/// Version of the signal on the picture. It is part of every label that shapes the signal, so that a later version
/// has its own pattern, masks and tags, and cannot be taken for this one.
pub(crate) const SIGNAL_VERSION: u32 = 1;

/// HKDF salt: a public constant that keeps our derivations apart from other uses of the same secret.
const SALT: &[u8] = b"invisible watermark keys";

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
///
/// Prints as 16 hexadecimal digits. It is one way: nothing about the secret follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub(crate) [u8; 8]);

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The uses that have bytes of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SubKey {
    /// Places and phases of the synchronisation peaks.
    Template,
    /// Which carrier bears which coded bit, and its chips.
    Carriers,
    /// Signs of the cells, from their content.
    Cells,
    /// Mask over the framed message.
    Whitening,
    /// Authentication tag; not for detect-only keys.
    Tag,
    /// Payload from a content digest; not for detect-only keys.
    ContentId,
}

impl SubKey {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Template => b"template",
            Self::Carriers => b"carriers",
            Self::Cells => b"cells",
            Self::Whitening => b"whitening",
            Self::Tag => b"tag",
            Self::ContentId => b"content-id",
        }
    }

    /// Whether it follows from the issuing secret, not from the detect secret.
    fn issues(self) -> bool {
        matches!(self, Self::Tag | Self::ContentId)
    }
}

/// A secret key.
///
/// It is wiped when dropped, prints as `Key(..)` and is compared in constant time.
///
/// **What a detect-only key does and does not protect.** Its holder cannot issue marks that check as authentic. But
/// whoever can read a mark knows its pattern, and can estimate and subtract it from a marked picture, or put a mark
/// with no valid tag on any picture. A detect-only key is therefore a secret as well: give it to readers you trust,
/// and one title at a time.
///
/// ```
/// use watermark_core::{Key, KeyRole};
/// let master = Key::from_secret(KeyRole::Master, [7; 32]); // from a random source, in earnest
/// let title = master.derive_title("The Lighthouse")?;
/// let reader = title.detect_only();
/// assert_eq!(title.id(), reader.id());
/// assert!(title.can_issue() && !reader.can_issue());
/// # Ok::<(), watermark_core::Error>(())
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key {
    #[zeroize(skip)]
    role: KeyRole,
    /// As stored: the master's, the title's, or the detect secret.
    secret: [u8; SECRET_BYTES],
    /// The detect secret, whatever the role.
    detect: [u8; SECRET_BYTES],
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(..)")
    }
}

impl PartialEq for Key {
    /// Same role and same secret; the time does not depend on where two secrets differ.
    fn eq(&self, other: &Self) -> bool {
        self.role == other.role && bool::from(self.secret.ct_eq(&other.secret))
    }
}

impl Eq for Key {}

impl Key {
    /// A key from its role and its secret bytes (as stored in a key file).
    ///
    /// The secret of a master key must come from a cryptographic random source or a slow passphrase hash; this is
    /// not checked. The caller's own copy is not wiped.
    pub fn from_secret(role: KeyRole, secret: [u8; SECRET_BYTES]) -> Self {
        let detect = match role {
            KeyRole::DetectOnly => secret,
            KeyRole::Master | KeyRole::Title => *derive(&secret, b"detect", &SIGNAL_VERSION.to_be_bytes()),
        };
        Self { role, secret, detect }
    }

    /// The secret bytes, for writing a key file.
    pub fn secret(&self) -> &[u8; SECRET_BYTES] {
        &self.secret
    }

    /// What the key may do.
    pub fn role(&self) -> KeyRole {
        self.role
    }

    /// Whether the key can issue and check authentication tags: all but detect-only keys.
    pub fn can_issue(&self) -> bool {
        self.role != KeyRole::DetectOnly
    }

    /// Public identifier, from what a title key and its detect-only key have in common.
    pub fn id(&self) -> KeyId {
        let bytes = derive(&self.detect, b"key-id", &SIGNAL_VERSION.to_be_bytes());
        let mut id = [0; 8];
        id.copy_from_slice(&bytes[..8]);
        KeyId(id)
    }

    /// The key of one title. The name is taken byte for byte: case, spaces and Unicode forms matter.
    ///
    /// # Errors
    /// [`Error::Input`] when the title is empty or this is not a master key.
    pub fn derive_title(&self, title: &str) -> Result<Self> {
        let role = match self.role {
            KeyRole::Master => KeyRole::Title,
            KeyRole::Title => return Err(Error::input("a title key cannot derive another; use the master key")),
            KeyRole::DetectOnly => return Err(Error::input("a detect-only key cannot derive; use the master key")),
        };
        if title.is_empty() {
            return Err(Error::input("the title is empty; a title key needs a name of at least one character"));
        }
        Ok(Self::from_secret(role, *derive(&self.secret, b"title", title.as_bytes())))
    }

    /// The key that reads the same marks and cannot issue any: see the limits of that at [`Key`].
    pub fn detect_only(&self) -> Self {
        Self::from_secret(KeyRole::DetectOnly, self.detect)
    }

    /// The payload that stands for a content digest: HMAC-SHA256 of class and digest under a sub-key of its own, cut
    /// to the class. Without the key it tells nothing of the content, and two digests share a payload of `b` bits
    /// with probability 2^-b.
    ///
    /// # Errors
    /// [`Error::Input`] for a detect-only key.
    pub fn content_payload(&self, class: PayloadClass, content_sha256: &[u8; 32]) -> Result<Payload> {
        let sub_key = self.sub_key(SubKey::ContentId).ok_or_else(|| {
            Error::input("a detect-only key cannot make content payloads; use the title's or the master key")
        })?;
        let code = hmac_sha256(&sub_key, &[&(class.bits() as u32).to_be_bytes(), content_sha256]);
        Payload::from_bytes(&code[..class.bits() / 8])
    }

    /// The bytes for one use; `None` when this key may not have them.
    pub(crate) fn sub_key(&self, sub_key: SubKey) -> Option<Zeroizing<[u8; 32]>> {
        let from = match (sub_key.issues(), self.can_issue()) {
            (true, false) => return None,
            (true, true) => &self.secret,
            (false, _) => &self.detect,
        };
        Some(derive(from, sub_key.label(), &SIGNAL_VERSION.to_be_bytes()))
    }
}

/// HKDF-SHA256 with info `label | 0 | context`. No label holds a zero byte, so no two pairs give the same info.
fn derive(secret: &[u8; SECRET_BYTES], label: &[u8], context: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(Some(SALT), secret)
        .expand_multi_info(&[label, &[0], context], out.as_mut())
        .expect("32 bytes are within HKDF's limit of 8160");
    out
}

/// HMAC-SHA256 over the parts joined.
pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    parts.iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
