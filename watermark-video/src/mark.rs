//! The line: decoder, marker and encoder, each in its own thread, with a few frames between them.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use watermark_core::{Applied, FrameEmbedder, FramePose, LumaFrame};

use crate::decode::Decoder;
use crate::encode::{Encoder, is_kept, range_is_changed, subtitles_become};
use crate::formats;
use crate::turn;
use crate::{Clip, Codec, EncodeOptions, Error, Muxer, Result};

/// Frames between two threads.
const BETWEEN: usize = 3;
/// Timestamps are the same up to so many seconds: those of files are rounded.
const SAME_S: f64 = 0.002;

/// Seconds by which a timestamp may lie before the one ahead of it and count as rounding, or as a frame out of order.
const MOST_BACK_S: f64 = 0.5;

/// How far marking is.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Progress {
    /// Frames marked.
    pub frames: u64,
    /// Frames there are, as far as the file says.
    pub of: Option<u64>,
    /// Frames a second so far.
    pub rate: f64,
    /// Time left at that rate.
    pub left: Option<Duration>,
}

/// What came of marking a clip.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Marked {
    /// Frames marked.
    pub frames: u64,
    /// Shots found.
    pub shots: u64,
    /// PSNR of the mark over luma, before the encoder's own loss, dB.
    pub psnr_db: f64,
    /// Time spent marking, without waiting for decoder and encoder.
    pub marking: Duration,
    /// Time in all.
    pub elapsed: Duration,
    /// The codec that was written.
    pub codec: Codec,
    /// What of the clip is not kept, in sentences.
    pub losses: Vec<String>,
    poses: Vec<(f64, FramePose)>,
}

impl Marked {
    /// Where the pattern may lie in the frame of this timestamp, seconds: where it does, and, should the file be a frame off,
    /// where it did before that and does next. Without a timestamp, where a picture has it.
    pub fn poses_at(&self, time_s: Option<f64>) -> Vec<FramePose> {
        let Some(time_s) = time_s else { return vec![FramePose::default()] };
        let next = self.poses.partition_point(|&(from_s, _)| from_s <= time_s + SAME_S);
        let around = [Some(next.saturating_sub(1)), next.checked_sub(2), Some(next.max(1))];
        around.into_iter().flatten().filter_map(|i| self.poses.get(i)).map(|&(_, pose)| pose).collect()
    }
}

/// A frame on its way.
struct Frame {
    bytes: Vec<u8>,
    ticks: i64,
}

/// Marks `clip` with `embedder`, which is for frames of its size and range, and writes it to `output`, which is replaced. On
/// error `output` is incomplete and must not be used: give a temporary name and rename.
///
/// `watch` is told how far it is after every frame; what it answers is whether to go on.
///
/// # Errors
/// [`Error::Missing`], [`Error::Failed`] and [`Error::Truncated`] of the programs, [`Error::Unsupported`] for options that do
/// not fit, [`Error::Interrupted`] when `watch` says so.
pub fn mark(
    clip: &Clip,
    embedder: &mut FrameEmbedder,
    output: &Path,
    muxer: Muxer,
    options: &EncodeOptions,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Marked> {
    let begun = Instant::now();
    let bytes = clip.pixels.frame_bytes(clip.size.0, clip.size.1);
    let mut decoder = Decoder::start(clip)?;
    let first = if turn::is_needed(clip, muxer) { Some(turn::beside(output)?) } else { None };
    let mut encoder = Encoder::start(clip, first.as_ref().map_or(output, |first| first.path()), muxer, options)?;
    let (to_mark, decoded) = sync_channel::<Frame>(BETWEEN);
    let (to_encode, marked) = sync_channel::<Frame>(BETWEEN);
    let (give_back, spare) = sync_channel::<Vec<u8>>(2 * BETWEEN + 3);
    let mut line = Line { clip, embedder, begun, result: Totals::default(), words: Vec::new() };
    let (totals, damage) = thread::scope(|scope| {
        let reading = scope.spawn(move || -> Result<Option<String>> {
            let count = read_all(&mut decoder, bytes, clip.tick_s(), &spare, &to_mark)?;
            match count {
                Some((count, last)) => decoder.finish(clip, count, last),
                None => Ok(None),
            }
        });
        let writing = scope.spawn(move || -> Result<Encoder> {
            for Frame { bytes, ticks } in marked {
                encoder.write(&bytes, ticks)?;
                let _ = give_back.try_send(bytes);
            }
            Ok(encoder)
        });
        let marking = line.run(decoded, to_encode, watch);
        let fault = |_| Error::Core(watermark_core::Error::Internal("a thread of the video line ended".to_owned()));
        let (reading, writing) = (reading.join().map_err(fault)?, writing.join().map_err(fault)?);
        // The encoder's own words first: that the others stopped follows from it. It is dropped, and so ended, on error.
        let encoder = writing?;
        marking?;
        let damage = reading?;
        encoder.finish()?;
        Ok::<_, Error>((line.result, damage))
    })?;
    if let Some(first) = first {
        turn::turn(clip, first.path(), output, muxer)?;
    }
    let codec = options.codec_for(clip, muxer);
    let mut losses = losses(clip, muxer, codec);
    losses.extend(damage.map(|said| format!("parts of it that could not be decoded: {said}")));
    Ok(Marked {
        frames: totals.frames,
        shots: totals.shots,
        psnr_db: totals.applied.psnr_db(),
        marking: totals.marking,
        elapsed: begun.elapsed(),
        codec,
        losses,
        poses: totals.poses,
    })
}

/// That the clock was set back in the middle of the film.
fn jumps_back(from_s: f64, to_s: f64) -> Error {
    Error::Unsupported(format!(
        "its timestamps jump back from {from_s:.2} to {to_s:.2} s, as in recordings that were joined; write it anew first \
         (ffmpeg -i FILE -c copy NEW.mkv)"
    ))
}

/// Reads frames until the end. How many and the timestamp of the last, or `None` when nobody takes them any more.
fn read_all(
    decoder: &mut Decoder,
    bytes: usize,
    tick_s: f64,
    spare: &Receiver<Vec<u8>>,
    to_mark: &SyncSender<Frame>,
) -> Result<Option<(u64, Option<i64>)>> {
    let (mut count, mut last) = (0, None);
    let back = (MOST_BACK_S / tick_s) as i64;
    loop {
        let mut frame = spare.try_recv().unwrap_or_else(|_| vec![0; bytes]);
        let Some(ticks) = decoder.read(&mut frame)? else { return Ok(Some((count, last))) };
        // A frame without a timestamp, or with one that has been: the tick after the last.
        let least = last.map_or(i64::MIN, |last: i64| last.saturating_add(1));
        if let Some((from, to)) = last.zip(ticks).filter(|(from, to)| from.saturating_sub(*to) > back) {
            return Err(jumps_back(from as f64 * tick_s, to as f64 * tick_s));
        }
        let ticks = ticks.unwrap_or(least.max(0)).max(least);
        last = Some(ticks);
        count += 1;
        if to_mark.send(Frame { bytes: frame, ticks }).is_err() {
            return Ok(None);
        }
    }
}

#[derive(Default)]
struct Totals {
    frames: u64,
    shots: u64,
    applied: Applied,
    marking: Duration,
    /// From which timestamp on, seconds, the pattern lies where.
    poses: Vec<(f64, FramePose)>,
}

/// The marker's part.
struct Line<'a> {
    clip: &'a Clip,
    embedder: &'a mut FrameEmbedder,
    begun: Instant,
    result: Totals,
    /// Luma of more than 8 bits, as words.
    words: Vec<u16>,
}

