//! What every command does with a registry: opening it, and looking at the file of a row.

use std::io;
use std::path::Path;

use anyhow::Result;
use watermark_registry::{Entry, Error, Registry, Seen, Signer, path_from_text};

use crate::sequence::hash_of;

/// Opens a registry for writing, or makes it; with a key that signs new rows, if there is one.
pub(crate) fn open_or_create(path: &Path, signer: Option<Signer>) -> Result<Registry> {
    let mut registry = match Registry::open(path) {
        Err(Error::Missing { .. }) => Registry::create(path)?,
        opened => opened?,
    };
    if let Some(signer) = signer {
        registry.sign_with(signer);
    }
    Ok(registry)
}

/// Whether a row's file is there as it was registered.
pub(crate) fn seen(entry: &Entry) -> Seen {
    match hash_of(&path_from_text(&entry.output_path)) {
        Ok(hash) if hash.0 == entry.output_sha256 => Seen::Written,
        Ok(_) => Seen::NotWritten,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Seen::NotWritten,
        Err(_) => Seen::Unknown,
    }
}
