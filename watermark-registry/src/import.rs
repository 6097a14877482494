//! Rows from CSV or JSON lines, in bulk.

use std::io::Read;
use std::time::Duration;

use crate::Registry;
use crate::entry::Status;
use crate::error::{AtPath, Error, Result};
use crate::fields::Record;
use crate::lines::{CsvLines, JsonLines, Lines};
use crate::rows::{ChainEnd, Holder, Rows};
use crate::schema::{CREATE_LOOKUPS, DROP_LOOKUPS};

/// Most bad lines that a report lists.
const LISTED: usize = 1000;
/// Memory for pages while rows are added in bulk, KiB: the index of ids of 10 million rows fits.
const BULK_CACHE_KIB: i32 = 384 * 1024;
/// New rows from which on it is quicker to make the other indices anew; a fraction of large registries.
const BULK_ROWS: u64 = 50_000;

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// Whether to import the good lines when there are bad ones. By default one bad line is enough to import nothing.
    pub keep_good_lines: bool,
}

/// What was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportReport {
    /// Rows that are new in the registry; 0 when nothing was imported because of bad lines.
    pub imported: u64,
    /// Lines whose row was there already.
    pub known: u64,
    /// Lines of pending rows. They are not imported: whether their files are there is settled where they were reserved.
    pub pending: u64,
    /// Number of bad lines.
    pub bad: u64,
    /// The first 1,000 of them.
    pub bad_lines: Vec<BadLine>,
}

/// A line that cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadLine {
    /// Its number in the file, from 1. A line of names counts; of a CSV row over several lines it is the first.
    pub line: u64,
    /// What is wrong with it.
    pub problem: String,
}

impl Registry {
    /// Imports CSV with the columns of an export, in any order; those that may be empty may be left out. All in one
    /// transaction, which keeps other writers waiting until its end; takes up to 400 MB of memory, and twice the room
    /// of the new rows on the disk for the time being.
    ///
    /// Imported rows are confirmed and get new places in this chain. Where a line says which place it had in another
    /// chain, that is checked against the row and kept as its [`Origin`](crate::Origin).
    ///
    /// # Errors
    ///
    /// [`Error::Stream`] when it cannot be read or the line of names is wrong; what writing gives. Nothing was imported
    /// then. Bad lines are in the report.
    pub fn import_csv(&mut self, from: impl Read, options: &ImportOptions) -> Result<ImportReport> {
        self.import(CsvLines::new(from)?, options)
    }

    /// Imports JSON lines, likewise.
    ///
    /// # Errors
    ///
    /// As [`import_csv`](Self::import_csv).
    pub fn import_json_lines(&mut self, from: impl Read, options: &ImportOptions) -> Result<ImportReport> {
        self.import(JsonLines::new(from), options)
    }

    fn import(&mut self, mut lines: impl Lines, options: &ImportOptions) -> Result<ImportReport> {
        self.bulk(|rows, end| {
            let mut bulk = Bulk::new(rows)?;
            let mut report = ImportReport::default();
            while let Some((line, record)) = lines.next()? {
                match record.and_then(|record| bulk.add(end, &record)) {
                    Ok(Added::New) => report.imported += 1,
                    Ok(Added::Known) => report.known += 1,
                    Ok(Added::Pending) => report.pending += 1,
                    Err(error @ (Error::Field { .. } | Error::Collision(_))) => {
                        report.bad += 1;
                        if report.bad_lines.len() < LISTED {
                            report.bad_lines.push(BadLine { line, problem: error.to_string() });
                        }
                    }
                    Err(error) => return Err(error),
                }
            }
            let keep = report.bad == 0 || options.keep_good_lines;
            if keep {
                bulk.finish()?;
            } else {
                report.imported = 0;
            }
            Ok((report, keep))
        })
    }

    /// A transaction with much memory for pages, and the log emptied after it.
    pub(crate) fn bulk<T>(
        &mut self,
        work: impl FnOnce(&Rows<'_>, &mut ChainEnd<'_>) -> Result<(T, bool)>,
    ) -> Result<T> {
        let usual: i32 = self.connection.pragma_query_value(None, "cache_size", |row| row.get(0)).at(&self.path)?;
        self.connection.pragma_update(None, "cache_size", -BULK_CACHE_KIB).at(&self.path)?;
        let result = self.write_if(work);
        self.connection.pragma_update(None, "cache_size", usual).at(&self.path)?;
        // As far as readers let it, and without waiting for them: what stays in the log is no less safe there.
        self.connection.busy_timeout(Duration::ZERO).at(&self.path)?;
        let _ = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        self.connection.busy_timeout(self.busy_timeout).at(&self.path)?;
        result
    }
}

/// What became of a row.
pub(crate) enum Added {
    New,
    Known,
    Pending,
}

/// Adds confirmed rows in bulk.
pub(crate) struct Bulk<'a> {
    rows: &'a Rows<'a>,
    added: u64,
    limit: u64,
    without_indices: bool,
}

impl<'a> Bulk<'a> {
    pub(crate) fn new(rows: &'a Rows<'a>) -> Result<Self> {
        let limit = BULK_ROWS.max(rows.head()?.seq / 4);
        Ok(Self { rows, added: 0, limit, without_indices: false })
    }

    /// Adds a row unless it is there.
    ///
    /// # Errors
    ///
    /// A collision, before anything was stored.
    pub(crate) fn add(&mut self, end: &mut ChainEnd<'_>, record: &Record) -> Result<Added> {
        if record.status == Status::Pending {
            return Ok(Added::Pending);
        }
        match self.rows.holder(&record.entry)? {
            Holder::SameFile(_) => return Ok(Added::Known),
            Holder::Other(collision) => return Err(Error::Collision(collision)),
            Holder::SameMark(_) | Holder::Nobody => {}
        }
        if self.added == self.limit {
            self.rows.batch(DROP_LOOKUPS)?;
            self.without_indices = true;
        }
        let origin = record.origin.as_ref();
        let place = end.extend(&record.entry, record.thumbnail_sha256, origin);
        self.rows.insert(&record.entry, record.thumbnail_sha256, Some(&place), origin)?;
        self.added += 1;
        Ok(Added::New)
    }

    /// Makes the indices again that were taken away.
    pub(crate) fn finish(self) -> Result<()> {
        if self.without_indices { self.rows.batch(CREATE_LOOKUPS) } else { Ok(()) }
    }
}
