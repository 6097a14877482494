//! The table of a robustness study, in Markdown.

use super::rows::{EmbedRow, ReadRow, Store};
use std::fmt::Write as _;

/// The whole report: origin, quality, table.
pub(crate) fn report(store: &Store, attacks: &[&str], pictures: &[String]) -> String {
    let mut text = String::from("# Robustness\n\n");
    // Writing to a string cannot fail.
    let _ = writeln!(text, "Command: `{}`", command());
    let _ = writeln!(
        text,
        "Commit: {} (program {}); settings: {}\n",
        store.commits().join(", "),
        store.origin.program,
        store.settings
    );
    let embedded: Vec<(&String, EmbedRow)> = pictures.iter().filter_map(|p| Some((p, store.embedding(p)?))).collect();
    quality(&mut text, &embedded, pictures.len());
    let marked: Vec<&String> = embedded.iter().filter(|(_, row)| row.refused.is_none()).map(|(p, _)| *p).collect();
    let _ = writeln!(
        text,
        "\n| attack | exact payload | found | wrong payload | median log10 p | median margin dB | median ms | not exact |"
    );
    let _ = writeln!(text, "|---|---|---|---|---|---|---|---|");
    for attack in attacks {
        let rows: Vec<(&String, ReadRow)> =
            marked.iter().filter_map(|p| Some((*p, store.reading(p, attack)?))).collect();
        let count = |test: fn(&ReadRow) -> bool| rows.iter().filter(|(_, row)| test(row)).count();
        let failed: Vec<String> = rows.iter().filter(|(_, row)| !row.ok).map(|(p, row)| failure(p, row)).collect();
        let _ = writeln!(
            text,
            "| {attack} | {}/{n} | {}/{n} | {} | {:.1} | {:.1} | {:.0} | {} |",
            count(|row| row.ok),
            count(|row| row.detected),
            count(|row| row.wrong_payload),
            median(rows.iter().map(|(_, row)| row.log10_p)),
            median(rows.iter().map(|(_, row)| row.margin_db.unwrap_or(f64::NEG_INFINITY))),
            median(rows.iter().map(|(_, row)| row.elapsed_ms)),
            failed.join(", "),
            n = rows.len(),
        );
    }
    text
}

/// A picture that was not read exactly, with its evidence; `*` when the mark was found all the same.
fn failure(picture: &str, row: &ReadRow) -> String {
    let stem = picture.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or(picture);
    format!("{stem} ({:.1}{})", row.log10_p, if row.detected { "*" } else { "" })
}

fn quality(text: &mut String, embedded: &[(&String, EmbedRow)], pictures: usize) {
    let refused: Vec<_> = embedded.iter().filter_map(|(p, row)| Some((p, row.refused.as_ref()?))).collect();
    let _ = writeln!(
        text,
        "- {pictures} pictures, {} marked, {} refused, {} in trouble",
        embedded.len() - refused.len(),
        refused.len(),
        pictures - embedded.len()
    );
    for (picture, reason) in &refused {
        let _ = writeln!(text, "  - refused: {picture}: {reason}");
    }
    let mut line = |name: &str, values: Vec<(f64, &str)>| {
        let Some(&(worst, picture)) = values.iter().min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
        let mean = values.iter().map(|(value, _)| value).sum::<f64>() / values.len() as f64;
        let _ = writeln!(text, "- {name}: mean {mean:.2}, lowest {worst:.2} ({picture})");
    };
    let column = |value: fn(&EmbedRow) -> Option<f64>| -> Vec<(f64, &str)> {
        embedded.iter().filter_map(|(p, row)| Some((value(row)?, p.as_str()))).collect()
    };
    line("PSNR dB", column(|row| row.psnr_db));
    line("margin of the read-back dB", column(|row| row.margin_db));
    line("SSIMULACRA2 (above 4 MP the mean of four tiles of 1024 px)", column(|row| row.ssimulacra2));
    line(
        "milliseconds a megapixel to mark and read back",
        column(|row| {
            let pixels = f64::from(row.width) * f64::from(row.height);
            row.refused.is_none().then_some(row.elapsed_ms / pixels * 1e6)
        }),
    );
}

/// The command line without the folder that the program lies in.
pub(crate) fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("cargo run --release -p lab -- {}", arguments.join(" "))
}

/// The middle value; NaN of none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => 0.5 * (values[n / 2 - 1] + values[n / 2]),
    }
}
