//! The rows of a study, numbered: those that are there, and the missing ones made.

use super::corpus::Corpus;
use crate::commit::{Origin, command};
use crate::{lines, pictures, workers};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Rows after which it is told how far it is.
const TOLD: usize = 50;

/// What both studies are told.
#[derive(Debug, clap::Args)]
pub(super) struct Study {
    /// JSON lines; the report and the plot are written beside it.
    #[arg(long)]
    pub(super) out: PathBuf,
    /// Folders with pictures to cut samples from.
    #[arg(long, num_args = 1..)]
    pub(super) images: Vec<PathBuf>,
    /// Pictures at the same time.
    #[arg(long, default_value_t = 2)]
    pub(super) jobs: usize,
    /// Decides pictures, keys and phases.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
}

impl Study {
    pub(super) fn corpus(&self) -> anyhow::Result<Corpus> {
        let files = if self.images.is_empty() { Vec::new() } else { pictures::list(&self.images, None)? };
        Ok(Corpus::new(files, self.seed))
    }

    /// Prints the report, and writes it and the plot beside the rows.
    pub(super) fn write(&self, report: &str, plot: &str) -> anyhow::Result<()> {
        println!("{report}");
        std::fs::write(self.out.with_extension("md"), report)?;
        Ok(std::fs::write(self.out.with_extension("svg"), plot)?)
    }
}

/// The head of a report on rows of these commits.
pub(super) fn head<'a>(title: &str, commits: impl Iterator<Item = &'a str>, origin: &Origin) -> String {
    let commits = distinct(commits).join(", ");
    format!("# {title}\n\nCommand: `{}`\nCommit: {commits} (program {})\n\n", command(), origin.program)
}

/// Each once, sorted.
pub(super) fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}

/// A row of a study.
pub(super) trait Row: Serialize + DeserializeOwned + Send {
    /// What a row is called.
    const WHAT: &'static str;

    /// Its number.
    fn number(&self) -> usize;
}

/// The rows below number `wanted`: those of the file that `holds`, and the missing ones, which are made and added to it.
pub(super) fn complete<R: Row>(
    Study { out, jobs, .. }: &Study,
    wanted: usize,
    holds: impl Fn(&R) -> bool,
    make: impl Fn(usize) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let mut rows: Vec<R> = lines::known(out)?;
    rows.retain(|row| row.number() < wanted && holds(row));
    let done: HashSet<usize> = rows.iter().map(Row::number).collect();
    let missing: Vec<usize> = (0..wanted).filter(|number| !done.contains(number)).collect();
    eprintln!("lab: {} {} are there, {} to do", done.len(), R::WHAT, missing.len());
    let written = Mutex::new(Vec::new());
    workers::for_each(*jobs, &missing, |&number| match make(number) {
        Ok(row) => {
            let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = lines::keep(out, &row) {
                eprintln!("lab: writing: {error:#}");
            }
            written.push(row);
            if written.len() % TOLD == 0 {
                eprintln!("lab: {} of {} {}", written.len(), missing.len(), R::WHAT);
            }
        }
        Err(error) => eprintln!("lab: {} {number}: {error:#}", R::WHAT),
    })?;
    rows.append(&mut written.into_inner().unwrap_or_else(PoisonError::into_inner));
    anyhow::ensure!(!rows.is_empty(), "none of the {} went through", R::WHAT);
    Ok(rows)
}
