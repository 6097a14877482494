//! The report of a run, in Markdown.

mod bars;
mod quality;
mod table;

pub(crate) use table::share;

use crate::bars::Bars;
use crate::results::Results;
use std::fmt::Write as _;

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
