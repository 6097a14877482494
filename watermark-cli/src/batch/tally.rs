//! What a run came to: numbers, and the first of what went wrong. It does not grow with the number of files.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::stop;

/// Refusals and failures that are said again in the end, each.
const MAX_REPEATED: usize = 100;
/// Kinds of remarks that are counted apart.
const MAX_KINDS: usize = 100;

/// How a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It was marked.
    Marked,
    /// An earlier run did it.
    Unchanged,
    /// It cannot carry the mark, or must not be marked.
    Refused,
    /// Something is wrong with it or its surroundings.
    Failed,
    /// It is not a picture.
    Skipped,
    /// It would be marked.
    Planned,
}

impl Status {
    /// Its word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Marked => "marked",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Planned => "planned",
        }
    }
}

/// Numbers of a run.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: BTreeMap<&'static str, u64>,
    /// Bytes that were written.
    pub(crate) bytes: u64,
    /// Pixels that were marked.
    pub(crate) pixels: u64,
    /// How many files a remark holds for.
    pub(crate) remarks: BTreeMap<String, u64>,
    /// The first refusals.
    pub(crate) refused: Vec<String>,
    /// The first failures.
    pub(crate) failed: Vec<String>,
    /// What was found of earlier runs.
    pub(crate) earlier: Earlier,
}

/// What was found of earlier runs that did not come to their end.
#[derive(Debug, Default, Clone, Copy, Serialize)]
pub(crate) struct Earlier {
    /// Temporary files that were removed.
    pub(crate) temporaries_removed: u64,
    /// Rows of the registry whose file was there.
    pub(crate) rows_confirmed: u64,
    /// Rows of the registry whose file was not there.
    pub(crate) rows_withdrawn: u64,
}

/// The last object of a run.
#[derive(Debug, Serialize)]
pub(crate) struct Summary {
    /// Files to write, all in all.
    pub(crate) files: u64,
    pub(crate) marked: u64,
    pub(crate) unchanged: u64,
    pub(crate) refused: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) planned: u64,
    /// Files that were not begun.
    pub(crate) left: u64,
    /// Bytes that were written.
    pub(crate) bytes: u64,
    pub(crate) megapixels: f64,
    pub(crate) elapsed_ms: u64,
    pub(crate) megapixels_per_second: f64,
    /// Name of the signal that ended the run.
    pub(crate) interrupted: Option<&'static str>,
    /// Sentences about what was not kept, with the number of files they hold for.
    pub(crate) losses: BTreeMap<String, u64>,
    pub(crate) earlier: Earlier,
    /// What ended the run before its time.
    pub(crate) error: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Tally {
    /// Counts `weight` files that ended so. What went wrong is kept, as long as there is room.
    pub(crate) fn count(&mut self, status: Status, weight: u64, error: Option<&str>) {
        *self.counts.entry(status.word()).or_default() += weight;
        let list = match status {
            Status::Refused => &mut self.refused,
            Status::Failed => &mut self.failed,
            _ => return,
        };
        if list.len() < MAX_REPEATED {
            list.extend(error.map(str::to_owned));
        }
    }

    /// Counts a remark, and tells whether it is the first of its kind.
    pub(crate) fn remark(&mut self, remark: &str) -> bool {
        if let Some(count) = self.remarks.get_mut(remark) {
            *count += 1;
            return false;
        }
        if self.remarks.len() < MAX_KINDS {
            self.remarks.insert(remark.to_owned(), 1);
        }
        true
    }

    /// How many files ended so.
    pub(crate) fn of(&self, status: Status) -> u64 {
        self.counts.get(status.word()).copied().unwrap_or(0)
    }

    /// How many files ended.
    pub(crate) fn done(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Megapixels that were marked.
    pub(crate) fn megapixels(&self) -> f64 {
        self.pixels as f64 / 1e6
    }

    /// The numbers at the end of a run over so many files.
    pub(crate) fn summary(&self, files: u64, elapsed: Duration, signal: Option<i32>) -> Summary {
        let seconds = elapsed.as_secs_f64().max(1e-3);
        Summary {
            files,
            marked: self.of(Status::Marked),
            unchanged: self.of(Status::Unchanged),
            refused: self.of(Status::Refused),
            failed: self.of(Status::Failed),
            skipped: self.of(Status::Skipped),
            planned: self.of(Status::Planned),
            left: files.saturating_sub(self.done()),
            bytes: self.bytes,
            megapixels: rounded(self.megapixels()),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
            megapixels_per_second: rounded(self.megapixels() / seconds),
            interrupted: signal.map(stop::name),
            losses: self.remarks.clone(),
            earlier: self.earlier,
            error: None,
        }
    }
}

/// Two decimals are enough.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tally_does_not_grow_with_the_files() {
        let mut tally = Tally::default();
        for number in 0..1000 {
            tally.count(Status::Failed, 1, Some(&format!("{number}.png: no")));
            tally.remark(&format!("remark {number}"));
        }
        tally.count(Status::Marked, 3, None);
        assert_eq!((tally.failed.len(), tally.remarks.len()), (MAX_REPEATED, MAX_KINDS));
        let summary = tally.summary(2000, Duration::from_secs(2), Some(15));
        assert_eq!((summary.failed, summary.marked, summary.left), (1000, 3, 997));
        assert_eq!(summary.interrupted, Some("SIGTERM"));
        assert!(!tally.remark("remark 5") && tally.remark("another"));
    }
}
