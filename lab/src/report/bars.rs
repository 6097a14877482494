//! Which bar is met.

use crate::bars::{Bar, Bars, Measure, Quality};
use crate::results::Results;
use crate::statistics::wilson;
use std::fmt::Write as _;

/// Trials that every attack of a row should have.
const ENOUGH: usize = 60;

/// Measured against asked, row by row, for the classes that were run.
pub(crate) fn section(text: &mut String, results: &Results, bars: &Bars) {
    let classes: Vec<String> =
        results.classes().into_iter().filter(|class| crate::classes::KNOWN.contains(&class.as_str())).collect();
    if classes.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "\n## Bars\n\nThe rate over all attacks of a row with its Wilson interval, the worst attack if there are several, \
         and the bar. **met**: every attack comes up to it; on average: only all together do; possible: the interval \
         reaches it; **missed**: not even that. A dagger: an attack has fewer than {ENOUGH} trials.\n\n| row | {} |\n|---|{}",
        classes.join(" | "),
        "---|".repeat(classes.len())
    );
    for bar in &bars.rows {
        let cells: Vec<String> = classes.iter().map(|class| cell(results, class, bar)).collect();
        let found = if bar.measure == Measure::Found { " (found)" } else { "" };
        let _ = writeln!(text, "| {}{found} | {} |", bar.name, cells.join(" | "));
    }
    let _ = writeln!(text, "\n| quality | {} |\n|---|{}", classes.join(" | "), "---|".repeat(classes.len()));
    type Line = (&'static str, fn(&Measured, &Quality) -> String);
    let lines: [Line; 4] = [
        ("mean PSNR dB", |m, q| least(m.mean_psnr_db, Some(q.mean_psnr_db))),
        ("mean SSIMULACRA2", |m, q| least(m.mean_ssimulacra2, Some(q.mean_ssimulacra2))),
        ("worst SSIMULACRA2", |m, q| least(m.worst_ssimulacra2, Some(q.worst_ssimulacra2))),
        ("pictures that are marked, %", |m, q| {
            least(m.marked_percent, q.most_refused_percent.map(|most| 100.0 - most))
        }),
    ];
    for (name, line) in lines {
        let cell = |class: &String| {
            let bar = bars.quality.iter().find(|quality| quality.class == *class);
            bar.map_or_else(|| "-".to_owned(), |bar| line(&Measured::of(results, class), bar))
        };
        let _ = writeln!(text, "| {name} | {} |", classes.iter().map(cell).collect::<Vec<_>>().join(" | "));
    }
}

/// A measured figure, its bar, and the word.
fn least(measured: Option<f64>, bar: Option<f64>) -> String {
    match (measured, bar) {
        (None, _) => "not measured".to_owned(),
        (Some(measured), None) => format!("{measured:.2}"),
        (Some(measured), Some(bar)) => {
            format!("{measured:.2} of {bar:.2} {}", if measured >= bar { "**met**" } else { "**missed**" })
        }
    }
}

/// Quality of a class.
struct Measured {
    mean_psnr_db: Option<f64>,
    mean_ssimulacra2: Option<f64>,
    worst_ssimulacra2: Option<f64>,
    marked_percent: Option<f64>,
}

impl Measured {
    fn of(results: &Results, class: &str) -> Self {
        let rows = || results.embeddings().filter(move |(_, of, _)| *of == class);
        let mean = |values: Vec<f64>| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
        let ssimulacra2: Vec<f64> = rows().filter_map(|(_, _, row)| row.ssimulacra2).collect();
        let pictures = |refused: bool| {
            let names =
                rows().filter(|(_, _, row)| !refused || row.refused.is_some()).map(|(trial, _, _)| &trial.picture);
            names.collect::<std::collections::BTreeSet<_>>().len() as f64
        };
        Self {
            mean_psnr_db: mean(rows().filter_map(|(_, _, row)| row.psnr_db).collect()),
            worst_ssimulacra2: ssimulacra2.iter().copied().reduce(f64::min),
            mean_ssimulacra2: mean(ssimulacra2),
            marked_percent: (pictures(false) > 0.0).then(|| 100.0 * (1.0 - pictures(true) / pictures(false))),
        }
    }
}

/// Successes and trials of an attack.
fn count(results: &Results, class: &str, attack: &str, measure: Measure) -> (usize, usize) {
    results.readings(class, attack).fold((0, 0), |(successes, trials), row| {
        let success = if measure == Measure::Exact { row.ok } else { row.detected };
        (successes + usize::from(success), trials + 1)
    })
}

fn percent((successes, trials): (usize, usize)) -> f64 {
    100.0 * successes as f64 / trials.max(1) as f64
}

