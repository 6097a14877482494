//! `registry check`: whether the registry is whole, and whether it and the files agree.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;
use watermark_registry::{CheckOptions, CheckReport, Head, Noted, SignedBy};

use super::files::{FilesReport, files_of};
use super::settle::{Settled, settle};
use super::{place, reading};
use crate::args::registry::CheckArgs;
use crate::config::Config;
use crate::output::json;
use crate::output::text::printable;
use crate::{exit, output};

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
    signed_at_origin: Vec<(String, u64)>,
    noted: Option<&'static str>,
    duplicate_ids: usize,
    wrong_thumbnails: usize,
    settled_confirmed: Option<usize>,
    settled_withdrawn: Option<usize>,
    settled_in_work: Option<usize>,
    settled_unreadable: Option<usize>,
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
    let answer = answer(sound, report, settled.as_ref(), seen);
    output::say(&if args.json { json::line(&answer)? } else { words(&answer, settled.as_ref(), registry.path()) })?;
    Ok(if sound { exit::DONE } else { exit::TROUBLE })
}

fn answer(sound: bool, report: CheckReport, settled: Option<&Settled>, files: Option<FilesReport>) -> Answer {
    let chain = report.chain.as_ref();
    let keys = |signed: &[SignedBy]| signed.iter().map(|by| (by.public_key.to_string(), by.rows)).collect();
    Answer {
        sound,
        confirmed: report.counts.confirmed,
        pending: report.counts.pending,
        head: chain.map(|chain| chain.head.to_string()),
        faults: chain.map(|chain| chain.faults),
        first_fault: chain
            .and_then(|chain| chain.first_fault.as_ref())
            .map(|fault| format!("row {} (place {}): {}", fault.row, fault.seq, fault.reason)),
        signed: chain.map(|chain| keys(&chain.signed)).unwrap_or_default(),
        unsigned: chain.map(|chain| chain.unsigned),
        signed_at_origin: chain.map(|chain| keys(&chain.signed_at_origin)).unwrap_or_default(),
        noted: chain.and_then(|chain| chain.noted).map(|noted| match noted {
            Noted::Fits => "fits",
            Noted::CutOff => "cut_off",
            Noted::Differs => "differs",
        }),
        integrity: report.integrity,
        duplicate_ids: report.duplicate_ids.len(),
        wrong_thumbnails: report.wrong_thumbnails.len(),
        settled_confirmed: settled.map(|settled| settled.confirmed),
        settled_withdrawn: settled.map(|settled| settled.withdrawn),
        settled_in_work: settled.map(|settled| settled.in_work),
        settled_unreadable: settled.map(|settled| settled.unreadable),
        files,
    }
}

fn words(answer: &Answer, settled: Option<&Settled>, path: &Path) -> String {
    let mut lines = vec![format!("{}: {}", path.display(), if answer.sound { "sound" } else { "NOT SOUND" })];
    let mut say = |text: String| lines.push(format!("  {text}"));
    if let Some(settled) = settled {
        say(format!("settled    {}", settled.words()));
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
    for (key, rows) in &answer.signed_at_origin {
        say(format!("signed     {rows} rows by {key}, in the registry they came from"));
    }
    answer.integrity.iter().for_each(|line| say(format!("damage     {}", printable(line))));
    if answer.duplicate_ids > 0 {
        say(format!("ids        {} belong to several assets or recipients", answer.duplicate_ids));
    }
    if answer.wrong_thumbnails > 0 {
        say(format!("thumbnails {} are not those that were stored", answer.wrong_thumbnails));
    }
    if let Some(files) = &answer.files {
        say(format!("files      {}", files.words()));
        files.named.iter().for_each(|name| say(format!("           {name}")));
    }
    lines.join("\n")
}
