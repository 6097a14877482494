//! The registry, and the two phases of a row: reserved before its file gets its name, confirmed after.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::chain::Head;
use crate::entry::{Entry, Place, RowId, Stored};
use crate::error::{AtPath, Error, Result};
use crate::open::FileId;
use crate::rows::{ChainEnd, Holder, Rows, thumbnail_hash};
use crate::signer::Signer;

/// An open registry. For one thread at a time; several connections and processes may have the same file open.
#[derive(Debug)]
pub struct Registry {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
    pub(crate) busy_timeout: Duration,
    pub(crate) signer: Option<Signer>,
    /// Which file was opened for writing, where the system tells files apart.
    pub(crate) file: Option<(PathBuf, FileId)>,
}

/// What [`Registry::reserve`] found.
#[derive(Debug, Clone, PartialEq)]
pub enum Reservation {
    /// The id was free. The row is pending.
    New(RowId),
    /// The id is that of this asset and recipient, and this is another file of it (another path or other bytes). The
    /// file has a pending row of its own, because no file may be published without one.
    Another {
        /// The new, pending row.
        row: RowId,
        /// The first row of the id.
        first: RowId,
    },
    /// This very file is registered: key, payload, asset, recipient, label, title, output path and output bytes are the
    /// same. Nothing was stored.
    Known(Box<Stored>),
}

impl Reservation {
    /// The row to confirm. Confirming a row that is confirmed changes nothing.
    pub fn row(&self) -> RowId {
        match self {
            Self::New(row) | Self::Another { row, .. } => *row,
            Self::Known(stored) => stored.row,
        }
    }
}

impl Registry {
    /// Signs every row that is confirmed from now on.
    pub fn sign_with(&mut self, signer: Signer) {
        self.signer = Some(signer);
    }

    /// Stores a pending row, on disk when this returns. To be called before the file gets its name.
    ///
    /// # Errors
    ///
    /// [`Error::Field`] for a value that is not stored, [`Error::Collision`] when the id belongs to another asset or
    /// recipient, and [`Error::Locked`], [`Error::Full`], [`Error::ReadOnly`].
    pub fn reserve(&mut self, entry: &Entry) -> Result<Reservation> {
        self.write(|rows, _| reserve(rows, entry))
    }

    /// The same for many files in one transaction: one wait for the disk instead of one for each. Each entry has its
    /// own result, in order; an entry that is refused does not stop the others.
    ///
    /// # Errors
    ///
    /// When nothing was stored: [`Error::Locked`], [`Error::Full`], [`Error::ReadOnly`].
    pub fn reserve_all(&mut self, entries: &[Entry]) -> Result<Vec<Result<Reservation>>> {
        self.write(|rows, _| {
            let mut results = Vec::with_capacity(entries.len());
            for entry in entries {
                match reserve(rows, entry) {
                    Err(error) if !matches!(error, Error::Field { .. } | Error::Collision(_)) => return Err(error),
                    result => results.push(result),
                }
            }
            Ok(results)
        })
    }

    /// Confirms a pending row: its file is there. The row gets its place in the chain, which is returned. A row that is
    /// confirmed already keeps its place.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRow`] when the row was withdrawn meanwhile: reserve it again, the file is there.
    pub fn confirm(&mut self, row: RowId) -> Result<Place> {
        self.write(|rows, end| confirm(rows, end, row))
    }

    /// The same for many rows in one transaction: all or none. Gives the head of the chain after them.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRow`] for the first row that is not there; then none was confirmed.
    pub fn confirm_all(&mut self, confirmed: &[RowId]) -> Result<Head> {
        self.write(|rows, end| {
            for &row in confirmed {
                confirm(rows, end, row)?;
            }
            Ok(end.head)
        })
    }

    /// Takes a pending row back: its file will not be there.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchRow`]; [`Error::Confirmed`] when the row is in the chain.
    pub fn withdraw(&mut self, row: RowId) -> Result<()> {
        self.write(|rows, _| withdraw(rows, row))
    }

