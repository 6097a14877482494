//! What the default profile has to come up to, from `bars.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The table that ships with the laboratory.
const TABLE: &str = include_str!("../bars.toml");

/// All bars.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bars {
    pub(crate) quality: Vec<Quality>,
    #[serde(rename = "row")]
    pub(crate) rows: Vec<Bar>,
}

/// What the marked pictures of a class have to look like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Quality {
    pub(crate) class: String,
    pub(crate) mean_psnr_db: f64,
    pub(crate) mean_ssimulacra2: f64,
    /// Of the worst single picture.
    pub(crate) worst_ssimulacra2: f64,
    pub(crate) most_refused_percent: Option<f64>,
}

/// What counts as a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Measure {
    /// Payload exact and authentic.
    #[default]
    Exact,
    /// The verdict `found`.
    Found,
}

/// One row: a family of attacks and what each has to come up to (or stay below) in percent, by class.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) attacks: Vec<String>,
    /// The study that makes the rows, if it is not `lab run`.
    pub(crate) study: Option<String>,
    #[serde(default)]
    pub(crate) measure: Measure,
    #[serde(default)]
    pub(crate) minimum: BTreeMap<String, f64>,
    #[serde(default)]
    pub(crate) maximum: BTreeMap<String, f64>,
}

impl Bars {
    /// The bars that ship with the laboratory.
    pub(crate) fn shipped() -> anyhow::Result<Self> {
        Ok(toml::from_str(TABLE)?)
    }

    /// The attacks of all rows that `lab run` makes, in order.
    pub(crate) fn attacks(&self) -> Vec<String> {
        self.rows.iter().filter(|row| row.study.is_none()).flat_map(|row| row.attacks.iter().cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_bars_make_sense() {
        let bars = Bars::shipped().expect("valid");
        assert_eq!(bars.quality.len(), 3);
        for row in &bars.rows {
            assert!(!row.attacks.is_empty(), "{}", row.name);
            assert!(row.minimum.is_empty() != row.maximum.is_empty(), "{}", row.name);
            for (class, percent) in row.minimum.iter().chain(&row.maximum) {
                assert!(crate::classes::KNOWN.contains(&class.as_str()) && (0.0..=100.0).contains(percent));
            }
        }
        let mut attacks = bars.attacks();
        let count = attacks.len();
        attacks.sort_unstable();
        attacks.dedup();
        assert_eq!(attacks.len(), count, "an attack in two rows");
    }
}