impl Line<'_> {
    fn run(
        &mut self,
        decoded: Receiver<Frame>,
        to_encode: SyncSender<Frame>,
        watch: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<()> {
        for mut frame in decoded {
            let start = Instant::now();
            let report = self.mark(&mut frame.bytes)?;
            let totals = &mut self.result;
            totals.marking += start.elapsed();
            totals.frames += 1;
            totals.shots += u64::from(report.cut);
            totals.applied.add(report.applied);
            if totals.poses.last().is_none_or(|&(_, pose)| pose != report.pose) {
                totals.poses.push((frame.ticks as f64 * self.clip.tick_s(), report.pose));
            }
            if to_encode.send(frame).is_err() {
                return Ok(());
            }
            if !watch(self.progress()) {
                return Err(Error::Interrupted);
            }
        }
        Ok(())
    }

    fn mark(&mut self, bytes: &mut [u8]) -> Result<watermark_core::FrameReport> {
        let (width, height) = self.clip.size;
        let pixels = width * height;
        if self.clip.pixels.bits == 8 {
            return Ok(self.embedder.mark(&mut LumaFrame::bytes(width, height, width, &mut bytes[..pixels])?)?);
        }
        let (pairs, _) = bytes[..2 * pixels].as_chunks_mut::<2>();
        self.words.clear();
        self.words.extend(pairs.iter().map(|&pair| u16::from_le_bytes(pair)));
        let mut plane = LumaFrame::words(width, height, width, self.clip.pixels.bits, &mut self.words)?;
        let report = self.embedder.mark(&mut plane)?;
        pairs.iter_mut().zip(&self.words).for_each(|(pair, word)| *pair = word.to_le_bytes());
        Ok(report)
    }

    fn progress(&self) -> Progress {
        let (frames, seconds) = (self.result.frames, self.begun.elapsed().as_secs_f64());
        let rate = frames as f64 / seconds.max(1e-3);
        let left =
            self.clip.frames.map(|of| Duration::from_secs_f64(of.saturating_sub(frames) as f64 / rate.max(1e-3)));
        Progress { frames, of: self.clip.frames, rate, left }
    }
}

/// What of a clip is not kept, in sentences.
fn losses(clip: &Clip, muxer: Muxer, codec: Codec) -> Vec<String> {
    // `bin_data` is how QuickTime keeps the titles of chapters, and `tmcd` a timecode: both are written anew.
    let anew = |codec: &str| codec == "bin_data" || (codec == "tmcd" && muxer.is_mp4());
    let dropped = clip.others.iter().filter(|other| !is_kept(other, muxer) && !anew(&other.codec));
    let mut losses: Vec<String> =
        dropped.map(|other| format!("its {} stream {} ({})", other.kind, other.index, other.codec)).collect();
    losses.extend(clip.others.iter().filter_map(|other| {
        let becomes = subtitles_become(other, muxer)?;
        Some(format!("the form of its subtitle stream {} ({}): written as {becomes}", other.index, other.codec))
    }));
    losses.extend(formats::losses(clip.pixels, formats::nearest(codec, clip.pixels)));
    if range_is_changed(clip, codec) {
        losses
            .push("its full range of brightness: written as the limited one, which is all that prores has".to_owned());
    }
    if clip.rotation_deg != 0 && !muxer.is_mp4() {
        losses.push(format!("its rotation by {} degrees, which mp4 and mov alone keep", clip.rotation_deg));
    }
    if clip.hdr10.is_some() && codec != Codec::H265 {
        losses.push("its mastering display and light levels (HDR10), which h265 alone would keep".to_owned());
    }
    losses.extend(
        clip.hdr_by_scene.iter().map(|name| format!("its {name} metadata, which says scene by scene how bright it is")),
    );
    losses
}
