//! Who remembers which files were made: a journal in the output directory, a registry, or nobody when one file goes to
//! one file.
//!
//! The order is the same for all: a file is written under a temporary name, **reserved** here, given its name, and
//! **confirmed**. So there is never a file without its line, and after a kill at any moment a line without its file is
//! found by the file's hash.

mod journal;
mod records;

use std::path::Path;

use anyhow::Result;
use watermark_registry::RowId;

use super::facts::{Facts, Identity};

pub(crate) use journal::Journal;
pub(crate) use records::{Records, is_collision};

/// Who remembers.
#[derive(Debug)]
pub(crate) enum Ledger {
    /// Nobody.
    None,
    /// A journal in the output directory.
    Journal(Journal),
    /// A registry.
    Registry(Box<Records>),
}

/// A reservation; of a registry, with the number of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket(Option<RowId>);

impl Ledger {
    /// What was made under the name `relative`, without a look at the file; `label` is how it is called now.
    pub(crate) fn made(&self, relative: &Path, label: Option<&str>) -> Result<Vec<Identity>> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Journal(journal) => Ok(journal.made(relative)),
            Self::Registry(records) => records.made(relative, label),
        }
    }

    /// Writes down files that are about to get their names. On the disk when this returns; each has its own answer.
    pub(crate) fn reserve(&mut self, files: &[&Facts]) -> Result<Vec<Result<Ticket>>> {
        match self {
            Self::None => {}
            Self::Journal(journal) => journal.write(files)?,
            Self::Registry(records) => return records.reserve(files),
        }
        Ok(files.iter().map(|_| Ok(Ticket(None))).collect())
    }

    /// Says that these files have their names. A journal needs no such word: the file's hash says it.
    pub(crate) fn confirm(&mut self, files: &[(Ticket, Facts)]) -> Result<()> {
        match self {
            Self::Registry(records) => records.confirm(files),
            _ => Ok(()),
        }
    }

    /// Takes a reservation back.
    pub(crate) fn withdraw(&mut self, ticket: Ticket) -> Result<()> {
        match self {
            Self::Registry(records) => records.withdraw(ticket),
            _ => Ok(()),
        }
    }
}
