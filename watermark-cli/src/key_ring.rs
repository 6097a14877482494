//! Key ring files: which keys there are, from when to when each may mark, and which were revoked.
//!
//! ```toml
//! [[key]]
//! file = "episode-12.key"      # beside the ring file, or an absolute path
//! id = "0123456789abcdef"      # optional: the ring refuses another key under this name
//! title = "Episode 12"
//! from = 2026-10-01            # first day on which it may mark
//! until = 2027-09-30           # last day
//!
//! [[key]]
//! file = "episode-12-old.key"
//! title = "Episode 12"
//! status = "revoked"
//! revoked = 2026-09-30
//! note = "left a contractor's laptop"
//! ```
//!
//! Every key of the ring reads: marks outlive the keys that made them. Only an active key marks, within its days. The
//! mark of a revoked key is found and said to be of one, since whoever holds the key can make such marks: it shows as
//! much as the registry's date of the asset does.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use watermark_core::Key;
use watermark_evidence::report::{Lang, revoked};

use crate::args::KeyAccess;
use crate::{files, key_file, output};

/// How a key is named.
pub(crate) const WAYS: &str =
    "pass --key KEYFILE or --key-ring FILE, set WATERMARK_KEY, or write `key` into watermark.toml";
/// Largest ring file, bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Whether a key may still be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// It marks and reads.
    #[default]
    Active,
    /// It reads; newer keys mark.
    Retired,
    /// It reads; others may hold it.
    Revoked,
}

/// A key as the ring file names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    file: PathBuf,
    id: Option<String>,
    title: Option<String>,
    #[serde(default)]
    status: Status,
    from: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    revoked: Option<toml::value::Datetime>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    key: Vec<Line>,
}

/// What is known of a key besides its secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct KeyFacts {
    /// Public identifier.
    pub(crate) id: String,
    /// The title it belongs to.
    pub(crate) title: Option<String>,
    /// Whether it may still be used.
    pub(crate) status: Status,
    /// First day on which it marks.
    pub(crate) from: Option<Date>,
    /// Last day on which it marks.
    pub(crate) until: Option<Date>,
    /// The day from which on others may hold it.
    pub(crate) revoked: Option<Date>,
    /// What the ring says about it.
    pub(crate) note: Option<String>,
}

/// A key of a ring.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its file.
    pub(crate) file: PathBuf,
    /// What the ring says of it.
    pub(crate) facts: KeyFacts,
}

/// A ring file, taken apart; the key files are not opened for their secrets yet.
#[derive(Debug)]
pub(crate) struct KeyRing {
    path: PathBuf,
    /// The keys, in the order of the file.
    pub(crate) entries: Vec<Entry>,
}

impl KeyRing {
    /// Reads a ring file and the public part of each key file in it.
    pub(crate) fn read(path: &Path, allow_open_key: bool) -> Result<Self> {
        let name = path.display();
        let bytes = files::read(path, MAX_BYTES)?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{name}: is not text in UTF-8; is it a key ring?"))?;
        let file: File = toml::from_str(&text).map_err(|error| anyhow!("{name}: {}", said(&text, &error)))?;
        ensure!(!file.key.is_empty(), "{name}: names no key; add a [[key]] with a `file`");
        let folder = path.parent().unwrap_or(Path::new("."));
        let entries: Vec<Entry> = file
            .key
            .into_iter()
            .map(|line| entry(line, folder, allow_open_key))
            .collect::<Result<_>>()
            .with_context(|| name.to_string())?;
        for (at, entry) in entries.iter().enumerate() {
            if let Some(other) = entries[..at].iter().find(|other| other.file == entry.file) {
                bail!("{name}: names {} twice; leave one out", other.file.display());
            }
            if let Some(other) = entries[..at].iter().find(|other| other.facts.id == entry.facts.id) {
                let (one, two) = (other.file.display(), entry.file.display());
                bail!("{name}: {one} and {two} are the same key, {}; leave one out", entry.facts.id);
            }
        }
        Ok(Self { path: path.to_owned(), entries })
    }

