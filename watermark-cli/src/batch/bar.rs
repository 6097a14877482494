//! How far the frames of a film are: a bar where one file is marked on a terminal, else a line from time to time.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::reporter::Reporter;
use crate::args::EmbedArgs;

/// How often a run without a bar says how far it is.
const PLAIN_PROGRESS: Duration = Duration::from_secs(10);

/// Says how far the frames of one film are.
pub(super) struct Bar<'a> {
    bar: Option<ProgressBar>,
    plain: Option<&'a Reporter>,
    name: String,
    of: Option<u64>,
    begun: Instant,
    last: Instant,
}

impl<'a> Bar<'a> {
    /// For a film of so many frames; `single`: nothing else is marked.
    pub(super) fn new(args: &EmbedArgs, reporter: &'a Reporter, single: bool, input: &Path, of: Option<u64>) -> Self {
        let bar = (single && !args.batch.quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(of.unwrap_or(0));
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} frames, {msg}") {
                bar.set_style(style);
            }
            bar
        });
        let plain = (bar.is_none() && !args.batch.quiet && !args.json).then_some(reporter);
        let now = Instant::now();
        Self { bar, plain, name: input.display().to_string(), of, begun: now, last: now }
    }

    /// So many frames are marked.
    pub(super) fn show(&mut self, frames: u64) {
        let rate = frames as f64 / self.begun.elapsed().as_secs_f64().max(1e-3);
        let left = |of: u64| format!(", {:.0} s left", of.saturating_sub(frames) as f64 / rate.max(1e-3));
        let said = format!("{rate:.1} frames a second{}", self.of.map_or(String::new(), left));
        if let Some(bar) = &self.bar {
            bar.set_message(said);
            bar.set_position(frames);
        } else if let Some(reporter) = self.plain.filter(|_| self.last.elapsed() >= PLAIN_PROGRESS) {
            self.last = Instant::now();
            let of = self.of.map_or(String::new(), |of| format!(" of {of}"));
            reporter.warn(&format!("{}: {frames}{of} frames, {said}", self.name));
        }
    }
}

impl Drop for Bar<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
