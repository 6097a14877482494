//! Results on disk, one JSON object a line, so that a study can go on where it stopped.

use crate::commit::Origin;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

/// What came of marking.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct EmbedRow {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) psnr_db: Option<f64>,
    pub(crate) margin_db: Option<f64>,
    pub(crate) ssimulacra2: Option<f64>,
    /// 0 when SSIMULACRA2 is of the whole picture.
    pub(crate) tiles: u32,
    pub(crate) refused: Option<String>,
    pub(crate) elapsed_ms: f64,
}

/// What came of reading an attacked copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct ReadRow {
    /// Found, payload exact, authentic.
    pub(crate) ok: bool,
    /// Found with another payload than was put in.
    pub(crate) wrong_payload: bool,
    pub(crate) detected: bool,
    pub(crate) verdict: String,
    pub(crate) log10_p: f64,
    pub(crate) margin_db: Option<f64>,
    /// Rotation in degrees, aspect, mirrored (0 or 1), full short side in pixels.
    pub(crate) geometry: Option<[f64; 4]>,
    /// Size of the attacked picture.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) elapsed_ms: f64,
}

/// Either.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Row {
    Embed(EmbedRow),
    Read(ReadRow),
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    commit: String,
    program: String,
    settings: String,
    picture: String,
    attack: String,
    #[serde(flatten)]
    row: Row,
}

/// The rows of this program and these settings, and the file that they go to.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) origin: Origin,
    pub(crate) settings: String,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: std::fs::File,
    /// By picture and attack; with each row the commit that it names.
    rows: HashMap<(String, String), (String, Row)>,
}

impl Store {
    /// Opens `results.jsonl` in a folder and takes the rows that still hold.
    pub(crate) fn open(folder: &Path, origin: Origin, settings: String) -> anyhow::Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        let path = folder.join("results.jsonl");
        let text = if path.exists() { std::fs::read_to_string(&path)? } else { String::new() };
        let mut rows = HashMap::new();
        for line in text.lines() {
            // The last line of an interrupted run may be cut short.
            let Ok(line) = serde_json::from_str::<Line>(line) else { continue };
            if line.settings == settings && origin.covers(&line.commit, &line.program) {
                rows.insert((line.picture, line.attack), (line.commit, line.row));
            }
        }
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            file.write_all(b"\n")?;
        }
        Ok(Self { origin, settings, inner: Mutex::new(Inner { file, rows }) })
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Whether this has been measured.
    pub(crate) fn has(&self, picture: &str, attack: &str) -> bool {
        self.inner().rows.contains_key(&(picture.to_owned(), attack.to_owned()))
    }

    /// How marking this picture went.
    pub(crate) fn embedding(&self, picture: &str) -> Option<EmbedRow> {
        match self.inner().rows.get(&(picture.to_owned(), "embed".to_owned()))? {
            (_, Row::Embed(row)) => Some(row.clone()),
            _ => None,
        }
    }

    /// What reading this picture after an attack gave.
    pub(crate) fn reading(&self, picture: &str, attack: &str) -> Option<ReadRow> {
        match self.inner().rows.get(&(picture.to_owned(), attack.to_owned()))? {
            (_, Row::Read(row)) => Some(row.clone()),
            _ => None,
        }
    }

    /// Every commit that the rows name, sorted.
    pub(crate) fn commits(&self) -> Vec<String> {
        let mut commits: Vec<String> = self.inner().rows.values().map(|(commit, _)| commit.clone()).collect();
        commits.sort();
        commits.dedup();
        commits
    }

    /// Writes a row down at once.
    pub(crate) fn add(&self, picture: &str, attack: &str, row: Row) -> anyhow::Result<()> {
        let line = Line {
            commit: self.origin.commit.clone(),
            program: self.origin.program.clone(),
            settings: self.settings.clone(),
            picture: picture.to_owned(),
            attack: attack.to_owned(),
            row: row.clone(),
        };
        let mut text = serde_json::to_string(&line)?;
        text.push('\n');
        let mut inner = self.inner();
        inner.file.write_all(text.as_bytes())?;
        inner.rows.insert((picture.to_owned(), attack.to_owned()), (line.commit, row));
        Ok(())
    }
}
