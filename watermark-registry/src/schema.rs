//! The tables, and the steps from each version of them to the next.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::error::{AtPath, Error, Result};

/// Marks an SQLite file as ours: `WMrg` as a number.
pub(crate) const APPLICATION_ID: i32 = 0x574d_7267;

/// The version this program writes: the number of steps from an empty file.
pub(crate) const VERSION: i32 = 1;

/// Step `n` leads from version `n` to `n + 1`. A released step is never changed; another is added.
const STEPS: [&str; VERSION as usize] = [VERSION_1];

// A row is pending while `seq` is null. Row numbers are never given twice (AUTOINCREMENT), so that a program which
// still holds the number of a withdrawn row cannot confirm another one. Hashes are looked up by their first eight
// bytes, paths by eight bytes of their hash: a quarter of the index, which then stays in memory at 10 million rows.
const VERSION_1: &str = "
CREATE TABLE keys (
    id INTEGER PRIMARY KEY,
    key_id TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE signers (
    id INTEGER PRIMARY KEY,
    public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32)
) STRICT;

CREATE TABLE marks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    seq INTEGER CHECK (seq > 0),
    key INTEGER NOT NULL REFERENCES keys(id),
    payload BLOB NOT NULL CHECK (length(payload) IN (4, 8, 16)),
    title TEXT,
    label TEXT,
    recipient TEXT,
    source_sha256 BLOB NOT NULL CHECK (length(source_sha256) = 32),
    output_sha256 BLOB NOT NULL CHECK (length(output_sha256) = 32),
    content_sha256 BLOB NOT NULL CHECK (length(content_sha256) = 32),
    source_path TEXT NOT NULL,
    output_path TEXT NOT NULL,
    output_path_key INTEGER NOT NULL,
    perceptual_hash INTEGER NOT NULL,
    width INTEGER NOT NULL CHECK (width > 0),
    height INTEGER NOT NULL CHECK (height > 0),
    profile TEXT NOT NULL,
    psnr_db REAL,
    margin_db REAL,
    ssimulacra2 REAL,
    frames INTEGER NOT NULL CHECK (frames > 0),
    tool_version TEXT NOT NULL,
    created_unix_ms INTEGER NOT NULL,
    thumbnail_sha256 BLOB CHECK (length(thumbnail_sha256) = 32),
    chain BLOB CHECK (length(chain) = 32),
    signer INTEGER REFERENCES signers(id),
    signature BLOB CHECK (length(signature) = 64),
    CHECK ((seq IS NULL) = (chain IS NULL)),
    CHECK ((signer IS NULL) = (signature IS NULL))
) STRICT;

CREATE UNIQUE INDEX marks_by_seq ON marks(seq);
CREATE INDEX marks_by_id ON marks(payload, key);
CREATE INDEX marks_by_source ON marks(substr(source_sha256, 1, 8));
CREATE INDEX marks_by_output ON marks(substr(output_sha256, 1, 8));
CREATE INDEX marks_by_path ON marks(output_path_key);

CREATE TABLE thumbnails (
    mark INTEGER PRIMARY KEY REFERENCES marks(id) ON DELETE CASCADE,
    picture BLOB NOT NULL
) STRICT;

CREATE TABLE origins (
    mark INTEGER PRIMARY KEY REFERENCES marks(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL CHECK (seq > 0),
    previous BLOB NOT NULL CHECK (length(previous) = 32),
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    signer INTEGER REFERENCES signers(id),
    signature BLOB CHECK (length(signature) = 64),
    CHECK ((signer IS NULL) = (signature IS NULL))
) STRICT;
";

/// Indices that a large import takes away and makes again from sorted rows; random insertion into them is what would
/// take the time.
pub(crate) const DROP_LOOKUPS: &str =
    "DROP INDEX marks_by_source; DROP INDEX marks_by_output; DROP INDEX marks_by_path;";
/// Makes them again.
pub(crate) const CREATE_LOOKUPS: &str = "
CREATE INDEX marks_by_source ON marks(substr(source_sha256, 1, 8));
CREATE INDEX marks_by_output ON marks(substr(output_sha256, 1, 8));
CREATE INDEX marks_by_path ON marks(output_path_key);
";

/// What the head of a database file says it is.
pub(crate) struct Mark {
    pub(crate) application_id: i32,
    pub(crate) version: i32,
    pub(crate) tables: i64,
}

impl Mark {
    /// Whether nothing was ever written into it.
    pub(crate) fn is_empty(&self) -> bool {
        self.tables == 0 && self.application_id == 0 && self.version == 0
    }
}

pub(crate) fn mark(connection: &Connection) -> rusqlite::Result<Mark> {
    Ok(Mark {
        application_id: connection.pragma_query_value(None, "application_id", |row| row.get(0))?,
        version: connection.pragma_query_value(None, "user_version", |row| row.get(0))?,
        tables: connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
    })
}

/// Brings the file to this program's version, in one transaction.
pub(crate) fn migrate(connection: &mut Connection, path: &Path) -> Result<()> {
    run_steps(connection, path, &STEPS)
}

/// Runs the steps that the file has not had.
fn run_steps(connection: &mut Connection, path: &Path, steps: &[&str]) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
    // Asked again inside the transaction: another process may have been faster.
    let found = mark(&transaction).at(path)?.version;
    let Ok(done) = usize::try_from(found) else {
        return Err(Error::damaged(path, format!("its schema version is {found}")));
    };
    for (version, step) in (1..).zip(steps).skip(done) {
        transaction.execute_batch(step).at(path)?;
        transaction.pragma_update(None, "user_version", version).at(path)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).at(path)?;
    transaction.commit().at(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> i32 {
        mark(connection).unwrap().version
    }

    #[test]
    fn steps_are_run_from_the_version_found_and_no_further() {
        let mut connection = Connection::open_in_memory().unwrap();
        let path = Path::new("r.db");
        run_steps(&mut connection, path, &["CREATE TABLE a (x)"]).unwrap();
        assert_eq!(version(&connection), 1);
        let steps = ["not SQL: was run already", "ALTER TABLE a ADD COLUMN y", "CREATE TABLE b (z)"];
        run_steps(&mut connection, path, &steps).unwrap();
        assert_eq!(version(&connection), 3);
        connection.execute_batch("INSERT INTO a (x, y) VALUES (1, 2); INSERT INTO b VALUES (3)").unwrap();
        run_steps(&mut connection, path, &steps).unwrap();
        assert_eq!(version(&connection), 3);
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_it_found() {
        let mut connection = Connection::open_in_memory().unwrap();
        let path = Path::new("r.db");
        run_steps(&mut connection, path, &["CREATE TABLE a (x)"]).unwrap();
        let steps = ["", "ALTER TABLE a ADD COLUMN y", "CREATE TABLE a (twice)"];
        assert!(run_steps(&mut connection, path, &steps).is_err());
        assert_eq!(version(&connection), 1);
        assert!(connection.execute_batch("INSERT INTO a (x, y) VALUES (1, 2)").is_err());
    }
}
