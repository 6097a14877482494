//! Who remembers which files were made: a journal in the output directory, a registry, or nobody when one file goes to
//! one file.
//!
//! The order is the same for all: a file is written under a temporary name, **reserved** here, given its name, and
//! **confirmed**. So there is never a file without its line, and after a kill at any moment a line without its file is
//! found by the file's hash.

mod journal;

use std::path::Path;

use anyhow::Result;

use super::facts::{Facts, Identity};

pub(crate) use journal::Journal;

/// Who remembers.
#[derive(Debug)]
pub(crate) enum Ledger {
    /// Nobody.
    None,
    /// A journal in the output directory.
    Journal(Journal),
}

/// A reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket;

impl Ledger {
    /// What was made under the name `relative`, or nearly: without a look at the file.
    pub(crate) fn made(&self, relative: &Path) -> Result<Vec<Identity>> {
        match self {
            Self::None => Ok(Vec::new()),
            Self::Journal(journal) => Ok(journal.made(relative)),
        }
    }

    /// Writes down files that are about to get their names. On the disk when this returns; each has its own answer.
    pub(crate) fn reserve(&mut self, files: &[&Facts]) -> Result<Vec<Result<Ticket>>> {
        match self {
            Self::None => Ok(files.iter().map(|_| Ok(Ticket)).collect()),
            Self::Journal(journal) => {
                journal.write(files)?;
                Ok(files.iter().map(|_| Ok(Ticket)).collect())
            }
        }
    }

    /// Says that the files of these reservations have their names. A journal needs no such word: the file's hash says it.
    pub(crate) fn confirm(&mut self, _tickets: &[Ticket]) -> Result<()> {
        Ok(())
    }

    /// Takes a reservation back.
    pub(crate) fn withdraw(&mut self, _ticket: Ticket) -> Result<()> {
        Ok(())
    }
}
