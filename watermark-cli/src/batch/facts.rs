//! What is known of a marked file: for the journal, for the registry, and to tell whether it is done already.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use watermark_core::{Key, Payload, PayloadClass};
use watermark_evidence::Fingerprint;
use watermark_media::Format;

use super::plan::{Asset, Copy};
use super::work::Shared;
use crate::hash::Hash;
use crate::output::json::EmbedReport;

/// Text before what is hashed to a recipient's content id.
const RECIPIENT_LABEL: &[u8] = b"watermark recipient id 1";

/// What decides whether a copy is done already: the same of all this gives the same file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Of the input's bytes.
    pub(crate) source_sha256: Hash,
    /// Of the input's upright pixels.
    pub(crate) content_sha256: Hash,
    /// Of the copy's bytes.
    pub(crate) output_sha256: Hash,
    /// Public identifier of the key.
    pub(crate) key_id: String,
    /// Who the copy is for.
    pub(crate) recipient: Option<String>,
    /// Name of the strength.
    pub(crate) profile: String,
    /// The bits it carries, hexadecimal.
    pub(crate) payload: String,
    /// Whether the registry's row has another label or title than what is asked for now. A journal has neither.
    #[serde(skip)]
    pub(crate) otherwise_called: bool,
}

/// What is known of a marked file.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// What decides whether it is done already.
    pub(crate) identity: Identity,
    /// The input, as it was typed.
    pub(crate) input: PathBuf,
    /// The file below the output directory.
    pub(crate) relative: PathBuf,
    /// What it is marked for.
    pub(crate) label: Option<String>,
    /// Sides of the first picture, pixels.
    pub(crate) sides: (u32, u32),
    /// Number of pictures that carry the mark.
    pub(crate) pictures: u32,
    /// PSNR of the mark, dB.
    pub(crate) psnr_db: Option<f64>,
    /// Margin of the read-back, dB.
    pub(crate) margin_db: Option<f64>,
    /// SSIMULACRA2 where it was measured.
    pub(crate) ssimulacra2: Option<f64>,
    /// What the original looks like, for a registry.
    pub(crate) fingerprint: Option<Arc<Fingerprint>>,
}

/// What marking a copy has found out; the rest of its facts is known of every copy.
pub(super) struct Found {
    pub(super) source_sha256: Hash,
    pub(super) content_sha256: Hash,
    pub(super) output_sha256: Hash,
    /// The pictures' format; none of a film.
    pub(super) format: Option<Format>,
    pub(super) sides: (u32, u32),
    pub(super) pictures: u64,
    pub(super) fingerprint: Option<Arc<Fingerprint>>,
}

impl Shared<'_> {
    /// The facts of a copy with its payload and the figures of its report.
    pub(super) fn facts(
        &self,
        asset: &Asset,
        copy: &Copy<'_>,
        payload: &Payload,
        report: &EmbedReport,
        found: Found,
    ) -> Facts {
        let identity = Identity {
            source_sha256: found.source_sha256,
            content_sha256: found.content_sha256,
            output_sha256: found.output_sha256,
            key_id: self.key.id().to_string(),
            recipient: copy.recipient.map(str::to_owned),
            profile: asset.medium.manner(asset.strength, self.args, found.format),
            payload: payload.to_string(),
            otherwise_called: false,
        };
        Facts {
            identity,
            input: asset.input.clone(),
            relative: copy.relative.clone(),
            label: asset.label.clone(),
            sides: found.sides,
            pictures: u32::try_from(found.pictures).unwrap_or(u32::MAX),
            psnr_db: report.psnr_db,
            margin_db: report.margin_db,
            ssimulacra2: report.ssimulacra2,
            fingerprint: found.fingerprint,
        }
    }
}

/// What a copy that is wanted has to have carried.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) key: &'a Key,
    pub(crate) source_sha256: Hash,
    pub(crate) recipient: Option<&'a str>,
    pub(crate) profile: &'a str,
    /// The bits, when they are given.
    pub(crate) payload: Option<&'a Payload>,
    /// How many bits, when they are derived from the content.
    pub(crate) class: PayloadClass,
}

