//! One picture through standard input or output (`-`), for pipelines. Nothing is remembered of it: a row of a registry
//! is about a file with a name.

use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Error, Result, anyhow, bail, ensure};
use watermark_core::{Embedder, Key};
use watermark_media::{DecodeLimits, Document, Format};

use super::copies::{Names, Original, THE_OUTPUT, goes_without_saying};
use super::facts::content_payload;
use super::plan::checks::used;
use super::refusals::{self, status_of};
use super::tally::Status;
use crate::args::EmbedArgs;
use crate::clip::{begins_like_a_clip, is_clip};
use crate::files::{self, MAX_PICTURE_BYTES, Target};
use crate::hash::Hash;
use crate::output::json::{self, EmbedReport};
use crate::output::{self, text};
use crate::settings::{self, PayloadSource};
use crate::{exit, fault};

/// What is typed for standard input or output.
const PIPE: &str = "-";

/// Whether a path stands for standard input or output.
pub(crate) fn is(path: &Path) -> bool {
    path.as_os_str() == PIPE
}

/// Whether the arguments ask for a pipe.
pub(crate) fn wanted(args: &EmbedArgs) -> bool {
    is(&args.out) || args.inputs.iter().any(|input| is(input))
}

/// All of standard input, at most as much as a picture file may have.
pub(crate) fn read_standard_input() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(MAX_PICTURE_BYTES + 1).read_to_end(&mut bytes);
    read.context("standard input cannot be read")?;
    ensure!(
        bytes.len() as u64 <= MAX_PICTURE_BYTES,
        "standard input has more than {MAX_PICTURE_BYTES} bytes; give a smaller picture"
    );
    ensure!(!begins_like_a_clip(&bytes), "standard input is a clip, which is read more than once; give it as a file");
    Ok(bytes)
}

/// Marks what comes in.
pub(super) fn run(args: &EmbedArgs, key: &Key) -> Result<u8> {
    let begun = Instant::now();
    let [input] = args.inputs.as_slice() else { bail!("`-` is one picture; give one input") };
    let many = &args.batch;
    if many.manifest.is_some() || many.recipients.is_some() || many.resume || many.registry.is_some() || many.dry_run {
        bail!(
            "`-` goes without --manifest, --recipients, --registry, --resume and --dry-run, which are about files with names \
             (--no-registry leaves a configured registry out)"
        );
    }
    ensure!(
        !(args.json && is(&args.out)),
        "the picture and the object of --json would both go to standard output; leave --json out, or name a file"
    );
    ensure!(many.label.is_none(), "`-` goes without --label, which is for rows of a registry and lists");
    ensure!(is(input) || !is_clip(input), "{}: is a clip, which goes into a file; give --out a name", input.display());
    let mut report = EmbedReport { file: input.to_string_lossy().into_owned(), ..EmbedReport::default() };
    let marked = match fault::guard(input, || marked(args, input, key, &mut report)) {
        Ok(marked) => marked,
        Err(error) => return unmarked(args, report, error),
    };
    report.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    report.output = Some(args.out.to_string_lossy().into_owned());
    report.status = Status::Marked.word();
    for remark in report.losses.iter().filter(|remark| !goes_without_saying(remark)) {
        output::warn(&format!("{}: {}", input.display(), remark.replace(THE_OUTPUT, &args.out.to_string_lossy())));
    }
    if is(&args.out) {
        let mut out = io::stdout().lock();
        out.write_all(&marked).and_then(|()| out.flush()).context("standard output cannot be written")?;
        return Ok(exit::DONE);
    }
    Target::picture(&args.out, input, args.force)?.write(&marked)?;
    match (args.json, many.quiet) {
        (true, _) => output::say(&json::line(&report)?)?,
        (_, false) => output::say(&text::embedding(&report))?,
        _ => {}
    }
    Ok(exit::DONE)
}

/// Says why nothing was written, with --json as an object, too.
fn unmarked(args: &EmbedArgs, mut report: EmbedReport, error: Error) -> Result<u8> {
    let status = status_of(&error);
    if args.json {
        (report.status, report.error) = (status.word(), Some(format!("{error:#}")));
        // What was to become of it did not.
        report.losses.clear();
        output::say(&json::line(&report)?)?;
    }
    if status != Status::Refused {
        return Err(error);
    }
    output::complain(&anyhow!("{error:#}; nothing was written"));
    Ok(exit::REFUSED)
}

fn marked(args: &EmbedArgs, input: &Path, key: &Key, report: &mut EmbedReport) -> Result<Vec<u8>> {
    let name = || if is(input) { "standard input".to_owned() } else { input.display().to_string() };
    if !is(&args.out) {
        files::keep(&args.out, used(args))?;
        Target::picture(&args.out, input, args.force)?;
    }
    let mut strength = settings::strength(args)?;
    if !is(input) {
        let file = input.file_name().map_or(input, Path::new);
        let (skip, ruled) = settings::ruled(args, file, strength);
        if skip {
            return Err(refusals::by_rule(&name()));
        }
        strength = ruled;
    }
    let bytes = if is(input) { read_standard_input()? } else { files::read(input, MAX_PICTURE_BYTES)? };
    let document = Document::decode(&bytes, &DecodeLimits::default()).with_context(name)?;
    drop(bytes);
    let (c2pa, remark) = refusals::credentials(args.c2pa, &document, &name())?;
    report.losses.extend(remark);
    let format = format(args, &document)?;
    document.check_format(format).with_context(name)?;
    let payload = match settings::payload_source(args)? {
        PayloadSource::Given(payload) => payload,
        PayloadSource::Content(class) => content_payload(key, class, &Hash(document.content_sha256()), None)?,
    };
    report.key_id = Some(key.id().to_string());
    (report.payload, report.bits) = (Some(payload.to_string()), Some(payload.class().bits()));
    report.payload_from = Some(if args.payload.is_some() { "given" } else { "content" });
    let embedder = Embedder::new(key, strength.options()).with_context(name)?;
    let mut original = Original {
        document,
        format,
        key,
        strength,
        embedder: &embedder,
        metrics: args.metrics,
        qualities: args.qualities(),
        c2pa,
        once: true,
        plan: None,
    };
    let output = args.out.display().to_string();
    let marked = original.mark(&payload, Names { input: &name(), output: &output }, report)?;
    report.losses.extend(marked.remarks);
    Ok(marked.file)
}

fn format(args: &EmbedArgs, document: &Document) -> Result<Format> {
    match (settings::wanted_format(args)?, is(&args.out)) {
        (Some(format), _) => Ok(format),
        (None, true) => document.format().context("the format of the picture is not known; pass --format"),
        (None, false) => settings::output_format(&args.out),
    }
}
