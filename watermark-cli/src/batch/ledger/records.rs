//! A registry as the ledger: a pending row before the file gets its name, confirmed after.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use watermark_registry::{Entry, Error, Registry, RowId, Seen, SettleReport, Signer, path_from_text, path_to_text};

use super::Ticket;
use crate::batch::facts::{Facts, Identity};
use crate::files::named;
use crate::hash::Hash;
use crate::registry;

/// A registry and what the rows of this run have in common.
#[derive(Debug)]
pub(crate) struct Records {
    registry: Registry,
    title: Option<String>,
    /// The output directory, without links: rows have whole paths, so that they are found from anywhere.
    folder: PathBuf,
}

impl Records {
    /// Opens the registry, made when it is missing, for files in `folder`, which is there.
    pub(crate) fn open(path: &Path, title: Option<String>, folder: &Path, signer: Option<Signer>) -> Result<Self> {
        let registry = registry::open_or_create(path, signer)?;
        Ok(Self { registry, title, folder: without_links(folder)? })
    }

    /// Opens a registry that is there, to ask what was made in `folder`.
    pub(crate) fn read_only(path: &Path, title: Option<String>, folder: &Path) -> Result<Self> {
        Ok(Self { registry: Registry::open_read_only(path)?, title, folder: without_links(folder)? })
    }

    /// Settles the rows that a run has left pending: those of `only`, or of the whole output directory, which is ours
    /// alone. Other runs may be at work elsewhere.
    pub(crate) fn settle(&mut self, only: Option<&Path>) -> Result<SettleReport> {
        let (folder, only) = (&self.folder, only.map(|relative| self.folder.join(relative)));
        Ok(self.registry.settle_with(|entry| {
            let path = path_from_text(&entry.output_path);
            let ours = only.as_ref().map_or_else(|| path.starts_with(folder), |only| path == *only);
            if ours { registry::seen(entry) } else { Seen::Unknown }
        })?)
    }

    pub(super) fn made(&self, relative: &Path, label: Option<&str>) -> Result<Vec<Identity>> {
        let rows = self.registry.find_by_output_path(&path_to_text(&self.folder.join(relative)))?;
        let confirmed = rows.into_iter().filter(|row| row.place.is_some()).map(|row| row.entry);
        let identity = |entry: Entry| Identity {
            source_sha256: Hash(entry.source_sha256),
            content_sha256: Hash(entry.content_sha256),
            output_sha256: Hash(entry.output_sha256),
            key_id: entry.key_id,
            recipient: entry.recipient,
            profile: entry.profile,
            payload: entry.payload,
            // Whoever asks for no name takes the one that is there.
            otherwise_called: label.is_some_and(|label| entry.label.as_deref() != Some(label))
                || self.title.is_some() && entry.title != self.title,
        };
        Ok(confirmed.map(identity).collect())
    }

    pub(super) fn reserve(&mut self, files: &[&Facts]) -> Result<Vec<Result<Ticket>>> {
        let entries: Vec<Entry> = files.iter().map(|facts| self.entry(facts)).collect();
        let reserved = self.registry.reserve_all(&entries)?;
        Ok(reserved.into_iter().map(|reserved| Ok(Ticket(Some(reserved?.row())))).collect())
    }

    pub(super) fn confirm(&mut self, files: &[(Ticket, Facts)]) -> Result<()> {
        let rows: Vec<RowId> = files.iter().filter_map(|(ticket, _)| ticket.0).collect();
        if rows.is_empty() {
            return Ok(());
        }
        match self.registry.confirm_all(&rows) {
            Err(Error::NoSuchRow { .. }) => {
                files.iter().try_for_each(|(ticket, facts)| self.confirm_again(*ticket, facts))
            }
            confirmed => Ok(confirmed.map(drop)?),
        }
    }

    /// Somebody has withdrawn rows of this step, who took the run for dead: those are stored anew.
    fn confirm_again(&mut self, ticket: Ticket, facts: &Facts) -> Result<()> {
        let Some(row) = ticket.0 else { return Ok(()) };
        let confirmed = match self.registry.confirm(row) {
            Err(Error::NoSuchRow { .. }) => {
                let row = self.registry.reserve(&self.entry(facts))?.row();
                self.registry.confirm(row)
            }
            confirmed => confirmed,
        };
        Ok(confirmed.map(|_| ())?)
    }

    pub(super) fn withdraw(&mut self, ticket: Ticket) -> Result<()> {
        ticket.0.map_or(Ok(()), |row| Ok(self.registry.withdraw(row)?))
    }

    fn entry(&self, facts: &Facts) -> Entry {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let identity = facts.identity.clone();
        let fingerprint = facts.fingerprint.as_ref();
        Entry {
            payload: identity.payload,
            key_id: identity.key_id,
            title: self.title.clone(),
            label: facts.label.clone(),
            recipient: identity.recipient,
            source_sha256: identity.source_sha256.0,
            output_sha256: identity.output_sha256.0,
            content_sha256: identity.content_sha256.0,
            source_path: path_to_text(&facts.input),
            output_path: path_to_text(&self.folder.join(&facts.relative)),
            perceptual_hash: fingerprint.map_or(0, |fingerprint| fingerprint.hash.0),
            thumbnail: fingerprint.map(|fingerprint| fingerprint.thumbnail.to_bytes().to_vec()),
            width: facts.sides.0,
            height: facts.sides.1,
            profile: identity.profile,
            psnr_db: facts.psnr_db,
            margin_db: facts.margin_db,
            ssimulacra2: facts.ssimulacra2,
            frames: facts.pictures,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            created_unix_ms: i64::try_from(now.as_millis()).unwrap_or(i64::MAX),
        }
    }
}

fn without_links(folder: &Path) -> Result<PathBuf> {
    let folder = named(folder);
    std::fs::canonicalize(folder).with_context(|| folder.display().to_string())
}

/// Whether a file was not reserved because its id belongs to another asset or recipient.
pub(crate) fn is_collision(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(Error::Collision(_)))
}
