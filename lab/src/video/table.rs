//! Results on disk, and the table of them.

use super::Line;
use super::rows::ROWS;
use crate::commit::{Origin, command};
use crate::statistics::{median, wilson};
use std::fmt::Write as _;

/// The table of a marking.
pub(crate) fn report(lines: &[Line], marking: &str, seed: u64, origin: &Origin) -> String {
    let ours =
        |line: &&Line| line.marking == marking && line.seed == seed && origin.covers(&line.commit, &line.program);
    let mine: Vec<&Line> = lines.iter().filter(ours).collect();
    let mut text = format!(
        "# Clips\n\nCommand: `{}`\nCommit: {} (program {})\nMarking: {marking}\n\n",
        command(),
        origin.commit,
        origin.program
    );
    text += "| row | pieces | exact | of film | of animation | 95 % interval | asked | median log10 p | median margin, \
             dB | median kbit/s | median ms |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
    for row in ROWS {
        let of_row: Vec<&Line> = mine.iter().copied().filter(|line| line.row == row.name).collect();
        if of_row.is_empty() {
            continue;
        }
        let exact = of_row.iter().filter(|line| line.exact).count();
        let (low, high) = wilson(exact, of_row.len());
        let part = |film: bool| {
            let of_kind: Vec<&&Line> = of_row.iter().filter(|line| line.clip.starts_with("film") == film).collect();
            format!("{}/{}", of_kind.iter().filter(|line| line.exact).count(), of_kind.len())
        };
        let middle = |value: fn(&Line) -> f64| median(of_row.iter().map(|line| value(line)));
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "| {} | {} | {:.0} % | {} | {} | {:.0}-{:.0} % | {} | {:.0} | {:.1} | {:.0} | {:.0} |",
            row.name,
            of_row.len(),
            100.0 * exact as f64 / of_row.len() as f64,
            part(true),
            part(false),
            100.0 * low,
            100.0 * high,
            row.bar.map_or_else(|| "-".to_owned(), |bar| format!("{bar} %")),
            middle(|line| line.log10_p),
            middle(|line| line.margin_db),
            middle(|line| line.kbit_s),
            middle(|line| line.ms),
        );
    }
    text
}
