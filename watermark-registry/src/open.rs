//! Creating and opening: what kind of file is this, and may it be written.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::Registry;
use crate::error::{AtPath, Error, Result};
use crate::schema::{self, APPLICATION_ID, VERSION};

/// How long a call waits for another process, unless told otherwise.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

impl Registry {
    /// Makes an empty registry at the path and opens it. The directory has to be there.
    ///
    /// An empty file is taken over; that is also what a creation that was killed leaves behind.
    ///
    /// # Errors
    ///
    /// [`Error::Exists`] when anything else is there, and what [`open`](Self::open) gives.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match is_file(path) {
            Ok(()) | Err(Error::Missing { .. }) => {}
            Err(Error::NotSqlite { path }) => return Err(Error::Exists { path }),
            Err(_) if path.exists() => return Err(Error::Exists { path: path.to_owned() }),
            Err(error) => return Err(error),
        }
        let mut registry = match connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE) {
            Ok(registry) => registry,
            Err(Error::NotSqlite { path }) => return Err(Error::Exists { path }),
            Err(error) => return Err(error),
        };
        let mark = match schema::mark(&registry.connection).at(path) {
            Ok(mark) => mark,
            Err(Error::NotSqlite { path }) => return Err(Error::Exists { path }),
            Err(error) => return Err(registry.timed(error)),
        };
        // An SQLite file without tables is as empty as one without bytes.
        if !mark.is_empty() {
            return Err(Error::Exists { path: path.to_owned() });
        }
        registry.prepare_for_writing()?;
        Ok(registry)
    }

    /// Opens the registry at the path for reading and writing. Creates nothing; brings an older schema up to date in
    /// one transaction.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`], [`Error::NotSqlite`], [`Error::Foreign`], [`Error::Newer`], [`Error::ReadOnly`],
    /// [`Error::Locked`], [`Error::Damaged`], [`Error::File`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        is_file(path)?;
        let mut registry = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        match registry.recognise() {
            // A medium that cannot be written: not even the lock of a reader can be had.
            Err(Error::File { path, .. }) if registry.connection.is_readonly("main").at(&path)? => {
                return Err(Error::ReadOnly { path });
            }
            recognised => recognised?,
        };
        registry.prepare_for_writing()?;
        Ok(registry)
    }

    /// Opens the registry for reading only. Works on read-only media too, and changes nothing.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open), and [`Error::Older`] for a schema that would have to be brought up to date.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        is_file(path)?;
        let registry = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let found = match registry.recognise() {
            // Shared memory cannot be made beside the file. Without a log beside it nobody is writing: read it alone.
            Err(Error::File { .. } | Error::ReadOnly { .. }) if !has_log(path) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                let registry = connect_to(&immutable_uri(path), flags)?.at_path(path);
                registry.recognise().map(|found| (registry, found))
            }
            found => found.map(|found| (registry, found)),
        };
        let (registry, found) = found?;
        if found < VERSION {
            return Err(Error::Older { path: path.to_owned(), found, needed: VERSION });
        }
        Ok(registry)
    }

    /// Sets how long a call waits for another process before it gives [`Error::Locked`]; 10 s unless set.
    ///
    /// # Errors
    ///
    /// [`Error::File`] when SQLite refuses.
    pub fn set_busy_timeout(&mut self, timeout: Duration) -> Result<()> {
        self.connection.busy_timeout(timeout).at(&self.path)?;
        self.busy_timeout = timeout;
        Ok(())
    }

    /// The registry's path, as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the file is a registry of a version we know; gives the version.
    fn recognise(&self) -> Result<i32> {
        let path = self.path.clone();
        let mark = schema::mark(&self.connection).at(&path).map_err(|error| self.timed(error))?;
        if mark.is_empty() {
            return Err(Error::Missing { path });
        }
        if mark.application_id != APPLICATION_ID {
            return Err(Error::Foreign { path, application_id: mark.application_id });
        }
        if mark.version > VERSION {
            return Err(Error::Newer { path, found: mark.version, supported: VERSION });
        }
        Ok(mark.version)
    }

    fn prepare_for_writing(&mut self) -> Result<()> {
        let path = self.path.clone();
        if self.connection.is_readonly("main").at(&path)? {
            return Err(Error::ReadOnly { path });
        }
        let version = schema::mark(&self.connection).at(&path).map_err(|error| self.timed(error))?.version;
        if version < VERSION {
            schema::migrate(&mut self.connection, &path).map_err(|error| self.timed(error))?;
        }
        let mode: String = self
            .connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .at(&path)
            .map_err(|error| self.timed(error))?;
        if !mode.eq_ignore_ascii_case("wal") {
            let what = "the file system cannot hold a write-ahead log; put the registry on a local disk".into();
            return Err(Error::File { path, what });
        }
        // A row that is reported as committed has to survive a power failure.
        self.connection.pragma_update(None, "synchronous", "FULL").at(&path)?;
        self.connection.pragma_update(None, "foreign_keys", true).at(&path)?;
        self.file = FileId::of(&path).map(|file| (path, file));
        Ok(())
    }

    /// Checks that the file is where it was: rows that go into one that was moved or deleted are lost to whoever opens
    /// the path next, as the log of the last rows lies beside the old name.
    pub(crate) fn check_place(&self) -> Result<()> {
        match &self.file {
            Some((place, file)) if FileId::of(place).as_ref() != Some(file) => {}
            _ => return Ok(()),
        }
        let what = "the registry was moved, deleted or replaced while it was in use, and nothing more is written into it; \
                    put it back under this name, beside the files that end in -wal and -shm, and go on";
        Err(Error::File { path: self.path.clone(), what: what.into() })
    }

    fn at_path(mut self, path: &Path) -> Self {
        self.path = path.to_owned();
        self
    }

    /// Puts the waiting time into what SQLite reported as busy.
    pub(crate) fn timed(&self, error: Error) -> Error {
        match error {
            Error::Locked { path, .. } => Error::Locked { path, waited_s: self.busy_timeout.as_secs_f64() },
            other => other,
        }
    }
}