fn cell(results: &Results, class: &str, bar: &Bar) -> String {
    let counted: Vec<(&str, (usize, usize))> =
        bar.attacks.iter().map(|attack| (attack.as_str(), count(results, class, attack, bar.measure))).collect();
    let measured: Vec<_> = counted.iter().filter(|(_, (_, trials))| *trials > 0).collect();
    // For a bar from above the worst is the most successful; turned round, everything else is the same.
    let (sign, asked) = match (bar.minimum.get(class), bar.maximum.get(class)) {
        (_, Some(maximum)) => (-1.0, Some(*maximum)),
        (minimum, None) => (1.0, minimum.copied()),
    };
    let worst = measured.iter().min_by(|a, b| (sign * percent(a.1)).total_cmp(&(sign * percent(b.1))));
    let Some((worst, worst_count)) = worst else { return "not measured".to_owned() };
    let all = measured.iter().fold((0, 0), |sum, (_, (s, t))| (sum.0 + s, sum.1 + t));
    let (low, high) = wilson(all.0, all.1);
    let mut text = format!("{:.1} [{:.0}-{:.0}] ({}/{})", percent(all), 100.0 * low, 100.0 * high, all.0, all.1);
    if measured.iter().any(|(_, (_, trials))| *trials < ENOUGH) {
        text.push('\u{2020}');
    }
    if measured.len() > 1 {
        let _ = write!(text, ", worst {worst} {:.0}", percent(*worst_count));
    }
    let missing: Vec<&str> = counted.iter().filter(|(_, (_, trials))| *trials == 0).map(|(name, _)| *name).collect();
    if !missing.is_empty() {
        let _ = write!(text, ", without {}", missing.join(" "));
    }
    let Some(asked) = asked else { return text };
    let reach = 100.0 * if sign > 0.0 { high } else { low };
    let comes_up = |value: f64| sign * value >= sign * asked;
    let word = match (comes_up(percent(*worst_count)), comes_up(percent(all)), comes_up(reach)) {
        (true, _, _) => "**met**",
        (_, true, _) => "on average",
        (_, _, true) => "possible",
        _ => "**missed**",
    };
    let _ = write!(text, ", {} {asked:.0} {word}", if sign > 0.0 { "of" } else { "at most" });
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Line, Manifest, ReadRow, Row, Trial};

    fn results(rates: &[(&str, u32, u32)]) -> Results {
        let line = |attack: &str, repetition: u32, ok: bool| Line {
            class: "art".to_owned(),
            trial: Trial { picture: "art/a.png".to_owned(), repetition, attack: attack.to_owned(), position: 0 },
            row: Row::Read(ReadRow { ok, detected: ok, ..ReadRow::default() }),
            ..Line::default()
        };
        let of = |&(attack, ok, all): &(&'static str, u32, u32)| (0..all).map(move |n| line(attack, n, n < ok));
        let lines = rates.iter().flat_map(|rate| of(&(Box::leak(rate.0.to_owned().into_boxed_str()), rate.1, rate.2)));
        Results::new(Manifest::default(), lines.collect())
    }

    fn bar(attacks: &[&str], minimum: f64) -> Bar {
        Bar {
            name: String::new(),
            attacks: attacks.iter().map(|&name| name.to_owned()).collect(),
            study: None,
            measure: Measure::Exact,
            minimum: [("art".to_owned(), minimum)].into(),
            maximum: std::collections::BTreeMap::new(),
        }
    }

    #[test]
    fn the_word_follows_from_the_worst_the_mean_and_the_interval() {
        let results = results(&[("x", 60, 60), ("y", 48, 60)]);
        let word = |attacks: &[&str], minimum| cell(&results, "art", &bar(attacks, minimum));
        assert!(word(&["x"], 100.0).ends_with("**met**"));
        assert!(word(&["x", "y"], 85.0).ends_with("on average"), "{}", word(&["x", "y"], 85.0));
        assert!(word(&["y"], 85.0).ends_with("possible"));
        assert!(word(&["y"], 95.0).ends_with("**missed**"));
        assert!(word(&["y", "z"], 80.0).contains("without z"));
        assert_eq!(word(&["z"], 80.0), "not measured");
    }

    #[test]
    fn a_bar_from_above_is_the_other_way_round() {
        let results = results(&[("x", 1, 60), ("y", 9, 60)]);
        let above = |attack: &str| {
            let mut bar = bar(&[attack], 0.0);
            bar.maximum = std::mem::take(&mut bar.minimum);
            bar.maximum.insert("art".to_owned(), 2.0);
            cell(&results, "art", &bar)
        };
        assert!(above("x").ends_with("**met**"), "{}", above("x"));
        assert!(above("y").ends_with("**missed**"), "{}", above("y"));
    }
}
