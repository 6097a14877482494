//! Temporary files: one name pattern, a lock that shows that the owner lives, and a list of those of this process, so
//! that they can be removed when it ends at once.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

use super::staged_folder::LOCK;

/// Start of the name of every temporary file.
pub(super) const PREFIX: &str = ".watermark-";
/// End of the name of every temporary file.
pub(super) const SUFFIX: &str = ".tmp";
/// Letters and digits between them.
const RANDOM_LETTERS: usize = 6;

/// The temporary files of this process.
static OURS: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn ours() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    OURS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A path on the list, until this is dropped.
#[derive(Debug)]
pub(super) struct Listed(PathBuf);

impl Listed {
    pub(super) fn new(path: &Path) -> Self {
        ours().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        ours().remove(&self.0);
    }
}

/// A temporary file that is on the list.
#[derive(Debug)]
pub(super) struct Registered {
    /// Taken when the file gets its name.
    file: Option<NamedTempFile>,
    listed: Listed,
}

impl Registered {
    pub(super) fn new(file: NamedTempFile) -> Self {
        let listed = Listed::new(file.path());
        // Where there are no locks, leftovers stay: better than to remove what another run is writing.
        let _ = file.as_file().try_lock();
        Self { file: Some(file), listed }
    }

    /// Writes everything, to the disk.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.listed.0
    }

    /// Lets somebody write it piece by piece.
    pub(super) fn fill<T>(&self, make: impl FnOnce(&File) -> anyhow::Result<T>) -> anyhow::Result<T> {
        let file = self.file.as_ref().ok_or(io::Error::from(io::ErrorKind::NotFound))?;
        make(file.as_file())
    }

    /// Gives the file its name; without `replace` not when there is one of that name.
    pub(super) fn persist(mut self, path: &Path, replace: bool) -> io::Result<()> {
        let file = self.file.take().ok_or(io::ErrorKind::NotFound)?;
        let _ = file.as_file().unlock();
        let renamed = if replace { file.persist(path) } else { file.persist_noclobber(path) };
        renamed.map(drop).map_err(|failure| failure.error)
    }
}

/// Removes the temporary files of this process, which is about to end. The list stays locked: nobody adds to it.
pub(crate) fn remove_all() {
    let ours = ours();
    for path in ours.iter() {
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
    }
    std::mem::forget(ours);
}

/// Removes what killed runs have left in a directory, and says how much that was. Something counts as left when its name
/// is of our pattern and nobody holds its lock; that of a directory is a file in it.
pub(crate) fn remove_leftovers(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let remove = |entry: &fs::DirEntry| {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_file() => is_abandoned(&path) && fs::remove_file(path).is_ok(),
            Ok(kind) if kind.is_dir() => is_abandoned(&path.join(LOCK)) && fs::remove_dir_all(path).is_ok(),
            _ => false,
        }
    };
    entries.flatten().filter(|entry| is_ours(&entry.file_name()) && remove(entry)).count() as u64
}

fn is_ours(name: &OsStr) -> bool {
    let letters = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX));
    letters.is_some_and(|letters| letters.len() == RANDOM_LETTERS && letters.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_abandoned(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_abandoned_files_of_the_exact_pattern_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let names = [".watermark-aB3dE6.tmp", ".watermark-aB3dE.tmp", ".watermark-aB3d-6.tmp", "watermark-aB3dE6.tmp"];
        for name in names {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let builder = || tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder.path()).unwrap();
        let alive = Registered::new(builder());
        assert_eq!(remove_leftovers(folder.path()), 1);
        assert!(alive.path().exists(), "in work");
        assert!(names[1..].iter().all(|name| folder.path().join(name).exists()));
        let path = alive.path().to_owned();
        drop(alive);
        assert!(!path.exists() && !ours().contains(&path));
    }
}
