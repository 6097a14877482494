//! Rows of a study as JSON lines, written down as they come, so that the same command goes on where it was stopped.

use anyhow::{Context as _, Result};
use serde::{Serialize, de::DeserializeOwned};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

/// The lines of a file that can be read; none where there is no file. A line that an interrupted run left half is ended, so
/// that the next one is not glued to it.
pub(crate) fn known<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    if !text.is_empty() && !text.ends_with('\n') {
        OpenOptions::new().append(true).open(file)?.write_all(b"\n")?;
    }
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// Adds a line to a file.
pub(crate) fn keep(file: &Path, line: &impl Serialize) -> Result<()> {
    let text = serde_json::to_string(line)? + "\n";
    let open = OpenOptions::new().create(true).append(true).open(file);
    let mut open = open.with_context(|| format!("opening {}", file.display()))?;
    Ok(open.write_all(text.as_bytes())?)
}
