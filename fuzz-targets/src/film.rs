//! The boxes of a film, walked in search of content credentials.

use std::fs;

/// Whether there are some. The walk ends, whatever sizes the boxes claim.
pub(crate) fn survives(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("film.mp4");
    fs::write(&path, bytes).expect("a file");
    watermark_cli::readers::film_credentials(&path)
}
