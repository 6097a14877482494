//! What a killed run leaves in an output directory: passed over where it is no line, never in the way.

use std::fs;

/// Whether the journal names a file.
pub(crate) fn survives(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(".watermark-journal.jsonl"), bytes).expect("a file");
    watermark_cli::readers::journal(folder.path()).unwrap_or_else(|told| panic!("a journal is in the way: {told}"))
}
