//! `embed`: marks one picture, reads the result back, and only then writes it.

use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use watermark_core::{Embedder, Error, Key, KeyRole, Payload};
use watermark_media::{DecodeLimits, EncodeOptions, Format, Picture, encode_with};

use crate::args::EmbedArgs;
use crate::files::{self, MAX_PICTURE_BYTES, Target};
use crate::output::json::{self, EmbedReport, number};
use crate::settings::{self, PayloadSource};
use crate::{exit, fault, key_file, metrics, output};

/// JPEG quality where that of the source would lose the mark; also that of JPEGs from other formats.
const FINE_JPEG_QUALITY: u8 = 95;

/// Margin in dB and evidence of a reading.
type Figures = (f64, f64);

/// Marks and reports.
pub(crate) fn run(args: &EmbedArgs) -> Result<u8> {
    let start = Instant::now();
    let mut report = EmbedReport { file: args.input.to_string_lossy().into_owned(), ..EmbedReport::default() };
    let outcome = fault::guard(&args.input, || embed(args, &mut report));
    report.elapsed_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let mut code = exit::DONE;
    if let Err(error) = &outcome {
        report.refused = is_refusal(error);
        code = if report.refused { exit::REFUSED } else { exit::TROUBLE };
        let error = match report.refused {
            true => anyhow!("{error:#}; nothing was written"),
            false => anyhow!("{error:#}"),
        };
        output::complain(&error);
        report.error = Some(error.to_string());
    }
    if args.json {
        output::say(&json::line(&report)?)?;
    } else if outcome.is_ok() {
        output::say(&output::text::embedding(&report))?;
    }
    Ok(code)
}

fn is_refusal(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(Error::Refused(_))))
}

fn embed(args: &EmbedArgs, report: &mut EmbedReport) -> Result<()> {
    let format = settings::output_format(&args.out)?;
    let source = settings::payload_source(args)?;
    let options = settings::embed_options(args)?;
    let target = Target::picture(&args.out, &args.input, args.force)?;
    let key = marking_key(args)?;
    let name = || args.input.display().to_string();

    let bytes = files::read(&args.input, MAX_PICTURE_BYTES)?;
    let mut picture = watermark_media::decode(&bytes, &DecodeLimits::default()).with_context(name)?;
    drop(bytes);
    if picture.has_c2pa() {
        output::warn(&format!(
            "{}: carries content credentials (C2PA), which hold for unchanged pixels only; {} is written without them",
            name(),
            args.out.display()
        ));
    }
    let (payload, from) = match source {
        PayloadSource::Given(payload) => (payload, "given"),
        PayloadSource::Content(class) => {
            (key.content_payload(class, &picture.content_sha256()).with_context(name)?, "content")
        }
    };
    let original = args.metrics.then(|| picture.rgb8());
    let embedder = Embedder::new(&key, options).with_context(name)?;
    let marked = embedder.embed(&mut picture.view_mut(), &payload).with_context(name)?;
    report.key_id = Some(key.id().to_string());
    report.payload = Some(payload.to_string());
    report.bits = Some(payload.class().bits());
    report.payload_from = Some(from);
    report.psnr_db = number(marked.psnr_db);
    if let Some(original) = original {
        let score = metrics::ssimulacra2(&original, &picture.rgb8(), picture.width()).with_context(name)?;
        (report.ssimulacra2, report.ssimulacra2_tiles) = (number(score.score), Some(score.tiles));
    }

    let (file, read_back) = encoded(&picture, format, &embedder, &payload, args)?;
    let ((margin_db, log10_p), what) = match read_back {
        Some(figures) => (figures, "file"),
        None => ((marked.margin_db, marked.log10_p), "pixels"),
    };
    (report.margin_db, report.log10_p, report.read_back) = (number(margin_db), number(log10_p), Some(what));
    drop(picture);
    target.write(&file)?;
    report.output = Some(args.out.to_string_lossy().into_owned());
    Ok(())
}

/// The file, and the figures of the mark in it; nothing when they are those of the pixels.
fn encoded(
    picture: &Picture,
    format: Format,
    embedder: &Embedder,
    payload: &Payload,
    args: &EmbedArgs,
) -> Result<(Vec<u8>, Option<Figures>)> {
    let (input, out) = (args.input.display(), args.out.display());
    let read = |file: &[u8]| -> Result<_> {
        let written = altered_by_writing(file, picture)?;
        Ok(written.map(|written| embedder.read_back(&written.view(), payload)).transpose())
    };
    let mut options = EncodeOptions::default();
    let mut file = encode_with(picture, format, &options).with_context(|| out.to_string())?;
    let mut reading = read(&file)?;
    // Steps as coarse as the source's, on the same blocks, round most of a mark away.
    if matches!(reading, Err(Error::Refused(_))) && [Some(format), picture.source()] == [Some(Format::Jpeg); 2] {
        options.jpeg_quality = Some(FINE_JPEG_QUALITY);
        file = encode_with(picture, format, &options).with_context(|| out.to_string())?;
        reading = read(&file)?;
        if reading.is_ok() {
            output::warn(&format!(
                "{input}: would lose the mark at its own JPEG quality; {out} is written at quality {FINE_JPEG_QUALITY}"
            ));
        }
    }
    Ok((file, reading.with_context(|| format!("{input}, written as {format}"))?))
}

fn marking_key(args: &EmbedArgs) -> Result<Key> {
    let key = key_file::read(&args.key, &args.access)?;
    if key.role() == KeyRole::DetectOnly {
        bail!("{}: is a detect-only key, which cannot mark; use the title's own key", args.key.display());
    }
    Ok(key)
}

/// What a reader of the encoded file will see, when that is not exactly the pixels that were marked: lossy formats,
/// and formats of less depth.
fn altered_by_writing(file: &[u8], marked: &Picture) -> Result<Option<Picture>> {
    let written = watermark_media::decode(file, &DecodeLimits::default())
        .context("internal fault: the file that was about to be written cannot be read")?;
    Ok((written.content_sha256() != marked.content_sha256()).then_some(written))
}
