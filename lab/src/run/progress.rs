//! What a run shows while it works: a bar on a terminal, plain lines elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Counts trials; knows when time is up.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
    done: AtomicUsize,
    start: Instant,
    deadline: Option<Instant>,
}

impl Progress {
    /// For `total` trials within `budget_minutes`.
    pub(crate) fn new(total: usize, budget_minutes: Option<f64>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} trials, {elapsed} of {eta} left  {msg}");
            ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let start = Instant::now();
        let budget = budget_minutes.and_then(|minutes| Duration::try_from_secs_f64(60.0 * minutes).ok());
        let deadline = budget.and_then(|budget| start.checked_add(budget));
        Self { bar, total, done: AtomicUsize::new(0), start, deadline }
    }

    /// Whether the budget is used up: no trial is begun after that.
    pub(crate) fn time_is_up(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Trials that are dealt with: done, or known not to be needed.
    pub(crate) fn advance(&self, trials: usize) {
        self.done.fetch_add(trials, Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.inc(trials as u64);
        }
    }

    /// Something worth a line: a picture is through, or in trouble.
    pub(crate) fn say(&self, words: &str) {
        match &self.bar {
            Some(bar) => bar.println(format!("lab: {words}")),
            None => {
                let done = self.done.load(Ordering::Relaxed);
                let minutes = self.start.elapsed().as_secs_f64() / 60.0;
                eprintln!("lab: [{done}/{} in {minutes:.1} min] {words}", self.total);
            }
        }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends() {
        assert!(Progress::new(1, Some(0.0)).time_is_up());
        assert!(!Progress::new(1, Some(60.0)).time_is_up());
        assert!(!Progress::new(1, None).time_is_up());
    }
}
