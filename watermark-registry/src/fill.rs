//! A new registry that is there with its rows or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::Registry;
use crate::error::{AtPath, Error, Result};

/// Names that are tried for the file while it is filled. Those that are taken belong to other runs, or to killed ones.
const NAMES: u32 = 100;

impl Registry {
    /// Makes a registry at the path, of what `fill` puts into it. It is filled under another name beside the path and
    /// gets its own in the end; when `fill` fails, or answers `false`, nothing is left.
    ///
    /// # Errors
    ///
    /// What `fill` gives, what [`create`](Self::create) gives, and [`Error::Exists`] when something has come to the
    /// path meanwhile; that is left as it is.
    pub fn create_filled<T>(path: impl AsRef<Path>, fill: impl FnOnce(&mut Self) -> Result<(T, bool)>) -> Result<T> {
        let path = path.as_ref();
        let unnamed = Unnamed(free_name(path).map_err(|error| failed(path, &error))?);
        let (made, keep) = Self::create(&unnamed.0).and_then(|mut registry| {
            registry.path = path.to_owned();
            let (made, keep) = fill(&mut registry)?;
            if keep {
                registry.close_whole()?;
            }
            Ok((made, keep))
        })?;
        if keep {
            unnamed.rename(path).map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => Error::Exists { path: path.to_owned() },
                _ => failed(path, &error),
            })?;
        }
        Ok(made)
    }

    /// Closes the file with everything in it, and nothing in a log beside it.
    fn close_whole(self) -> Result<()> {
        let Self { connection, path, .. } = self;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).at(&path)?;
        connection.close().map_err(|(_, error)| error).at(&path)
    }
}

/// A file that has not got its name yet. It is removed, with what SQLite has put beside it.
struct Unnamed(PathBuf);

impl Unnamed {
    /// Gives the file its name, unless there is one of that name.
    fn rename(&self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.0, path) {
            // Some file systems have one name for each file.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => match fs::symlink_metadata(path) {
                Ok(_) => return Err(ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(&self.0, path)?,
            },
            linked => linked?,
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // The name should survive a power failure, too; where directories cannot be synced, nothing is lost.
        let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(with(&self.0, end));
        }
    }
}

/// Makes an empty file beside the path, so that nobody else takes the name.
fn free_name(path: &Path) -> io::Result<PathBuf> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644); // as SQLite makes its files
    for number in 1..=NAMES {
        let name = with(path, &format!(".new-{number}"));
        match options.open(&name) {
            Ok(_) => return Ok(name),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("{NAMES} unfinished imports lie beside it, named .new-1 and on; remove them")))
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        what: format!("cannot be made ({error}); choose another place, or make this one writable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::tests::entry;

    fn row(registry: &mut Registry) -> Result<()> {
        let row = registry.reserve(&entry(1))?.row();
        registry.confirm(row).map(drop)
    }

    #[test]
    fn a_registry_is_there_with_its_rows_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.db");
        let names = || fs::read_dir(folder.path()).unwrap().count();
        let error = Registry::create_filled(&path, |registry| -> Result<((), bool)> {
            row(registry)?;
            Err(Error::field("payload", "is wrong"))
        });
        assert!(matches!(error, Err(Error::Field { .. })) && names() == 0);
        assert_eq!(Registry::create_filled(&path, |registry| row(registry).map(|()| (7, false))).unwrap(), 7);
        assert_eq!(names(), 0);
        Registry::create_filled(&path, |registry| {
            assert_eq!(registry.path(), path);
            row(registry).map(|()| ((), true))
        })
        .unwrap();
        assert_eq!(names(), 1);
        assert_eq!(Registry::open_read_only(&path).unwrap().count().unwrap().confirmed, 1);
    }

    #[test]
    fn what_came_meanwhile_and_what_killed_runs_have_left_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.db");
        fs::write(with(&path, ".new-1"), "left").unwrap();
        let made = Registry::create_filled(&path, |registry| {
            fs::write(&path, "another's").unwrap();
            row(registry).map(|()| ((), true))
        });
        assert!(matches!(made, Err(Error::Exists { .. })), "{made:?}");
        assert_eq!(fs::read(&path).unwrap(), b"another's");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
