//! `registry check`: whether the registry is whole, and whether it and the files agree.

use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use watermark_registry::{
    CheckOptions, CheckReport, Filter, Head, Noted, Page, Registry, SettleReport, path_from_text,
};

use super::{place, reading};
use crate::args::registry::CheckArgs;
use crate::config::Config;
use crate::hash::Hash;
use crate::output::json;
use crate::output::text::printable;
use crate::registry::{open_or_create, seen};
use crate::sequence::hash_of;
use crate::{exit, output};

/// Rows of one look.
const PAGE: u32 = 1000;
/// Files that are named.
const NAMED: usize = 20;

/// What the files say.
#[derive(Debug, Default, Serialize)]
struct FilesReport {
    /// Files that are as registered.
    same: u64,
    /// Files that are not there.
    missing: u64,
    /// Files that differ from their rows.
    changed: u64,
    /// The first of the missing and the changed ones.
    named: Vec<String>,
}

/// The answer, for programs.
#[derive(Debug, Serialize)]
struct Answer {
    sound: bool,
    confirmed: u64,
    pending: u64,
    head: Option<String>,
    integrity: Vec<String>,
    faults: Option<u64>,
    first_fault: Option<String>,
    signed: Vec<(String, u64)>,
    unsigned: Option<u64>,
    noted: Option<&'static str>,
    duplicate_ids: usize,
    wrong_thumbnails: usize,
    settled_confirmed: Option<usize>,
    settled_withdrawn: Option<usize>,
    files: Option<FilesReport>,
}

/// Looks, and settles where that was asked.
pub(super) fn check(args: &CheckArgs, config: &Config) -> Result<u8> {
    let noted: Option<Head> =
        args.noted.as_deref().map(|text| text.parse().with_context(|| format!("--noted {text}"))).transpose()?;
    let settled = args.settle.then(|| settle(&place(&args.place, config)?)).transpose()?;
    let registry = reading(&args.place, config)?;
    let options = if args.quick { CheckOptions::quick(noted) } else { CheckOptions::thorough(noted) };
    let report = registry.check(&options)?;
    let seen = args.files.then(|| files_of(&registry)).transpose()?;
    let sound = report.is_sound() && seen.as_ref().is_none_or(|seen| seen.changed == 0);
    let answer = answer(sound, report, settled, seen);
    output::say(&if args.json { json::line(&answer)? } else { words(&answer, registry.path()) })?;
    Ok(if sound { exit::DONE } else { exit::TROUBLE })
}

fn settle(path: &Path) -> Result<SettleReport> {
    let mut registry = open_or_create(path, None)?;
    Ok(registry.settle_with(seen)?)
}

fn files_of(registry: &Registry) -> Result<FilesReport> {
    let mut report = FilesReport::default();
    let mut after = None;
    loop {
        let rows = registry.list(&Filter::default(), Page { after, limit: PAGE })?;
        let Some(last) = rows.last() else { return Ok(report) };
        after = Some(last.row);
        for stored in rows.iter().filter(|stored| stored.place.is_some()) {
            let path = path_from_text(&stored.entry.output_path);
            let (count, what) = match hash_of(&path) {
                Ok(Hash(sha256)) if sha256 == stored.entry.output_sha256 => {
                    report.same += 1;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => (&mut report.missing, "is not there"),
                _ => (&mut report.changed, "is not the file that was registered"),
            };
            *count += 1;
            if report.named.len() < NAMED {
                report.named.push(format!("{} {what} (row {})", printable(&path.to_string_lossy()), stored.row));
            }
        }
    }
}

fn answer(sound: bool, report: CheckReport, settled: Option<SettleReport>, files: Option<FilesReport>) -> Answer {
    let chain = report.chain.as_ref();
    Answer {
        sound,
        confirmed: report.counts.confirmed,
        pending: report.counts.pending,
        head: chain.map(|chain| chain.head.to_string()),
        faults: chain.map(|chain| chain.faults),
        first_fault: chain
            .and_then(|chain| chain.first_fault.as_ref())
            .map(|fault| format!("row {} (place {}): {}", fault.row, fault.seq, fault.reason)),
        signed: chain
            .map(|chain| chain.signed.iter().map(|by| (by.public_key.to_string(), by.rows)).collect())
            .unwrap_or_default(),
        unsigned: chain.map(|chain| chain.unsigned),
        noted: chain.and_then(|chain| chain.noted).map(|noted| match noted {
            Noted::Fits => "fits",
            Noted::CutOff => "cut_off",
            Noted::Differs => "differs",
        }),
        integrity: report.integrity,
        duplicate_ids: report.duplicate_ids.len(),
        wrong_thumbnails: report.wrong_thumbnails.len(),
        settled_confirmed: settled.as_ref().map(|settled| settled.confirmed.len()),
        settled_withdrawn: settled.as_ref().map(|settled| settled.withdrawn.len()),
        files,
    }
}

fn words(answer: &Answer, path: &Path) -> String {
    let mut lines = vec![format!("{}: {}", path.display(), if answer.sound { "sound" } else { "NOT SOUND" })];
    let mut say = |text: String| lines.push(format!("  {text}"));
    if let (Some(confirmed), Some(withdrawn)) = (answer.settled_confirmed, answer.settled_withdrawn) {
        say(format!("settled    {confirmed} rows confirmed, {withdrawn} withdrawn"));
    }
    say(format!("rows       {} confirmed, {} pending", answer.confirmed, answer.pending));
    if let Some(head) = &answer.head {
        say(format!("head       {head}"));
    }
    match (answer.faults, &answer.first_fault) {
        (None, _) => say("chain      cannot be read to its end".to_owned()),
        (Some(0), _) => say("chain      every row fits".to_owned()),
        (Some(faults), first) => {
            say(format!("chain      {faults} rows do not fit, first {}", first.as_deref().unwrap_or_default()));
        }
    }
    match answer.noted {
        Some("fits") => say("noted      the noted head fits: nothing up to it was changed".to_owned()),
        Some("cut_off") => say("noted      ROWS WERE CUT OFF since the head was noted".to_owned()),
        Some(_) => say("noted      ROWS WERE CHANGED since the head was noted".to_owned()),
        None => {}
    }
    for (key, rows) in &answer.signed {
        say(format!("signed     {rows} rows by {key}"));
    }
    answer.integrity.iter().for_each(|line| say(format!("damage     {}", printable(line))));
    if answer.duplicate_ids > 0 {
        say(format!("ids        {} belong to several assets or recipients", answer.duplicate_ids));
    }
    if answer.wrong_thumbnails > 0 {
        say(format!("thumbnails {} are not those that were stored", answer.wrong_thumbnails));
    }
    if let Some(files) = &answer.files {
        say(format!("files      {} as registered, {} not there, {} changed", files.same, files.missing, files.changed));
        files.named.iter().for_each(|name| say(format!("           {name}")));
    }
    lines.join("\n")
}
