//! What is known of one marked file, and what may be stored.

use crate::chain::origin_fault;
use crate::error::{Error, Result};
use crate::hex::from_hex;
use crate::signer::Signature;

/// Longest text of a field, bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;
/// Largest thumbnail, bytes of the encoded picture.
pub const MAX_THUMBNAIL_BYTES: usize = 256 * 1024;

/// What is known of one marked file.
///
/// [`Registry::reserve`](crate::Registry::reserve) checks the fields and names the one that cannot be stored: text
/// has at most [`MAX_TEXT_BYTES`], optional text is left out rather than empty, numbers are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The payload: 8, 16 or 32 hexadecimal digits, lower case.
    pub payload: String,
    /// Public identifier of the key that marked the file.
    pub key_id: String,
    /// The title that the key was derived for.
    pub title: Option<String>,
    /// Name of the asset.
    pub label: Option<String>,
    /// Who the copy is for.
    pub recipient: Option<String>,
    /// SHA-256 of the source file's bytes.
    pub source_sha256: [u8; 32],
    /// SHA-256 of the marked file's bytes.
    pub output_sha256: [u8; 32],
    /// SHA-256 of the source's upright pixels. It says which asset this is, whatever the file's format.
    pub content_sha256: [u8; 32],
    /// Path of the source as it was typed, by [`path_to_text`](crate::path_to_text).
    pub source_path: String,
    /// Path of the marked file as it was typed, by [`path_to_text`](crate::path_to_text).
    pub output_path: String,
    /// Perceptual hash of the picture.
    pub perceptual_hash: u64,
    /// A small encoded picture of at most [`MAX_THUMBNAIL_BYTES`]. Stored in a table of its own; lookups leave it
    /// out, see [`Registry::thumbnail`](crate::Registry::thumbnail).
    pub thumbnail: Option<Vec<u8>>,
    /// Width of the upright picture, pixels, from 1.
    pub width: u32,
    /// Height of the upright picture, pixels, from 1.
    pub height: u32,
    /// Name of the profile that set the strength.
    pub profile: String,
    /// PSNR of the mark, dB, where measured.
    pub psnr_db: Option<f64>,
    /// Margin over what reading needs, dB, where measured.
    pub margin_db: Option<f64>,
    /// SSIMULACRA2 of the marked picture (at most 100), where measured.
    pub ssimulacra2: Option<f64>,
    /// Number of frames or pages that carry the mark, from 1.
    pub frames: u32,
    /// Version of the program that marked the file.
    pub tool_version: String,
    /// When that was, milliseconds since 1970-01-01 UTC. Given by the caller: the crate reads no clock.
    pub created_unix_ms: i64,
}

impl Entry {
    /// Checks every field; the error names the first that cannot be stored.
    ///
    /// # Errors
    ///
    /// [`Error::Field`].
    pub fn check(&self) -> Result<()> {
        if !matches!(self.payload.len(), 8 | 16 | 32) || from_hex(&self.payload).is_none() {
            return Err(Error::field("payload", "has to be 8, 16 or 32 hexadecimal digits, lower case"));
        }
        required("key_id", &self.key_id)?;
        optional("title", self.title.as_deref())?;
        optional("label", self.label.as_deref())?;
        optional("recipient", self.recipient.as_deref())?;
        required("source_path", &self.source_path)?;
        required("output_path", &self.output_path)?;
        required("profile", &self.profile)?;
        required("tool_version", &self.tool_version)?;
        positive("width", self.width)?;
        positive("height", self.height)?;
        positive("frames", self.frames)?;
        finite("psnr_db", self.psnr_db)?;
        finite("margin_db", self.margin_db)?;
        finite("ssimulacra2", self.ssimulacra2)?;
        match &self.thumbnail {
            Some(picture) if picture.is_empty() => Err(Error::field("thumbnail", "is empty; leave it out instead")),
            Some(picture) if picture.len() > MAX_THUMBNAIL_BYTES => {
                let problem = format!("has {} bytes, the limit is {MAX_THUMBNAIL_BYTES}", picture.len());
                Err(Error::field("thumbnail", problem))
            }
            _ => Ok(()),
        }
    }

    /// Whether the other says the same of the same file: key, payload, asset, recipient, the written file, and how it is
    /// called.
    pub(crate) fn same_file(&self, other: &Self) -> bool {
        self.same_mark(other)
            && self.output_sha256 == other.output_sha256
            && self.output_path == other.output_path
            && self.label == other.label
            && self.title == other.title
    }

    /// Whether the other carries the same id rightly: asset and recipient are the same.
    pub(crate) fn same_mark(&self, other: &Self) -> bool {
        self.payload == other.payload
            && self.key_id == other.key_id
            && self.content_sha256 == other.content_sha256
            && self.recipient == other.recipient
    }

    /// How messages call it.
    pub(crate) fn name(&self) -> &str {
        self.label.as_deref().unwrap_or(&self.source_path)
    }
}

fn required(field: &'static str, text: &str) -> Result<()> {
    if text.is_empty() {
        return Err(Error::field(field, "is empty"));
    }
    optional(field, Some(text))
}

