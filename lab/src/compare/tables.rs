//! The comparison in Markdown.

use super::pairs::{Change, MarkedPair, Pair, Pairs};
use crate::classes;
use crate::results::{EmbedRow, Results};
use crate::statistics::{Mean, median};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Everything.
pub(crate) fn text(before: &Results, after: &Results, pairs: &Pairs<'_>, brief: bool) -> String {
    let mut text = String::from("# Comparison\n\n");
    // Writing to a string cannot fail.
    for (name, results) in [("A", before), ("B", after)] {
        let manifest = &results.manifest;
        let _ = writeln!(
            text,
            "- {name}: commit {} (program {}); settings: {}; `{}`",
            results.commits().join(", "),
            manifest.program,
            manifest.settings,
            manifest.command
        );
    }
    let _ = writeln!(
        text,
        "- {} trials in both, {} only in A, {} only in B",
        pairs.readings.len(),
        pairs.alone.0,
        pairs.alone.1
    );
    let classes = classes::sorted(pairs.readings.iter().map(|pair| pair.class));
    overall(&mut text, pairs, &classes);
    quality(&mut text, pairs, &classes);
    attacks(&mut text, &before.manifest.attacks, pairs, &classes, brief);
    text
}

/// All attacks of a class together.
fn overall(text: &mut String, pairs: &Pairs<'_>, classes: &[String]) {
    let _ = writeln!(
        text,
        "\n## All attacks\n\nB minus A; standard errors over pictures.\n\n| class | trials | A exact % | B exact % | points | \
         lost | won | margin dB | log10 p | reading, ms A | B |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for class in classes {
        let of_class: Vec<Pair<'_>> = pairs.readings.iter().filter(|pair| pair.class == class).copied().collect();
        let change = Change::of(&of_class);
        let _ = writeln!(
            text,
            "| {class} | {} | {:.1} | {:.1} | {} | {} | {} | {} | {} | {:.0} | {:.0} |",
            change.pairs,
            percent(change.exact_before, change.pairs),
            percent(change.exact_after, change.pairs),
            marked(change.points),
            change.lost,
            change.won,
            marked(change.margin_db),
            marked(change.log10_p),
            median(of_class.iter().map(|pair| pair.before.elapsed_ms)),
            median(of_class.iter().map(|pair| pair.after.elapsed_ms)),
        );
    }
}

/// A figure of a marking.
type Figure = (&'static str, fn(&EmbedRow) -> Option<f64>);

/// The figures of the table.
const FIGURES: [Figure; 7] = [
    ("PSNR dB", |row| row.psnr_db),
    ("SSIM", |row| row.ssim),
    ("SSIMULACRA2", |row| row.ssimulacra2),
    ("butteraugli, maximum", |row| row.butteraugli),
    ("butteraugli, 3-norm", |row| row.butteraugli_3),
    ("read-back margin dB", |row| row.margin_db),
    ("marking and reading back, ms per MP", |row| {
        let megapixels = f64::from(row.width) * f64::from(row.height) / 1e6;
        row.refused.is_none().then_some(row.elapsed_ms / megapixels)
    }),
];

/// Quality of the marked pictures.
fn quality(text: &mut String, pairs: &Pairs<'_>, classes: &[String]) {
    let _ = writeln!(
        text,
        "\n## Marked pictures\n\n| class | figure | pictures | A mean | B mean | B minus A |\n|---|---|---|---|---|---|"
    );
    for class in classes {
        let of_class: Vec<&MarkedPair<'_>> = pairs.markings.iter().filter(|pair| pair.class == class).collect();
        let count = |test: fn(&MarkedPair<'_>) -> bool| of_class.iter().filter(|pair| test(pair)).count();
        let (first, second) = (count(|pair| pair.before.refused.is_some()), count(|pair| pair.after.refused.is_some()));
        let _ = writeln!(text, "| {class} | refused markings | {} | {first} | {second} | |", of_class.len());
        for (name, value) in FIGURES {
            if let Some([before, after, change]) = means(&of_class, value) {
                let (count, change) = (before.count, marked(Some(change)));
                let (before, after) = (before.mean, after.mean);
                let _ = writeln!(text, "| {class} | {name} | {count} | {before:.3} | {after:.3} | {change} |");
            }
        }
    }
}

/// Means over pictures before, after, and of the difference.
fn means(pairs: &[&MarkedPair<'_>], value: fn(&EmbedRow) -> Option<f64>) -> Option<[Mean; 3]> {
    let mut of_picture: BTreeMap<&str, Vec<(f64, f64)>> = BTreeMap::new();
    for pair in pairs {
        if let (Some(before), Some(after)) = (value(pair.before), value(pair.after)) {
            of_picture.entry(pair.picture).or_default().push((before, after));
        }
    }
    let mean = |of: fn(&(f64, f64)) -> f64| {
        let means = of_picture.values().map(|v| v.iter().map(of).sum::<f64>() / v.len() as f64);
        Mean::of(&means.collect::<Vec<_>>())
    };
    Some([mean(|v| v.0)?, mean(|v| v.1)?, mean(|v| v.1 - v.0)?])
}

/// Each attack of each class.
fn attacks(text: &mut String, names: &[String], pairs: &Pairs<'_>, classes: &[String], brief: bool) {
    let mut groups: BTreeMap<(usize, usize), Vec<Pair<'_>>> = BTreeMap::new();
    for pair in &pairs.readings {
        let attack = names.iter().position(|name| *name == pair.trial.attack);
        let class = classes.iter().position(|class| class == pair.class);
        if let (Some(attack), Some(class)) = (attack, class) {
            groups.entry((attack, class)).or_default().push(*pair);
        }
    }
    let tests = groups.len();
    let _ = writeln!(
        text,
        "\n## Attacks\n\nThe test is McNemar's exact one on the trials that changed; better and worse below 5 %, of which \
         {:.0} of {tests} rows would be by chance if the changes were even; in bold below 5 % for all rows together. \
         Means that differ by more than two standard errors have a star.\n\n| attack | class | trials | A exact % | B exact \
         % | lost | won | p | margin dB | log10 p | |\n|---|---|---|---|---|---|---|---|---|---|---|",
        0.05 * tests as f64
    );
    for ((attack, class), of_group) in &groups {
        let change = Change::of(of_group);
        let verdict = change.verdict(tests);
        let noise = |mean: Option<Mean>| mean.is_none_or(|mean| !mean.beyond_noise());
        if brief && verdict.is_empty() && noise(change.margin_db) && noise(change.log10_p) {
            continue;
        }
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.1} | {:.1} | {} | {} | {:.3} | {} | {} | {verdict} |",
            names[*attack],
            classes[*class],
            change.pairs,
            percent(change.exact_before, change.pairs),
            percent(change.exact_after, change.pairs),
            change.lost,
            change.won,
            change.p,
            marked(change.margin_db),
            marked(change.log10_p),
        );
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// A mean with its error, and a star beyond noise.
fn marked(mean: Option<Mean>) -> String {
    mean.map_or_else(|| "-".to_owned(), |mean| format!("{mean}{}", if mean.beyond_noise() { "*" } else { "" }))
}
