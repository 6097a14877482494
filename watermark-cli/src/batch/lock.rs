//! One run at a time in an output directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};

use crate::files::{made, named};

/// Name of the file that is locked. It is removed in the end; one that a killed run has left is nobody's.
const NAME: &str = ".watermark.lock";

/// The directory is ours until this is dropped.
#[derive(Debug)]
pub(crate) struct FolderLock {
    path: PathBuf,
    _file: File,
}

impl FolderLock {
    /// Takes a directory, which is made when it is missing.
    pub(crate) fn take(folder: &Path) -> Result<Self> {
        let name = named(made(folder)?);
        let path = folder.join(NAME);
        loop {
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(|error| {
                anyhow!(
                    "{}: the directory cannot be written to ({}); choose another place",
                    name.display(),
                    error.kind()
                )
            })?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => bail!(
                    "{}: another run is marking files into this directory; wait for its end, or choose \
                     another directory",
                    name.display()
                ),
                // Some network file systems have no locks: then nobody is kept out.
                Err(TryLockError::Error(_)) => {}
            }
            // The run before removes the file at its end: what was locked may be one that has lost its name.
            if is_still_there(&file, &path) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

/// Whether a run is at work in a directory. The file of one that was killed is there without its lock.
pub(crate) fn is_held(folder: &Path) -> bool {
    File::open(folder.join(NAME)).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(ours), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// An open file keeps its name there.
#[cfg(not(unix))]
fn is_still_there(_file: &File, _path: &Path) -> bool {
    true
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_one_run_s_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a/b");
        let lock = FolderLock::take(&out).unwrap();
        let error = FolderLock::take(&out).unwrap_err().to_string();
        assert!(error.contains("another run"), "{error}");
        assert!(is_held(&out) && !is_held(folder.path()));
        drop(lock);
        assert_eq!(fs::read_dir(&out).unwrap().count(), 0, "nothing is left");
        fs::write(out.join(NAME), "").unwrap();
        assert!(!is_held(&out), "left by a killed run");
        assert!(FolderLock::take(&out).is_ok(), "left by a killed run");
    }
}
