//! `registry export`, `registry import` and `registry merge`.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use watermark_registry::{Error, ExportOptions, ImportOptions, Registry, Signer};

use super::{filter, place, reading};
use crate::args::registry::{ExportArgs, ImportArgs, MergeArgs, TableFormat};
use crate::config::Config;
use crate::files::{Target, keep};
use crate::output::text::printable;
use crate::{exit, output, signing_key};

/// Bad lines that are said.
const SAID: usize = 20;

/// Writes rows.
pub(super) fn export(args: &ExportArgs, config: &Config) -> Result<u8> {
    let format = table_format(&args.out, args.format)?;
    if !is_pipe(&args.out) {
        let registry = place(&args.place, config)?;
        keep(&args.out, [("registry", registry.as_path())])?;
    }
    let registry = reading(&args.place, config)?;
    let options = ExportOptions { filter: filter(&args.filter)?, thumbnails: args.thumbnails };
    if is_pipe(&args.out) {
        write(&registry, io::stdout().lock(), format, &options)
            .map_err(|error| unwritable("standard output", error))?;
        return Ok(exit::DONE);
    }
    let target = Target::document(&args.out, args.force)?;
    let name = args.out.display().to_string();
    let rows =
        target.write_with(|file| write(&registry, file, format, &options).map_err(|error| unwritable(&name, error)))?;
    output::say(&format!("{name}: {rows} rows"))?;
    Ok(exit::DONE)
}

fn write(
    registry: &Registry,
    to: impl io::Write,
    format: TableFormat,
    options: &ExportOptions,
) -> watermark_registry::Result<u64> {
    match format {
        TableFormat::Csv => registry.export_csv(to, options),
        TableFormat::Jsonl => registry.export_json_lines(to, options),
    }
}

/// What the registry says of itself has its name; what the system says of the other file gets that one's.
fn unwritable(name: &str, error: Error) -> anyhow::Error {
    match error {
        // Told from trouble by its kind: whoever read has gone.
        Error::Stream { kind: kind @ io::ErrorKind::BrokenPipe, .. } => io::Error::from(kind).into(),
        Error::Stream { kind, .. } => anyhow!("{name}: cannot be written ({kind}); make room or choose another place"),
        other => other.into(),
    }
}

/// Lets `fill` add rows to the registry. One that is not there is made of them; nothing is left of it when `fill` fails
/// or answers `false`.
fn filled<T>(
    path: &Path,
    sign: Option<Signer>,
    fill: impl FnOnce(&mut Registry) -> watermark_registry::Result<(T, bool)>,
) -> watermark_registry::Result<T> {
    let fill = |registry: &mut Registry| {
        if let Some(signer) = sign {
            registry.sign_with(signer);
        }
        fill(registry)
    };
    match (Registry::open(path), fs::symlink_metadata(path)) {
        (Err(Error::Missing { .. }), Err(_)) => Registry::create_filled(path, fill),
        // An empty file, or a link to where one can be made.
        (Err(Error::Missing { .. }), Ok(_)) => fill(&mut Registry::create(path)?).map(|(made, _)| made),
        (opened, _) => fill(&mut opened?).map(|(made, _)| made),
    }
}

/// Takes over rows.
pub(super) fn import(args: &ImportArgs, config: &Config) -> Result<u8> {
    let format = table_format(&args.input, args.format)?;
    let name = args.input.display();
    let source: Box<dyn io::Read> = match is_pipe(&args.input) {
        true => Box::new(io::stdin().lock()),
        false => Box::new(File::open(&args.input).with_context(|| format!("{name}: cannot be opened"))?),
    };
    let signer = signing_key::named(&args.sign, args.allow_open_key)?;
    let options = ImportOptions { keep_good_lines: args.keep_good_lines };
    let report = filled(&place(&args.place, config)?, signer, |registry| {
        let report = match format {
            TableFormat::Csv => registry.import_csv(source, &options),
            TableFormat::Jsonl => registry.import_json_lines(source, &options),
        }?;
        let keep = report.imported > 0 || report.bad == 0;
        Ok((report, keep))
    })
    .map_err(|error| match error {
        Error::Stream { what, .. } => anyhow!("{name}: {what}"),
        other => other.into(),
    })?;
    for bad in report.bad_lines.iter().take(SAID) {
        output::complain(&anyhow!("{name}: line {}: {}", bad.line, bad.problem));
    }
    if report.bad > SAID as u64 {
        output::warn(&format!("{name}: {} more bad lines", report.bad - SAID as u64));
    }
    if report.bad > 0 && !args.keep_good_lines {
        bail!("{name}: {} bad lines; nothing was imported; mend them or pass --keep-good-lines", report.bad);
    }
    output::say(&format!(
        "{name}: {} rows imported, {} were there, {} pending ones left out, {} bad",
        report.imported, report.known, report.pending, report.bad
    ))?;
    Ok(if report.bad > 0 { exit::TROUBLE } else { exit::DONE })
}

/// Takes over another registry.
pub(super) fn merge(args: &MergeArgs, config: &Config) -> Result<u8> {
    let into = place(&args.place, config)?;
    let signer = signing_key::named(&args.sign, args.allow_open_key)?;
    let other = Registry::open_read_only(&args.other)?;
    let report = filled(&into, signer, |registry| registry.merge(&other).map(|report| (report, true)))?;
    let name = args.other.display();
    for collision in report.listed_collisions.iter().take(SAID) {
        output::complain(&anyhow!("{name}: {}", printable(&collision.to_string())));
    }
    if report.collisions > SAID as u64 {
        output::warn(&format!("{name}: {} more collisions", report.collisions - SAID as u64));
    }
    output::say(&format!(
        "{}: {} rows merged, {} were there, {} pending ones stay in {name}, {} collisions left out",
        into.display(),
        report.merged,
        report.known,
        report.pending,
        report.collisions
    ))?;
    Ok(if report.collisions > 0 { exit::TROUBLE } else { exit::DONE })
}

fn is_pipe(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn table_format(path: &Path, asked: Option<TableFormat>) -> Result<TableFormat> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    match (asked, extension.as_deref()) {
        (Some(format), _) => Ok(format),
        (None, Some("csv")) => Ok(TableFormat::Csv),
        (None, Some("jsonl" | "ndjson" | "json")) => Ok(TableFormat::Jsonl),
        _ if is_pipe(path) => Ok(TableFormat::Csv),
        _ => bail!("{}: the name says neither .csv nor .jsonl; pass --format csv or --format jsonl", path.display()),
    }
}
