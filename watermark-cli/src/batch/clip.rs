//! One clip: probed, marked frame by frame while ffmpeg decodes and encodes, read back from the written file, and published
//! as pictures are: a temporary name, a row, a rename. Many clips in one run are not done yet; each takes all processors.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use watermark_core::{
    Embedder, Error as CoreError, FrameEmbedder, FrameOptions, Key, LumaRange, Payload, Refusal, Strength,
};
use watermark_evidence::Fingerprint;
use watermark_media::Format;
use watermark_video::{Clip, Codec, EncodeOptions, Marked, Muxer, Progress, luma_at, mark};

use super::facts::{Facts, Identity, content_payload};
use super::ledger::{Ledger, Records};
use super::publish::{Ready, publish_step};
use super::reading::unreadable;
use super::refusals::{clip_credentials, status_of};
use super::reporter::{Ended, Reporter};
use super::stop::Stop;
use super::tally::Status;
use crate::args::{CredentialsRule, EmbedArgs};
use crate::clip;
use crate::files::{self, Target};
use crate::hash::Hash;
use crate::output;
use crate::output::json::{ClipReport, EmbedReport, number};
use crate::settings::{self, NamedStrength, PayloadSource};
use crate::{exit, fault};

/// Extensions of files that are clips.
const EXTENSIONS: [&str; 13] =
    ["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "wmv", "flv", "ogv"];
/// Frames of the written file that are read back, spread over it.
const READ_BACK: usize = 4;
/// How often a run without a terminal says how far it is.
const PLAIN_PROGRESS: Duration = Duration::from_secs(10);

/// Whether the arguments name one clip.
pub(super) fn wanted(args: &EmbedArgs) -> bool {
    match args.inputs.as_slice() {
        [input] if args.batch.manifest.is_none() => is_clip(input),
        _ => false,
    }
}

/// Whether a file is a clip, by its first bytes, or by its name where they are not those of a picture.
fn is_clip(path: &Path) -> bool {
    let named =
        path.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&&*e.to_ascii_lowercase()));
    let start = clip::start_of(path);
    clip::begins_like_a_clip(&start) || (named && !path.is_dir() && Format::sniff(&start).is_none())
}

/// Refuses options that are about clips where there is none.
pub(super) fn refuse_options(args: &EmbedArgs) -> Result<()> {
    let given = [("--crf", args.crf.is_some()), ("--codec", args.codec.is_some()), ("--preset", args.preset.is_some())];
    match given.iter().find(|(_, given)| *given) {
        Some((name, _)) => bail!("{name} is about one clip as input; leave it out for pictures and directories"),
        None => Ok(()),
    }
}

/// What is to be done with the clip.
struct Work<'a> {
    args: &'a EmbedArgs,
    key: &'a Key,
    strength: NamedStrength,
    input: &'a Path,
    output: &'a Path,
    muxer: Muxer,
    options: EncodeOptions,
    target: Target,
}

/// Marks the clip.
pub(super) fn run(args: &EmbedArgs, key: &Key) -> Result<u8> {
    let work = Work::new(args, key)?;
    let stop = Stop::listening()?;
    let reporter = Reporter::new(args, 1, true, stop.clone());
    let begun = Instant::now();
    let mut report = EmbedReport {
        file: work.input.to_string_lossy().into_owned(),
        key_id: Some(key.id().to_string()),
        label: args.batch.label.clone(),
        ..EmbedReport::default()
    };
    if args.batch.dry_run {
        report.output = Some(work.output.to_string_lossy().into_owned());
        reporter.ended(Ended { report, status: Status::Planned, weight: 1, size: (0, 0), error: None });
    } else {
        let ledger = Mutex::new(work.ledger()?);
        match fault::guard(work.input, || work.mark(&mut report, &stop)) {
            Ok((staged, facts, pixels, bytes)) => {
                report.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                report.output = Some(work.output.to_string_lossy().into_owned());
                publish_step(vec![Ready { staged, facts, report, pixels, bytes }], &ledger, &reporter)?;
            }
            Err(error) => {
                let status = status_of(&error);
                reporter.ended(Ended { report, status, weight: 1, size: (0, 0), error: Some(&error) });
            }
        }
    }
    let summary = reporter.finish(files::folder_of(work.output), None)?;
    Ok(stop.code().unwrap_or(match (summary.failed, summary.refused) {
        (0, 0) => exit::DONE,
        (0, _) => exit::REFUSED,
        _ => exit::TROUBLE,
    }))
}

