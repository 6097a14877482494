//! The tables of docs/decisions/thumbnail-fit.md.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use watermark_evidence::FitVerdict;

use super::pairs::Pair;

/// Shares of the original, least first, by which pairs are counted.
const CLASSES: [(f64, f64, &str); 5] = [
    (0.5, 2.0, "50 % and more"),
    (0.25, 0.5, "25 to 50 %"),
    (0.1, 0.25, "10 to 25 %"),
    (0.05, 0.1, "5 to 10 %"),
    (0.0, 0.05, "below 5 %"),
];

pub(crate) fn all(pairs: &[Pair], side: usize) -> String {
    let mut text = String::new();
    let sizes: Vec<usize> = pairs.iter().map(|pair| pair.thumbnail_bytes).collect();
    let mean = sizes.iter().sum::<usize>() / sizes.len().max(1);
    let most = sizes.iter().max().copied().unwrap_or(0);
    let _ = writeln!(text, "Thumbnails of {side} px: {mean} bytes on average, {most} at most.\n");
    by_share(&mut text, pairs);
    by_attack(&mut text, pairs);
    text
}

fn by_share(text: &mut String, pairs: &[Pair]) {
    let _ = writeln!(
        text,
        "| room | pairs | number | strength: 1 %, 10 %, median, 90 %, 99 % | fits | unsure | does not fit |"
    );
    let _ = writeln!(text, "| --- | --- | --- | --- | --- | --- | --- |");
    for (low, high, name) in CLASSES {
        for (own, kind) in [(true, "own"), (false, "other")] {
            let of_class = |pair: &&Pair| pair.is_true() == own && (low..high).contains(&pair.room);
            let class: Vec<&Pair> = pairs.iter().filter(of_class).collect();
            let mut strengths: Vec<f64> = class.iter().map(|pair| pair.fit.strength).collect();
            strengths.sort_by(f64::total_cmp);
            let quantiles = [0.01, 0.1, 0.5, 0.9, 0.99].map(|share| format!("{:.1}", quantile(&strengths, share)));
            let counts = verdicts(&class);
            let _ = writeln!(text, "| {name} | {kind} | {} | {} | {counts} |", class.len(), quantiles.join(", "));
        }
    }
}

fn by_attack(text: &mut String, pairs: &[Pair]) {
    let _ = writeln!(text, "\n| attack | copies | least strength | median | fits | unsure | does not fit |");
    let _ = writeln!(text, "| --- | --- | --- | --- | --- | --- | --- |");
    let mut attacks: BTreeMap<&str, Vec<&Pair>> = BTreeMap::new();
    for pair in pairs.iter().filter(|pair| pair.is_true()) {
        attacks.entry(&pair.attack).or_default().push(pair);
    }
    for (attack, class) in attacks {
        let mut strengths: Vec<f64> = class.iter().map(|pair| pair.fit.strength).collect();
        strengths.sort_by(f64::total_cmp);
        let (least, median) = (quantile(&strengths, 0.0), quantile(&strengths, 0.5));
        let _ = writeln!(text, "| {attack} | {} | {least:.1} | {median:.1} | {} |", class.len(), verdicts(&class));
    }
}

/// Shares of the three verdicts, percent.
fn verdicts(pairs: &[&Pair]) -> String {
    let share = |verdict: FitVerdict| {
        let count = pairs.iter().filter(|pair| pair.fit.verdict == verdict).count();
        format!("{:.1} %", 100.0 * count as f64 / pairs.len().max(1) as f64)
    };
    [FitVerdict::Fits, FitVerdict::Unsure, FitVerdict::DoesNotFit].map(share).join(" | ")
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = (share * sorted.len() as f64) as usize;
    sorted.get(at.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
