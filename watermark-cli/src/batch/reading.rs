//! Reading inputs.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Error, Result, anyhow, bail};

use crate::files::{self, MAX_PICTURE_BYTES};

/// Bytes of a picture's samples.
pub(crate) fn sample_bytes(picture: &watermark_media::Picture) -> u64 {
    picture.pixels().len() as u64 * u64::from(picture.pixels().bits()) / 8
}

/// What is said when a file cannot be looked at.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::NotFound => anyhow!("{}: there is no such file", path.display()),
        kind => anyhow!("{}: cannot be read ({kind})", path.display()),
    }
}

/// The bytes of a file that nobody writes meanwhile, as far as length and time of the last change tell.
pub(crate) fn read_unchanged(path: &Path) -> Result<Vec<u8>> {
    unchanged(path, || files::read(path, MAX_PICTURE_BYTES))
}

fn unchanged<T>(path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = stamp(path);
    let bytes = read()?;
    if stamp(path) != before {
        bail!("{}: was changed while it was read; try again when nobody is writing it", path.display());
    }
    Ok(bytes)
}

fn stamp(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let metadata = fs::metadata(path).ok()?;
    metadata.is_file().then(|| (metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_change_or_vanish_while_they_are_read_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        fs::write(&path, "first").unwrap();
        assert_eq!(read_unchanged(&path).unwrap(), b"first");
        let changes: [fn(&Path); 3] = [
            |path| fs::write(path, "longer than before").unwrap(),
            |path| {
                let later = SystemTime::now() + std::time::Duration::from_secs(5);
                fs::File::options().write(true).open(path).unwrap().set_modified(later).unwrap();
            },
            |path| fs::remove_file(path).unwrap(),
        ];
        for change in changes {
            let changing = || {
                change(&path);
                Ok(())
            };
            let error = unchanged(&path, changing).unwrap_err().to_string();
            assert!(error.contains("a.png: was changed while it was read"), "{error}");
        }
        assert!(read_unchanged(&path).unwrap_err().to_string().contains("no such file"));
    }
}
