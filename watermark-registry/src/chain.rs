//! The chain: every confirmed row is hashed together with the chain's value before it.
//!
//! ```text
//! chain = SHA-256(LABEL || previous chain (32 bytes, zeros before row 1) || row)
//! row   = the fields below, in this order, each encoded by its kind:
//!         number  8 bytes, big endian (times two's complement; measures as IEEE 754 doubles)
//!         hash    32 bytes
//!         text    length in bytes as 4 bytes, big endian, then UTF-8
//!         option  one byte, 0 for none; 1, and then the value
//! ```
//!
//! seq number, payload text (digits), key_id text, title, label, recipient option of text, source_sha256,
//! output_sha256, content_sha256 hash, source_path, output_path text, perceptual_hash, width, height number, profile
//! text, psnr_db, margin_db, ssimulacra2 option of number, frames number, tool_version text, created_unix_ms number,
//! SHA-256 of the thumbnail option of hash, public key of the signature option of hash, origin option of (seq number,
//! previous hash, chain hash, signature option of (public key hash, 64 bytes)).
//!
//! Order, kinds and lengths leave one way to read the bytes, so no two rows have the same. The public key is inside the
//! hash: a signature cannot be taken off without a change of this and of every later value.

use sha2::{Digest, Sha256};

use crate::entry::{Entry, Origin, Stored};
use crate::signer::PublicKey;

const LABEL: &[u8] = b"watermark registry: row of the chain, version 1\n";

/// A point of the chain. Noted elsewhere (printed, mailed, published), it shows later that nothing up to it was
/// changed.
///
/// It prints as `12:` and 64 hexadecimal digits, and is parsed from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Sequence number of the last row; 0 for an empty chain.
    pub seq: u64,
    /// The chain's value there; zeros for an empty chain.
    pub chain: [u8; 32],
}

impl Head {
    /// Before the first row.
    pub const EMPTY: Self = Self { seq: 0, chain: [0; 32] };
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.seq, crate::hex::to_hex(&self.chain))
    }
}

impl std::str::FromStr for Head {
    type Err = crate::Error;

    fn from_str(text: &str) -> crate::Result<Self> {
        let parsed = text
            .split_once(':')
            .and_then(|(seq, chain)| Some(Self { seq: seq.parse().ok()?, chain: crate::hex::array_from_hex(chain)? }));
        parsed.ok_or_else(|| crate::Error::field("head", "has to be a number, `:` and 64 hexadecimal digits"))
    }
}

/// What the chain holds of a row besides its place.
pub(crate) struct Link<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) thumbnail_sha256: Option<[u8; 32]>,
    pub(crate) public_key: Option<PublicKey>,
    pub(crate) origin: Option<&'a Origin>,
}

impl<'a> Link<'a> {
    /// The link of a stored row, as it is in this registry.
    pub(crate) fn of(stored: &'a Stored) -> Self {
        let signature = stored.place.as_ref().and_then(|place| place.signature.as_ref());
        Self {
            entry: &stored.entry,
            thumbnail_sha256: stored.thumbnail_sha256,
            public_key: signature.map(|signature| signature.public_key),
            origin: stored.origin.as_ref(),
        }
    }

    /// The head after this row.
    pub(crate) fn after(&self, previous: &Head) -> Head {
        let seq = previous.seq + 1;
        Head { seq, chain: self.chain(seq, &previous.chain) }
    }

    /// The chain's value at this row, when it has the sequence number and the value before it is `previous`.
    pub(crate) fn chain(&self, seq: u64, previous: &[u8; 32]) -> [u8; 32] {
        let mut bytes = Encoding(Vec::with_capacity(512));
        self.encode(seq, &mut bytes);
        Sha256::new().chain_update(LABEL).chain_update(previous).chain_update(&bytes.0).finalize().into()
    }