    /// The end of the chain. Note it elsewhere; see [`Registry::verify_chain`].
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn head(&self) -> Result<Head> {
        self.rows().head()
    }

    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows::new(&self.connection, &self.path)
    }

    /// Runs the work inside a transaction that has the write lock from its beginning, so that what it reads stays true.
    /// An error takes everything back.
    pub(crate) fn write<T>(&mut self, work: impl FnOnce(&Rows<'_>, &mut ChainEnd<'_>) -> Result<T>) -> Result<T> {
        self.write_if(|rows, end| work(rows, end).map(|value| (value, true)))
    }

    /// The same; with `false` the work is taken back although it is no error.
    pub(crate) fn write_if<T>(
        &mut self,
        work: impl FnOnce(&Rows<'_>, &mut ChainEnd<'_>) -> Result<(T, bool)>,
    ) -> Result<T> {
        self.check_place()?;
        let result = (|| {
            let path = &self.path;
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).at(path)?;
            let rows = Rows::new(&transaction, path);
            let mut end = ChainEnd { head: rows.head()?, signer: self.signer.as_ref() };
            let (value, keep) = work(&rows, &mut end)?;
            drop(rows);
            if keep { transaction.commit() } else { transaction.rollback() }.at(path)?;
            Ok(value)
        })();
        result.map_err(|error| self.timed(error))
    }
}

fn reserve(rows: &Rows<'_>, entry: &Entry) -> Result<Reservation> {
    entry.check()?;
    let first = match rows.holder(entry)? {
        Holder::SameFile(stored) => return Ok(Reservation::Known(stored)),
        Holder::Other(collision) => return Err(Error::Collision(collision)),
        Holder::SameMark(first) => Some(first),
        Holder::Nobody => None,
    };
    let row = rows.insert(entry, thumbnail_hash(entry), None, None)?;
    Ok(first.map_or(Reservation::New(row), |first| Reservation::Another { row, first }))
}

pub(crate) fn confirm(rows: &Rows<'_>, end: &mut ChainEnd<'_>, row: RowId) -> Result<Place> {
    let Some(stored) = rows.get(row)? else { return Err(rows.no_such(row)) };
    if let Some(place) = stored.place {
        return Ok(place);
    }
    let place = end.extend(&stored.entry, stored.thumbnail_sha256, stored.origin.as_ref());
    rows.set_place(row, &place)?;
    Ok(place)
}

pub(crate) fn withdraw(rows: &Rows<'_>, row: RowId) -> Result<()> {
    match rows.get(row)? {
        None => Err(rows.no_such(row)),
        Some(stored) if stored.place.is_some() => Err(rows.confirmed(row)),
        Some(_) => rows.delete(row),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::tests::entry;
    use crate::{CheckOptions, ImportOptions};

    #[test]
    fn a_full_disk_is_named_and_nothing_of_the_step_is_stored() {
        let directory = tempfile::tempdir().unwrap();
        let mut registry = Registry::create(directory.path().join("r.db")).unwrap();
        let row = registry.reserve(&entry(1)).unwrap().row();
        // A limit on the number of pages gives the error of a full disk.
        let pages: i64 = registry.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        registry.connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
        let many: Vec<_> = (2..500).map(entry).collect();
        assert!(matches!(registry.reserve_all(&many), Err(Error::Full { .. })));
        let mut text = Vec::new();
        registry.confirm(row).unwrap();
        registry.export_csv(&mut text, &crate::ExportOptions::default()).unwrap();
        let mut pictured = entry(2);
        pictured.thumbnail = Some(vec![7; 100_000]);
        assert!(matches!(registry.reserve(&pictured), Err(Error::Full { .. })));
        assert_eq!(registry.import_csv(&text[..], &ImportOptions::default()).unwrap().known, 1);
        assert_eq!((registry.count().unwrap().confirmed, registry.count().unwrap().pending), (1, 0));
        assert!(registry.check(&CheckOptions::default()).unwrap().is_sound());

        registry.connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
        assert_eq!(registry.reserve_all(&many).unwrap().iter().flatten().count(), many.len());
    }
}
