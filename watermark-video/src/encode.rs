//! Encoding: frames and timestamps go to ffmpeg as IVF, the smallest container that has both: a header of 32 bytes, and
//! 12 bytes of length and timestamp before every frame. ffmpeg takes the file's other streams from the source itself.

use std::io::Write;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

use crate::command::{FULL, Running, argument, lines, program, widen};
use crate::formats::{check_sides, nearest};
use crate::{Clip, Codec, EncodeOptions, Error, Muxer, PixelFormat, Result};

/// What it says when a container cannot hold a stream as it is.
const UNFIT: [&str; 3] = ["not currently supported in container", "are supported for WebM", "Subtitle codec"];

/// Subtitles of letters, by ffmpeg's names: one kind can be made from another.
const LETTERS: [&str; 7] = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"];

/// ffmpeg's option of the range.
const RANGE: &str = "-color_range";

/// Ticks of a second in Matroska and WebM, as ffmpeg writes them.
const MATROSKA_TICKS: f64 = 1000.0;

/// A running encoder.
pub(crate) struct Encoder {
    running: Running,
    frames: Option<ChildStdin>,
}

impl Encoder {
    pub(crate) fn start(clip: &Clip, output: &Path, muxer: Muxer, options: &EncodeOptions) -> Result<Self> {
        let codec = options.codec_for(clip, muxer);
        // ffmpeg 5 with SVT-AV1 never ends where the container takes no AV1.
        if !codec.fits(muxer) {
            let text =
                format!("{} cannot be in such a container; name the output .mkv, which holds all codecs", codec.name());
            return Err(Error::Unsupported(text));
        }
        let written = nearest(codec, clip.pixels);
        check_sides(codec, written, clip.size)?;
        let mut command = program("ffmpeg");
        command.stdin(Stdio::piped());
        command.args(["-v", "error", "-y", "-copyts", "-f", "ivf", "-c:v", "rawvideo", "-i", "pipe:0"]);
        command.args(["-copyts", "-noautorotate"]).args(clip.begun_at_zero()).arg("-i").arg(argument(&clip.path));
        command.args(["-map", "0:v:0"]);
        command.args(["-map_metadata", "1", "-map_chapters", "1"]);
        // Packets have no durations that come as IVF: those of all but the last frame follow from timestamps. The filter
        // sees them in the container's ticks, whatever it says of its time base (ffmpeg 5.1).
        if clip.rate > 0.0 {
            let ticks_a_second = if muxer.is_mp4() { f64::from(clip.time_base.1) } else { MATROSKA_TICKS };
            let duration = (ticks_a_second / clip.rate).round();
            command.args(["-bsf:v:0", &format!("setts=pts=PTS:dts=DTS:duration={duration}")]);
        }
        command.args(["-c", "copy"]).args(options.arguments(codec, clip, written)?);
        tell(&mut command, 0, clip.index, &clip.disposition);
        for (other, to) in clip.others.iter().filter(|other| is_kept(other, muxer)).zip(1..) {
            command.args(["-map", &format!("1:{}", other.index)]);
            tell(&mut command, to, other.index, &other.disposition);
            if let Some(becomes) = subtitles_become(other, muxer) {
                command.args([&format!("-c:{to}"), becomes]);
            }
        }
        command.args(["-fps_mode", "passthrough", "-enc_time_base:v:0", "-1"]);
        command.args(["-filter:v:0", &filters(clip, codec, written), "-pix_fmt:v:0", &written.name()]);
        for (tag, value) in colour(clip, codec) {
            command.args([tag, value]);
        }
        if muxer.is_mp4() {
            command.args(["-video_track_timescale", &clip.time_base.1.to_string()]);
            command.args(["-movflags", "+write_colr"]);
            if codec == Codec::H265 {
                command.args(["-tag:v:0", "hvc1"]);
            }
        }
        command.args(["-max_muxing_queue_size", "4096", "-f", muxer.name()]).arg(argument(output));
        let mut running = Running::start(command, "ffmpeg", "encoding the marked video", |_| false)?;
        let frames = running.child.stdin.take();
        if let Some(frames) = &frames {
            widen(frames);
        }
        let mut encoder = Self { running, frames };
        let header = header(clip)?;
        encoder.put(&header)?;
        Ok(encoder)
    }

    /// Writes a frame.
    pub(crate) fn write(&mut self, frame: &[u8], ticks: i64) -> Result<()> {
        let mut head = [0_u8; 12];
        head[..4].copy_from_slice(&(frame.len() as u32).to_le_bytes());
        head[4..].copy_from_slice(&ticks.to_le_bytes());
        self.put(&head)?;
        self.put(frame)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        let Some(frames) = &mut self.frames else { return Ok(()) };
        match frames.write_all(bytes) {
            Ok(()) => Ok(()),
            // It ended: why is in its last words.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                self.frames = None;
                let (_, said) = self.running.finish()?;
                Err(self.failure(said))
            }
            Err(error) => Err(Error::io("frames cannot be written to ffmpeg")(error)),
        }
    }

    /// Ends the stream and waits until the file is whole.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.frames = None;
        match self.running.written()? {
            None => Ok(()),
            Some(said) => Err(self.failure(said)),
        }
    }

    /// Its last words as an error; the commonest of them without the name of a temporary file.
    fn failure(&self, said: String) -> Error {
        if said.contains(FULL) {
            return Error::Full;
        }
        if UNFIT.iter().any(|words| said.contains(words)) {
            let first = lines(&said).into_iter().next().unwrap_or_default();
            return Error::Unsupported(format!(
                "a stream of it cannot be in such a container as it is; name the output .mkv, which holds nearly all \
                 ({first})"
            ));
        }
        self.running.failure(said)
    }
}