    /// The one key that may mark on `day`, of the `title` if one is asked for.
    pub(crate) fn marking(&self, title: Option<&str>, day: Date) -> Result<&Entry> {
        let name = self.path.display();
        let of_title = |entry: &&Entry| title.is_none() || entry.facts.title.as_deref() == title;
        let candidates: Vec<&Entry> = self.entries.iter().filter(of_title).collect();
        let asked = title.map(|title| format!(" of the title {title:?}")).unwrap_or_default();
        ensure!(!candidates.is_empty(), "{name}: has no key{asked}; {}", self.titles());
        let marking: Vec<&Entry> =
            candidates.iter().copied().filter(|entry| entry.facts.hindrance(day).is_none()).collect();
        match marking.as_slice() {
            [one] => Ok(one),
            [] => {
                let reasons: Vec<String> = candidates
                    .iter()
                    .filter_map(|entry| Some(format!("{} {}", entry.file.display(), entry.facts.hindrance(day)?)))
                    .collect();
                bail!("{name}: no key{asked} may mark on {day}: {}; add one to the ring", reasons.join(", "))
            }
            several => {
                let files: Vec<String> = several.iter().map(|entry| entry.file.display().to_string()).collect();
                bail!(
                    "{name}: {} keys{asked} may mark on {day} ({}); say which with --title or --key, or retire the others",
                    several.len(),
                    files.join(", ")
                )
            }
        }
    }

    /// What the ring at `path` says of a key that was named without it. Of a ring that cannot be read nothing is known, which
    /// is said: the key is there all the same.
    pub(crate) fn known(path: &Path, allow_open_key: bool) -> Vec<KeyFacts> {
        match Self::read(path, allow_open_key) {
            Ok(ring) => ring.entries.into_iter().map(|entry| entry.facts).collect(),
            Err(error) => {
                output::warn(&format!("{error:#}; whether a key was revoked is not known"));
                Vec::new()
            }
        }
    }

    fn titles(&self) -> String {
        let mut titles: Vec<String> = self
            .entries
            .iter()
            .filter_map(|entry| entry.facts.title.as_ref().map(|title| format!("{title:?}")))
            .collect();
        titles.dedup();
        match titles.len() {
            0 => "none of its keys names a title".to_owned(),
            1..=20 => format!("its titles are {}", titles.join(", ")),
            many => format!("it has {many} titles"),
        }
    }
}

impl Entry {
    /// Opens the key, asking for its passphrase where it has one.
    pub(crate) fn open(&self, access: &KeyAccess) -> Result<Key> {
        key_file::read(&self.file, access)
    }
}

impl KeyFacts {
    /// Why the key may not mark on `day`, if it may not.
    pub(crate) fn hindrance(&self, day: Date) -> Option<String> {
        match (self.status, self.from, self.until) {
            (Status::Retired, ..) => Some("is retired".to_owned()),
            (Status::Revoked, ..) => Some("is revoked".to_owned()),
            (_, Some(from), _) if day < from => Some(format!("marks from {from} on")),
            (_, _, Some(until)) if day > until => Some(format!("marked until {until}")),
            _ => None,
        }
    }

    /// What has to be said where a mark of this key is found; nothing of an active key.
    pub(crate) fn caution(&self) -> Option<String> {
        let day = self.revoked.map(|day| day.to_string());
        (self.status == Status::Revoked).then(|| revoked(Lang::En, day.as_deref()))
    }
}

fn entry(line: Line, folder: &Path, allow_open_key: bool) -> Result<Entry> {
    let file = folder.join(&line.file);
    let name = file.display().to_string();
    let shown = key_file::show(&file, allow_open_key)?;
    if let Some(id) = line.id.filter(|id| *id != shown.id) {
        bail!("{name}: is key {}, the ring expects {id}; put the right file there or correct the ring", shown.id);
    }
    let day = |what: &str, value: Option<toml::value::Datetime>| -> Result<Option<Date>> {
        value.map(|value| date(&value).with_context(|| format!("the key {name}: `{what} = {value}`"))).transpose()
    };
    let facts = KeyFacts {
        id: shown.id,
        title: line.title,
        status: line.status,
        from: day("from", line.from)?,
        until: day("until", line.until)?,
        revoked: day("revoked", line.revoked)?,
        note: line.note,
    };
    if facts.from.zip(facts.until).is_some_and(|(from, until)| from > until) {
        bail!("the key {name}: `from` is after `until`; exchange them");
    }
    ensure!(
        facts.revoked.is_none() || facts.status == Status::Revoked,
        "the key {name}: has a day `revoked`, but not status = \"revoked\"; make both agree"
    );
    Ok(Entry { file, facts })
}

fn date(value: &toml::value::Datetime) -> Result<Date> {
    match (value.date, value.time) {
        (Some(date), None) => Ok(Date::new(date.year as i16, date.month as i8, date.day as i8)?),
        _ => bail!("is not a day; write it as 2026-12-31"),
    }
}

/// A complaint of the parser in one sentence, with the line it is about.
pub(crate) fn said(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map(|span| 1 + text[..span.start.min(text.len())].matches('\n').count());
    let message = error.message().lines().collect::<Vec<_>>().join("; ");
    match line {
        Some(line) => format!("line {line}: {message}"),
        None => message,
    }
}

/// The day on which the program runs, in the zone of UTC: a key is not to end at another hour for each machine.
pub(crate) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
