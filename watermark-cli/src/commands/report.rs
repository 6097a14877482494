//! `report`: one page for people who have to decide something by it.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use watermark_core::Key;
use watermark_evidence::preview;
use watermark_evidence::report::{
    ChainCheck, KeyLine, KeyStatus, Lang, Registered, RegistryFacts, Report, RingLine, SameNumber, Suspect, html,
};
use watermark_formats::DetectReport;
use watermark_registry::{ChainOptions, Registry, Stored};

use crate::args::{LanguageName, ReportArgs};
use crate::batch::pipe;
use crate::clip::Sampling;
use crate::config::Config;
use crate::detect::asset::{self, Asset, Assets};
use crate::detect::keys::Keys;
use crate::detect::look::{self, Look};
use crate::detect::many;
use crate::files::{Target, keep};
use crate::hash::Hash;
use crate::key_ring::{KeyFacts, Status};
use crate::output::hex;
use crate::output::text::time;
use crate::sequence::Sequence;
use crate::{exit, fault, output, settings};

/// Longest side of a preview, pixels.
const PREVIEW_SIDE: usize = 480;

/// Looks at the suspects and writes the page.
pub(crate) fn run(args: &ReportArgs, config: &Config) -> Result<u8> {
    let to_pipe = pipe::is(&args.out);
    let target = (!to_pipe).then(|| Target::document(&args.out, args.force)).transpose()?;
    let path = args.suspects.registry(config);
    let path = path.as_deref();
    let (files, skipped) = many::find(&args.suspects.inputs)?;
    if !to_pipe {
        keep(&args.out, used(args, config, path).chain(files.iter().map(|file| ("suspect", file.as_path()))))?;
    }
    let keys = Keys::read(&args.suspects, config)?;
    let registry = asset::registry(path)?.as_ref().map(facts).transpose()?;
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
        keys: keys.keys.iter().map(|key| key_line(key, &keys)).collect(),
        registry,
        commands: Vec::new(),
    };
    let lang = match args.lang {
        LanguageName::En => Lang::En,
        LanguageName::Ja => Lang::Ja,
    };
    if skipped > 0 {
        output::warn(&format!("{skipped} files that are no pictures were left out"));
    }
    let page = html(&report, lang);
    let Some(target) = target else {
        output::say(&page)?;
        return Ok(code);
    };
    target.write(page.as_bytes())?;
    let files = if files.len() == 1 { "1 file".to_owned() } else { format!("{} files", files.len()) };
    output::say(&format!("{}: report on {files}", args.out.display()))?;
    Ok(code)
}

/// The files that the page is made from, beside the suspects.
fn used<'a>(
    args: &'a ReportArgs,
    config: &'a Config,
    registry: Option<&'a Path>,
) -> impl Iterator<Item = (&'static str, &'a Path)> {
    let keys = args.suspects.keys.iter().chain(&config.key).map(|path| ("key", path.as_path()));
    let rings = args.suspects.key_ring.iter().chain(&config.known_ring).map(|path| ("key ring", path.as_path()));
    let configuration = config.file.iter().map(|path| ("configuration", path.as_path()));
    keys.chain(rings).chain(configuration).chain(registry.map(|path| ("registry", path)))
}

fn key_line(key: &Key, keys: &Keys) -> KeyLine {
    let id = key.id().to_string();
    KeyLine { ring: keys.facts(&id).map(ring_line), id, role: key.role() }
}

fn ring_line(facts: &KeyFacts) -> RingLine {
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    RingLine {
        title: facts.title.clone(),
        status: match facts.status {
            Status::Active => KeyStatus::Active,
            Status::Retired => KeyStatus::Retired,
            Status::Revoked => KeyStatus::Revoked { on: day(facts.revoked) },
        },
        from: day(facts.from),
        until: day(facts.until),
        note: facts.note.clone(),
    }
}

