//! Files that belong together, like the frames of a sequence: complete and on the disk in a temporary directory beside
//! their targets, until all of them get their names. One open file for all, however many they are.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use tempfile::TempDir;

use super::staged::{self, Listed};
use super::unwritable_at;
use crate::hash::Hash;

/// The file in a temporary directory that is locked while its owner lives.
pub(super) const LOCK: &str = ".lock";
/// The directory in it with what is being replaced.
const OLD: &str = ".old";

/// Files of one directory that get their names together. Dropped, they are removed.
#[derive(Debug)]
pub(crate) struct StagedFolder {
    folder: TempDir,
    replace: bool,
    _listed: Listed,
    _lock: File,
}

impl StagedFolder {
    /// In `folder`, which is made when it is missing.
    pub(crate) fn beside(folder: &Path, replace: bool) -> Result<Self> {
        let fault = |error: &io::Error| {
            anyhow!("the directory {} cannot be written to ({}); choose another place", folder.display(), error.kind())
        };
        let make = || {
            fs::create_dir_all(folder)?;
            let made = tempfile::Builder::new().prefix(staged::PREFIX).suffix(staged::SUFFIX).tempdir_in(folder)?;
            let lock = File::create(made.path().join(LOCK))?;
            // Where there are no locks, leftovers stay.
            let _ = lock.try_lock();
            Ok((made, lock))
        };
        let (made, lock) = make().map_err(|error: io::Error| fault(&error))?;
        Ok(Self { _listed: Listed::new(made.path()), folder: made, replace, _lock: lock })
    }

    /// Writes a file to the disk; `target` is what it will be.
    pub(crate) fn write(&self, target: &Path, bytes: &[u8]) -> Result<()> {
        let write = || {
            let mut file = File::create_new(self.here(target))?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|error: io::Error| unwritable_at(target, &error))
    }

    fn here(&self, target: &Path) -> PathBuf {
        self.folder.path().join(target.file_name().unwrap_or_default())
    }

    /// Where a file that is replaced stays until all have their names.
    fn old(&self, target: &Path) -> PathBuf {
        self.folder.path().join(OLD).join(target.file_name().unwrap_or_default())
    }

    /// Gives a file that is to be replaced a second name, so that it can come back. Where there are no links it cannot.
    fn keep(&self, target: &Path) {
        let _ = fs::hard_link(target, self.old(target));
    }

    /// Undoes the naming of a file: what was there before is there again.
    fn take_back(&self, target: &Path) {
        if fs::rename(self.old(target), target).is_err() {
            let _ = fs::remove_file(target);
        }
    }

    /// Gives all files their names, or none: where one cannot have its name, those before it are taken back and what they
    /// had replaced is there again. One that is there already is an error before anything is done, unless it is the very
    /// same (a run before this one was killed) or files are to be replaced.
    pub(crate) fn rename(self, targets: &[PathBuf]) -> Result<()> {
        let there = |target: &&PathBuf| fs::symlink_metadata(target).is_ok();
        for target in targets.iter().filter(there).filter(|_| !self.replace) {
            let same = Hash::of_file(target).and_then(|there| Ok(Hash::of_file(&self.here(target))? == there));
            if !same.unwrap_or(false) {
                bail!(
                    "{}: exists already, and is not what an earlier run has written; choose another place, or pass --force \
                     to replace it",
                    target.display()
                );
            }
        }
        if self.replace {
            let _ = fs::create_dir(self.folder.path().join(OLD));
        }
        for (done, target) in targets.iter().enumerate() {
            if self.replace {
                self.keep(target);
            }
            if let Err(error) = fs::rename(self.here(target), target) {
                // A part of a sequence is none.
                targets[..done].iter().for_each(|named| self.take_back(named));
                let kind = match error.kind() {
                    ErrorKind::NotFound => "its temporary file has vanished".to_owned(),
                    kind => kind.to_string(),
                };
                bail!("{}: cannot be written ({kind}); choose another name or place", target.display());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staged(out: &Path, replace: bool) -> (StagedFolder, Vec<PathBuf>) {
        let folder = StagedFolder::beside(out, replace).unwrap();
        let targets: Vec<PathBuf> = ["1.png", "2.png"].iter().map(|name| out.join(name)).collect();
        targets.iter().for_each(|target| folder.write(target, b"new").unwrap());
        (folder, targets)
    }

    fn names(out: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_get_their_names_or_none() {
        let out = tempfile::tempdir().unwrap();
        let out = out.path().join("deep/er");
        let (folder, targets) = staged(&out, false);
        assert!(names(&out).iter().all(|name| name.starts_with(staged::PREFIX)));
        folder.rename(&targets).unwrap();
        assert_eq!(names(&out), ["1.png", "2.png"], "nothing else is left");
        // The same again is no trouble.
        let (folder, targets) = staged(&out, false);
        folder.rename(&targets).unwrap();
        fs::write(out.join("2.png"), "other").unwrap();
        fs::remove_file(out.join("1.png")).unwrap();
        let (folder, targets) = staged(&out, false);
        assert!(folder.rename(&targets).unwrap_err().to_string().contains("2.png: exists already"));
        assert_eq!(names(&out), ["2.png"]);
        let (folder, targets) = staged(&out, true);
        folder.rename(&targets).unwrap();
        assert_eq!(fs::read(out.join("2.png")).unwrap(), b"new");
    }

    #[test]
    fn what_was_to_be_replaced_is_there_again_when_one_cannot_have_its_name() {
        let out = tempfile::tempdir().unwrap();
        fs::write(out.path().join("1.png"), "old").unwrap();
        // No file can take the name of a directory.
        fs::create_dir(out.path().join("2.png")).unwrap();
        let (folder, targets) = staged(out.path(), true);
        let error = folder.rename(&targets).unwrap_err().to_string();
        assert!(error.contains("2.png: cannot be written"), "{error}");
        assert_eq!(fs::read(out.path().join("1.png")).unwrap(), b"old");
        fs::remove_file(out.path().join("1.png")).unwrap();
        let (folder, targets) = staged(out.path(), true);
        folder.rename(&targets).unwrap_err();
        assert_eq!(names(out.path()), ["2.png"], "a new name is taken back, and nothing else is left");
    }

    #[test]
    fn what_a_killed_run_has_left_is_removed_and_what_is_in_work_is_not() {
        let out = tempfile::tempdir().unwrap();
        let (alive, _) = staged(out.path(), false);
        let left = out.path().join(".watermark-aB3dE6.tmp");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        fs::write(left.join("1.png"), "half").unwrap();
        assert_eq!(staged::remove_leftovers(out.path()), 1);
        assert_eq!(names(out.path()).len(), 1);
        drop(alive);
        assert!(names(out.path()).is_empty());
    }
}
