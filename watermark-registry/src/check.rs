//! Looking the whole registry over.

use crate::Registry;
use crate::entry::RowId;
use crate::error::{AtPath, Error, Result};
use crate::hex::to_hex;
use crate::lookup::Counts;
use crate::verify::{ChainOptions, ChainReport, is_thumbnail};

/// Most problems of a kind that a report lists.
const LISTED: usize = 1000;

/// How closely to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckOptions {
    /// Leaves out what reads everything twice: whether indices agree with rows, and the hashes of thumbnails.
    pub quick: bool,
    /// How to walk along the chain.
    pub chain: ChainOptions,
}

impl CheckOptions {
    /// Everything, against a head that was noted elsewhere if there is one.
    pub fn thorough(noted: Option<crate::Head>) -> Self {
        Self { quick: false, chain: ChainOptions { noted, ..ChainOptions::default() } }
    }

    /// Without what reads everything twice.
    pub fn quick(noted: Option<crate::Head>) -> Self {
        Self { quick: true, ..Self::thorough(noted) }
    }
}

/// What [`Registry::check`] saw.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckReport {
    /// What is wrong with the file itself, in SQLite's words or ours; empty when nothing is. At most 1,000 lines.
    pub integrity: Vec<String>,
    /// The chain; `None` when the file is too damaged to be read to its end.
    pub chain: Option<ChainReport>,
    /// Rows. Pending ones are no damage: see [`Registry::settle_with`].
    pub counts: Counts,
    /// Ids that belong to several assets or recipients. The crate makes none; at most 1,000 are listed.
    pub duplicate_ids: Vec<DuplicateId>,
    /// Rows whose thumbnail is not the one that was stored with them, at most 1,000.
    pub wrong_thumbnails: Vec<RowId>,
}

impl CheckReport {
    /// Whether nothing is wrong. Pending rows are not counted as wrong.
    pub fn is_sound(&self) -> bool {
        self.integrity.is_empty()
            && self.duplicate_ids.is_empty()
            && self.wrong_thumbnails.is_empty()
            && self.chain.as_ref().is_some_and(ChainReport::is_sound)
    }
}

/// An id that belongs to several assets or recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DuplicateId {
    /// The key's public identifier.
    pub key_id: String,
    /// The payload, hexadecimal digits.
    pub payload: String,
    /// The rows that have it.
    pub rows: Vec<RowId>,
}

impl Registry {
    /// Looks the whole registry over: the file, the chain, ids that are there twice, thumbnails, pending rows. Changes
    /// nothing. Damage is in the report and no error, as far as the file can be read at all.
    ///
    /// # Errors
    ///
    /// [`Error::Locked`], [`Error::File`].
    pub fn check(&self, options: &CheckOptions) -> Result<CheckReport> {
        let mut integrity = Vec::new();
        let lines = self.integrity(options.quick);
        integrity.extend(readable(&mut Vec::new(), lines)?.unwrap_or_else(|what| vec![what]));
        let chain = readable(&mut integrity, self.verify_chain(&options.chain))?.ok();
        let counts = readable(&mut integrity, self.count())?.unwrap_or_default();
        let duplicate_ids = readable(&mut integrity, self.duplicate_ids())?.unwrap_or_default();
        let thumbnails = if options.quick { Ok(Vec::new()) } else { self.wrong_thumbnails() };
        let wrong_thumbnails = readable(&mut integrity, thumbnails)?.unwrap_or_default();
        integrity.truncate(LISTED);
        Ok(CheckReport { integrity, chain, counts, duplicate_ids, wrong_thumbnails })
    }

    fn integrity(&self, quick: bool) -> Result<Vec<String>> {
        let mut found: Vec<String> = Vec::new();
        let pragma = if quick { "PRAGMA quick_check(1000)" } else { "PRAGMA integrity_check(1000)" };
        let mut statement = self.connection.prepare(pragma).at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        while let Some(row) = rows.next().at(&self.path)? {
            let line: String = row.get(0).at(&self.path)?;
            if line != "ok" {
                found.push(line);
            }
        }
        if !quick {
            let mut statement = self.connection.prepare("PRAGMA foreign_key_check").at(&self.path)?;
            let mut rows = statement.query([]).at(&self.path)?;
            while let Some(row) = rows.next().at(&self.path)? {
                let (table, number): (String, Option<i64>) = (row.get(0).at(&self.path)?, row.get(1).at(&self.path)?);
                let number = number.unwrap_or_default();
                if found.len() < LISTED {
                    found.push(format!("{table}: row {number} belongs to a row that is not there"));
                }
            }
        }
        Ok(found)
    }

    fn duplicate_ids(&self) -> Result<Vec<DuplicateId>> {
        // From the index alone; only ids with several rows are looked at closely.
        let sql = "SELECT k.key_id, d.payload FROM
            (SELECT payload, key FROM marks GROUP BY payload, key HAVING count(*) > 1) d JOIN keys k ON k.id = d.key";
        let mut statement = self.connection.prepare(sql).at(&self.path)?;
        let mut ids = statement.query([]).at(&self.path)?;
        let mut found = Vec::new();
        while let Some(id) = ids.next().at(&self.path)? {
            let (key_id, payload): (String, Vec<u8>) = (id.get(0).at(&self.path)?, id.get(1).at(&self.path)?);
            let payload = to_hex(&payload);
            let rows = self.find(&key_id, &payload)?;
            if rows.iter().any(|stored| !stored.entry.same_mark(&rows[0].entry)) {
                let rows = rows.iter().map(|stored| stored.row).collect();
                found.push(DuplicateId { key_id, payload, rows });
            }
            if found.len() == LISTED {
                break;
            }
        }
        Ok(found)
    }

    fn wrong_thumbnails(&self) -> Result<Vec<RowId>> {
        let sql = "SELECT t.mark, m.thumbnail_sha256, t.picture FROM thumbnails t LEFT JOIN marks m ON m.id = t.mark";
        let mut statement = self.connection.prepare(sql).at(&self.path)?;
        let mut rows = statement.query([]).at(&self.path)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().at(&self.path)? {
            let stored: Option<[u8; 32]> = row.get(1).at(&self.path)?;
            let picture: Vec<u8> = row.get(2).at(&self.path)?;
            if !is_thumbnail(&picture, stored) && found.len() < LISTED {
                found.push(RowId(row.get(0).at(&self.path)?));
            }
        }
        Ok(found)
    }
}

/// Turns damage into a line of the report; other errors stay errors.
fn readable<T>(integrity: &mut Vec<String>, result: Result<T>) -> Result<std::result::Result<T, String>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Error::Damaged { what, .. }) => {
            if !integrity.contains(&what) {
                integrity.push(what.clone());
            }
            Ok(Err(what))
        }
        Err(Error::NotSqlite { .. }) => Ok(Err("the file's first page is damaged".into())),
        Err(error) => Err(error),
    }
}
