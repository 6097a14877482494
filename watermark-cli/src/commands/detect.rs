//! `detect`: looks for the marks of a key ring in several files. Trouble with one file does not stop the others.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::DetectArgs;
use crate::clip::Sampling;
use crate::config::Config;
use crate::detect::asset::{self, Assets};
use crate::detect::keys::Keys;
use crate::detect::{look, many};
use crate::output::detection::{Answer, Facts};
use crate::output::text::printable;
use crate::output::{csv, json};
use crate::{exit, fault, output, settings};

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(200);

/// Looks at every input and sums up in the exit code.
pub(crate) fn run(args: &DetectArgs, config: &Config) -> Result<u8> {
    let prepared = Looker::new(args, config).and_then(|looker| Ok((looker, many::find(&args.suspects.inputs)?)));
    if args.csv {
        output::say(&csv::head())?;
    }
    let (looker, (files, skipped)) = match prepared {
        Ok(prepared) => prepared,
        // Each input gives one line, whatever went wrong.
        Err(error) => {
            for input in args.suspects.inputs.iter().filter(|_| args.json || args.csv) {
                say(args, &Answer::failed(input, &error, 0))?;
            }
            return Err(error);
        }
    };
    let workers = settings::jobs(args.suspects.jobs.or(config.jobs));
    let bar = bar(&files);
    let (mut missing, mut trouble) = (false, false);
    many::in_order(
        &files,
        workers,
        |file| looker.look(file),
        |_, answer| {
            missing |= !answer.report.strongest.found;
            trouble |= answer.report.error.is_some();
            bar.inc(1);
            bar.suspend(|| {
                if let Some(error) = &answer.report.error {
                    output::complain(&anyhow!("{error}"));
                }
                say(args, &answer)
            })
        },
    )?;
    bar.finish_and_clear();
    if skipped > 0 && !args.json && !args.csv {
        output::warn(&format!("{skipped} files that are no pictures were left out"));
    }
    Ok(match (trouble, missing) {
        (true, _) => exit::TROUBLE,
        (false, true) => exit::NOT_FOUND,
        (false, false) => exit::DONE,
    })
}

/// How far it is, on a terminal: a film takes seconds, a directory hours.
fn bar(files: &[PathBuf]) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files.len() as u64);
    let template = match files {
        [_] => "{spinner} looking at {msg}, {elapsed}",
        _ => "{spinner} {pos} of {len} files, {elapsed}, {eta} left",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    if let [file] = files {
        bar.set_message(printable(&file.display().to_string()));
    }
    bar.enable_steady_tick(TICK);
    bar
}

fn say(args: &DetectArgs, answer: &Answer) -> Result<()> {
    match (args.json, args.csv) {
        (true, _) => output::say(&json::line(answer)?),
        (_, true) => output::say(&csv::row(answer)),
        _ => answer.text.as_deref().map_or(Ok(()), output::say),
    }
}

/// What every file is looked at with.
struct Looker<'a> {
    keys: Keys,
    registry: Option<PathBuf>,
    sampling: Sampling,
    args: &'a DetectArgs,
}

impl<'a> Looker<'a> {
    fn new(args: &'a DetectArgs, config: &Config) -> Result<Self> {
        let keys = Keys::read(&args.suspects, config)?;
        let registry = args.suspects.registry(config);
        // What is wrong with it is said once, before any work.
        asset::registry(registry.as_deref())?;
        Ok(Self { keys, registry, sampling: args.suspects.sampling()?, args })
    }

    fn look(&self, file: &Path) -> Answer {
        let start = Instant::now();
        let seen = fault::guard(file, || {
            let seen = look::look(&self.keys.detector, file, &self.sampling)?;
            let assets = Assets::of(self.registry.as_deref(), &seen)?;
            Ok((seen, assets))
        });
        let elapsed_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        match seen {
            Ok((seen, assets)) => {
                let facts = Facts { keys: &self.keys, assets: &assets, registry: self.registry.is_some() };
                let words = !(self.args.json || self.args.csv);
                Answer::of(file, &seen, &facts, elapsed_ms, words)
            }
            Err(error) => Answer::failed(file, &error, elapsed_ms),
        }
    }
}
