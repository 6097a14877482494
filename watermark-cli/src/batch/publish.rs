//! The thread that gives files their names: it takes what is ready, reserves it in one step, renames, confirms. While
//! it waits for the disk the next files collect, so that a slow disk makes the steps larger and not the queue longer.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};

use anyhow::{Error, Result};

use super::facts::Facts;
use super::ledger::{Ledger, Ticket, is_collision};
use super::reporter::{Ended, Reporter};
use super::stop::Stop;
use super::tally::Status;
use crate::files::{self, Staged, StagedFolder};
use crate::output::json::EmbedReport;

/// Most files in one step.
const MOST_AT_ONCE: usize = 64;

/// What is complete under temporary names.
#[derive(Debug)]
pub(crate) enum Complete {
    /// A file.
    File(Staged),
    /// Files that belong together, and what they are called.
    Files(StagedFolder, Vec<PathBuf>),
}

impl Complete {
    /// Gives it its name or names. Returns the directory.
    fn rename(self) -> Result<PathBuf> {
        let file = match self {
            Self::File(staged) => Some(staged.rename()?),
            Self::Files(staged, files) => {
                staged.rename(&files)?;
                files.into_iter().next()
            }
        };
        Ok(file.map(|file| files::folder_of(&file).to_owned()).unwrap_or_default())
    }
}

/// A copy that is complete under a temporary name.
pub(crate) struct Ready {
    pub(crate) staged: Complete,
    pub(crate) facts: Facts,
    pub(crate) report: EmbedReport,
    pub(crate) pixels: u64,
    pub(crate) bytes: u64,
}

/// Publishes what comes until nothing comes any more. What ended it before its time, if anything did.
pub(crate) fn publish(ready: &Receiver<Ready>, ledger: &Mutex<Ledger>, reporter: &Reporter, stop: &Stop) -> Result<()> {
    let mut ended = Ok(());
    while let Ok(first) = ready.recv() {
        let mut step = vec![first];
        step.extend(ready.try_iter().take(MOST_AT_ONCE - 1));
        if let Err(error) = publish_step(step, ledger, reporter) {
            // Nothing can be published any more.
            stop.enough();
            ended = ended.and(Err(error));
        }
    }
    ended
}

fn publish_step(step: Vec<Ready>, ledger: &Mutex<Ledger>, reporter: &Reporter) -> Result<()> {
    let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
    let facts: Vec<&Facts> = step.iter().map(|ready| &ready.facts).collect();
    let reserved = match ledger.reserve(&facts) {
        Ok(reserved) => reserved,
        Err(error) => {
            for ready in step {
                failed(reporter, ready.report, Status::Failed, &named(&ready.facts, &error));
            }
            return Err(error);
        }
    };
    let (mut done, mut confirmed, mut folders) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (ready, ticket) in step.into_iter().zip(reserved) {
        let Ready { staged, facts, report, pixels, bytes } = ready;
        let renamed = ticket.map_err(|error| {
            let status = if is_collision(&error) { Status::Refused } else { Status::Failed };
            (status, named(&facts, &error))
        });
        let renamed = renamed.and_then(|ticket| {
            rename(staged, ticket, &mut ledger).map(|folder| (ticket, folder)).map_err(|error| (Status::Failed, error))
        });
        match renamed {
            Ok((ticket, folder)) => {
                confirmed.push((ticket, facts));
                folders.insert(folder);
                done.push((report, pixels, bytes));
            }
            Err((status, error)) => failed(reporter, report, status, &error),
        }
    }
    folders.iter().for_each(|folder: &PathBuf| files::sync_folder(folder));
    let confirmed = ledger.confirm(&confirmed);
    drop(ledger);
    for (report, pixels, bytes) in done {
        reporter.ended(Ended { report, status: Status::Marked, weight: 1, size: (pixels, bytes), error: None });
    }
    confirmed.map_err(|error| error.context("files were written, and their rows stay pending until the next run"))
}

fn rename(staged: Complete, ticket: Ticket, ledger: &mut Ledger) -> Result<PathBuf> {
    staged.rename().inspect_err(|_| {
        // A row that cannot be withdrawn stays pending, and the next run withdraws it.
        let _ = ledger.withdraw(ticket);
    })
}

fn named(facts: &Facts, error: &Error) -> Error {
    anyhow::anyhow!("{}: {error:#}", facts.input.display())
}

fn failed(reporter: &Reporter, report: EmbedReport, status: Status, error: &Error) {
    let report = EmbedReport { output: None, ..report };
    reporter.ended(Ended { report, status, weight: 1, size: (0, 0), error: Some(error) });
}
