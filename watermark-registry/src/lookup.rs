//! Finding rows.

use std::ops::ControlFlow;

use rusqlite::params;

use crate::Registry;
use crate::entry::{RowId, Status, Stored};
use crate::error::{AtPath, Result};
use crate::rows::path_key;

/// Which rows to list or export. Every condition that is set has to hold; text is compared whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// The title.
    pub title: Option<String>,
    /// The asset's name.
    pub label: Option<String>,
    /// The recipient.
    pub recipient: Option<String>,
    /// The key's public identifier.
    pub key_id: Option<String>,
    /// Pending or confirmed.
    pub status: Option<Status>,
    /// Marked at this time or later, milliseconds since 1970-01-01 UTC.
    pub since_unix_ms: Option<i64>,
    /// Marked before this time, milliseconds since 1970-01-01 UTC.
    pub until_unix_ms: Option<i64>,
}

/// A piece of a long list: give the last row of one page as `after` of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Rows after this one; from the first with `None`.
    pub after: Option<RowId>,
    /// At most so many rows; default 100.
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { after: None, limit: 100 }
    }
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows in the chain.
    pub confirmed: u64,
    /// Rows whose file is not known to be there.
    pub pending: u64,
}

impl Registry {
    /// Rows of an id, oldest first: several where the same mark was written into several files. Pending rows are among
    /// them.
    ///
    /// # Errors
    ///
    /// When the file cannot be read; so for all lookups.
    pub fn find(&self, key_id: &str, payload: &str) -> Result<Vec<Stored>> {
        self.rows().with_id(key_id, payload).map_err(|error| self.timed(error))
    }

    /// The row of this number.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn get(&self, row: RowId) -> Result<Option<Stored>> {
        self.rows().get(row)
    }

    /// Rows of a marked file, by the SHA-256 of its bytes.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_by_output_sha256(&self, sha256: &[u8; 32]) -> Result<Vec<Stored>> {
        let tail = "WHERE substr(m.output_sha256, 1, 8) = substr(?1, 1, 8) AND m.output_sha256 = ?1 ORDER BY m.id";
        self.rows().all(tail, [sha256])
    }

    /// Rows that were made from a source file, by the SHA-256 of its bytes.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_by_source_sha256(&self, sha256: &[u8; 32]) -> Result<Vec<Stored>> {
        let tail = "WHERE substr(m.source_sha256, 1, 8) = substr(?1, 1, 8) AND m.source_sha256 = ?1 ORDER BY m.id";
        self.rows().all(tail, [sha256])
    }

    /// Rows with this output path, as text by [`path_to_text`](crate::path_to_text).
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn find_by_output_path(&self, path: &str) -> Result<Vec<Stored>> {
        let tail = "WHERE m.output_path_key = ?1 AND m.output_path = ?2 ORDER BY m.id";
        self.rows().all(tail, params![path_key(path), path])
    }

    /// One page of the rows that the filter lets through, in the order they were reserved. Reads through all rows
    /// before the page's end: seconds at 10 million rows when few fit.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn list(&self, filter: &Filter, page: Page) -> Result<Vec<Stored>> {
        let mut found = Vec::new();
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        if limit == 0 {
            return Ok(found);
        }
        self.each(filter, page.after, |stored| {
            found.push(stored);
            Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
        Ok(found)
    }

    /// The thumbnail of a row.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn thumbnail(&self, row: RowId) -> Result<Option<Vec<u8>>> {
        self.rows().thumbnail(row)
    }

    /// How many rows there are.
    ///
    /// # Errors
    ///
    /// As [`find`](Self::find).
    pub fn count(&self) -> Result<Counts> {
        // The chain has no gaps (`check` looks), so its end is the number of confirmed rows.
        let sql = "SELECT coalesce(max(seq), 0), (SELECT count(*) FROM marks WHERE seq IS NULL) FROM marks";
        let counted: (i64, i64) =
            self.connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).at(&self.path)?;
        Ok(Counts { confirmed: counted.0.cast_unsigned(), pending: counted.1.cast_unsigned() })
    }

    /// Visits the rows that the filter lets through, in the order they were reserved.
    pub(crate) fn each(
        &self,
        filter: &Filter,
        after: Option<RowId>,
        visit: impl FnMut(Stored) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let tail = "WHERE m.id > ?1 AND (?2 IS NULL OR m.title = ?2) AND (?3 IS NULL OR m.label = ?3)
            AND (?4 IS NULL OR m.recipient = ?4) AND (?5 IS NULL OR k.key_id = ?5)
            AND (?6 IS NULL OR (m.seq IS NULL) = ?6) AND (?7 IS NULL OR m.created_unix_ms >= ?7)
            AND (?8 IS NULL OR m.created_unix_ms < ?8) ORDER BY m.id";
        let values = params![
            after.map_or(i64::MIN, |row| row.0),
            filter.title,
            filter.label,
            filter.recipient,
            filter.key_id,
            filter.status.map(|status| status == Status::Pending),
            filter.since_unix_ms,
            filter.until_unix_ms,
        ];
        self.rows().each(tail, values, visit)
    }
}
