//! Encoding: frames and timestamps go to ffmpeg as IVF, the smallest container that has both: a header of 32 bytes, and
//! 12 bytes of length and timestamp before every frame. ffmpeg takes the file's other streams from the source itself.

use std::io::Write;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};

use crate::command::{Running, argument, program, widen};
use crate::{Clip, EncodeOptions, Error, Muxer, Result};

/// What the system says of a full disk.
const FULL: &str = "No space left";

/// What the encoder says of a file that is not whole.
const INCOMPLETE: [&str; 4] = [FULL, "Error writing", "Error closing", "Error muxing"];

/// What it says when a container cannot hold a stream as it is.
const UNFIT: [&str; 3] = ["not currently supported in container", "are supported for WebM", "Subtitle codec"];

/// Subtitles of letters, by ffmpeg's names: one kind can be made from another.
const LETTERS: [&str; 7] = ["subrip", "srt", "ass", "ssa", "mov_text", "webvtt", "text"];

/// A running encoder.
pub(crate) struct Encoder {
    running: Running,
    frames: Option<ChildStdin>,
}

impl Encoder {
    pub(crate) fn start(clip: &Clip, output: &Path, muxer: Muxer, options: &EncodeOptions) -> Result<Self> {
        let codec = options.codec_for(clip, muxer);
        let mut command = program("ffmpeg");
        command.stdin(Stdio::piped());
        command.args(["-v", "error", "-y", "-copyts", "-f", "ivf", "-c:v", "rawvideo", "-i", "pipe:0"]);
        command.args(["-copyts", "-noautorotate", "-i"]).arg(argument(&clip.path));
        command.args(["-map", "0:v:0"]);
        command.args(["-map_metadata", "1", "-map_chapters", "1"]);
        command.args(["-c", "copy"]).args(options.arguments(codec, clip)?);
        tell(&mut command, 0, clip.index, &clip.disposition);
        for (other, to) in clip.others.iter().filter(|other| is_kept(other, muxer)).zip(1..) {
            command.args(["-map", &format!("1:{}", other.index)]);
            tell(&mut command, to, other.index, &other.disposition);
            if let Some(becomes) = subtitles_become(other, muxer) {
                command.args([&format!("-c:{to}"), becomes]);
            }
        }
        command.args(["-fps_mode", "passthrough", "-enc_time_base:v:0", "-1"]);
        if let Some(aspect) = &clip.pixel_aspect {
            command.args(["-filter:v:0", &format!("setsar={}:max=65535", aspect.replace(':', "/"))]);
        }
        for (tag, value) in &clip.colour {
            command.args([tag, value.as_str()]);
        }
        if muxer.is_mp4() {
            command.args(["-video_track_timescale", &clip.time_base.1.to_string()]);
            command.args(["-movflags", "+write_colr"]);
            if codec == crate::Codec::H265 {
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
        let (good, said) = self.running.finish()?;
        // ffmpeg 5 leaves with success when the last bytes, or all of a short file, could not be written.
        if !good || INCOMPLETE.iter().any(|word| said.contains(word)) {
            return Err(self.failure(said));
        }
        Ok(())
    }

    /// Its last words as an error; the commonest of them without the name of a temporary file.
    fn failure(&self, said: String) -> Error {
        if said.contains(FULL) {
            return Error::Full;
        }
        if UNFIT.iter().any(|words| said.contains(words)) {
            let first = said.lines().next().unwrap_or_default();
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
        "video" => muxer != Muxer::WebM,
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
