//! A registry of marked files: what was marked for whom, in one SQLite file at a path of the user's choice.
//!
//! A row is stored in two phases, so that no published file is without one. It is [reserved](Registry::reserve)
//! before the file gets its name, which also says whether its id is free, and [confirmed](Registry::confirm) after.
//! What a crash leaves pending holds everything that is needed to [settle](Registry::settle_with) it.
//!
//! ```
//! use watermark_registry::{ChainOptions, Entry, Registry, Reservation, Seen, Signer, path_to_text};
//!
//! # let directory = tempfile::tempdir()?;
//! # let path = directory.path().join("marks.db");
//! # let (written, output) = (b"the marked file", directory.path().join("page-1.png"));
//! let mut registry = Registry::create(&path)?;
//! registry.sign_with(Signer::from_secret(&[7; 32])); // from a random source, in earnest
//! let entry = Entry {
//!     payload: "00c0ffee00c0ffee".into(),
//!     key_id: "1f2e3d4c5b6a7988".into(),
//!     title: Some("Episode 12".into()),
//!     label: Some("page 1".into()),
//!     recipient: Some("Reader 7".into()),
//!     source_sha256: [1; 32],
//!     output_sha256: [2; 32], // of the bytes that are about to be written
//!     content_sha256: [3; 32],
//!     source_path: path_to_text("finals/page-1.tif".as_ref()),
//!     output_path: path_to_text(&output),
//!     perceptual_hash: 0xf0f0_f0f0_f0f0_f0f0,
//!     thumbnail: None,
//!     width: 2480,
//!     height: 3508,
//!     profile: "standard".into(),
//!     psnr_db: Some(44.2),
//!     margin_db: Some(9.1),
//!     ssimulacra2: None,
//!     frames: 1,
//!     tool_version: "0.1.0".into(),
//!     created_unix_ms: 1_795_000_000_000,
//! };
//!
//! let reservation = registry.reserve(&entry)?;
//! assert!(matches!(reservation, Reservation::New(_)));
//! std::fs::write(&output, written)?; // in earnest: written beside, flushed, renamed
//! registry.confirm(reservation.row())?;
//!
//! // Years later.
//! let registry = Registry::open_read_only(&path)?;
//! let found = registry.find("1f2e3d4c5b6a7988", "00c0ffee00c0ffee")?;
//! assert_eq!(found[0].entry.recipient.as_deref(), Some("Reader 7"));
//! assert!(registry.verify_chain(&ChainOptions::default())?.is_sound());
//!
//! // After a crash: was the file written? (In earnest, the hash of its bytes is compared with `output_sha256`.)
//! let mut registry = Registry::open(&path)?;
//! registry.settle_with(|entry| {
//!     if watermark_registry::path_from_text(&entry.output_path).exists() { Seen::Written } else { Seen::NotWritten }
//! })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Many files, many processes
//!
//! A commit waits for the disk. [`Registry::reserve_all`] and [`Registry::confirm_all`] take many files in one. Any
//! number of processes may have the file open: readers are never kept waiting, writers wait for each other
//! ([`Registry::set_busy_timeout`]), and an import keeps them waiting until its end. The file belongs on a local
//! disk: its write-ahead log does not work over most network file systems. While it is open there are two files
//! beside it (`-wal`, `-shm`); copy it with all of them, or when nobody has it open. A process that has it open must
//! not read the file in another way: on Unix, closing a file takes away the locks that the process has on it.
//!
//! # What the chain shows
//!
//! Every confirmed row gets a sequence number and a chain value: SHA-256 over a label, the value before, and all
//! fields of the row. The encoding is written down at the head of `src/chain.rs` and stays. With a [`Signer`] each
//! value is signed too (ed25519). [`Registry::verify_chain`] names the first row that does not fit.
//!
//! - It shows every change, removal or exchange of rows by somebody who does not make the values after it anew.
//! - It shows that the holder of the signing key vouched for a row and for every row before it.
//! - Against a [`Head`] that was noted elsewhere it shows that nothing up to there was changed, by anybody, since it
//!   was noted. That is the only proof of time: whoever holds the file and the signing key can write everything after
//!   the last head that was noted elsewhere anew, with any date. Without a signer, whoever holds the file can. So
//!   print heads, mail them, have them time-stamped.
//! - It does not show that what a row says was true when it was written, nor that every file has a row.
//! - Pending rows are in no chain. A thumbnail is there through its hash; that it was taken out is not seen.
//!
//! # Exports
//!
//! CSV and JSON lines have the columns [`COLUMNS`], in that order. Hashes, keys, signatures, thumbnails, the payload
//! and the perceptual hash (16 digits) are lower-case hexadecimal digits; measures are decimal numbers that give the
//! same double again; what is not there is empty (CSV) or `null` (JSON); `status` is `pending` or `confirmed`. `seq`,
//! `previous_chain`, `chain`, `public_key` and `signature` are the row's place in the chain of this registry, the
//! columns with `origin_` in the registry where it was confirmed first. Text is written as it is: in a spreadsheet a
//! label that begins with `=` is a formula.

mod chain;
mod check;
mod decode;
mod entry;
mod error;
mod export;
mod fields;
mod fill;
mod hex;
mod import;
mod lines;
mod lookup;
mod merge;
mod open;
mod path_text;
mod registry;
mod rows;
mod schema;
mod settle;
mod signer;
mod verify;

pub use chain::Head;
pub use check::{CheckOptions, CheckReport, DuplicateId};
pub use entry::{Entry, MAX_TEXT_BYTES, MAX_THUMBNAIL_BYTES, Origin, Place, RowId, Status, Stored};
pub use error::{Collision, Error, Result};
pub use export::ExportOptions;
pub use fields::COLUMNS;
pub use import::{BadLine, ImportOptions, ImportReport};
pub use lookup::{Counts, Filter, Page};
pub use merge::MergeReport;
pub use path_text::{path_from_text, path_to_text};
pub use registry::{Registry, Reservation};
pub use settle::{Seen, SettleReport, Settled};
pub use signer::{PublicKey, Signature, Signer};
pub use verify::{ChainFault, ChainOptions, ChainReport, Noted, SignedBy};