impl<'a> Work<'a> {
    fn new(args: &'a EmbedArgs, key: &'a Key) -> Result<Self> {
        let (input, output) = (args.inputs[0].as_path(), args.out.as_path());
        let name = input.display();
        for (option, given) in [
            ("--recipients", args.batch.recipients.is_some()),
            ("--resume", args.batch.resume),
            ("--metrics", args.metrics),
            ("--format", args.format.is_some()),
            ("--psnr", args.psnr.is_some()),
        ] {
            ensure!(!given, "{name}: is a clip, and {option} is for pictures; leave it out (a clip takes --profile)");
        }
        let Some(muxer) = Muxer::of(output) else {
            bail!("{}: a clip is written as .mp4, .m4v, .mov, .mkv or .webm; give it such a name", output.display());
        };
        let mut options = EncodeOptions::default();
        options.codec = args.codec.as_deref().map(codec).transpose()?;
        (options.crf, options.preset) = (args.crf, args.preset.clone());
        let target = Target::picture(output, input, args.force)?;
        Ok(Self { args, key, strength: settings::strength(args)?, input, output, muxer, options, target })
    }

    fn ledger(&self) -> Result<Ledger> {
        let batch = &self.args.batch;
        let Some(registry) = &batch.registry else { return Ok(Ledger::None) };
        let folder = files::folder_of(self.output);
        let mut records = Records::open(registry, batch.title.clone(), folder, batch.sign.sign.as_deref())?;
        records.settle(Some(&self.relative()))?;
        Ok(Ledger::Registry(Box::new(records)))
    }

    /// The output below its directory.
    fn relative(&self) -> std::path::PathBuf {
        self.output.file_name().map(Into::into).unwrap_or_default()
    }

    /// Marks, writes under a temporary name, reads back.
    fn mark(&self, report: &mut EmbedReport, stop: &Stop) -> Result<(files::Staged, Facts, u64, u64)> {
        let name = || self.input.display().to_string();
        let source_sha256 = Hash::of_file(self.input).map_err(|error| unreadable(self.input, &error))?;
        refuse_credentials(self.input, self.args.c2pa)?;
        let clip = Clip::probe(self.input).with_context(name)?;
        // Of the file, as decoding a film twice for the sake of a name does not pay.
        let (payload, from) = match settings::payload_source(self.args)? {
            PayloadSource::Given(payload) => (payload, "given"),
            PayloadSource::Content(class) => (content_payload(self.key, class, &source_sha256, None)?, "content"),
        };
        report.payload = Some(payload.to_string());
        report.bits = Some(payload.class().bits());
        report.payload_from = Some(from);
        let mut options = FrameOptions::default();
        let Strength::Profile(profile) = self.strength.options().strength else {
            bail!("a clip takes --profile, not --psnr");
        };
        options.profile = profile;
        options.range = if clip.full_range { LumaRange::Full } else { LumaRange::Limited };
        let mut embedder = FrameEmbedder::new(self.key, &payload, clip.size, options).with_context(name)?;
        let mut progress = Bar::new(self.args, clip.frames);
        let (staged, (marked, reading, bytes, hash)) = self.target.clone().stage_by(|path| {
            let mut watch = |now: Progress| {
                progress.show(now);
                !stop.is_wanted()
            };
            let marked = mark(&clip, &mut embedder, path, self.muxer, &self.options, &mut watch).with_context(name)?;
            let reading = self.read_back(path, &clip, &marked, &payload).with_context(name)?;
            let failed = |error: io::Error| unreadable(self.output, &error);
            let bytes = std::fs::metadata(path).map_err(failed)?.len();
            Ok((marked, reading, bytes, Hash::of_file(path).map_err(failed)?))
        })?;
        progress.clear();
        report.psnr_db = number(marked.psnr_db);
        (report.margin_db, report.log10_p) = (number(reading.margin_db), number(reading.log10_p));
        report.read_back = Some("file");
        report.losses.extend(marked.losses.iter().map(|loss| format!("not kept: {loss}")));
        report.clip = Some(ClipReport {
            frames: marked.frames,
            shots: marked.shots,
            frames_per_second: marked.frames as f64 / marked.elapsed.as_secs_f64().max(1e-3),
            codec: marked.codec.name(),
            frames_looked_at: reading.looked_at,
            frames_read: reading.read,
        });
        let fingerprint = match self.args.batch.registry {
            Some(_) => luma_at(self.input, clip.size, clip.duration_s / 2.0)
                .with_context(name)?
                .map(|frame| Ok::<_, anyhow::Error>(Arc::new(Fingerprint::of(&frame.view()?)?)))
                .transpose()?,
            None => None,
        };
        let facts = Facts {
            identity: Identity {
                source_sha256,
                content_sha256: source_sha256,
                output_sha256: hash,
                key_id: self.key.id().to_string(),
                recipient: None,
                profile: self.strength.to_string(),
                payload: payload.to_string(),
            },
            input: self.input.to_owned(),
            relative: self.relative(),
            label: self.args.batch.label.clone(),
            sides: (clip.size.0 as u32, clip.size.1 as u32),
            pictures: u32::try_from(marked.frames).unwrap_or(u32::MAX),
            psnr_db: report.psnr_db,
            margin_db: report.margin_db,
            ssimulacra2: None,
            fingerprint,
        };
        Ok((staged, facts, marked.frames * (clip.size.0 * clip.size.1) as u64, bytes))
    }

