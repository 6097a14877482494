//! Which asset a mark is of, by the registry, and whether the suspect shows what was registered.

use std::path::Path;

use anyhow::{Result, anyhow};
use watermark_core::{Mark, Verdict};
use watermark_evidence::{Fit, Original, Pose, Thumbnail, fit};
use watermark_media::Picture;
use watermark_registry::{Registry, Stored};

use super::look::Look;
use crate::output;

/// The row of a mark, and what comparing with it gave.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The row.
    pub(crate) stored: Stored,
    /// All rows of the same id, this one with them: one mark may have been written into several files.
    pub(crate) rows: Vec<Stored>,
    /// Whether the suspect is the registered file, byte for byte.
    pub(crate) identical: bool,
    /// What is wrong with the row, in words; nothing in a registry that nobody changed.
    pub(crate) fault: Option<&'static str>,
    /// The registered thumbnail.
    pub(crate) thumbnail: Option<Thumbnail>,
    /// How the content fits; nothing where there is no thumbnail or no geometry.
    pub(crate) fit: Option<Fit>,
}

impl Asset {
    /// How the asset is called: its label and the file that was marked.
    pub(crate) fn name(&self) -> String {
        let entry = &self.stored.entry;
        match &entry.label {
            Some(label) => format!("{label}: {}", entry.source_path),
            None => entry.source_path.clone(),
        }
    }
}

/// Everything that the registry knows of the marks of a suspect.
#[derive(Debug, Default)]
pub(crate) struct Assets {
    /// The row of the strongest mark.
    pub(crate) strongest: Option<Asset>,
    /// Of every other mark that was read: its place among the marks, and its row.
    pub(crate) others: Vec<(usize, Option<Asset>)>,
}

impl Assets {
    /// Looks all marks up. A connection for each suspect: threads do not share one, and opening takes no time beside looking.
    pub(crate) fn of(path: Option<&Path>, seen: &Look) -> Result<Self> {
        let marks = seen.detection.marks.iter().enumerate().skip(1);
        let read = marks.filter(|(_, mark)| mark.verdict == Verdict::Found && mark.payload.is_some());
        let Some(registry) = registry(path)? else {
            return Ok(Self { strongest: None, others: read.map(|(at, _)| (at, None)).collect() });
        };
        let of = |mark: &Mark| of(&registry, mark, &seen.picture, &seen.sha256);
        let others = read.map(|(at, mark)| Ok((at, of(mark)?))).collect::<Result<_>>()?;
        Ok(Self { strongest: of(seen.detection.strongest())?, others })
    }
}

/// Opens the registry that was named, for reading.
pub(crate) fn registry(path: Option<&Path>) -> Result<Option<Registry>> {
    let open = |path| {
        Registry::open_read_only(path).map_err(|error| anyhow!("{error}; --no-registry looks for marks without one"))
    };
    path.map(open).transpose()
}

/// Looks a mark up. Only what was found and read has an id to look up.
fn of(registry: &Registry, mark: &Mark, suspect: &Picture, sha256: &[u8; 32]) -> Result<Option<Asset>> {
    let (Verdict::Found, Some(payload)) = (mark.verdict, &mark.payload) else { return Ok(None) };
    let rows = registry.find(&mark.key_id.to_string(), &payload.to_string())?;
    let identical = |stored: &Stored| stored.entry.output_sha256 == *sha256;
    // The very file first, then those whose files are known to be there, the oldest of them.
    let best = rows.iter().min_by_key(|stored| (!identical(stored), stored.place.is_none(), stored.row));
    let Some(stored) = best.cloned() else { return Ok(None) };
    let fault = registry.row_fault(&stored)?;
    let thumbnail = match registry.thumbnail(stored.row)?.filter(|_| fault.is_none()) {
        Some(bytes) => match Thumbnail::from_bytes(&bytes) {
            Ok(thumbnail) => Some(thumbnail),
            Err(error) => {
                output::warn(&format!("{}: row {}: {error}", registry.path().display(), stored.row));
                None
            }
        },
        None => None,
    };
    let fit = thumbnail.as_ref().zip(mark.geometry.as_ref()).map(|(thumbnail, geometry)| {
        let (width, height) = (stored.entry.width as usize, stored.entry.height as usize);
        fit(suspect, &Pose::from(geometry), &Original { thumbnail, width, height })
    });
    Ok(Some(Asset { identical: identical(&stored), fault, stored, rows, thumbnail, fit }))
}
