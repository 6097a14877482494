//! Files that users write: accepted, or refused in one line that names the file.

use std::fs;
use std::path::PathBuf;

use watermark_cli::readers::Reader;
use watermark_core::{Key, KeyRole};
use watermark_formats::KeyText;

/// A folder with a picture and a key for lists to name; one for each thread.
fn folder() -> PathBuf {
    thread_local! {
        static FOLDER: tempfile::TempDir = {
            let folder = tempfile::tempdir().expect("a folder");
            fs::write(folder.path().join("a.png"), "a picture").expect("a file");
            let key = Key::from_secret(KeyRole::Title, [7; 32]);
            fs::write(folder.path().join("a.key"), KeyText::open(&key).to_text().as_bytes()).expect("a file");
            folder
        };
    }
    FOLDER.with(|folder| folder.path().to_owned())
}

/// A list as CSV or, where it begins with a brace, as JSON lines.
pub(crate) fn survives(reader: Reader, bytes: &[u8]) -> bool {
    is_told(reader, if bytes.starts_with(b"{") { "jsonl" } else { "csv" }, bytes)
}

/// Whether the file is accepted.
pub(crate) fn is_told(reader: Reader, extension: &str, bytes: &[u8]) -> bool {
    let path = folder().join(format!("list.{extension}"));
    fs::write(&path, bytes).expect("a file");
    let result = reader(&path);
    if let Err(told) = &result {
        assert!(told.contains("list."), "the file is not named: {told}");
        assert!(!told.contains('\n'), "more than a line: {told}");
        assert!(told.len() < 200_000, "{} bytes of complaint", told.len());
    }
    result.is_ok()
}
