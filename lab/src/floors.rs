//! Recorded floors: rates that a row must not fall below, so that a loss is noticed when it is made.

use crate::results::Results;
use anyhow::Context as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// Percent of exact payloads by class and attack.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub(crate) struct Floors(BTreeMap<String, BTreeMap<String, f64>>);

impl Floors {
    /// From a TOML file with a table for each class.
    pub(crate) fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
        toml::from_str(&text).with_context(|| format!("floors in {}", file.display()))
    }

    /// Floors for what was measured, `slack` trials below it.
    pub(crate) fn record(results: &Results, slack: usize) -> Self {
        let mut floors: BTreeMap<String, BTreeMap<String, f64>> = BTreeMap::new();
        for class in results.classes() {
            for attack in &results.manifest.attacks {
                let (exact, trials) = count(results, &class, attack);
                if trials > 0 {
                    // Rounded down: a floor is never above the rate that it stands for.
                    let percent = (100.0 * exact.saturating_sub(slack) as f64 / trials as f64).floor();
                    floors.entry(class.clone()).or_default().insert(attack.clone(), percent);
                }
            }
        }
        Self(floors)
    }

    /// As a file, with the command that measured it.
    pub(crate) fn text(&self, results: &Results) -> String {
        let mut text = format!(
            "# Percent of exact payloads that no row may fall below: one trial less than was measured. Record them again with\n\
             # the same command, on purpose and with the reason in the commit.\n# Measured at commit {} by\n# {}\n",
            results.commits().join(", "),
            results.manifest.command
        );
        for (class, floors) in &self.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n[{class}]");
            for (attack, percent) in floors {
                let _ = writeln!(text, "\"{attack}\" = {percent:.1}");
            }
        }
        text
    }

    /// The rows below their floor, or without a trial, in words.
    pub(crate) fn broken(&self, results: &Results) -> Vec<String> {
        let mut broken = Vec::new();
        for (class, floors) in &self.0 {
            for (attack, floor) in floors {
                let (exact, trials) = count(results, class, attack);
                if trials == 0 {
                    broken.push(format!("{class} {attack}: not measured"));
                } else if 100.0 * (exact as f64) < floor * trials as f64 {
                    broken.push(format!("{class} {attack}: {exact} of {trials}, the floor is {floor} %"));
                }
            }
        }
        broken
    }
}

fn count(results: &Results, class: &str, attack: &str) -> (usize, usize) {
    results.readings(class, attack).fold((0, 0), |sum, row| (sum.0 + usize::from(row.ok), sum.1 + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Line, Manifest, ReadRow, Row, Trial};

    fn results(exact: u32) -> Results {
        let line = |n: u32| Line {
            class: "art".to_owned(),
            trial: Trial { repetition: n, attack: "jpeg-50".to_owned(), ..Trial::default() },
            row: Row::Read(ReadRow { ok: n < exact, ..ReadRow::default() }),
            ..Line::default()
        };
        let manifest = Manifest { attacks: vec!["jpeg-50".to_owned()], ..Manifest::default() };
        Results::new(manifest, (0..12).map(line).collect())
    }

    #[test]
    fn a_row_below_its_floor_is_named() {
        let floors = Floors::record(&results(11), 1);
        assert_eq!(floors, toml::from_str(&floors.text(&results(11))).expect("valid"));
        assert!(floors.broken(&results(10)).is_empty());
        assert_eq!(floors.broken(&results(9)), ["art jpeg-50: 9 of 12, the floor is 83 %"]);
        let other: Floors = toml::from_str("[photo-S]\nnone = 90").expect("valid");
        assert_eq!(other.broken(&results(12)), ["photo-S none: not measured"]);
    }
}
