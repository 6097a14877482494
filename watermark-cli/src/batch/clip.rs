//! One copy of a film: probed, marked frame by frame while ffmpeg decodes and encodes, and read back from the written
//! file. It is published as pictures are: a temporary name, a row, a rename.

mod credentials;

use std::io;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use watermark_core::{Error, FrameEmbedder, FrameOptions, LumaRange, Payload, Strength};
use watermark_evidence::Fingerprint;
use watermark_video::{Clip, Marked, Muxer, Progress, luma_at, mark};

use super::bar::Bar;
use super::estimate;
use super::facts::Found;
use super::medium;
use super::plan::{Asset, Copy};
use super::publish::Complete;
use super::reading::unreadable;
use super::reading_frames::Readings;
use super::work::{Made, Shared};
use crate::clip::is_no_file;
use crate::hash::Hash;
use crate::output::json::{ClipReport, EmbedReport, number};

pub(crate) use credentials::has_credentials;

/// Frames of the written file that are read back, spread over it.
const READ_BACK: usize = 4;

/// The profile of a film's frames; nothing for a strength that is for pictures.
pub(super) fn frame_options(asset: &Asset) -> Result<FrameOptions> {
    let mut options = FrameOptions::default();
    let whole = asset.strength.options();
    let Strength::Profile(profile) = whole.strength else {
        bail!(
            "{}: is a clip, and --psnr is for pictures; leave it out (a clip takes --profile)",
            asset.input.display()
        );
    };
    (options.profile, options.limits) = (profile, whole.limits);
    Ok(options)
}

/// Marks a film into a file with a temporary name.
pub(super) fn copy(shared: &Shared<'_>, asset: &Asset, copy: &Copy<'_>, report: &mut EmbedReport) -> Result<Made> {
    let name = || asset.input.display().to_string();
    let Some(muxer) = Muxer::of(&copy.output) else {
        bail!("{}: a clip is written as .mp4, .m4v, .mov, .mkv or .webm; give it such a name", copy.output.display());
    };
    let target = shared.target(asset, copy)?;
    ensure!(!is_no_file(&asset.input), "{}: is no regular file (a pipe?); give the film as a file", name());
    let mut options = frame_options(asset)?;
    let source_sha256 = Hash::of_file(&asset.input).map_err(|error| unreadable(&asset.input, &error))?;
    credentials::refuse(&asset.input, shared.args.c2pa)?;
    let clip = Clip::probe(&asset.input).with_context(name)?;
    let _permit = shared.budget.take(estimate::of_clip(&clip));
    // Of the file, as decoding a film twice for the sake of a name does not pay.
    let payload = shared.payload(copy, &source_sha256, report)?;
    options.range = if clip.full_range { LumaRange::Full } else { LumaRange::Limited };
    let mut embedder = FrameEmbedder::new(shared.key, &payload, clip.size, options).with_context(name)?;
    let encoding = medium::encode_options(shared.args)?;
    let mut bar = Bar::new(shared.args, shared.reporter, shared.plan.single, &asset.input, clip.frames);
    let (staged, (marked, readings, bytes, hash)) = target.stage_by(|path| {
        let mut watch = |now: Progress| {
            bar.show(now.frames);
            !shared.stop.is_wanted()
        };
        let marked = mark(&clip, &mut embedder, path, muxer, &encoding, &mut watch).with_context(name)?;
        let readings = read_back(shared, asset, path, &clip, &marked, &payload).with_context(name)?;
        let failed = |error: io::Error| unreadable(&copy.output, &error);
        let bytes = std::fs::metadata(path).map_err(failed)?.len();
        Ok((marked, readings, bytes, Hash::of_file(path).map_err(failed)?))
    })?;
    drop(bar);
    report.psnr_db = number(marked.psnr_db);
    (report.margin_db, report.log10_p) = readings.middle();
    report.read_back = Some("file");
    report.losses.extend(marked.losses.iter().map(|loss| format!("not kept: {loss}")));
    report.clip = Some(ClipReport {
        frames: marked.frames,
        shots: marked.shots,
        frames_per_second: marked.frames as f64 / marked.elapsed.as_secs_f64().max(1e-3),
        codec: marked.codec.name(),
        frames_looked_at: readings.looked_at,
        frames_read: readings.read(),
    });
    let found = Found {
        source_sha256,
        content_sha256: source_sha256,
        output_sha256: hash,
        format: None,
        sides: (clip.size.0 as u32, clip.size.1 as u32),
        pictures: marked.frames,
        fingerprint: fingerprint(shared, asset, &clip).with_context(name)?,
    };
    let facts = shared.facts(asset, copy, &payload, report, found);
    let pixels = marked.frames * (clip.size.0 * clip.size.1) as u64;
    Ok(Made { staged: Complete::File(staged), facts, pixels, bytes })
}

/// That of a frame in the middle, for a registry.
fn fingerprint(shared: &Shared<'_>, asset: &Asset, clip: &Clip) -> Result<Option<Arc<Fingerprint>>> {
    if shared.args.batch.registry.is_none() {
        return Ok(None);
    }
    let frame = luma_at(&asset.input, clip.size, moment_s(clip, clip.duration_s, 0.5))?;
    frame.map(|frame| Ok(Arc::new(Fingerprint::of(&frame.view()?)?))).transpose()
}

/// Seconds at which a decoder is sure to find a frame: `share` of the way through, less half a frame, for it takes the next
/// one, and after the last there is none.
fn moment_s(clip: &Clip, seconds: f64, share: f64) -> f64 {
    let half_a_frame_s = if clip.rate > 0.0 { 0.5 / clip.rate } else { 0.0 };
    (seconds * share - half_a_frame_s).max(0.0)
}

/// Reads frames of the written file, each by itself. A clip of which no frame is read is refused.
fn read_back(
    shared: &Shared<'_>,
    asset: &Asset,
    path: &Path,
    clip: &Clip,
    marked: &Marked,
    payload: &Payload,
) -> Result<Readings> {
    let embedder = shared.embedders.get(asset.strength)?;
    let seconds = if clip.duration_s > 0.0 { clip.duration_s } else { marked.frames as f64 / clip.rate.max(1.0) };
    let mut readings = Readings::default();
    for i in 0..READ_BACK {
        let at_s = moment_s(clip, seconds, (i as f64 + 0.5) / READ_BACK as f64);
        if let Some(frame) = luma_at(path, clip.size, at_s)? {
            let view = frame.view()?;
            // The first place is the right one, unless timestamps are a frame off.
            let mut reading = None;
            for pose in marked.poses_at(frame.time_s) {
                let read = reading.insert(embedder.read_back_frame(&view, payload, pose));
                if !matches!(read, Err(Error::Refused(_))) {
                    break;
                }
            }
            reading.map_or(Ok(()), |reading| readings.add(reading))?;
        }
    }
    ensure!(readings.looked_at > 0, "no frame of the written clip could be decoded");
    readings.checked("a lower --crf or --profile robust may help")
}
