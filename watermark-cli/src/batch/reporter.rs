//! What a run says while it goes on: an object or a line for each file, a bar on a terminal, and a summary.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};

use super::copies::{THE_OUTPUT, goes_without_saying};
use super::stop::Stop;
use super::tally::{Earlier, Status, Summary, Tally};
use crate::args::EmbedArgs;
use crate::output::json::{self, EmbedReport};
use crate::output::{self, text};

/// How often a run without a terminal says how far it is.
const PLAIN_PROGRESS: Duration = Duration::from_secs(10);

/// Says what happens, from any thread.
pub(crate) struct Reporter {
    json: bool,
    quiet: bool,
    single: bool,
    bar: Option<ProgressBar>,
    files: u64,
    begun: Instant,
    max_failures: Option<u64>,
    stop: Stop,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    tally: Tally,
    last_plain: Option<Instant>,
    /// Why standard output takes no more.
    broken: Option<anyhow::Error>,
}

/// How a file ended, for the report.
pub(crate) struct Ended<'a> {
    /// The fields that are known.
    pub(crate) report: EmbedReport,
    /// How it ended.
    pub(crate) status: Status,
    /// Number of files that this stands for.
    pub(crate) weight: u64,
    /// Pixels that were marked, and bytes that were written.
    pub(crate) size: (u64, u64),
    /// What is wrong.
    pub(crate) error: Option<&'a anyhow::Error>,
}

impl Reporter {
    /// For a run over so many files.
    pub(crate) fn new(args: &EmbedArgs, files: u64, single: bool, stop: Stop) -> Self {
        let quiet = args.batch.quiet;
        let terminal = io::stderr().is_terminal();
        let bar = (!single && !quiet && !args.batch.dry_run && terminal).then(|| {
            let bar = ProgressBar::new(files);
            let template = "{bar:30} {pos} of {len} files, {msg}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(250));
            bar
        });
        let state = Mutex::default();
        let (json, max_failures, begun) = (args.json, args.batch.max_failures, Instant::now());
        Self { json, quiet, single, bar, files, begun, max_failures, stop, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how a file ended, and counts it.
    pub(crate) fn ended(&self, ended: Ended<'_>) {
        let Ended { mut report, status, weight, size: (pixels, bytes), error } = ended;
        report.status = status.word();
        report.refused = status == Status::Refused;
        let error = error.map(|error| match report.refused {
            true => format!("{error:#}; nothing was written"),
            false => format!("{error:#}"),
        });
        let mut state = self.state();
        state.tally.count(status, weight, error.as_deref());
        state.tally.pixels += pixels;
        state.tally.bytes += bytes;
        if let Some(error) = &error {
            self.aside(|| output::complain(&anyhow!("{error}")));
        }
        report.error = error;
        // Of a file that was not written nothing was lost.
        if status == Status::Marked {
            self.remarks(&mut state, &report);
        }
        self.result(&mut state, &report, status);
        self.progress(&mut state, weight);
        if self.max_failures.is_some_and(|most| state.tally.of(Status::Failed) >= most) {
            self.stop.enough();
        }
    }

    /// Says a remark once for all files it holds for.
    fn remarks(&self, state: &mut State, report: &EmbedReport) {
        for remark in report.losses.iter().filter(|remark| !goes_without_saying(remark)) {
            if state.tally.remark(remark) {
                let sentence = match &report.output {
                    Some(output) => remark.replace(THE_OUTPUT, output),
                    None => remark.clone(),
                };
                self.aside(|| output::warn(&format!("{}: {sentence}", report.file)));
            }
        }
    }

    /// The object or the sentences of a file.
    fn result(&self, state: &mut State, report: &EmbedReport, status: Status) {
        let line = match status {
            _ if self.json => json::line(report),
            _ if self.quiet => return,
            Status::Marked if self.single => Ok(text::embedding(report)),
            // A bar on the same terminal says enough.
            Status::Marked | Status::Unchanged if self.bar.is_some() && io::stdout().is_terminal() => return,
            Status::Refused | Status::Failed | Status::Skipped => return,
            _ => Ok(text::copy(report)),
        };
        let mut said = Ok(());
        self.aside(|| said = line.and_then(|line| output::say(&line)));
        if let Err(error) = said {
            state.broken.get_or_insert(error);
            self.stop.enough();
        }
    }

    fn progress(&self, state: &mut State, weight: u64) {
        let seconds = self.begun.elapsed().as_secs_f64().max(1e-3);
        let rate = state.tally.megapixels() / seconds;
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{rate:.1} MP/s"));
            bar.inc(weight);
        } else if !self.single && !self.quiet && !self.json {
            let last = *state.last_plain.get_or_insert(self.begun);
            if last.elapsed() >= PLAIN_PROGRESS {
                state.last_plain = Some(Instant::now());
                let done = state.tally.done();
                let left = seconds / done.max(1) as f64 * self.files.saturating_sub(done) as f64;
                output::warn(&format!("{done} of {} files, {rate:.1} MP/s, {left:.0} s left", self.files));
            }
        }
    }

    /// Speaks without the bar in between.
    fn aside(&self, speak: impl FnOnce()) {
        match &self.bar {
            Some(bar) => bar.suspend(speak),
            None => speak(),
        }
    }

    /// A sentence that is not about one file.
    pub(crate) fn warn(&self, sentence: &str) {
        self.aside(|| output::warn(sentence));
    }

    /// What was found of earlier runs.
    pub(crate) fn earlier(&self, found: Earlier) {
        self.state().tally.earlier = found;
    }

    /// The end: what went wrong once more, and the summary. `error` is what ended the run before its time.
    pub(crate) fn finish(self, folder: &Path, error: Option<&anyhow::Error>) -> Result<Summary> {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(broken) = state.broken {
            return Err(broken);
        }
        let mut summary = state.tally.summary(self.files, self.begun.elapsed(), self.stop.signal());
        summary.error = error.map(|error| format!("{error:#}"));
        if self.single {
            return Ok(summary);
        }
        if summary.failed + summary.refused > 1 && !self.quiet {
            repeat("refused", summary.refused, &state.tally.refused);
            repeat("failed", summary.failed, &state.tally.failed);
        }
        if self.json {
            output::say(&json::line(&serde_json::json!({ "summary": summary }))?)?;
        } else if !self.quiet {
            output::say(&text::summary(&summary, folder))?;
        }
        Ok(summary)
    }
}

fn repeat(what: &str, count: u64, list: &[String]) {
    if count == 0 {
        return;
    }
    let first = if count > list.len() as u64 { format!(", of which {}", list.len()) } else { String::new() };
    output::warn(&format!("{count} {what}{first}:"));
    list.iter().for_each(|line| output::warn(&format!("  {line}")));
}