/// Gives a stream of the output the tags of one of the source's, and its disposition: once one stream's tags are asked for,
/// ffmpeg copies none by itself, neither languages nor names of attachments.
fn tell(command: &mut Command, to: usize, from: usize, disposition: &[String]) {
    command.args([format!("-map_metadata:s:{to}"), format!("1:s:{from}")]);
    let told = if disposition.is_empty() { "0".to_owned() } else { disposition.join("+") };
    command.args([format!("-disposition:{to}"), told]);
}

/// Whether a stream can go into the container at all; others are said to be left out.
pub(crate) fn is_kept(stream: &crate::Stream, muxer: Muxer) -> bool {
    match stream.kind.as_str() {
        "audio" | "subtitle" => true,
        // A cover. Matroska has it as an attachment; copied as it is, it would be a second video.
        "video" => muxer.is_mp4(),
        "attachment" => muxer == Muxer::Matroska,
        _ => false,
    }
}

/// What subtitles are written as where the container does not take them as they are.
pub(crate) fn subtitles_become(stream: &crate::Stream, muxer: Muxer) -> Option<&'static str> {
    let codec = stream.codec.as_str();
    let (fits, becomes) = match muxer {
        Muxer::Mp4 | Muxer::Mov => (codec == "mov_text", "mov_text"),
        Muxer::Matroska => (codec != "mov_text", "subrip"),
        Muxer::WebM => (codec == "webvtt", "webvtt"),
    };
    (stream.kind == "subtitle" && LETTERS.contains(&codec) && !fits).then_some(becomes)
}

/// The file's colour tags as those of what is written: `ProRes` says nothing of the range, and is limited to everybody.
fn colour(clip: &Clip, codec: Codec) -> impl Iterator<Item = (&'static str, &str)> {
    let range = range_is_changed(clip, codec).then_some("tv");
    clip.colour.iter().map(move |(tag, value)| (*tag, range.filter(|_| *tag == RANGE).unwrap_or(value)))
}

/// Whether full range is written as the limited one.
pub(crate) fn range_is_changed(clip: &Clip, codec: Codec) -> bool {
    clip.full_range && codec == Codec::ProRes
}

/// From the clip's pixels to those that are written, with its tags: some encoders take them from the frames alone, and the
/// frames that come through a pipe have none.
fn filters(clip: &Clip, codec: Codec, written: PixelFormat) -> String {
    let mut filters = Vec::new();
    if range_is_changed(clip, codec) {
        filters.push("scale=in_range=full:out_range=limited".to_owned());
    } else if clip.pixels.chroma != written.chroma && clip.pixels.chroma.is_none() {
        // Grey is full range to ffmpeg, whatever it is; so its samples stay what they are.
        filters.push("scale=in_range=full:out_range=full".to_owned());
    }
    filters.push(format!("format={}", written.name()));
    filters.extend(clip.pixel_aspect.as_ref().map(|aspect| format!("setsar={}:max=65535", aspect.replace(':', "/"))));
    let mut range = "unspecified";
    let mut tags = String::new();
    for (tag, value) in colour(clip, codec) {
        match tag {
            RANGE => range = value,
            "-colorspace" => tags += &format!(":colorspace={value}"),
            "-color_trc" => tags += &format!(":color_trc={value}"),
            "-color_primaries" => tags += &format!(":color_primaries={value}"),
            _ => {}
        }
    }
    filters.push(format!("setparams=range={range}{tags}"));
    filters.join(",")
}

fn header(clip: &Clip) -> Result<[u8; 32]> {
    let side = |side: usize| {
        let side = u16::try_from(side);
        side.map_err(|_| Error::Unsupported("its frames have more than 65,535 pixels along a side".to_owned()))
    };
    let tag = clip.pixels.tag().unwrap_or(*b"I420");
    let mut header = [0_u8; 32];
    header[..4].copy_from_slice(b"DKIF");
    header[6..8].copy_from_slice(&32_u16.to_le_bytes());
    header[8..12].copy_from_slice(&tag);
    header[12..14].copy_from_slice(&side(clip.size.0)?.to_le_bytes());
    header[14..16].copy_from_slice(&side(clip.size.1)?.to_le_bytes());
    header[16..20].copy_from_slice(&clip.time_base.1.to_le_bytes());
    header[20..24].copy_from_slice(&clip.time_base.0.to_le_bytes());
    Ok(header)
}
