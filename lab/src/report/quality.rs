//! What the mark costs: quality of the marked pictures and time.

use crate::results::{EmbedRow, Results};
use crate::statistics::median;
use std::fmt::Write as _;

/// A figure of a marking, and whether a small value is the bad one.
type Figure = (&'static str, fn(&EmbedRow) -> Option<f64>, bool);

/// Markings with their pictures.
type Rows<'a> = [(&'a str, &'a EmbedRow)];

/// The figures of the table.
const FIGURES: [Figure; 6] = [
    ("PSNR dB", |row| row.psnr_db, true),
    ("SSIM", |row| row.ssim, true),
    ("SSIMULACRA2", |row| row.ssimulacra2, true),
    ("butteraugli, maximum", |row| row.butteraugli, false),
    ("butteraugli, 3-norm", |row| row.butteraugli_3, false),
    ("read-back margin dB", |row| row.margin_db, true),
];

/// Pictures, refusals, quality and speed by class.
pub(crate) fn section(text: &mut String, results: &Results) {
    let classes = results.classes();
    let _ = writeln!(text, "## Quality and speed\n\nMean; worst single marking in brackets.\n");
    let _ = writeln!(text, "| | {} |\n|---|{}", classes.join(" | "), "---|".repeat(classes.len()));
    let rows = |class: &str| -> Vec<(&str, &EmbedRow)> {
        let of_class = results.embeddings().filter(|(_, of, _)| *of == class);
        of_class.map(|(trial, _, row)| (trial.picture.as_str(), row)).collect()
    };
    let mut line = |name: &str, cell: &dyn Fn(&Rows<'_>) -> String| {
        let cells: Vec<String> = classes.iter().map(|class| cell(&rows(class))).collect();
        let _ = writeln!(text, "| {name} | {} |", cells.join(" | "));
    };
    line("pictures (markings)", &|rows| {
        let pictures: std::collections::BTreeSet<&str> = rows.iter().map(|(picture, _)| *picture).collect();
        format!("{} ({})", pictures.len(), rows.len())
    });
    line("refused pictures", &|rows| refused(rows).len().to_string());
    for (name, value, low_is_bad) in FIGURES {
        line(name, &|rows| cell(rows, value, low_is_bad));
    }
    line("marking and reading back, ms per MP (median)", &|rows| {
        let marked = rows.iter().filter(|(_, row)| row.refused.is_none());
        number(median(marked.map(|(_, row)| row.elapsed_ms / megapixels(row.width, row.height))))
    });
    let times = |class: &String| {
        let of_class = results.every_reading().filter(|(_, of, _)| of == class);
        of_class.map(|(_, _, row)| (row.elapsed_ms, megapixels(row.width, row.height))).collect::<Vec<_>>()
    };
    let cells = |value: fn((f64, f64)) -> f64| {
        let cell = |class| number(median(times(class).into_iter().map(value)));
        classes.iter().map(cell).collect::<Vec<_>>().join(" | ")
    };
    let _ = writeln!(text, "| reading, ms (median) | {} |", cells(|(ms, _)| ms));
    let _ = writeln!(text, "| reading, ms per MP (median) | {} |\n", cells(|(ms, mp)| ms / mp));
    for class in &classes {
        for (picture, reason) in refused(&rows(class)) {
            let _ = writeln!(text, "- refused: {picture}: {reason}");
        }
    }
    if results.embeddings().any(|(_, _, row)| row.tiles > 0) {
        let _ = writeln!(text, "- perceptual figures of pictures above 4 MP are the mean of four tiles of 1024 px");
    }
}

fn megapixels(width: u32, height: u32) -> f64 {
    f64::from(width) * f64::from(height) / 1e6
}

/// Each refused picture once, with the reason of its first refusal.
fn refused<'a>(rows: &Rows<'a>) -> std::collections::BTreeMap<&'a str, &'a str> {
    let mut refused = std::collections::BTreeMap::new();
    for (picture, row) in rows {
        if let Some(reason) = &row.refused {
            refused.entry(*picture).or_insert(reason.as_str());
        }
    }
    refused
}

/// Mean and worst of a figure.
fn cell(rows: &Rows<'_>, value: fn(&EmbedRow) -> Option<f64>, low_is_bad: bool) -> String {
    let values: Vec<(&str, f64)> = rows.iter().filter_map(|(picture, row)| Some((*picture, value(row)?))).collect();
    let sign = if low_is_bad { 1.0 } else { -1.0 };
    let Some((picture, worst)) = values.iter().min_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1))) else {
        return "-".to_owned();
    };
    let mean = values.iter().map(|(_, value)| value).sum::<f64>() / values.len() as f64;
    format!("{} ({}, {})", number(mean), number(*worst), short(picture))
}

/// A picture's name without folder and ending.
fn short(picture: &str) -> &str {
    let name = picture.rsplit('/').next().unwrap_or(picture);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Three or four digits, as many decimals as they leave.
fn number(value: f64) -> String {
    match value.abs() {
        _ if value.is_nan() => "-".to_owned(),
        size if size < 2.0 => format!("{value:.4}"),
        size if size < 200.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_the_lowest_or_the_highest() {
        let row =
            |psnr, butteraugli| EmbedRow { psnr_db: Some(psnr), butteraugli: Some(butteraugli), ..EmbedRow::default() };
        let (first, second) = (row(40.0, 0.5), row(44.0, 1.5));
        let rows = [("photo/a.png", &first), ("photo/b.png", &second)];
        assert_eq!(cell(&rows, |row| row.psnr_db, true), "42.00 (40.00, a)");
        assert_eq!(cell(&rows, |row| row.butteraugli, false), "1.0000 (1.5000, b)");
        assert_eq!(cell(&rows, |row| row.ssim, true), "-");
    }
}
