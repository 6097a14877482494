//! One copy of a numbered sequence. Its frames are decoded some at a time, marked one after the other like those of a film,
//! and written, decoded again and read back some at a time. They wait under temporary names until all are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail, ensure};
use rayon::ThreadPool;
use rayon::prelude::*;
use watermark_core::{Applied, Embedder, FrameEmbedder, FramePose, Payload};
use watermark_evidence::Fingerprint;
use watermark_media::{C2pa, DecodeLimits, Document, Format};
use watermark_video::Error as VideoError;

use super::bar::Bar;
use super::clip::frame_options;
use super::copies::losses;
use super::estimate;
use super::facts::Found;
use super::plan::{Asset, Copy};
use super::publish::Complete;
use super::reading::{read_unchanged, unreadable};
use super::reading_frames::Readings;
use super::refusals::credentials;
use super::work::{Made, Shared};
use crate::files::{StagedFolder, folder_of};
use crate::hash::Hash;
use crate::output::json::{ClipReport, EmbedReport, number};
use crate::sequence::Sequence;
use crate::settings;

/// A frame's picture, what is written of it, and what that is decoded to for reading it back.
const HELD: u64 = 3;

/// Marks a sequence into files with temporary names.
pub(super) fn copy(
    shared: &Shared<'_>,
    asset: &Asset,
    sequence: &Sequence,
    copy: &Copy<'_>,
    narrow: Option<&ThreadPool>,
    report: &mut EmbedReport,
) -> Result<Made> {
    let begun = Instant::now();
    let (files, targets) = (sequence.files(), asset.medium.targets(&copy.output));
    let format = shared.plan.format.map_or_else(|| settings::output_format(&copy.output), Ok)?;
    let options = frame_options(asset)?;
    check_sides(&files)?;
    let (hashes, source_sha256) = sequence.hashes().map_err(|error| unreadable(&asset.input, &error))?;
    let payload = shared.payload(copy, &source_sha256, report)?;
    if let Some(gaps) = sequence.gaps() {
        report.losses.push(format!("{gaps}; the frames that are there are taken for one clip"));
    }
    let pool = narrow.or(shared.wide);
    let threads = pool.map_or_else(rayon::current_num_threads, ThreadPool::current_num_threads);
    let each = estimate::of_file(&files[0], HELD);
    let at_once = shared.budget.fitting(each).min(threads).max(1);
    let _permit = shared.budget.take(each.saturating_mul(at_once as u64));
    let staged = StagedFolder::beside(folder_of(&targets[0]), shared.args.force)
        .with_context(|| copy.output.display().to_string())?;
    let line = Line {
        shared,
        files: &files,
        hashes: &hashes,
        targets: &targets,
        format,
        staged: &staged,
        payload: &payload,
        embedder: shared.embedders.get(asset.strength)?,
        middle: files.len() / 2,
    };
    let mut totals = Totals::default();
    let mut frames: Option<FrameEmbedder> = None;
    let mut bar = Bar::new(shared.args, shared.reporter, shared.plan.single, &asset.input, Some(files.len() as u64));
    for first in (0..files.len()).step_by(at_once) {
        let some = first..(first + at_once).min(files.len());
        let mut read =
            in_pool(pool, || some.clone().into_par_iter().map(|at| line.read(at)).collect::<Result<Vec<_>>>())?;
        for (at, frame) in some.clone().zip(&mut read) {
            totals.check(frame, &files, at)?;
            let frames = match &mut frames {
                Some(frames) => frames,
                None => frames.insert(
                    FrameEmbedder::new(shared.key, &payload, frame.size(), options.clone())
                        .with_context(|| asset.input.display().to_string())?,
                ),
            };
            let picture = &mut frame.document.pictures_mut()[0];
            let marked =
                frames.mark_picture(&mut picture.view_mut()).with_context(|| files[at].display().to_string())?;
            totals.applied.add(marked.applied);
            totals.shots += u64::from(marked.cut);
            frame.pose = marked.pose;
        }
        let written = in_pool(pool, || {
            some.into_par_iter().zip(read).map(|(at, frame)| line.write(at, frame)).collect::<Result<Vec<_>>>()
        })?;
        written.into_iter().try_for_each(|written| totals.add(written))?;
        bar.show(totals.outputs.len() as u64);
        if shared.stop.is_wanted() {
            return Err(VideoError::Interrupted.into());
        }
    }
    drop(bar);
    let readings = totals.readings.checked("--profile robust may help")?;
    report.psnr_db = number(totals.applied.psnr_db());
    (report.margin_db, report.log10_p) = readings.middle();
    report.read_back = Some("file");
    report.losses.extend(totals.remarks);
    report.clip = Some(ClipReport {
        frames: files.len() as u64,
        shots: totals.shots,
        frames_per_second: files.len() as f64 / begun.elapsed().as_secs_f64().max(1e-3),
        codec: format.extension(),
        frames_looked_at: readings.looked_at,
        frames_read: readings.read(),
    });
    let (width, height) = totals.size.context("internal fault: a sequence without frames")?;
    let found = Found {
        source_sha256,
        content_sha256: source_sha256,
        output_sha256: sequence.hash(&totals.outputs),
        format: Some(format),
        sides: (width as u32, height as u32),
        pictures: files.len() as u64,
        fingerprint: totals.fingerprint,
    };
    let facts = shared.facts(asset, copy, &payload, report, found);
    let pixels = (files.len() * width * height) as u64;
    Ok(Made { staged: Complete::Files(staged, targets), facts, pixels, bytes: totals.bytes })
}

