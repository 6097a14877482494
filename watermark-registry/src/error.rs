//! The ways a call can fail, as sentences that name the file and the way out.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::RowId;

/// Result of this crate's fallible calls.
pub type Result<T> = std::result::Result<T, Error>;

/// A registry that cannot be used, a value that cannot be stored, an id that is taken.
///
/// Messages name the registry's path as the caller gave it, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no file at the path, or an empty one.
    #[error("{}: there is no registry here; `watermark embed --registry` and `watermark registry import` make one", path.display())]
    Missing {
        /// The registry's path.
        path: PathBuf,
    },
    /// A registry is to be created where a file is.
    #[error(
        "{}: there is a file here already, and it is not touched; open it, or create the registry elsewhere",
        path.display()
    )]
    Exists {
        /// The registry's path.
        path: PathBuf,
    },
    /// The file is no SQLite file.
    #[error("{}: this is not a registry (not an SQLite file)", path.display())]
    NotSqlite {
        /// The registry's path.
        path: PathBuf,
    },
    /// An SQLite file of another program.
    #[error(
        "{}: this is not a registry but an SQLite file of another program (application id {application_id})",
        path.display()
    )]
    Foreign {
        /// The registry's path.
        path: PathBuf,
        /// The number that the other program wrote into the file; 0 when it wrote none.
        application_id: i32,
    },
    /// The registry was written by a newer version of this program.
    #[error(
        "{}: this registry has schema version {found}, this program knows versions up to {supported}; \
         use the program that wrote it, or a newer one",
        path.display()
    )]
    Newer {
        /// The registry's path.
        path: PathBuf,
        /// Schema version of the file.
        found: i32,
        /// The newest version that this program knows.
        supported: i32,
    },
    /// The registry is of an older version and was opened for reading only, so that it cannot be brought up to date.
    #[error(
        "{}: this registry has schema version {found}, reading needs {needed}; open it once for writing, which \
         brings it up to date",
        path.display()
    )]
    Older {
        /// The registry's path.
        path: PathBuf,
        /// Schema version of the file.
        found: i32,
        /// The version that reading needs.
        needed: i32,
    },
    /// The file, its directory or the way it was opened does not allow writing.
    #[error(
        "{}: the registry cannot be written here; make the file and its directory writable, or go on with a copy of it \
         at another place",
        path.display()
    )]
    ReadOnly {
        /// The registry's path.
        path: PathBuf,
    },
    /// Another process held the registry for longer than the busy timeout.
    #[error(
        "{}: the registry is locked by another process{}; try again when that one is done (an import holds it \
         until its end)",
        path.display(),
        waited(*waited_s)
    )]
    Locked {
        /// The registry's path.
        path: PathBuf,
        /// Busy timeout, seconds; 0 when it is not known.
        waited_s: f64,
    },
    /// The file is damaged.
    #[error(
        "{}: the registry is damaged ({what}); go back to a copy, or import what `export` still reads from \
         it into a new one",
        path.display()
    )]
    Damaged {
        /// The registry's path.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The disk or a quota is full.
    #[error("{}: the disk is full, and nothing of this step was stored; make room and try again", path.display())]
    Full {
        /// The registry's path.
        path: PathBuf,
    },
    /// A file could not be opened, read or written.
    #[error("{}: {what}", path.display())]
    File {
        /// The registry's path.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
    /// What is imported or exported could not be read or written.
    #[error("{what}")]
    Stream {
        /// What the system said, or what is wrong with the first line.
        what: String,
        /// The system's kind of error; a pipe that was closed is told from a full disk by it.
        kind: std::io::ErrorKind,
    },
    /// A value that is not stored, such as one that is no number or too long.
    #[error("{field} {problem}")]
    Field {
        /// The field of [`Entry`](crate::Entry).
        field: &'static str,
        /// What is wrong with it, with the limit.
        problem: String,
    },
    /// The id belongs to another asset or recipient.
    #[error("{0}")]
    Collision(Box<Collision>),
    /// There is no such row, or it was withdrawn.
    #[error(
        "{}: there is no row {row}; it was withdrawn, perhaps by a check that ran meanwhile: reserve it again",
        path.display()
    )]
    NoSuchRow {
        /// The registry's path.
        path: PathBuf,
        /// The row asked for.
        row: RowId,
    },
    /// A confirmed row is to be withdrawn.
    #[error(
        "{}: row {row} is confirmed, and its place in the chain stays; only pending rows can be withdrawn",
        path.display()
    )]
    Confirmed {
        /// The registry's path.
        path: PathBuf,
        /// The row.
        row: RowId,
    },
    /// The registry that is to be merged has a row that does not fit its chain. Nothing was merged.
    #[error(
        "{}: row {seq} of its chain does not fit ({reason}); nothing was merged. Check that registry first",
        path.display()
    )]
    OtherChain {
        /// The other registry's path.
        path: PathBuf,
        /// Sequence number of the row.
        seq: u64,
        /// What does not fit.
        reason: String,
    },
}