/// The smallest SQLite file, bytes. SQLite takes a file below it for an empty one, and would write over it.
const SMALLEST_FILE: u64 = 512;

/// Looks at what is there without opening it: closing a file takes away the locks that this process has on it through
/// other connections (POSIX).
fn is_file(path: &Path) -> Result<()> {
    let file_error = |what: String| Err(Error::File { path: path.to_owned(), what });
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => file_error("this is not a file; a registry is one file".into()),
        Ok(found) if (1..SMALLEST_FILE).contains(&found.len()) => Err(Error::NotSqlite { path: path.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::Missing { path: path.to_owned() }),
        Err(error) => file_error(error.to_string()),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Registry> {
    // SQLite takes some names for something else than files: `:memory:`, an empty one, and what begins with `file:`.
    let name = path.as_os_str().as_encoded_bytes();
    if name.is_empty() || name.starts_with(b":") || name.starts_with(b"file:") {
        return Ok(connect_to(&Path::new(".").join(path), flags)?.at_path(path));
    }
    connect_to(path, flags)
}

fn connect_to(path: &Path, flags: OpenFlags) -> Result<Registry> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| cannot_open(path, &error))?;
    connection.busy_timeout(BUSY_TIMEOUT).at(path)?;
    // The file may come from a stranger: its schema calls no functions with effects, and cells are checked as they
    // are read.
    connection.pragma_update(None, "trusted_schema", false).at(path)?;
    connection.pragma_update(None, "cell_size_check", true).at(path)?;
    // Without this every query is planned anew for its values, which takes ten times as long as the query.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).at(path)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(Registry { connection, path: path.to_owned(), busy_timeout: BUSY_TIMEOUT, signer: None, file: None })
}

/// What tells a file from others whatever its name is: device and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId(u64, u64);

impl FileId {
    /// Of the file at a path; none where there is none, or where files have no numbers.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).ok().map(|found| Self(found.dev(), found.ino()))
    }

    /// An open file cannot be moved there.
    #[cfg(not(unix))]
    fn of(_path: &Path) -> Option<Self> {
        None
    }
}

fn cannot_open(path: &Path, error: &rusqlite::Error) -> Error {
    match Error::from_sqlite(path, error) {
        Error::File { path, .. } => {
            let what = "cannot be opened; is the directory there, and may this user read and write it?".into();
            Error::File { path, what }
        }
        other => other,
    }
}

/// Whether a write-ahead log with content lies beside the file.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|found| found.len() > 0)
}

fn immutable_uri(path: &Path) -> PathBuf {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => uri.push(char::from(byte)),
            _ => {
                let _ = write!(uri, "%{byte:02x}"); // a String takes everything
            }
        }
    }
    uri.push_str("?immutable=1");
    PathBuf::from(uri)
}
