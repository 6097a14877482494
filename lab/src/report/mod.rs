//! The report of a run: Markdown and plots.

mod bars;
mod merged;
mod plots;
mod quality;
mod table;

pub(crate) use merged::{Options, run};
pub(crate) use table::share;

use crate::bars::Bars;
use crate::results::Results;
use anyhow::Context as _;
use std::fmt::Write as _;
use std::path::Path;

/// Writes report and plots into a folder; gives the report.
pub(crate) fn write(results: &Results, folder: &Path) -> anyhow::Result<String> {
    let text = with_plots(results, folder)?;
    save(&folder.join("report.md"), &text)?;
    Ok(text)
}

fn save(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

/// Writes the plots into a folder; gives the report that shows them.
fn with_plots(results: &Results, folder: &Path) -> anyhow::Result<String> {
    let mut text = report(results, &Bars::shipped()?);
    let plots = plots::all(results);
    if !plots.is_empty() {
        text.push_str("\n## Plots\n\n");
    }
    std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    for (name, words, svg) in plots {
        save(&folder.join(name), &svg)?;
        let _ = writeln!(text, "![{words}]({name})\n\n{words}\n");
    }
    Ok(text)
}

/// The whole report: origin, quality, speed, bars, table.
pub(crate) fn report(results: &Results, bars: &Bars) -> String {
    let manifest = &results.manifest;
    let mut text = String::from("# Robustness\n\n");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "Command: `{}`", manifest.command);
    let _ = writeln!(
        text,
        "Commit: {} (program {}); settings: {}\n",
        results.commits().join(", "),
        manifest.program,
        manifest.settings
    );
    if manifest.megapixels > 0.0 && !manifest.reduced.is_empty() {
        let _ = writeln!(
            text,
            "Run at {} MP, their files are larger: {}. Transparent parts are laid over mid grey.\n",
            manifest.megapixels,
            manifest.reduced.join(", ")
        );
    }
    quality::section(&mut text, results);
    bars::section(&mut text, results, bars);
    table::section(&mut text, results);
    let failures: Vec<String> =
        results.failures().map(|(trial, reason)| format!("{} {}: {reason}", trial.picture, trial.attack)).collect();
    if !failures.is_empty() {
        let _ = writeln!(text, "\nAttacks that could not be done, not counted: {}", failures.join("; "));
    }
    text
}
