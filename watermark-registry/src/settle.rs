//! Pending rows after a crash: was the file written or not?

use crate::Registry;
use crate::entry::{Entry, RowId};
use crate::error::{Error, Result};
use crate::registry::{confirm, withdraw};

/// How a pending row ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Its file is there.
    Confirmed,
    /// Its file never got its name.
    Withdrawn,
}

/// What the caller sees when it looks at a pending row's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// A file is at the output path, and its SHA-256 is the entry's `output_sha256`.
    Written,
    /// No file is there, or another one.
    NotWritten,
    /// It cannot be told, or the row may belong to a run that still goes on: the row stays pending.
    Unknown,
}

/// What [`Registry::settle_with`] did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettleReport {
    /// Rows whose file is there.
    pub confirmed: Vec<RowId>,
    /// Rows whose file is not there.
    pub withdrawn: Vec<RowId>,
    /// Rows that stay pending.
    pub left: Vec<RowId>,
}

impl Registry {
    /// Every pending row, oldest first, without its thumbnail.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn pending(&self) -> Result<Vec<(RowId, Entry)>> {
        let rows = self.rows().all("WHERE m.seq IS NULL ORDER BY m.id", [])?;
        Ok(rows.into_iter().map(|stored| (stored.row, stored.entry)).collect())
    }

    /// Ends one pending row.
    ///
    /// # Errors
    ///
    /// Those of [`confirm`](Self::confirm) and [`withdraw`](Self::withdraw).
    pub fn settle(&mut self, row: RowId, settled: Settled) -> Result<()> {
        match settled {
            Settled::Confirmed => self.confirm(row).map(|_| ()),
            Settled::Withdrawn => self.withdraw(row),
        }
    }

    /// Ends every pending row by what `look` sees at its output path, in one transaction at the end. Rows that somebody
    /// else ended meanwhile are left out of the report.
    ///
    /// A run that still goes on has pending rows too. Settle when none does, or let `look` answer [`Seen::Unknown`]
    /// for rows that may be of one, such as young ones: withdrawing the row of a file that gets its name a moment later
    /// leaves the file without a row if that run is killed before it can reserve again. The command line does so.
    /// Confirming a row whose file is there harms no run: confirming it again changes nothing.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written.
    pub fn settle_with(&mut self, mut look: impl FnMut(&Entry) -> Seen) -> Result<SettleReport> {
        let seen: Vec<(RowId, Seen)> = self.pending()?.iter().map(|(row, entry)| (*row, look(entry))).collect();
        if seen.is_empty() {
            return Ok(SettleReport::default());
        }
        self.write(|rows, end| {
            let mut report = SettleReport::default();
            for &(row, seen) in &seen {
                let (done, list) = match seen {
                    Seen::Written => (confirm(rows, end, row).map(|_| ()), &mut report.confirmed),
                    Seen::NotWritten => (withdraw(rows, row), &mut report.withdrawn),
                    Seen::Unknown => (Ok(()), &mut report.left),
                };
                match done {
                    Ok(()) => list.push(row),
                    Err(Error::NoSuchRow { .. } | Error::Confirmed { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(report)
        })
    }
}