/// Compares what the headers say, before any work; frames whose header says nothing are compared when they are decoded.
fn check_sides(files: &[PathBuf]) -> Result<()> {
    let first = imagesize::size(&files[0]).ok();
    for file in &files[1..] {
        match (first, imagesize::size(file).ok()) {
            (Some(first), Some(other)) if (first.width, first.height) != (other.width, other.height) => {
                return Err(other_size(file, (other.width, other.height), &files[0], (first.width, first.height)));
            }
            _ => {}
        }
    }
    Ok(())
}

fn other_size(file: &Path, (width, height): (usize, usize), first: &Path, of_first: (usize, usize)) -> anyhow::Error {
    anyhow!(
        "{}: has {width}x{height} px, and {} has {}x{} px; all frames of a sequence have one size: mark them as pictures, or as \
         two sequences",
        file.display(),
        first.display(),
        of_first.0,
        of_first.1
    )
}

/// A frame that was read.
struct Frame {
    document: Document,
    c2pa: C2pa,
    remark: Option<String>,
    fingerprint: Option<Arc<Fingerprint>>,
    /// Where the pattern lies once it is marked.
    pose: FramePose,
}

impl Frame {
    fn size(&self) -> (usize, usize) {
        let picture = &self.document.pictures()[0];
        (picture.width(), picture.height())
    }
}

/// A frame that was written.
struct Written {
    hash: Hash,
    bytes: u64,
    reading: watermark_core::Result<(f64, f64)>,
    remarks: Vec<String>,
}

/// What reading and writing frames have in common.
struct Line<'a> {
    shared: &'a Shared<'a>,
    files: &'a [PathBuf],
    hashes: &'a [Hash],
    targets: &'a [PathBuf],
    format: Format,
    staged: &'a StagedFolder,
    payload: &'a Payload,
    embedder: &'a Embedder,
    /// The frame that is shown for all.
    middle: usize,
}

impl Line<'_> {
    fn read(&self, at: usize) -> Result<Frame> {
        let file = &self.files[at];
        let name = || file.display().to_string();
        let bytes = read_unchanged(file)?;
        ensure!(
            Hash::of(&bytes) == self.hashes[at],
            "{}: was changed while the sequence was read; try again when nobody is writing it",
            file.display()
        );
        let document = Document::decode(&bytes, &DecodeLimits::default()).with_context(name)?;
        let pictures = document.pictures().len();
        ensure!(pictures == 1, "{}: has {pictures} pictures, and a frame of a sequence is one; split it first", name());
        document.check_format(self.format).with_context(|| self.targets[at].display().to_string())?;
        let (c2pa, remark) = credentials(self.shared.args.c2pa, &document, &name())?;
        let wanted = at == self.middle && self.shared.args.batch.registry.is_some();
        let fingerprint = wanted.then(|| watermark_evidence::fingerprint(&document.pictures()[0])).transpose();
        let fingerprint = fingerprint.with_context(name)?.map(Arc::new);
        Ok(Frame { document, c2pa, remark, fingerprint, pose: FramePose::default() })
    }

    fn write(&self, at: usize, frame: Frame) -> Result<Written> {
        let (target, marked) = (&self.targets[at], &frame.document.pictures()[0]);
        let name = || target.display().to_string();
        let mut options = self.shared.args.qualities().options();
        options.c2pa = frame.c2pa;
        let bytes = frame.document.encode(self.format, &options).with_context(name)?;
        let written = watermark_media::decode(&bytes, &DecodeLimits::default()).with_context(|| {
            format!("{}: internal fault: the file that was about to be written cannot be read", target.display())
        })?;
        // Light of half precision is rounded, as it always is.
        if self.format == Format::WebP && written.pixels() != marked.pixels() {
            bail!(
                "{}: would be a lossy WebP, and a sequence is written without loss; pass --format png, and no --webp-quality",
                target.display()
            );
        }
        let reading = self.embedder.read_back_frame(&written.view(), self.payload, frame.pose);
        let mut remarks = losses(&frame.document, self.format);
        remarks.extend(frame.remark);
        self.staged.write(target, &bytes)?;
        Ok(Written { hash: Hash::of(&bytes), bytes: bytes.len() as u64, reading, remarks })
    }
}

/// What has come of the frames so far.
#[derive(Default)]
struct Totals {
    size: Option<(usize, usize)>,
    format: Option<Format>,
    applied: Applied,
    shots: u64,
    outputs: Vec<Hash>,
    bytes: u64,
    readings: Readings,
    remarks: BTreeSet<String>,
    fingerprint: Option<Arc<Fingerprint>>,
}

impl Totals {
    /// Compares a frame with the first, and keeps what is kept of it.
    fn check(&mut self, frame: &mut Frame, files: &[PathBuf], at: usize) -> Result<()> {
        let size = *self.size.get_or_insert(frame.size());
        if frame.size() != size {
            return Err(other_size(&files[at], frame.size(), &files[0], size));
        }
        let own = frame.document.format();
        let format = self.format.or(own);
        self.format = format;
        if let (Some(format), Some(own)) = (format, own)
            && format != own
        {
            bail!(
                "{}: is {own}, and {} is {format}; all frames of a sequence have one format: convert them first",
                files[at].display(),
                files[0].display()
            );
        }
        self.fingerprint = self.fingerprint.take().or(frame.fingerprint.take());
        Ok(())
    }

    fn add(&mut self, written: Written) -> Result<()> {
        self.outputs.push(written.hash);
        self.bytes += written.bytes;
        self.remarks.extend(written.remarks);
        self.readings.add(written.reading)
    }
}

fn in_pool<T: Send>(pool: Option<&ThreadPool>, work: impl FnOnce() -> T + Send) -> T {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
