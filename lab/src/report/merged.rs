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
    /// Markdown that is put before the figures: what was looked at, what is weak.
    #[arg(long)]
    notes: Option<PathBuf>,
    /// Folder for the report and the plots.
    #[arg(long)]
    out: PathBuf,
    /// The report's name there.
    #[arg(long, default_value = "report.md")]
    name: PathBuf,
}

/// Reads, puts together, writes.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let read = options.folders.iter().map(|folder| Results::read(folder));
    let results = read.reduce(|all, more| Ok(all?.with(more?))).context("no folder")??;
    let mut text = super::with_plots(&results, &options.out)?;
    if let Some(file) = &options.notes {
        let notes = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        text = with_notes(&text, &notes);
    }
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
    }
    super::save(&options.out.join(&options.name), &text)?;
    println!("{text}");
    Ok(())
}

/// The report with notes before its first section.
fn with_notes(report: &str, notes: &str) -> String {
    let first = report.find("\n## ").map_or(report.len(), |at| at + 1);
    format!("{}{}\n\n{}", &report[..first], notes.trim(), &report[first..])
}

#[cfg(test)]
mod tests {
    use super::with_notes;

    #[test]
    fn notes_stand_between_the_origin_and_the_figures() {
        let report = "# Robustness\n\nCommand\n\n## Quality\n\n## Bars\n";
        assert_eq!(
            with_notes(report, "## Looked at\n\nSix pictures.\n"),
            "# Robustness\n\nCommand\n\n## Looked at\n\nSix pictures.\n\n## Quality\n\n## Bars\n"
        );
        assert_eq!(with_notes("# Robustness\n", "Nothing."), "# Robustness\nNothing.\n\n");
    }
}
