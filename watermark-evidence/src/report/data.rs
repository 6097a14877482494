//! What a report is made of. Everything is given: the report reads no clock and no file.

use watermark_core::{EvidenceMap, KeyRole};
use watermark_formats::DetectReport;

use crate::Fit;

/// A report on some pictures.
#[derive(Debug, Default)]
pub struct Report {
    /// The pictures, in the order in which they are shown.
    pub suspects: Vec<Suspect>,
    /// When the report was made, as a person reads it, with the time zone.
    pub made: String,
    /// Version of the program, such as `0.1.0`.
    pub tool_version: String,
    /// The keys that were tried.
    pub keys: Vec<KeyLine>,
    /// The registry that was asked, if one was.
    pub registry: Option<RegistryFacts>,
    /// Further commands for those who want to repeat the check, as they are typed. The standard ones are always there.
    pub commands: Vec<String>,
}

/// A key by its public side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLine {
    /// Public identifier.
    pub id: String,
    /// What the key is for.
    pub role: KeyRole,
    /// What the key ring says of it; `None` for a key that was not named by a ring.
    pub ring: Option<RingLine>,
}

/// What a key ring says of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RingLine {
    /// The title that the key belongs to.
    pub title: Option<String>,
    /// Whether it may still be used.
    pub status: KeyStatus,
    /// First day on which it may mark.
    pub from: Option<String>,
    /// Last day on which it may mark.
    pub until: Option<String>,
    /// The ring's note.
    pub note: Option<String>,
}

/// Whether a key may still be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyStatus {
    /// It marks and reads.
    #[default]
    Active,
    /// It reads; newer keys mark.
    Retired,
    /// It reads; others may hold it.
    Revoked {
        /// The day from which on others may hold it.
        on: Option<String>,
    },
}

/// The registry that was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistryFacts {
    /// Its file name.
    pub name: String,
    /// Number of rows.
    pub rows: u64,
    /// What the check of its chain of hashes gave.
    pub chain: ChainCheck,
}

/// The check of a registry's chain of hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChainCheck {
    /// It was not done.
    #[default]
    NotDone,
    /// Every row follows from the one before.
    Intact {
        /// Number of rows that were followed.
        rows: u64,
        /// The chain's end as the registry prints it, number and hash: the state that the check is about.
        head: String,
        /// Public key of the signature over the chain's end; `None` without a signature.
        signed_by: Option<String>,
    },
    /// A row does not follow: rows were changed, removed or added.
    Broken {
        /// The first such row.
        row: u64,
    },
}

/// One picture.
#[derive(Debug, Default)]
pub struct Suspect {
    /// Name of the file.
    pub file: String,
    /// Size of the file, bytes; `None` where it could not be read at all.
    pub bytes: Option<u64>,
    /// SHA-256 of the file, hexadecimal; empty where it could not be read at all.
    pub sha256: String,
    /// Name of the file format, such as `JPEG`.
    pub format: Option<String>,
    /// Quality of the last JPEG compression, 1 to 100, where the tables tell it.
    pub jpeg_quality: Option<u8>,
    /// Width and height of the decoded, upright picture, pixels.
    pub size: Option<(usize, usize)>,
    /// A copy of at most 480 px as a `data:` address, see [`preview`](crate::preview).
    pub preview: Option<String>,
    /// What was read.
    pub detect: DetectReport,
    /// Where the strongest mark was read.
    pub evidence: Option<EvidenceMap>,
    /// Number of hypotheses that the probability was corrected for.
    pub tried: Option<u64>,
    /// The registry's row of the asset that was read.
    pub registered: Option<Registered>,
    /// How the content fits the registered original.
    pub fit: Option<Fit>,
    /// Rows of the other marks that were read, each with its number, hexadecimal.
    pub others: Vec<(String, Registered)>,
}

/// A row of the registry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registered {
    /// Number of the row.
    pub row: u64,
    /// Whether the row is not confirmed, and so not in the chain of hashes.
    pub pending: bool,
    /// Whether the row, or its thumbnail, is not what was confirmed.
    pub changed: bool,
    /// The asset's label.
    pub label: String,
    /// For whom this copy was made; empty when for nobody in particular.
    pub recipient: String,
    /// The title that the key belongs to.
    pub title: String,
    /// When the row was written, as the registry has it.
    pub recorded: String,
    /// Version of the program that marked the file.
    pub tool_version: String,
    /// Public key of the row's signature; `None` without one.
    pub signed_by: Option<String>,
    /// Width and height of the original, pixels.
    pub size: Option<(usize, usize)>,
    /// The thumbnail as a `data:` address, see [`Thumbnail::to_data_uri`](crate::Thumbnail::to_data_uri).
    pub thumbnail: Option<String>,
    /// SHA-256 of the file that was marked.
    pub source_sha256: String,
    /// SHA-256 of the marked file.
    pub output_sha256: String,
    /// All rows with this asset number, this one among them; empty where it is the only one.
    pub same_number: Vec<SameNumber>,
}

/// One of several rows with the same asset number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SameNumber {
    /// Number of the row.
    pub row: u64,
    /// Whether the row is not confirmed, and so not in the chain of hashes.
    pub pending: bool,
    /// The asset's label; empty without one.
    pub label: String,
    /// Path of the file that was marked, as it was typed.
    pub source: String,
    /// Path of the marked file, as it was typed.
    pub output: String,
    /// For whom that copy was made; empty when for nobody in particular.
    pub recipient: String,
    /// When the row was written, as the registry has it.
    pub recorded: String,
    /// SHA-256 of the marked file.
    pub output_sha256: String,
}

impl Report {
    /// What the key ring says of a key.
    pub(super) fn ring(&self, key_id: Option<&str>) -> Option<&RingLine> {
        self.keys.iter().find(|key| Some(key.id.as_str()) == key_id)?.ring.as_ref()
    }
}

impl Suspect {
    /// Whether the file is, byte for byte, the marked file of the registry's row.
    pub fn is_registered_file(&self) -> bool {
        let hash = self.registered.as_ref().map(|row| row.output_sha256.as_str());
        hash.is_some_and(|hash| hash.len() == 64 && hash.eq_ignore_ascii_case(&self.sha256))
    }
}
