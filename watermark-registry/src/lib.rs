//! Registry

mod chain;
mod check;
mod entry;
mod error;
mod export;
mod fields;
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
