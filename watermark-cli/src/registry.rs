//! What every command does with a registry: opening it, and looking at the file of a row.

use std::io;
use std::path::Path;

use anyhow::Result;
use watermark_registry::{Entry, Error, Registry, Seen, path_from_text};

use crate::sequence::hash_of;
use crate::signing_key;

/// Opens a registry for writing, or makes it; with a key that signs new rows, if one is named.
pub(crate) fn open_or_create(path: &Path, sign: Option<&Path>) -> Result<Registry> {
    let mut registry = match Registry::open(path) {
        Err(Error::Missing { .. }) => Registry::create(path)?,
        opened => opened?,
    };
    if let Some(file) = sign {
        registry.sign_with(signing_key::read(file)?);
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