/// An id that two assets or recipients would share.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collision {
    /// The payload, hexadecimal digits.
    pub payload: String,
    /// The key's public identifier.
    pub key_id: String,
    /// The row that has the id.
    pub row: RowId,
    /// What that row is called: label, or else source path.
    pub holder: String,
    /// Whether the asset is the same and only the recipient differs.
    pub same_asset: bool,
}

impl std::fmt::Display for Collision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let whose = if self.same_asset { "another recipient" } else { "another asset" };
        write!(
            f,
            "payload {} of key {} belongs to {whose} (row {}: {})",
            self.payload, self.key_id, self.row, self.holder
        )?;
        // Birthday bound: sqrt(2 * 2^32 * -ln(0.99)) = 9,291.
        if self.payload.len() == 8 {
            write!(f, "; 32-bit ids collide with a chance of 1 % at about 9,300 assets: use 64 bits")
        } else {
            write!(f, "; ids of {} bits do not collide by chance: one of the two needs its own", self.payload.len() * 4)
        }
    }
}

impl Error {
    pub(crate) fn field(field: &'static str, problem: impl Into<String>) -> Self {
        Self::Field { field, problem: problem.into() }
    }

    pub(crate) fn stream(error: &std::io::Error) -> Self {
        Self::Stream { what: error.to_string(), kind: error.kind() }
    }

    pub(crate) fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }

    /// What SQLite reported, as one of ours.
    pub(crate) fn from_sqlite(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        let rusqlite::Error::SqliteFailure(failure, message) = error else {
            // Values of a type or number that the schema does not have.
            return Self::Damaged { path, what: "a stored value is not what the schema says".into() };
        };
        let said = || message.clone().unwrap_or_else(|| failure.to_string());
        match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Locked { path, waited_s: 0.0 },
            ErrorCode::NotADatabase => Self::NotSqlite { path },
            ErrorCode::DatabaseCorrupt => Self::Damaged { path, what: said() },
            ErrorCode::ReadOnly => Self::ReadOnly { path },
            ErrorCode::DiskFull => Self::Full { path },
            ErrorCode::CannotOpen => Self::File { path, what: NO_FILES_BESIDE.into() },
            ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch => {
                Self::Damaged { path, what: format!("the schema refuses a row: {}", said()) }
            }
            ErrorCode::Unknown => {
                Self::Damaged { path, what: format!("the schema is not what it should be: {}", said()) }
            }
            ErrorCode::SystemIoFailure => {
                Self::File { path, what: format!("{}; is the disk full, or was it taken away?", said()) }
            }
            _ => Self::File { path, what: said() },
        }
    }
}

/// SQLite's own words, "unable to open database file", do not say which file, nor what to do.
const NO_FILES_BESIDE: &str = "the files beside the registry (-wal, -shm) cannot be made; make its directory writable, \
                               or go on with a copy of it at another place";

fn waited(seconds: f64) -> String {
    if seconds > 0.0 { format!(", {seconds:.1} s were waited") } else { String::new() }
}

/// Puts the path to what SQLite reported.
pub(crate) trait AtPath<T> {
    fn at(self, path: &Path) -> Result<T>;
}

impl<T> AtPath<T> for rusqlite::Result<T> {
    fn at(self, path: &Path) -> Result<T> {
        self.map_err(|error| Error::from_sqlite(path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collision(payload: &str) -> String {
        Collision {
            payload: payload.into(),
            key_id: "k".into(),
            row: RowId(3),
            holder: "cover".into(),
            same_asset: false,
        }
        .to_string()
    }

    #[test]
    fn short_ids_are_told_of_the_birthday_bound() {
        assert!(collision("00c0ffee").contains("9,300 assets: use 64 bits"));
        let long = collision("00c0ffee00c0ffee");
        assert!(long.contains("ids of 64 bits") && !long.contains("9,300"), "{long}");
    }

    #[test]
    fn what_sqlite_says_is_a_sentence() {
        let full = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL), None);
        let text = Error::from_sqlite(Path::new("r.db"), &full).to_string();
        assert_eq!(text, "r.db: the disk is full, and nothing of this step was stored; make room and try again");
        let odd = Error::from_sqlite(Path::new("r.db"), &rusqlite::Error::InvalidColumnIndex(9)).to_string();
        assert!(odd.starts_with("r.db: the registry is damaged") && !odd.contains("InvalidColumn"), "{odd}");
    }
}
