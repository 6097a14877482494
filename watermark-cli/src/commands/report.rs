//! `report`: one page for people who have to decide something by it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use watermark_evidence::preview;
use watermark_evidence::report::{ChainCheck, KeyLine, Lang, Registered, RegistryFacts, Report, Suspect, html};
use watermark_formats::DetectReport;
use watermark_registry::{ChainOptions, Registry};

use crate::args::{LanguageName, ReportArgs};
use crate::clip::Sampling;
use crate::config::Config;
use crate::detect::asset::{self, Asset};
use crate::detect::keys::Keys;
use crate::detect::{look, many};
use crate::files::Target;
use crate::output::hex;
use crate::output::text::time;
use crate::{exit, fault, output, settings};

/// Longest side of a preview, pixels.
const PREVIEW_SIDE: usize = 480;

/// Looks at the suspects and writes the page.
pub(crate) fn run(args: &ReportArgs, config: &Config) -> Result<u8> {
    let target = Target::document(&args.out, args.force)?;
    let keys = Keys::read(&args.suspects, config)?;
    let path = args.suspects.registry.as_ref().or(config.registry.as_ref());
    let path = path.map(PathBuf::as_path);
    let registry = asset::registry(path)?.as_ref().map(facts).transpose()?;
    let (files, skipped) = many::find(&args.suspects.inputs)?;
    let sampling = args.suspects.sampling()?;
    let mut suspects = Vec::with_capacity(files.len());
    let workers = settings::jobs(args.suspects.jobs.or(config.jobs));
    many::in_order(
        &files,
        workers,
        |file| suspect(file, &keys, path, &sampling),
        |_, suspect| {
            suspects.push(suspect);
            Ok(())
        },
    )?;
    let trouble = suspects.iter().filter_map(|suspect| suspect.detect.error.as_deref()).collect::<Vec<_>>();
    trouble.iter().for_each(|error| output::complain(&anyhow!("{error}")));
    let code = if trouble.is_empty() { exit::DONE } else { exit::TROUBLE };
    let now = jiff::Timestamp::now().as_millisecond();
    let report = Report {
        suspects,
        made: time(now),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        keys: keys.keys.iter().map(|key| KeyLine { id: key.id().to_string(), role: key.role() }).collect(),
        registry,
        commands: Vec::new(),
    };
    let lang = match args.lang {
        LanguageName::En => Lang::En,
        LanguageName::Ja => Lang::Ja,
    };
    target.write(html(&report, lang).as_bytes())?;
    if skipped > 0 {
        output::warn(&format!("{skipped} files that are no pictures were left out"));
    }
    output::say(&format!("{}: report on {} files", args.out.display(), files.len()))?;
    Ok(code)
}

fn suspect(file: &Path, keys: &Keys, registry: Option<&Path>, sampling: &Sampling) -> Suspect {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    match fault::guard(file, || looked_at(file, &name, keys, registry, sampling)) {
        Ok(suspect) => suspect,
        Err(error) => {
            Suspect { detect: DetectReport::failed(&name, format!("{error:#}"), 0), file: name, ..Suspect::default() }
        }
    }
}

fn looked_at(file: &Path, name: &str, keys: &Keys, registry: Option<&Path>, sampling: &Sampling) -> Result<Suspect> {
    let seen = look::look(&keys.detector, file, sampling)?;
    let strongest = seen.detection.strongest();
    // A connection for each file, as threads do not share one.
    let asset = match asset::registry(registry)? {
        Some(registry) => asset::of(&registry, strongest, &seen.picture, &seen.sha256)?,
        None => None,
    };
    let view = seen.picture.view();
    Ok(Suspect {
        file: name.to_owned(),
        bytes: seen.bytes,
        sha256: hex(&seen.sha256),
        format: seen.picture.source().map(|format| format.to_string()),
        jpeg_quality: None,
        size: Some((seen.picture.width(), seen.picture.height())),
        preview: Some(preview(&view, PREVIEW_SIDE).with_context(|| file.display().to_string())?),
        detect: DetectReport::of(name, &seen.detection, 0),
        evidence: strongest.evidence.clone(),
        tried: Some(seen.detection.tried),
        registered: asset.as_ref().map(registered),
        fit: asset.and_then(|asset| asset.fit),
    })
}

fn registered(asset: &Asset) -> Registered {
    let entry = &asset.stored.entry;
    let signature = asset.stored.place.as_ref().and_then(|place| place.signature.as_ref());
    Registered {
        row: asset.stored.row.0.unsigned_abs(),
        label: asset.name(),
        recipient: entry.recipient.clone().unwrap_or_default(),
        title: entry.title.clone().unwrap_or_default(),
        recorded: time(entry.created_unix_ms),
        signed_by: signature.map(|signature| signature.public_key.to_string()),
        size: Some((entry.width as usize, entry.height as usize)),
        thumbnail: asset.thumbnail.as_ref().map(watermark_evidence::Thumbnail::to_data_uri),
        source_sha256: hex(&entry.source_sha256),
        output_sha256: hex(&entry.output_sha256),
    }
}

fn facts(registry: &Registry) -> Result<RegistryFacts> {
    let counts = registry.count()?;
    let checked = registry.verify_chain(&ChainOptions::default())?;
    let chain = match &checked.first_fault {
        Some(fault) => ChainCheck::Broken { row: fault.row.0.unsigned_abs() },
        None => ChainCheck::Intact {
            signed_by: checked
                .signed
                .iter()
                .find(|by| by.last_seq == checked.head.seq)
                .map(|by| by.public_key.to_string()),
        },
    };
    let name = registry.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(RegistryFacts { name, rows: counts.confirmed, chain })
}