fn optional(field: &'static str, text: Option<&str>) -> Result<()> {
    match text {
        Some("") => Err(Error::field(field, "is empty; leave it out instead")),
        Some(text) if text.len() > MAX_TEXT_BYTES => {
            Err(Error::field(field, format!("has {} bytes, the limit is {MAX_TEXT_BYTES}", text.len())))
        }
        _ => Ok(()),
    }
}

fn positive(field: &'static str, number: u32) -> Result<()> {
    if number == 0 { Err(Error::field(field, "is 0, the smallest is 1")) } else { Ok(()) }
}

fn finite(field: &'static str, number: Option<f64>) -> Result<()> {
    match number {
        Some(number) if !number.is_finite() => {
            Err(Error::field(field, format!("is {number}, which is not a finite number; leave it out instead")))
        }
        _ => Ok(()),
    }
}

/// Number of a row. Never used again, also not after the row was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RowId(pub i64);

impl std::fmt::Display for RowId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Whether a row's file is known to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Reserved before the file got its name; not yet confirmed.
    Pending,
    /// The file is there. The row has its place in the chain.
    Confirmed,
}

/// A row as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Stored {
    /// Number of the row.
    pub row: RowId,
    /// What is known of the file. The thumbnail is left out: [`Registry::thumbnail`](crate::Registry::thumbnail).
    pub entry: Entry,
    /// SHA-256 of the thumbnail, if there is (or was, before an export without thumbnails) one.
    pub thumbnail_sha256: Option<[u8; 32]>,
    /// Place in the chain; `None` while the row is pending.
    pub place: Option<Place>,
    /// Where the row was confirmed first, if that was in another registry.
    pub origin: Option<Origin>,
}

impl Stored {
    /// Whether the row is confirmed.
    pub fn status(&self) -> Status {
        if self.place.is_some() { Status::Confirmed } else { Status::Pending }
    }

    /// What is wrong with the [`Origin`]: the other chain's value is not that of this row, or its signature does not
    /// fit. `None` when nothing is, or when there is no origin.
    pub fn origin_fault(&self) -> Option<&'static str> {
        self.origin.as_ref().and_then(|origin| origin_fault(&self.entry, self.thumbnail_sha256, origin))
    }
}

/// A row's place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// Sequence number, from 1, without gaps.
    pub seq: u64,
    /// The chain's value at this row.
    pub chain: [u8; 32],
    /// The signature over it, where the registry was opened with a signer.
    pub signature: Option<Signature>,
}

/// Where a row that was merged or imported had been confirmed first. With the value before it, the row's content can be
/// checked against the other registry's chain value, and its signature, without that registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Sequence number in the other registry.
    pub seq: u64,
    /// The other chain's value before the row.
    pub previous: [u8; 32],
    /// The other chain's value at the row.
    pub chain: [u8; 32],
    /// The signature over it.
    pub signature: Option<Signature>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An entry that differs from others of another number in everything that has to differ.
    pub(crate) fn entry(number: u64) -> Entry {
        let hash = |kind: u8| {
            let mut bytes = [kind; 32];
            bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
            bytes
        };
        Entry {
            payload: format!("{number:016x}"),
            key_id: "6b65796964000001".into(),
            title: Some("Episode 12".into()),
            label: Some(format!("cover {number}")),
            recipient: None,
            source_sha256: hash(1),
            output_sha256: hash(2),
            content_sha256: hash(3),
            source_path: format!("in/{number}.png"),
            output_path: format!("out/{number}.png"),
            perceptual_hash: u64::MAX - number,
            thumbnail: None,
            width: 640,
            height: 480,
            profile: "standard".into(),
            psnr_db: Some(44.25),
            margin_db: Some(0.1),
            ssimulacra2: None,
            frames: 1,
            tool_version: "0.1.0".into(),
            created_unix_ms: 1_700_000_000_000,
        }
    }

    type Change = fn(&mut Entry);

    #[test]
    fn a_field_that_cannot_be_stored_is_named() {
        assert!(entry(1).check().is_ok());
        let wrong: [(&str, Change); 13] = [
            ("payload", |e| e.payload = "00C0FFEE".into()),
            ("payload", |e| e.payload = "00c0ff".into()),
            ("key_id", |e| e.key_id = String::new()),
            ("title", |e| e.title = Some("a".repeat(MAX_TEXT_BYTES + 1))),
            ("label", |e| e.label = Some(String::new())),
            ("output_path", |e| e.output_path = "a".repeat(MAX_TEXT_BYTES + 1)),
            ("width", |e| e.width = 0),
            ("frames", |e| e.frames = 0),
            ("psnr_db", |e| e.psnr_db = Some(f64::NAN)),
            ("margin_db", |e| e.margin_db = Some(f64::INFINITY)),
            ("ssimulacra2", |e| e.ssimulacra2 = Some(f64::NEG_INFINITY)),
            ("thumbnail", |e| e.thumbnail = Some(vec![])),
            ("thumbnail", |e| e.thumbnail = Some(vec![0; MAX_THUMBNAIL_BYTES + 1])),
        ];
        for (field, change) in wrong {
            let mut entry = entry(1);
            change(&mut entry);
            let message = entry.check().unwrap_err().to_string();
            assert!(message.starts_with(field), "{field}: {message}");
        }
    }
}
