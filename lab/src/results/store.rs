//! Rows as they come, written down at once, so that a study can go on where it stopped.

use super::folder::{ROWS, Results};
use super::{EmbedRow, Line, Manifest, ReadRow, Row, Trial};
use crate::commit::Origin;
use anyhow::Context as _;
use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The rows of this program and these settings, and the file that they go to.
#[derive(Debug)]
pub(crate) struct Store {
    origin: Origin,
    settings: String,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: std::fs::File,
    lines: HashMap<Trial, Line>,
}

impl Store {
    /// Opens the rows in a folder and takes those that still hold.
    pub(crate) fn open(folder: &Path, origin: Origin, settings: String) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        let path = folder.join(ROWS);
        let text = if path.exists() { std::fs::read_to_string(&path)? } else { String::new() };
        let mut lines = HashMap::new();
        for line in text.lines() {
            // The last line of an interrupted run may be cut short.
            let Ok(line) = serde_json::from_str::<Line>(line) else { continue };
            if line.settings == settings && origin.covers(&line.commit, &line.program) {
                lines.insert(line.trial.clone(), line);
            }
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self { origin, settings, inner: Mutex::new(Inner { file, lines }) })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this has been measured.
    pub(crate) fn has(&self, trial: &Trial) -> bool {
        self.inner().lines.contains_key(trial)
    }

    /// How marking this picture went.
    pub(crate) fn embedding(&self, picture: &str, repetition: u32) -> Option<EmbedRow> {
        match &self.inner().lines.get(&Trial::embed(picture, repetition))?.row {
            Row::Embed(row) => Some(row.clone()),
            _ => None,
        }
    }

    /// What reading gave in a trial.
    pub(crate) fn reading(&self, trial: &Trial) -> Option<ReadRow> {
        match &self.inner().lines.get(trial)?.row {
            Row::Read(row) => Some(row.clone()),
            _ => None,
        }
    }

    /// Writes a row down at once.
    pub(crate) fn add(&self, class: &str, trial: Trial, row: Row) -> anyhow::Result<()> {
        let line = Line {
            commit: self.origin.commit.clone(),
            program: self.origin.program.clone(),
            settings: self.settings.clone(),
            class: class.to_owned(),
            trial,
            row,
        };
        let text = serde_json::to_string(&line)? + "\n";
        let mut inner = self.inner();
        inner.file.write_all(text.as_bytes())?;
        inner.lines.insert(line.trial.clone(), line);
        Ok(())
    }

    /// The rows so far for the given trials, beside what the run says of itself.
    pub(crate) fn results(&self, manifest: Manifest, wanted: impl Fn(&Trial) -> bool) -> Results {
        let lines = self.inner().lines.values().filter(|line| wanted(&line.trial)).cloned().collect();
        Results::new(manifest, lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(commit: &str) -> Origin {
        Origin { commit: commit.to_owned(), program: "0123".to_owned() }
    }

    #[test]
    fn rows_of_the_same_program_and_settings_are_found_again() {
        let folder = std::env::temp_dir().join(format!("lab-store-{}", std::process::id()));
        let trial = Trial::embed("photo/a.png", 3);
        let store = Store::open(&folder, origin("abc"), "standard".to_owned()).expect("a folder");
        store.add("photo-S", trial.clone(), Row::Embed(EmbedRow { width: 7, ..EmbedRow::default() })).expect("written");
        std::fs::OpenOptions::new()
            .append(true)
            .open(folder.join(ROWS))
            .and_then(|mut file| file.write_all(b"{\"commit\": \"cut sho"))
            .expect("written");
        let again = Store::open(&folder, origin("abc"), "standard".to_owned()).expect("a folder");
        assert!(again.has(&trial) && !again.has(&Trial::embed("photo/a.png", 4)));
        assert_eq!(again.embedding("photo/a.png", 3).map(|row| row.width), Some(7));
        let other = Store::open(&folder, origin("abc"), "subtle".to_owned()).expect("a folder");
        assert!(!other.has(&trial));
        std::fs::remove_dir_all(&folder).expect("there");
    }
}