impl Wanted<'_> {
    /// Whether a file that was made is what is wanted, apart from its bytes.
    pub(crate) fn is(&self, made: &Identity) -> bool {
        let same = made.source_sha256 == self.source_sha256
            && made.key_id == self.key.id().to_string()
            && made.recipient.as_deref() == self.recipient
            && made.profile == self.profile
            && !made.otherwise_called;
        let payload = || match self.payload {
            Some(payload) => Some(payload.to_string()),
            None => {
                content_payload(self.key, self.class, &made.content_sha256, self.recipient).ok().map(|p| p.to_string())
            }
        };
        same && payload().is_some_and(|payload| payload == made.payload)
    }
}

/// The payload that follows from the content and who the copy is for.
pub(crate) fn content_payload(
    key: &Key,
    class: PayloadClass,
    content: &Hash,
    recipient: Option<&str>,
) -> watermark_core::Result<Payload> {
    let digest = match recipient {
        None => content.0,
        Some(recipient) => {
            // Label and content have fixed lengths: no two pairs give the same bytes.
            let hash = Sha256::new().chain_update(RECIPIENT_LABEL).chain_update(content.0);
            hash.chain_update(recipient.as_bytes()).finalize().into()
        }
    };
    key.content_payload(class, &digest)
}

#[cfg(test)]
mod tests {
    use watermark_core::KeyRole;

    use super::*;

    fn key(byte: u8) -> Key {
        Key::from_secret(KeyRole::Title, [byte; 32])
    }

    #[test]
    fn ids_differ_by_content_recipient_and_key() {
        let id = |key: &Key, content: u8, recipient: Option<&str>| {
            content_payload(key, PayloadClass::Bits64, &Hash([content; 32]), recipient).unwrap().to_string()
        };
        let ids = [
            id(&key(1), 1, None),
            id(&key(1), 1, Some("a")),
            id(&key(1), 1, Some("b")),
            id(&key(1), 2, Some("a")),
            id(&key(2), 1, Some("a")),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
        assert_eq!(ids[0], key(1).content_payload(PayloadClass::Bits64, &[1; 32]).unwrap().to_string());
    }

    #[test]
    fn what_differs_in_anything_is_not_done() {
        let key = key(1);
        let (content, class) = (Hash([5; 32]), PayloadClass::Bits64);
        let made = Identity {
            source_sha256: Hash([1; 32]),
            content_sha256: content,
            output_sha256: Hash([2; 32]),
            key_id: key.id().to_string(),
            recipient: Some("a".to_owned()),
            profile: "standard".to_owned(),
            payload: content_payload(&key, class, &content, Some("a")).unwrap().to_string(),
            otherwise_called: false,
        };
        let other = super::tests::key(2);
        let wanted = |source: u8, key, recipient, profile, class| {
            Wanted { key, source_sha256: Hash([source; 32]), recipient, profile, payload: None, class }.is(&made)
        };
        assert!(wanted(1, &key, Some("a"), "standard", class));
        assert!(!wanted(2, &key, Some("a"), "standard", class));
        assert!(!wanted(1, &other, Some("a"), "standard", class));
        assert!(!wanted(1, &key, None, "standard", class) && !wanted(1, &key, Some("b"), "standard", class));
        assert!(!wanted(1, &key, Some("a"), "robust", class));
        assert!(!wanted(1, &key, Some("a"), "standard", PayloadClass::Bits32));
        let payload: Payload = "0011223344556677".parse().unwrap();
        let given = Wanted {
            key: &key,
            source_sha256: Hash([1; 32]),
            recipient: Some("a"),
            profile: "standard",
            payload: Some(&payload),
            class,
        };
        assert!(!given.is(&made));
        assert!(given.is(&Identity { payload: payload.to_string(), ..made.clone() }));
        assert!(!given.is(&Identity { payload: payload.to_string(), otherwise_called: true, ..made.clone() }));
    }
}
