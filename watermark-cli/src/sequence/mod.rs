//! Numbered sequences: a clip whose frames are picture files, `shot.%04d.png`. A pattern with no file of that very name
//! stands for all files in its directory that differ from it by their number alone.

mod pattern;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
pub(crate) use pattern::Pattern;
use sha2::{Digest, Sha256};

use crate::hash::Hash;

/// Most gaps that are named.
const GAPS_NAMED: usize = 3;

/// The files of a sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sequence {
    pattern: Pattern,
    numbers: BTreeSet<u64>,
}

impl Sequence {
    /// The sequence that a path stands for; nothing when it is the name of one file. That no file fits is an error.
    pub(crate) fn of(path: &Path) -> Result<Option<Self>> {
        let Some(pattern) = Pattern::of(path).filter(|_| fs::symlink_metadata(path).is_err()) else { return Ok(None) };
        let folder = pattern.folder();
        let Ok(entries) = fs::read_dir(folder) else {
            bail!("{}: the directory {} cannot be looked through", path.display(), folder.display());
        };
        let names: Vec<String> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let numbers: BTreeSet<u64> = names.iter().filter_map(|name| pattern.number(name)).collect();
        if numbers.is_empty() {
            let hint = match names.iter().find(|name| pattern.loosely(name)) {
                Some(name) => format!("; {name} has a number of another length: write %d, or %0Nd for N digits"),
                None => String::new(),
            };
            bail!("{}: no file in {} has such a name with a number in it{hint}", path.display(), folder.display());
        }
        Ok(Some(Self { pattern, numbers }))
    }

    /// The numbers, in their order.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        self.numbers.iter().copied()
    }

    /// The files, in the order of their numbers.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        self.numbers().map(|number| self.pattern.file(number)).collect()
    }

    /// The numbers that are missing between the first and the last, in words.
    pub(crate) fn gaps(&self) -> Option<String> {
        let pairs = self.numbers().zip(self.numbers().skip(1));
        let gaps: Vec<(u64, u64)> = pairs.filter(|(a, b)| b - a > 1).map(|(a, b)| (a + 1, b - 1)).collect();
        if gaps.is_empty() {
            return None;
        }
        let missing: u64 = gaps.iter().map(|(first, last)| last - first + 1).sum();
        let name = |&(first, last): &(u64, u64)| match last - first {
            0 => first.to_string(),
            _ => format!("{first} to {last}"),
        };
        let mut named: Vec<String> = gaps.iter().take(GAPS_NAMED).map(name).collect();
        if gaps.len() > GAPS_NAMED {
            named.push("...".to_owned());
        }
        let are = if missing == 1 { "number is" } else { "numbers are" };
        Some(format!("{missing} {are} missing ({})", named.join(", ")))
    }

    /// The hash of files with these numbers: SHA-256 over the number of each, 8 bytes, little-endian, and the SHA-256 of
    /// its bytes, in the order of the numbers.
    pub(crate) fn hash(&self, files: &[Hash]) -> Hash {
        let mut hash = Sha256::new();
        for (number, file) in self.numbers().zip(files) {
            hash.update(number.to_le_bytes());
            hash.update(file.0);
        }
        Hash(hash.finalize().into())
    }

    /// Hashes the files, and all of them together.
    pub(crate) fn hashes(&self) -> io::Result<(Vec<Hash>, Hash)> {
        let files = self.files().iter().map(|file| Hash::of_file(file)).collect::<io::Result<Vec<_>>>()?;
        let all = self.hash(&files);
        Ok((files, all))
    }
}

/// The hash of what a path stands for: a file, or a sequence.
pub(crate) fn hash_of(path: &Path) -> io::Result<Hash> {
    match Hash::of_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match Sequence::of(path) {
            Ok(Some(sequence)) => Ok(sequence.hashes()?.1),
            _ => Err(error),
        },
        hash => hash,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        names.iter().for_each(|name| fs::write(folder.path().join(name), name).unwrap());
        folder
    }

    #[test]
    fn the_files_come_by_their_numbers_and_gaps_are_named() {
        let folder =
            folder(&["a.0998.png", "a.0999.png", "a.10002.png", "a.1000.png", "a.7.png", "b.0001.png", "a.x.png"]);
        let sequence = Sequence::of(&folder.path().join("a.%04d.png")).unwrap().unwrap();
        assert_eq!(sequence.numbers().collect::<Vec<_>>(), [998, 999, 1000, 10_002]);
        assert_eq!(sequence.gaps().unwrap(), "9001 numbers are missing (1001 to 10001)");
        assert!(sequence.files()[3].ends_with("a.10002.png"));
        let plain = Sequence::of(&folder.path().join("a.%d.png")).unwrap().unwrap();
        assert_eq!(plain.numbers().collect::<Vec<_>>(), [7, 1000, 10_002]);
    }

    #[test]
    fn what_fits_no_file_says_why() {
        let folder = folder(&["a.01.png", "100%d.png"]);
        let error = |name: &str| Sequence::of(&folder.path().join(name)).unwrap_err().to_string();
        assert!(error("a.%04d.png").contains("a.01.png has a number of another length"));
        assert!(error("c.%d.png").contains("no file"));
        assert_eq!(Sequence::of(&folder.path().join("100%d.png")).unwrap(), None, "a file of that very name");
        assert_eq!(Sequence::of(&folder.path().join("a.01.png")).unwrap(), None);
    }

    #[test]
    fn a_hash_is_that_of_all_files_and_their_numbers() {
        let folder = folder(&["a1.png", "a2.png"]);
        let path = folder.path().join("a%d.png");
        let before = hash_of(&path).unwrap();
        fs::rename(folder.path().join("a2.png"), folder.path().join("a3.png")).unwrap();
        assert_ne!(hash_of(&path).unwrap(), before, "another number");
        fs::rename(folder.path().join("a3.png"), folder.path().join("a2.png")).unwrap();
        assert_eq!(hash_of(&path).unwrap(), before);
        fs::write(folder.path().join("a1.png"), "other").unwrap();
        assert_ne!(hash_of(&path).unwrap(), before, "other bytes");
        assert_eq!(hash_of(&folder.path().join("b%d.png")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(hash_of(&folder.path().join("a2.png")).unwrap(), Hash::of(b"a2.png"));
    }
}
