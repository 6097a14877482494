//! A study's rows as JSON lines, written down as they come, so that the same command goes on where it was stopped.

use crate::workers;
use anyhow::Context as _;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashSet;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// Rows after which it is told how far it is.
const TOLD: usize = 50;

/// A row of a study.
pub(super) trait Row: Serialize + DeserializeOwned + Send {
    /// What a row is called.
    const WHAT: &'static str;

    /// Its number.
    fn number(&self) -> usize;
}

/// The rows below number `wanted`: those of the file that `holds`, and the missing ones, which are made and added to it.
pub(super) fn complete<R: Row>(
    out: &Path,
    jobs: usize,
    wanted: usize,
    holds: impl Fn(&R) -> bool,
    make: impl Fn(usize) -> anyhow::Result<R> + Sync,
) -> anyhow::Result<Vec<R>> {
    let mut rows = known::<R>(out)?;
    rows.retain(|row| row.number() < wanted && holds(row));
    let done: HashSet<usize> = rows.iter().map(Row::number).collect();
    let missing: Vec<usize> = (0..wanted).filter(|number| !done.contains(number)).collect();
    eprintln!("lab: {} {} are there, {} to do", done.len(), R::WHAT, missing.len());
    let file = std::fs::OpenOptions::new().create(true).append(true).open(out);
    let file = file.with_context(|| format!("opening {}", out.display()))?;
    let written = Mutex::new((file, Vec::new()));
    workers::for_each(jobs, &missing, |&number| match make(number) {
        Ok(row) => {
            let line = serde_json::to_string(&row).unwrap_or_default() + "\n";
            let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = written.0.write_all(line.as_bytes()) {
                eprintln!("lab: writing: {error}");
            }
            written.1.push(row);
            if written.1.len() % TOLD == 0 {
                eprintln!("lab: {} of {} {}", written.1.len(), missing.len(), R::WHAT);
            }
        }
        Err(error) => eprintln!("lab: {} {number}: {error:#}", R::WHAT),
    })?;
    rows.append(&mut written.into_inner().unwrap_or_else(PoisonError::into_inner).1);
    anyhow::ensure!(!rows.is_empty(), "none of the {} went through", R::WHAT);
    Ok(rows)
}

/// The rows on the disk.
fn known<R: Row>(path: &Path) -> anyhow::Result<Vec<R>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path)?;
    if !text.is_empty() && !text.ends_with('\n') {
        // An interrupted run left half a line; the next one must not be glued to it.
        std::fs::OpenOptions::new().append(true).open(path)?.write_all(b"\n")?;
    }
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}