    /// Reads frames of the written file, each by itself. A clip of which no frame is read is refused.
    fn read_back(&self, path: &Path, clip: &Clip, marked: &Marked, payload: &Payload) -> Result<Reading> {
        let embedder = Embedder::new(self.key, self.strength.options())?;
        let seconds = if clip.duration_s > 0.0 { clip.duration_s } else { marked.frames as f64 / clip.rate.max(1.0) };
        let (mut looked_at, mut read) = (0, Vec::new());
        let mut refusal = Refusal::ThinMargin { margin_db: f64::NEG_INFINITY, needed_db: 1.0 };
        for i in 0..READ_BACK {
            let at = seconds * (i as f64 + 0.5) / READ_BACK as f64;
            let Some(frame) = luma_at(path, clip.size, at)? else { continue };
            looked_at += 1;
            match embedder.read_back(&frame.view()?, payload) {
                Ok(figures) => read.push(figures),
                Err(CoreError::Refused(thin)) => refusal = thin,
                Err(error) => return Err(error.into()),
            }
        }
        read.sort_by(|a, b| a.0.total_cmp(&b.0));
        match read.get(read.len() / 2) {
            Some(&(margin_db, log10_p)) => Ok(Reading { looked_at, read: read.len(), margin_db, log10_p }),
            None => Err(anyhow::Error::new(CoreError::Refused(refusal)).context(format!(
                "none of {looked_at} frames of the written clip could be read; a lower --crf or --profile robust may help"
            ))),
        }
    }
}

/// What was read back: how many frames, the median margin and its evidence.
struct Reading {
    looked_at: usize,
    read: usize,
    margin_db: f64,
    log10_p: f64,
}

fn codec(name: &str) -> Result<Codec> {
    Codec::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Codec::ALL.iter().map(|codec| codec.name()).collect();
        anyhow!("--codec {name} is none of {}", names.join(", "))
    })
}

/// Content credentials of an MP4 lie in a box of its own at the top; they hold for unchanged frames only.
fn refuse_credentials(path: &Path, rule: Option<CredentialsRule>) -> Result<()> {
    if !has_credentials(path) || rule == Some(CredentialsRule::Strip) {
        return Ok(());
    }
    Err(clip_credentials(&path.display().to_string()))
}

fn has_credentials(path: &Path) -> bool {
    use std::io::{Seek, SeekFrom};
    /// The box's identifier (C2PA 2.1, A.5).
    const C2PA: [u8; 16] = *b"\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
    let Ok(mut file) = File::open(path) else { return false };
    let mut at = 0_u64;
    // More boxes than any real file has at the top.
    for _ in 0..100_000 {
        let mut head = [0_u8; 32];
        let read = file.seek(SeekFrom::Start(at)).is_ok() && file.read_exact(&mut head[..8]).is_ok();
        if !read || !head[4..8].iter().all(u8::is_ascii_graphic) {
            return false;
        }
        let _ = file.read_exact(&mut head[8..]);
        let short = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let (size, id) = match short {
            1 => (u64::from_be_bytes(std::array::from_fn(|i| head[8 + i])), &head[16..32]),
            short => (u64::from(short), &head[8..24]),
        };
        if &head[4..8] == b"uuid" && id == C2PA {
            return true;
        }
        match at.checked_add(size) {
            Some(next) if size >= 8 => at = next,
            _ => return false,
        }
    }
    false
}

/// Says how far it is.
struct Bar {
    bar: Option<ProgressBar>,
    plain: bool,
    last: Instant,
}

impl Bar {
    fn new(args: &EmbedArgs, frames: Option<u64>) -> Self {
        let bar = (!args.batch.quiet && io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::new(frames.unwrap_or(0));
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} frames, {msg}") {
                bar.set_style(style);
            }
            bar
        });
        Self { plain: bar.is_none() && !args.batch.quiet && !args.json, bar, last: Instant::now() }
    }

    fn show(&mut self, now: Progress) {
        let left = now.left.map_or(String::new(), |left| format!(", {} s left", left.as_secs()));
        let said = format!("{:.0} frames a second{left}", now.rate);
        if let Some(bar) = &self.bar {
            bar.set_message(said);
            bar.set_position(now.frames);
        } else if self.plain && self.last.elapsed() >= PLAIN_PROGRESS {
            self.last = Instant::now();
            let of = now.of.map_or(String::new(), |of| format!(" of {of}"));
            output::warn(&format!("{}{of} frames, {said}", now.frames));
        }
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
