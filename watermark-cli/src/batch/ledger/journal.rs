//! A journal in the output directory: a line of JSON for each file, on the disk before the file gets its name.
//!
//! A line holds when the file is there with the hash it says. What was cut short by a kill is no line and is passed
//! over.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use serde::{Deserialize, Serialize};

use crate::batch::facts::{Facts, Identity};
use crate::batch::names;

/// Name of the journal in the output directory.
pub(crate) const NAME: &str = ".watermark-journal.jsonl";
/// Longest line that is read, bytes; the longest that is written is a tenth of it.
const MAX_LINE: u64 = 1 << 18;

/// The journal of an output directory.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    made: HashMap<String, Vec<Identity>>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    output: String,
    #[serde(flatten)]
    identity: Identity,
}

impl Journal {
    /// Opens the journal, made when it is missing. With `read` what it says is kept in mind.
    pub(crate) fn open(folder: &Path, read: bool) -> Result<Self> {
        let path = folder.join(NAME);
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let broken = |error: std::io::Error| journal_fault(&path, &error);
        let mut file = options.open(&path).map_err(broken)?;
        let made = if read { read_lines(&file).map_err(broken)? } else { HashMap::new() };
        end_torn_line(&mut file).map_err(broken)?;
        Ok(Self { path, file, made })
    }

    /// What the journal says, if there is one; nothing is written.
    pub(crate) fn read_only(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(NAME);
        let file = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(|error| journal_fault(&path, &error))?,
        };
        let made = read_lines(&file).map_err(|error| journal_fault(&path, &error))?;
        Ok(Some(Self { path, file, made }))
    }

    /// What was made under this name.
    pub(crate) fn made(&self, relative: &Path) -> Vec<Identity> {
        self.made.get(&names::exact_text(relative)).cloned().unwrap_or_default()
    }

    /// Number of names under which something was made.
    pub(crate) fn named(&self) -> usize {
        self.made.len()
    }

    /// Adds lines, to the disk.
    pub(crate) fn write(&mut self, files: &[&Facts]) -> Result<()> {
        let mut lines = Vec::new();
        for facts in files {
            let line = Line { output: names::exact_text(&facts.relative), identity: facts.identity.clone() };
            serde_json::to_writer(&mut lines, &line)?;
            lines.push(b'\n');
        }
        let written = self.file.write_all(&lines).and_then(|()| self.file.sync_data());
        written.map_err(|error| {
            // What was written in part is ended, so that the next line is a line.
            let _ = self.file.write_all(b"\n");
            journal_fault(&self.path, &error)
        })
    }
}

fn journal_fault(path: &Path, error: &std::io::Error) -> anyhow::Error {
    anyhow!("{}: the journal cannot be used ({}); make room or choose another place", path.display(), error.kind())
}

fn read_lines(file: &File) -> std::io::Result<HashMap<String, Vec<Identity>>> {
    let mut made: HashMap<String, Vec<Identity>> = HashMap::new();
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(made);
        }
        if let Ok(Line { output, identity }) = serde_json::from_slice(&line) {
            let known = made.entry(output).or_default();
            if !known.contains(&identity) {
                known.push(identity);
            }
        }
    }
}

fn end_torn_line(file: &mut File) -> std::io::Result<()> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == [b'\n'] { Ok(()) } else { file.write_all(b"\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Hash;

    fn facts(relative: &str, number: u8) -> Facts {
        let identity = Identity {
            source_sha256: Hash([number; 32]),
            content_sha256: Hash::default(),
            output_sha256: Hash([7; 32]),
            key_id: "0011223344556677".to_owned(),
            recipient: None,
            profile: "standard".to_owned(),
            payload: "00c0ffee".to_owned(),
            otherwise_called: false,
        };
        Facts {
            identity,
            input: PathBuf::from("in.png"),
            relative: PathBuf::from(relative),
            label: None,
            sides: (1, 1),
            pictures: 1,
            psnr_db: None,
            margin_db: None,
            ssimulacra2: None,
            fingerprint: None,
        }
    }

    #[test]
    fn a_torn_line_costs_that_line_only() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b, c] = [facts("a.png", 1), facts("b/c.png", 2), facts("a.png", 3)];
        Journal::open(folder.path(), false).unwrap().write(&[&a, &b]).unwrap();
        let path = folder.path().join(NAME);
        let whole = std::fs::read(&path).unwrap();
        for cut in 1..whole.len() / 2 {
            std::fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            let mut journal = Journal::open(folder.path(), true).unwrap();
            assert_eq!(journal.made(Path::new("a.png")), std::slice::from_ref(&a.identity));
            // Without its line break the line is whole all the same.
            assert_eq!(journal.made(Path::new("b/c.png")).len(), usize::from(cut == 1));
            journal.write(&[&c]).unwrap();
            let journal = Journal::open(folder.path(), true).unwrap();
            assert_eq!(journal.made(Path::new("a.png")), [a.identity.clone(), c.identity.clone()], "cut {cut}");
        }
    }

    #[test]
    fn rubbish_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut rubbish = vec![b'x'; 3 << 18];
        rubbish.extend(b"\n\xff\n{}\n");
        std::fs::write(folder.path().join(NAME), rubbish).unwrap();
        let a = facts("a.png", 1);
        Journal::open(folder.path(), true).unwrap().write(&[&a]).unwrap();
        assert_eq!(Journal::open(folder.path(), true).unwrap().made(Path::new("a.png")), [a.identity]);
    }
}
