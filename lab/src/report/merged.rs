//! A report of results that are there already: one folder, or several put together.

use crate::results::Results;
use anyhow::Context as _;
use std::path::PathBuf;

/// What to report.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Folders of results: of `run`, and of `forgery` for its rows of the bars.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// JSON lines of a false-alarm study: its tables and plot are put in.
    #[arg(long)]
    false_alarms: Option<PathBuf>,
    /// Folder for report.md and the plots.
    #[arg(long)]
    out: PathBuf,
}

/// Reads, puts together, writes.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let read = options.folders.iter().map(|folder| Results::read(folder));
    let results = read.reduce(|all, more| Ok(all?.with(more?))).context("no folder")??;
    let mut text = super::write(&results, &options.out)?;
    if let Some(study) = &options.false_alarms {
        let (table, plot) = (study.with_extension("md"), study.with_extension("svg"));
        let table = std::fs::read_to_string(&table).with_context(|| format!("reading {}", table.display()))?;
        let copy = options.out.join("calibration.svg");
        std::fs::copy(&plot, copy).with_context(|| format!("copying {}", plot.display()))?;
        // One level down: it is a part of this report.
        for line in table.lines() {
            let deeper = if line.starts_with('#') { "#" } else { "" };
            text.push_str(&format!("{deeper}{line}\n"));
        }
        text.push_str("\n![Calibration of log10 p](calibration.svg)\n");
        let path = options.out.join("report.md");
        std::fs::write(&path, &text).with_context(|| format!("writing {}", path.display()))?;
    }
    println!("{text}");
    Ok(())
}
