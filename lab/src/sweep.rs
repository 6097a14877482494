//! The same suite at several strengths: what robustness costs in quality.

use crate::marking::StrengthArgs;
use crate::plot::{Axis, Panel, Series, colour, grid};
use crate::report::share;
use crate::results::Results;
use crate::run::{Measure, measured};
use crate::systems::Ours;
use crate::{commit, report};
use anyhow::Context as _;
use std::fmt::Write as _;

/// What to sweep.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    measure: Measure,
    /// Strengths, as PSNR of the marked pictures in dB.
    #[arg(long, value_delimiter = ',', default_value = "38,40,42,44,46,48")]
    psnr: Vec<f64>,
}

/// One strength.
struct Point {
    psnr_db: f64,
    results: Results,
}

/// Runs the suite at every strength, each in a folder of its own, then a table and a plot of all.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let mut points = Vec::new();
    for &psnr_db in &options.psnr {
        eprintln!("lab: {psnr_db} dB");
        let folder = options.measure.out.join(format!("psnr-{psnr_db}"));
        let mut measure = options.measure.clone();
        measure.out.clone_from(&folder);
        let results = measured(&measure, &Ours { strength: StrengthArgs::at_psnr(psnr_db) })?;
        report::write(&results, &folder)?;
        points.push(Point { psnr_db, results });
    }
    let folder = &options.measure.out;
    let text = text(&points);
    println!("{text}");
    std::fs::write(folder.join("sweep.md"), text).with_context(|| format!("writing in {}", folder.display()))?;
    std::fs::write(folder.join("sweep.svg"), svg(&points)).with_context(|| format!("writing in {}", folder.display()))
}

/// Exact readings and trials of a class over all attacks.
fn count(results: &Results, class: &str) -> (usize, usize) {
    let of_class = results.every_reading().filter(|(_, of, _)| *of == class);
    of_class.fold((0, 0), |sum, (_, _, row)| (sum.0 + usize::from(row.ok), sum.1 + 1))
}

/// Mean SSIMULACRA2 of a class, when it was measured.
fn ssimulacra2(results: &Results, class: &str) -> Option<f64> {
    let of_class = results.embeddings().filter(|(_, of, _)| *of == class);
    let scores: Vec<f64> = of_class.filter_map(|(_, _, row)| row.ssimulacra2).collect();
    (!scores.is_empty()).then(|| scores.iter().sum::<f64>() / scores.len() as f64)
}

fn refused(results: &Results, class: &str) -> usize {
    results.embeddings().filter(|(_, of, row)| *of == class && row.refused.is_some()).count()
}

/// Every class that any strength has.
fn classes(points: &[Point]) -> Vec<String> {
    let all: Vec<String> = points.iter().flat_map(|point| point.results.classes()).collect();
    crate::classes::sorted(all.iter().map(String::as_str))
}

fn text(points: &[Point]) -> String {
    let mut text = format!("# Quality against robustness\n\nCommand: `{}`\n", commit::command());
    if let Some(point) = points.first() {
        let manifest = &point.results.manifest;
        let (commits, attacks) = (point.results.commits().join(", "), manifest.attacks.join(", "));
        let _ = writeln!(text, "Commit: {commits} (program {})\nAttacks: {attacks}\n", manifest.program);
    }
    text.push_str(
        "| PSNR dB | class | exact % of all attacks | SSIMULACRA2 | refused markings |\n|---|---|---|---|---|\n",
    );
    for point in points {
        for class in classes(points) {
            let (exact, trials) = count(&point.results, &class);
            let score = ssimulacra2(&point.results, &class).map_or_else(|| "-".to_owned(), |s| format!("{s:.1}"));
            let (rate, refused) = (share(exact, trials), refused(&point.results, &class));
            let _ = writeln!(text, "| {} | {class} | {rate} | {score} | {refused} |", point.psnr_db);
        }
    }
    text + "\n![Exact payload over all attacks against quality](sweep.svg)\n"
}

/// Rates against PSNR and, when it was measured, against SSIMULACRA2.
fn svg(points: &[Point]) -> String {
    let panel = |label: &str, x: &dyn Fn(&Point, &str) -> Option<f64>| {
        let line = |(index, class): (usize, String)| {
            let point = |point: &Point| {
                let (exact, trials) = count(&point.results, &class);
                (trials > 0).then_some(())?;
                Some((x(point, &class)?, 100.0 * exact as f64 / trials as f64))
            };
            let points = points.iter().filter_map(point).collect();
            Series { name: class.clone(), colour: colour(index), points }
        };
        let series: Vec<Series> = classes(points).into_iter().enumerate().map(line).collect();
        let values = || series.iter().flat_map(|series| series.points.iter().map(|point| point.0));
        let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        let (x, y) = (Axis::new(label, low, high), Axis::new("exact %", 0.0, 100.0));
        low.is_finite().then(|| Panel { title: "all attacks".to_owned(), x, y, series, bars: Vec::new() })
    };
    let panels = [
        panel("PSNR dB", &|point, _| Some(point.psnr_db)),
        panel("SSIMULACRA2", &|point, class| ssimulacra2(&point.results, class)),
    ];
    grid(&panels.into_iter().flatten().collect::<Vec<_>>(), 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Line, Manifest, ReadRow, Row, Trial};

    #[test]
    fn the_table_and_the_plot_have_every_strength() {
        let point = |psnr_db: f64, ok: bool| {
            let trial = Trial { attack: "none".to_owned(), ..Trial::default() };
            let row = Row::Read(ReadRow { ok, ..ReadRow::default() });
            let line = Line { class: "art".to_owned(), trial, row, ..Line::default() };
            Point { psnr_db, results: Results::new(Manifest::default(), vec![line]) }
        };
        let points = [point(38.0, true), point(48.0, false)];
        let text = text(&points);
        assert!(text.contains("| 38 | art | 100.0 ") && text.contains("| 48 | art | 0.0 "), "{text}");
        let svg = svg(&points);
        assert_eq!((svg.matches("<circle").count(), svg.matches("SSIMULACRA2").count()), (2, 0));
    }
}
