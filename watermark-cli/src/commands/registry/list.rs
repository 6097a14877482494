//! `registry list` and `registry show`.

use std::fmt::Write;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use watermark_registry::{Origin, Page, Registry, RowId, Status, Stored};

use super::{filter, reading};
use crate::args::registry::{ListArgs, ShowRowArgs};
use crate::config::Config;
use crate::hash::Hash;
use crate::output::hex;
use crate::output::text::{printable, time};
use crate::{exit, output};

/// One line for each row.
pub(super) fn list(args: &ListArgs, config: &Config) -> Result<u8> {
    let registry = reading(&args.place, config)?;
    let page = Page { after: args.after.map(RowId), limit: args.limit };
    let rows = registry.list(&filter(&args.filter)?, page)?;
    if args.json {
        return as_json(&registry, &rows);
    }
    for stored in &rows {
        output::say(&line(stored))?;
    }
    let counts = registry.count()?;
    let more = match rows.last() {
        Some(last) if rows.len() as u64 == u64::from(args.limit) => format!("; go on with --after {}", last.row),
        _ => String::new(),
    };
    output::say(&format!(
        "{} rows shown, {} in the registry, {} of them pending{more}",
        rows.len(),
        counts.confirmed + counts.pending,
        counts.pending
    ))?;
    Ok(exit::DONE)
}

/// Everything about what was named.
pub(super) fn show(args: &ShowRowArgs, config: &Config) -> Result<u8> {
    let registry = reading(&args.place, config)?;
    let rows = find(&registry, &args.what)?;
    if args.json {
        as_json(&registry, &rows)?;
    } else if rows.is_empty() {
        output::say(&format!("{}: is not in the registry", printable(&args.what)))?;
    } else {
        for stored in &rows {
            output::say(&all(stored))?;
        }
    }
    Ok(if rows.is_empty() { exit::NOT_FOUND } else { exit::DONE })
}

/// The rows of an id, a hash, or a file.
fn find(registry: &Registry, what: &str) -> Result<Vec<Stored>> {
    let digits = what.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lower = what.to_ascii_lowercase();
    match (digits, what.len()) {
        (true, 8 | 16 | 32) if !Path::new(what).exists() => Ok(registry.find_payload(&lower)?),
        (true, 64) => by_sha256(registry, Hash::try_from(lower).map_err(anyhow::Error::msg)?),
        _ => by_sha256(registry, Hash::of_file(Path::new(what)).with_context(|| {
            format!("{what}: is neither an id of 8, 16 or 32 hexadecimal digits, nor a SHA-256, nor a file that can be read")
        })?),
    }
}

fn by_sha256(registry: &Registry, Hash(sha256): Hash) -> Result<Vec<Stored>> {
    let mut rows = registry.find_by_output_sha256(&sha256)?;
    rows.extend(registry.find_by_source_sha256(&sha256)?);
    Ok(rows)
}

/// Rows as an export writes them.
fn as_json(registry: &Registry, rows: &[Stored]) -> Result<u8> {
    let mut text = Vec::new();
    registry.write_json_lines(&mut text, rows)?;
    let mut out = std::io::stdout().lock();
    out.write_all(&text).and_then(|()| out.flush()).context("standard output cannot be written")?;
    Ok(exit::DONE)
}

fn line(stored: &Stored) -> String {
    let entry = &stored.entry;
    let state = if stored.status() == Status::Pending { " PENDING" } else { "" };
    let mut text = format!("{}  {}  {}{state}  ", stored.row, time(entry.created_unix_ms), entry.payload);
    if let Some(label) = &entry.label {
        text.push_str(&printable(label));
        text.push_str(": ");
    }
    text.push_str(&printable(&entry.source_path));
    for (word, value) in [("title", &entry.title), ("for", &entry.recipient)] {
        if let Some(value) = value {
            // Writing to a string does not fail.
            let _ = write!(text, "  {word} {}", printable(value));
        }
    }
    text
}

fn all(stored: &Stored) -> String {
    let entry = &stored.entry;
    let mut text = format!("row {} ({})\n", stored.row, if stored.place.is_some() { "confirmed" } else { "PENDING" });
    let mut say = |what: &str, value: String| {
        let _ = writeln!(text, "  {what:<10} {value}");
    };
    say("payload", format!("{} ({} bits)", entry.payload, 4 * entry.payload.len()));
    say("key", entry.key_id.clone());
    for (what, value) in [("title", &entry.title), ("label", &entry.label), ("recipient", &entry.recipient)] {
        if let Some(value) = value {
            say(what, printable(value));
        }
    }
    say("marked", format!("{}, by version {}", time(entry.created_unix_ms), printable(&entry.tool_version)));
    say("source", printable(&entry.source_path));
    say("", format!("SHA-256 {}", hex(&entry.source_sha256)));
    say("output", printable(&entry.output_path));
    say("", format!("SHA-256 {}", hex(&entry.output_sha256)));
    let frames = if entry.frames > 1 { format!(", {} frames or pages", entry.frames) } else { String::new() };
    say(
        "picture",
        format!("{} x {} px{frames}, perceptual hash {:016x}", entry.width, entry.height, entry.perceptual_hash),
    );
    let figure = |value: Option<f64>, unit: &str| value.map_or("not measured".to_owned(), |v| format!("{v:.2}{unit}"));
    say(
        "mark",
        format!(
            "profile {}, PSNR {}, margin {}, SSIMULACRA2 {}",
            printable(&entry.profile),
            figure(entry.psnr_db, " dB"),
            figure(entry.margin_db, " dB"),
            figure(entry.ssimulacra2, "")
        ),
    );
    if let Some(place) = &stored.place {
        say("chain", format!("{}:{}", place.seq, hex(&place.chain)));
        let here = if stored.origin.is_some() { "not here" } else { "no" };
        say("signed", place.signature.as_ref().map_or(here.to_owned(), |by| format!("by {}", by.public_key)));
    }
    if let Some(origin) = &stored.origin {
        say("from", format!("another registry's row {}:{}", origin.seq, hex(&origin.chain)));
        say("", there(origin, stored.origin_fault()));
    }
    text.truncate(text.trim_end().len());
    text
}

/// What the registry that a row came from vouched for.
fn there(origin: &Origin, fault: Option<&str>) -> String {
    let by = match &origin.signature {
        Some(signature) => format!("signed there by {}", signature.public_key),
        None => "not signed there".to_owned(),
    };
    match fault {
        None => format!("{by}; the row fits"),
        Some(fault) => format!("{by}; DOES NOT FIT: {fault}"),
    }
}
