//! Signatures over the chain: whoever holds the secret vouches for a row and for every row before it.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

use crate::hex::to_hex;

/// What is signed begins with this, so that a signature of a registry is never one of something else.
const LABEL: &[u8] = b"watermark registry: signature of a chain value, version 1\n";

/// Signs rows as they are confirmed (ed25519). Wiped when dropped, and prints no secret.
///
/// ```
/// use watermark_registry::Signer;
/// let signer = Signer::from_secret(&[7; 32]); // from a random source, in earnest
/// assert!(format!("{signer:?}").starts_with("Signer(public key "));
/// ```
pub struct Signer(SigningKey);

impl Signer {
    /// A signer from 32 secret bytes, of which any will do. The caller wipes its own copy.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// The public key that its signatures check against.
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, chain: &[u8; 32]) -> Signature {
        Signature { public_key: self.public_key(), bytes: self.0.sign(&message(chain)).to_bytes() }
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer(public key {})", self.public_key())
    }
}

/// An ed25519 public key. Prints as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl std::fmt::Display for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&to_hex(&self.0))
    }
}

/// A signature over a chain value, with the public key that it claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Whose signature it claims to be.
    pub public_key: PublicKey,
    /// The signature.
    pub bytes: [u8; 64],
}

impl Signature {
    /// Whether it is a signature of its public key over the chain value.
    pub fn fits(&self, chain: &[u8; 32]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&self.bytes);
        VerifyingKey::from_bytes(&self.public_key.0)
            .is_ok_and(|key| key.verify_strict(&message(chain), &signature).is_ok())
    }
}

fn message(chain: &[u8; 32]) -> Vec<u8> {
    [LABEL, chain].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_fits_its_value_and_key_only() {
        let signer = Signer::from_secret(&[1; 32]);
        let signature = signer.sign(&[9; 32]);
        assert!(signature.fits(&[9; 32]));
        assert!(!signature.fits(&[8; 32]));
        let public_key = Signer::from_secret(&[2; 32]).public_key();
        assert!(!Signature { public_key, ..signature.clone() }.fits(&[9; 32]));
        assert!(!Signature { public_key: PublicKey([0xff; 32]), ..signature }.fits(&[9; 32]));
    }
}
