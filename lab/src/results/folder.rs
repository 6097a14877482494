//! A folder of results: the rows, and what the run says of itself.

use super::{EmbedRow, Line, ReadRow, Row, Trial};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// File with one row a line.
pub(crate) const ROWS: &str = "results.jsonl";
/// File with the manifest.
const MANIFEST: &str = "run.json";

/// What was run, written before the first trial.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) command: String,
    pub(crate) commit: String,
    pub(crate) program: String,
    pub(crate) settings: String,
    /// Names in the order of the table.
    pub(crate) attacks: Vec<String>,
    /// What each attack does, with its parameters, in the same order.
    pub(crate) descriptions: Vec<String>,
    /// Pictures that were to be marked, with their class.
    pub(crate) pictures: BTreeMap<String, String>,
    /// Pictures that were brought to a smaller size first, with their class.
    #[serde(default)]
    pub(crate) reduced: Vec<String>,
    /// Largest size that pictures are run at, megapixels; 0 without a bound.
    pub(crate) megapixels: f64,
}

impl Manifest {
    /// Writes it into a folder.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        std::fs::write(folder.join(MANIFEST), serde_json::to_string_pretty(self)? + "\n")
            .with_context(|| format!("writing the manifest in {}", folder.display()))
    }
}

/// Rows of one run by trial.
#[derive(Debug, Clone, Default)]
pub(crate) struct Results {
    pub(crate) manifest: Manifest,
    lines: BTreeMap<Trial, Line>,
}

impl Results {
    /// From lines; a later line of a trial replaces an earlier one.
    pub(crate) fn new(manifest: Manifest, lines: Vec<Line>) -> Self {
        Self { manifest, lines: lines.into_iter().map(|line| (line.trial.clone(), line)).collect() }
    }

    /// The rows in a folder that its manifest stands for.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let file = |name: &str| {
            let path = folder.join(name);
            std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        };
        let manifest: Manifest = serde_json::from_str(&file(MANIFEST)?)?;
        let lines = file(ROWS)?.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok()).collect::<Vec<_>>();
        let holds = |line: &Line| line.program == manifest.program && line.settings == manifest.settings;
        let lines = lines.into_iter().filter(holds).collect();
        Ok(Self::new(manifest, lines))
    }

    /// These and others; a trial that both have is taken from the others.
    pub(crate) fn with(mut self, others: Self) -> Self {
        let (mine, theirs) = (&mut self.manifest, others.manifest);
        for (attack, description) in theirs.attacks.into_iter().zip(theirs.descriptions) {
            if !mine.attacks.contains(&attack) {
                mine.attacks.push(attack);
                mine.descriptions.push(description);
            }
        }
        mine.command = format!("{}`; `{}", mine.command, theirs.command);
        if mine.program != theirs.program {
            mine.program = format!("{}, {}", mine.program, theirs.program);
        }
        mine.settings = format!("{}; {}", mine.settings, theirs.settings);
        mine.pictures.extend(theirs.pictures);
        mine.reduced.extend(theirs.reduced);
        mine.reduced.sort();
        mine.reduced.dedup();
        self.lines.extend(others.lines);
        self
    }

    /// Every commit that the rows name.
    pub(crate) fn commits(&self) -> Vec<String> {
        let mut commits: Vec<String> = self.lines.values().map(|line| line.commit.clone()).collect();
        commits.sort();
        commits.dedup();
        commits
    }

    /// The classes with rows.
    pub(crate) fn classes(&self) -> Vec<String> {
        crate::classes::sorted(self.lines.values().map(|line| line.class.as_str()))
    }

    /// The readings of a class after an attack.
    pub(crate) fn readings<'a>(&'a self, class: &'a str, attack: &'a str) -> impl Iterator<Item = &'a ReadRow> + 'a {
        self.every_reading().filter(move |(trial, of, _)| *of == class && trial.attack == attack).map(|(_, _, row)| row)
    }

    /// All readings with trial and class.
    pub(crate) fn every_reading(&self) -> impl Iterator<Item = (&Trial, &str, &ReadRow)> {
        self.lines.values().filter_map(|line| match &line.row {
            Row::Read(row) => Some((&line.trial, line.class.as_str(), row)),
            _ => None,
        })
    }

    /// All markings with trial and class.
    pub(crate) fn embeddings(&self) -> impl Iterator<Item = (&Trial, &str, &EmbedRow)> {
        self.lines.values().filter_map(|line| match &line.row {
            Row::Embed(row) => Some((&line.trial, line.class.as_str(), row)),
            _ => None,
        })
    }

    /// Attacks that could not be done, with the reason.
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&Trial, &str)> {
        self.lines.values().filter_map(|line| match &line.row {
            Row::Failed { reason } => Some((&line.trial, reason.as_str())),
            _ => None,
        })
    }

    /// The reading of a trial.
    pub(crate) fn reading(&self, trial: &Trial) -> Option<&ReadRow> {
        match &self.lines.get(trial)?.row {
            Row::Read(row) => Some(row),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_put_together() {
        let one = |attack: &str| {
            let trial = Trial { attack: attack.to_owned(), ..Trial::default() };
            let row = Row::Read(ReadRow::default());
            let line = Line { class: "art".to_owned(), trial, row, ..Line::default() };
            let names = vec![attack.to_owned()];
            let manifest = Manifest { attacks: names.clone(), descriptions: names, ..Manifest::default() };
            Results::new(manifest, vec![line])
        };
        let both = one("jpeg-50").with(one("forged-from-1")).with(one("jpeg-50"));
        assert_eq!(both.manifest.attacks, ["jpeg-50", "forged-from-1"]);
        assert_eq!((both.readings("art", "jpeg-50").count(), both.every_reading().count()), (1, 2));
    }
}
