//! Whether the registered files are as their rows say.

use std::io;

use anyhow::Result;
use serde::Serialize;
use watermark_registry::{Filter, Page, Registry, Stored, path_from_text};

use crate::hash::Hash;
use crate::output::text::printable;
use crate::sequence::hash_of;

/// Rows of one look.
const PAGE: u32 = 1000;
/// Files that are named.
const NAMED: usize = 20;

/// What the files say.
#[derive(Debug, Default, Serialize)]
pub(super) struct FilesReport {
    /// Files that are as registered.
    pub(super) same: u64,
    /// Files that are not there.
    pub(super) missing: u64,
    /// Files that differ from their rows.
    pub(super) changed: u64,
    /// Rows of files that were marked again since: another row says what is at the path now. No fault.
    pub(super) replaced: u64,
    /// The first of the missing and the changed ones.
    pub(super) named: Vec<String>,
}

/// Looks at the file of every confirmed row.
pub(super) fn files_of(registry: &Registry) -> Result<FilesReport> {
    let mut report = FilesReport::default();
    let mut after = None;
    loop {
        let rows = registry.list(&Filter::default(), Page { after, limit: PAGE })?;
        let Some(last) = rows.last() else { return Ok(report) };
        after = Some(last.row);
        for stored in rows.iter().filter(|stored| stored.place.is_some()) {
            report.look(registry, stored)?;
        }
    }
}

impl FilesReport {
    fn look(&mut self, registry: &Registry, stored: &Stored) -> Result<()> {
        let path = path_from_text(&stored.entry.output_path);
        let found = hash_of(&path);
        if matches!(&found, Ok(Hash(sha256)) if *sha256 == stored.entry.output_sha256) {
            self.same += 1;
            return Ok(());
        }
        if is_replaced(registry, stored, found.as_ref().ok())? {
            self.replaced += 1;
            return Ok(());
        }
        let (count, what) = match found {
            Err(error) if error.kind() == io::ErrorKind::NotFound => (&mut self.missing, "is not there"),
            _ => (&mut self.changed, "is not the file that was registered"),
        };
        *count += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{} {what} (row {})", printable(&path.to_string_lossy()), stored.row));
        }
        Ok(())
    }

    /// The counts in words.
    pub(super) fn words(&self) -> String {
        let replaced = match self.replaced {
            0 => String::new(),
            rows => format!(", {rows} replaced since"),
        };
        format!("{} as registered, {} not there, {} changed{replaced}", self.same, self.missing, self.changed)
    }
}

/// Whether another row says what is at the path: a later confirmed one, or one that the file fits. The second because
/// marking once more as before makes no new row, and because a run at work renames before it confirms.
fn is_replaced(registry: &Registry, stored: &Stored, found: Option<&Hash>) -> Result<bool> {
    let seq = |row: &Stored| row.place.as_ref().map(|place| place.seq);
    let others = registry.find_by_output_path(&stored.entry.output_path)?;
    Ok(others.iter().any(|other| {
        seq(other) > seq(stored) || found.is_some_and(|Hash(sha256)| *sha256 == other.entry.output_sha256)
    }))
}
