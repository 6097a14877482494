//! The table: attacks by family down, classes of pictures across.

use crate::families;
use crate::results::{ReadRow, Results};
use crate::statistics::{median, wilson};
use std::fmt::Write as _;

/// Both tables: rates, then what stands behind them.
pub(crate) fn section(text: &mut String, results: &Results) {
    let classes = results.classes();
    let threshold = watermark_core::Verdict::FOUND_LOG10_P;
    let _ = writeln!(
        text,
        "\n## Exact payload and detection\n\nPercent with Wilson intervals (95 %), counts in brackets; found means \
         log10 p at most {threshold}, the default.\n"
    );
    let heads: Vec<String> = classes.iter().map(|class| format!("{class}: exact | {class}: found")).collect();
    let _ = writeln!(text, "| attack | {} |\n|---|{}", heads.join(" | "), "---|".repeat(2 * classes.len()));
    for (family, members) in families::grouped(&results.manifest.attacks) {
        if members.len() > 1 {
            let _ = writeln!(text, "| **{family}** |{}", " |".repeat(2 * classes.len()));
        }
        for attack in &members {
            let cells: Vec<String> = classes.iter().map(|class| cells(results, class, attack)).collect();
            let _ = writeln!(text, "| {attack} | {} |", cells.join(" | "));
        }
    }
    evidence(text, results, &classes);
    descriptions(text, results);
}

fn cells(results: &Results, class: &str, attack: &str) -> String {
    let rows: Vec<&ReadRow> = results.readings(class, attack).collect();
    if rows.is_empty() {
        return "- | -".to_owned();
    }
    let count = |test: fn(&ReadRow) -> bool| rows.iter().filter(|row| test(row)).count();
    format!("{} | {}", share(count(|row| row.ok), rows.len()), share(count(|row| row.detected), rows.len()))
}

/// Percent, interval and count.
pub(crate) fn share(successes: usize, trials: usize) -> String {
    let (low, high) = wilson(successes, trials);
    let percent = 100.0 * successes as f64 / trials.max(1) as f64;
    format!("{percent:.1} [{:.0}-{:.0}] ({successes}/{trials})", 100.0 * low, 100.0 * high)
}

/// Margins, evidence, wrong payloads and the pictures that fail.
fn evidence(text: &mut String, results: &Results, classes: &[String]) {
    let _ = writeln!(
        text,
        "\n## Evidence\n\n| attack | class | median margin dB | median log10 p | wrong payload | not exact \
         (trials; * found all the same) |\n|---|---|---|---|---|---|"
    );
    for attack in &results.manifest.attacks {
        for class in classes {
            let rows: Vec<&ReadRow> = results.readings(class, attack).collect();
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(
                text,
                "| {attack} | {class} | {} | {} | {} | {} |",
                middle(&rows, |row| row.margin_db),
                middle(&rows, |row| row.log10_p),
                rows.iter().filter(|row| row.wrong_payload).count(),
                failures(results, class, attack),
            );
        }
    }
}

/// The median of a figure, `-` where no trial has it.
fn middle(rows: &[&ReadRow], value: fn(&ReadRow) -> Option<f64>) -> String {
    let values: Vec<f64> = rows.iter().filter_map(|row| value(row)).collect();
    if values.is_empty() { "-".to_owned() } else { format!("{:.1}", median(values.into_iter())) }
}

/// Pictures that were not read exactly, and how often.
fn failures(results: &Results, class: &str, attack: &str) -> String {
    let mut counts: std::collections::BTreeMap<&str, (usize, bool)> = std::collections::BTreeMap::new();
    for (trial, of, row) in results.every_reading() {
        if of == class && trial.attack == attack && !row.ok {
            let name = trial.picture.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
            let entry = counts.entry(name).or_insert((0, true));
            *entry = (entry.0 + 1, entry.1 && row.detected);
        }
    }
    let word = |(name, (count, found)): (&str, (usize, bool))| match count {
        1 => format!("{name}{}", if found { "*" } else { "" }),
        _ => format!("{name} {count}x{}", if found { "*" } else { "" }),
    };
    counts.into_iter().map(word).collect::<Vec<_>>().join(", ")
}

fn descriptions(text: &mut String, results: &Results) {
    let _ = writeln!(text, "\n## What the attacks do\n");
    for (attack, description) in results.manifest.attacks.iter().zip(&results.manifest.descriptions) {
        let _ = writeln!(text, "- {attack}: {description}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_share_names_percent_interval_and_count() {
        assert_eq!(super::share(57, 60), "95.0 [86-98] (57/60)");
        assert_eq!(super::share(60, 60), "100.0 [94-100] (60/60)");
    }
}