fn suspect(file: &Path, keys: &Keys, registry: Option<&Path>, sampling: &Sampling) -> Suspect {
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let mut measured = None;
    let looked = fault::guard(file, || {
        let seen = if pipe::is(file) {
            // It cannot be read again where there is no picture in it.
            let bytes = pipe::read_standard_input()?;
            measured = Some((bytes.len() as u64, Hash::of(&bytes)));
            look::look_at(&keys.detector, bytes, sampling).with_context(|| file.display().to_string())?
        } else {
            look::look(&keys.detector, file, sampling)?
        };
        looked_at(file, &name, seen, registry)
    });
    looked.unwrap_or_else(|error| {
        let measured = measured.or_else(|| measure(file));
        Suspect {
            detect: DetectReport::failed(&name, format!("{error:#}"), 0),
            file: name,
            bytes: measured.map(|(bytes, _)| bytes),
            sha256: measured.map(|(_, hash)| hex(&hash.0)).unwrap_or_default(),
            ..Suspect::default()
        }
    })
}

/// Size and hash of a file, or of the files of a sequence, that gave no picture. Only of what lies on a disk: a
/// device may have no end.
fn measure(path: &Path) -> Option<(u64, Hash)> {
    let length = |file: &Path| std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
    if let Some(sequence) = Sequence::of(path).ok()? {
        let bytes = sequence.files().iter().map(|file| length(file)).sum::<Option<u64>>()?;
        return Some((bytes, sequence.hashes().ok()?.1));
    }
    Some((length(path)?, Hash::of_file(path).ok()?))
}

fn looked_at(file: &Path, name: &str, seen: Look, registry: Option<&Path>) -> Result<Suspect> {
    let strongest = seen.detection.strongest();
    let Assets { strongest: asset, others } = Assets::of(registry, &seen)?;
    let number = |at: usize| seen.detection.marks[at].payload.as_ref().map(ToString::to_string).unwrap_or_default();
    let others = others.into_iter().filter_map(|(at, asset)| Some((number(at), registered(&asset?)))).collect();
    let view = seen.picture.view();
    Ok(Suspect {
        file: name.to_owned(),
        bytes: Some(seen.bytes),
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
        others,
    })
}

fn registered(asset: &Asset) -> Registered {
    let several = if asset.rows.len() > 1 { asset.rows.as_slice() } else { &[] };
    let entry = &asset.stored.entry;
    let signature = asset.stored.place.as_ref().and_then(|place| place.signature.as_ref());
    Registered {
        row: asset.stored.row.0.unsigned_abs(),
        pending: asset.stored.place.is_none(),
        changed: asset.fault.is_some(),
        label: asset.name(),
        recipient: entry.recipient.clone().unwrap_or_default(),
        title: entry.title.clone().unwrap_or_default(),
        recorded: time(entry.created_unix_ms),
        tool_version: entry.tool_version.clone(),
        signed_by: signature.map(|signature| signature.public_key.to_string()),
        size: Some((entry.width as usize, entry.height as usize)),
        thumbnail: asset.thumbnail.as_ref().map(watermark_evidence::Thumbnail::to_data_uri),
        source_sha256: hex(&entry.source_sha256),
        output_sha256: hex(&entry.output_sha256),
        same_number: several.iter().map(same_number).collect(),
    }
}

fn same_number(stored: &Stored) -> SameNumber {
    let entry = &stored.entry;
    SameNumber {
        row: stored.row.0.unsigned_abs(),
        pending: stored.place.is_none(),
        label: entry.label.clone().unwrap_or_default(),
        source: entry.source_path.clone(),
        output: entry.output_path.clone(),
        recipient: entry.recipient.clone().unwrap_or_default(),
        recorded: time(entry.created_unix_ms),
        output_sha256: hex(&entry.output_sha256),
    }
}

fn facts(registry: &Registry) -> Result<RegistryFacts> {
    let counts = registry.count()?;
    let checked = registry.verify_chain(&ChainOptions::default())?;
    let chain = match &checked.first_fault {
        Some(fault) => ChainCheck::Broken { row: fault.row.0.unsigned_abs() },
        None => ChainCheck::Intact {
            rows: checked.rows,
            head: checked.head.to_string(),
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