    fn encode(&self, seq: u64, to: &mut Encoding) {
        let entry = self.entry;
        to.number(seq.to_be_bytes());
        to.text(&entry.payload);
        to.text(&entry.key_id);
        for text in [&entry.title, &entry.label, &entry.recipient] {
            to.option(text.as_ref(), |to, text| to.text(text));
        }
        for hash in [&entry.source_sha256, &entry.output_sha256, &entry.content_sha256] {
            to.0.extend_from_slice(hash);
        }
        to.text(&entry.source_path);
        to.text(&entry.output_path);
        to.number(entry.perceptual_hash.to_be_bytes());
        to.number(u64::from(entry.width).to_be_bytes());
        to.number(u64::from(entry.height).to_be_bytes());
        to.text(&entry.profile);
        for measure in [entry.psnr_db, entry.margin_db, entry.ssimulacra2] {
            // The database does not keep the sign of zero.
            to.option(measure, |to, measure| to.number((measure + 0.0).to_be_bytes()));
        }
        to.number(u64::from(entry.frames).to_be_bytes());
        to.text(&entry.tool_version);
        to.number(entry.created_unix_ms.to_be_bytes());
        to.option(self.thumbnail_sha256, |to, hash| to.0.extend_from_slice(&hash));
        to.option(self.public_key, |to, key| to.0.extend_from_slice(&key.0));
        to.option(self.origin, |to, origin| to.origin(origin));
    }
}

/// The canonical bytes of a row.
struct Encoding(Vec<u8>);

impl Encoding {
    fn number(&mut self, bytes: [u8; 8]) {
        self.0.extend_from_slice(&bytes);
    }

    fn text(&mut self, text: &str) {
        let length = u32::try_from(text.len()).unwrap_or(u32::MAX); // bounded far below by the checks of an entry
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn option<T>(&mut self, value: Option<T>, encode: impl FnOnce(&mut Self, T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            encode(self, value);
        }
    }

    fn origin(&mut self, origin: &Origin) {
        self.number(origin.seq.to_be_bytes());
        self.0.extend_from_slice(&origin.previous);
        self.0.extend_from_slice(&origin.chain);
        self.option(origin.signature.as_ref(), |to, signature| {
            to.0.extend_from_slice(&signature.public_key.0);
            to.0.extend_from_slice(&signature.bytes);
        });
    }
}

/// Whether the origin's chain value is that of this very entry, and its signature fits.
pub(crate) fn origin_fault(entry: &Entry, thumbnail_sha256: Option<[u8; 32]>, origin: &Origin) -> Option<&'static str> {
    let public_key = origin.signature.as_ref().map(|signature| signature.public_key);
    let link = Link { entry, thumbnail_sha256, public_key, origin: None };
    if link.chain(origin.seq, &origin.previous) != origin.chain {
        return Some("the row is not what the registry it came from had in its chain");
    }
    match &origin.signature {
        Some(signature) if !signature.fits(&origin.chain) => {
            Some("the signature of the registry it came from does not fit")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::tests::entry;
    use crate::hex::to_hex;

    fn link(entry: &Entry) -> Link<'_> {
        Link { entry, thumbnail_sha256: None, public_key: None, origin: None }
    }

    /// The encoding is a promise: registries of released versions have to verify for ever.
    #[test]
    fn the_encoding_stays() {
        let head = link(&entry(1)).after(&Head::EMPTY);
        assert_eq!(head.seq, 1);
        assert_eq!(to_hex(&head.chain), "32d4d8d73faad8b07b4ff97025393a2ba5edfc4fc6ab6126ae38e3240b5e9380");
    }

    #[test]
    fn text_does_not_move_between_fields() {
        let mut first = entry(1);
        let mut second = entry(1);
        (first.title, first.label) = (Some("ab".into()), Some("c".into()));
        (second.title, second.label) = (Some("a".into()), Some("bc".into()));
        assert_ne!(link(&first).after(&Head::EMPTY), link(&second).after(&Head::EMPTY));
        (first.title, first.label) = (None, Some("x".into()));
        (second.title, second.label) = (Some("x".into()), None);
        assert_ne!(link(&first).after(&Head::EMPTY), link(&second).after(&Head::EMPTY));
    }

    #[test]
    fn a_head_is_printed_and_parsed() {
        let head = link(&entry(1)).after(&Head { seq: 41, chain: [3; 32] });
        assert_eq!(head.to_string().parse::<Head>().unwrap(), head);
        for wrong in ["", "1", "1:00", ":", "-1:", &format!("x:{}", to_hex(&[0; 32]))] {
            assert!(wrong.parse::<Head>().is_err(), "{wrong}");
        }
    }
}
