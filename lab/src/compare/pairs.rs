//! Trials that two runs have in common, and what changed in them.

use crate::results::{EmbedRow, ReadRow, Results, Trial};
use crate::statistics::{Mean, mcnemar};
use std::collections::BTreeMap;

/// A trial that both runs have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'a> {
    pub(crate) trial: &'a Trial,
    pub(crate) class: &'a str,
    pub(crate) before: &'a ReadRow,
    pub(crate) after: &'a ReadRow,
}

/// A marking that both runs have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MarkedPair<'a> {
    pub(crate) picture: &'a str,
    pub(crate) class: &'a str,
    pub(crate) before: &'a EmbedRow,
    pub(crate) after: &'a EmbedRow,
}

/// Everything that both runs have.
#[derive(Debug)]
pub(crate) struct Pairs<'a> {
    pub(crate) readings: Vec<Pair<'a>>,
    pub(crate) markings: Vec<MarkedPair<'a>>,
    /// Readings that only the first or only the second run has.
    pub(crate) alone: (usize, usize),
}

impl<'a> Pairs<'a> {
    /// Pairs the trials of the wanted attacks.
    pub(crate) fn new(before: &'a Results, after: &'a Results, wanted: impl Fn(&str) -> bool) -> Self {
        let first = before.every_reading().filter(|(trial, _, _)| wanted(&trial.attack));
        let mut only_before = 0;
        let mut readings = Vec::new();
        for (trial, class, row) in first {
            match after.reading(trial) {
                Some(after) => readings.push(Pair { trial, class, before: row, after }),
                None => only_before += 1,
            }
        }
        let second = after.every_reading().filter(|(trial, _, _)| wanted(&trial.attack)).count();
        let embedded: BTreeMap<&Trial, &EmbedRow> = after.embeddings().map(|(trial, _, row)| (trial, row)).collect();
        let markings = before.embeddings().filter_map(|(trial, class, before)| {
            Some(MarkedPair { picture: &trial.picture, class, before, after: embedded.get(trial)? })
        });
        let alone = (only_before, second - readings.len());
        Self { markings: markings.collect(), readings, alone }
    }
}

/// What changed in some pairs.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) pairs: usize,
    pub(crate) exact_before: usize,
    pub(crate) exact_after: usize,
    /// Exact before, not after.
    pub(crate) lost: usize,
    /// Exact after, not before.
    pub(crate) won: usize,
    /// McNemar's exact test of lost against won.
    pub(crate) p: f64,
    /// Margins of trials that have one in both runs, dB.
    pub(crate) margin_db: Option<Mean>,
    /// Evidence; below zero is more of it.
    pub(crate) log10_p: Option<Mean>,
    /// Change of the exact rate in points, with the standard error over pictures: trials of one picture go together.
    pub(crate) points: Option<Mean>,
}

impl Change {
    /// Of some pairs.
    pub(crate) fn of(pairs: &[Pair<'_>]) -> Self {
        let count = |test: fn(&Pair<'_>) -> bool| pairs.iter().filter(|pair| test(pair)).count();
        let (lost, won) = (count(|p| p.before.ok && !p.after.ok), count(|p| !p.before.ok && p.after.ok));
        let points =
            |pair: &Pair<'_>| 100.0 * (f64::from(u8::from(pair.after.ok)) - f64::from(u8::from(pair.before.ok)));
        Self {
            pairs: pairs.len(),
            exact_before: count(|p| p.before.ok),
            exact_after: count(|p| p.after.ok),
            lost,
            won,
            p: mcnemar(lost, won),
            margin_db: by_picture(pairs, |pair| Some(pair.after.margin_db? - pair.before.margin_db?)),
            log10_p: by_picture(pairs, |pair| Some(pair.after.log10_p? - pair.before.log10_p?)),
            points: by_picture(pairs, |pair| Some(points(pair))),
        }
    }

    /// One word on whether this is beyond noise; `tests` rows are looked at, so that one in twenty would stand out by
    /// chance: two signs when it stands out even so.
    pub(crate) fn verdict(&self, tests: usize) -> &'static str {
        let better = self.won > self.lost;
        let certain = self.p < 0.05 / tests.max(1) as f64;
        match (self.p < 0.05, better) {
            (false, _) => "",
            (true, true) => {
                if certain {
                    "**better**"
                } else {
                    "better"
                }
            }
            (true, false) => {
                if certain {
                    "**worse**"
                } else {
                    "worse"
                }
            }
        }
    }
}

/// The mean over pictures of each picture's mean, so that the standard error is honest about trials that go together.
fn by_picture(pairs: &[Pair<'_>], value: impl Fn(&Pair<'_>) -> Option<f64>) -> Option<Mean> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for pair in pairs {
        if let Some(value) = value(pair) {
            let entry = sums.entry(&pair.trial.picture).or_default();
            *entry = (entry.0 + value, entry.1 + 1.0);
        }
    }
    Mean::of(&sums.values().map(|(sum, count)| sum / count).collect::<Vec<f64>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ok: bool, margin_db: f64) -> ReadRow {
        ReadRow { ok, detected: ok, log10_p: Some(-margin_db), margin_db: Some(margin_db), ..ReadRow::default() }
    }

    #[test]
    fn a_change_counts_what_was_lost_and_won() {
        let trials: Vec<Trial> = (0..10).map(|n| Trial::embed(&format!("art/{n}.png"), 0)).collect();
        let rows: Vec<(ReadRow, ReadRow)> =
            (0..10).map(|n| (row(n < 3, f64::from(n)), row(n > 0, f64::from(n) + 1.5))).collect();
        let pair = |(trial, (before, after))| Pair { trial, class: "art", before, after };
        let pairs: Vec<Pair<'_>> = trials.iter().zip(rows.iter().map(|(b, a)| (b, a))).map(pair).collect();
        let change = Change::of(&pairs);
        assert_eq!((change.exact_before, change.exact_after, change.lost, change.won), (3, 9, 1, 7));
        assert!((change.p - 18.0 / 256.0).abs() < 1e-12);
        let margin = change.margin_db.expect("all have one");
        assert!((margin.mean - 1.5).abs() < 1e-12 && margin.error < 1e-9 && margin.count == 10);
        assert!((change.points.expect("ten").mean - 60.0).abs() < 1e-9);
        assert_eq!(change.verdict(1), "");
    }

    #[test]
    fn trials_of_one_picture_count_as_one() {
        let trial = Trial::embed("art/a.png", 0);
        let (before, after) = (row(true, 1.0), row(true, 3.0));
        let pairs = [Pair { trial: &trial, class: "art", before: &before, after: &after }; 30];
        assert_eq!(Change::of(&pairs).margin_db.expect("one").count, 1);
    }
}
