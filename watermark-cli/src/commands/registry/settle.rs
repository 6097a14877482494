//! `registry check --settle`: pending rows of runs that ended.
//!
//! A run at work has pending rows too, from the moment they are stored until its files have their names. A row whose
//! file is there is confirmed whoever stored it: confirming twice changes nothing. One whose file is not there may be of
//! such a run, and stays while it is young, or while a run holds a directory above its file. Runs into one file hold
//! none, and locks may be missing on network drives: there the age alone tells. It takes moments from row to name, so
//! that the age is on the safe side by far; only a run that was halted in between for longer, and not into a directory,
//! is taken for dead, and stores its row anew when it goes on.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use watermark_registry::{Entry, Registry, Seen, path_from_text};

use crate::batch::lock;
use crate::registry::seen;

/// A row that was stored less than this ago may be of a run at work. The help and `docs/studio.md` say it, too.
const YOUNG: Duration = Duration::from_secs(10 * 60);

/// What became of the pending rows.
#[derive(Debug)]
pub(super) struct Settled {
    /// Rows whose file is there.
    pub(super) confirmed: usize,
    /// Rows whose file is not there, and of no run at work.
    pub(super) withdrawn: usize,
    /// Rows that stay, as they may be of a run at work.
    pub(super) in_work: usize,
    /// Rows that stay, as their files cannot be read.
    pub(super) unreadable: usize,
}

impl Settled {
    /// The counts in words.
    pub(super) fn words(&self) -> String {
        let mut text = format!("{} rows confirmed, {} withdrawn", self.confirmed, self.withdrawn);
        if self.in_work > 0 {
            text.push_str(&format!(
                ", {} left as in work (younger than 10 minutes, or of a run at work)",
                self.in_work
            ));
        }
        if self.unreadable > 0 {
            text.push_str(&format!(", {} left whose files cannot be read", self.unreadable));
        }
        text
    }
}

/// Settles the registry at the path, which has to be there.
pub(super) fn settle(path: &Path) -> Result<Settled> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now_ms = i64::try_from(now_ms).unwrap_or(i64::MAX);
    let mut in_work = 0;
    let report = Registry::open(path)?.settle_with(|entry| match seen(entry) {
        Seen::NotWritten if may_be_in_work(entry, now_ms) => {
            in_work += 1;
            Seen::Unknown
        }
        seen => seen,
    })?;
    Ok(Settled {
        confirmed: report.confirmed.len(),
        withdrawn: report.withdrawn.len(),
        in_work,
        unreadable: report.left.len().saturating_sub(in_work),
    })
}

fn may_be_in_work(entry: &Entry, now_ms: i64) -> bool {
    is_young(entry.created_unix_ms, now_ms) || path_from_text(&entry.output_path).ancestors().skip(1).any(lock::is_held)
}

/// A row from the future is of a clock that was set back: it is as far from young as one from the past.
fn is_young(created_ms: i64, now_ms: i64) -> bool {
    u128::from(now_ms.abs_diff(created_ms)) < YOUNG.as_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_minutes_either_way_are_young() {
        let now = 1_800_000_000_000;
        for (created, young) in
            [(now, true), (now - 599_999, true), (now - 600_000, false), (now + 599_999, true), (i64::MAX, false)]
        {
            assert_eq!(is_young(created, now), young, "{created}");
        }
    }
}
