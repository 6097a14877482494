//! Decoding: raw frames on standard output, the timestamp of each on standard error.
//!
//! Raw video has no timestamps. ffmpeg's `metadata` filter prints those of every frame that passes it, in ticks of the
//! stream, before the frame is written; a reader pairs them by their order.

use std::io::{BufReader, Read};
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::command::{PRINT_TIMES, Running, argument, complaint, reader, times, widen};
use crate::{Clip, Count, Error, Result};

/// A timestamp is written before its frame; it is late only as far as two pipes differ.
const LATE: Duration = Duration::from_secs(30);

/// What ffmpeg says of a file that ends early (libavformat's mov.c and matroskadec.c).
const ENDS_EARLY: [&str; 2] = ["partial file", "File ended prematurely"];

/// A running decoder.
pub(crate) struct Decoder {
    running: Running,
    frames: BufReader<ChildStdout>,
    ticks: Receiver<Option<i64>>,
    /// Lines that say that the file ends early; there may be many lines after them.
    early: Receiver<String>,
}

impl Decoder {
    pub(crate) fn start(clip: &Clip) -> Result<Self> {
        let mut command = reader("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-noautorotate", "-copyts"]);
        command.args(clip.begun_at_zero()).arg("-i").arg(argument(&clip.path));
        command.args(["-map", &format!("0:{}", clip.index), "-fps_mode", "passthrough"]);
        command.args(["-vf", PRINT_TIMES]);
        command.args(["-enc_time_base", "-1", "-pix_fmt", &clip.pixels.decoded_name(), "-f", "rawvideo", "pipe:1"]);
        let (sender, ticks) = channel();
        let mut each = times(move |line| {
            let pts = line.split_once("pts:").and_then(|(_, rest)| rest.split_whitespace().next());
            let _ = sender.send(pts.and_then(|pts| pts.parse().ok()));
        });
        let (tell, early) = channel();
        let mut running = Running::start(command, "ffmpeg", "decoding the video", move |line| {
            if ENDS_EARLY.iter().any(|words| line.contains(words)) {
                let _ = tell.send(line.to_owned());
            }
            each(line)
        })?;
        let stdout = running.child.stdout.take();
        let stdout = stdout.ok_or_else(|| running.failure("it has no standard output".to_owned()))?;
        widen(&stdout);
        Ok(Self { running, frames: BufReader::with_capacity(1 << 12, stdout), ticks, early })
    }

    /// The next frame, and its timestamp in ticks where it has one; `None` at the end.
    pub(crate) fn read(&mut self, frame: &mut [u8]) -> Result<Option<Option<i64>>> {
        let mut filled = 0;
        while filled < frame.len() {
            match self.frames.read(&mut frame[filled..]) {
                Ok(0) if filled == 0 => return Ok(None),
                Ok(0) => {
                    let (_, said) = self.running.finish()?;
                    return Err(self.running.failure(said));
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io("frames cannot be read from ffmpeg")(error)),
            }
        }
        let ticks = self.ticks.recv_timeout(LATE);
        Ok(Some(ticks.map_err(|_| self.running.failure("it gave a frame without its timestamp".to_owned()))?))
    }

    /// The end, after so many frames with this timestamp as the last: what the decoder complained of. Frames that are
    /// missing by the file's own count, and a file that ends early, are an error.
    pub(crate) fn finish(mut self, clip: &Clip, decoded: u64, last: Option<i64>) -> Result<Option<String>> {
        let (good, said) = self.running.finish()?;
        if !good || decoded == 0 {
            return Err(self.running.failure(said));
        }
        let early = self.early.try_iter().next();
        if early.is_none() && !clip.counted.is_some_and(|count| is_short(count, decoded, last)) {
            return Ok((!said.is_empty()).then(|| complaint(&said, &clip.path)));
        }
        let said = early.unwrap_or(said);
        let said = if said.is_empty() { said } else { format!(" ({})", complaint(&said, &clip.path)) };
        Err(Error::Truncated { decoded, expected: clip.frames.filter(|&frames| frames > decoded), said })
    }
}

/// Whether frames are missing. What files say of their own length is a frame or two off.
fn is_short(count: Count, decoded: u64, last: Option<i64>) -> bool {
    let (reached, of) = match count {
        Count::Frames(of) => (decoded, of),
        Count::Ticks(of) => (last.map_or(0, |last| u64::try_from(last).unwrap_or(0) + 1).max(decoded), of),
    };
    reached + 2 + of / 50 < of
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_ticks_is_not_one_of_frames() {
        assert!(!is_short(Count::Frames(100), 96, None) && is_short(Count::Frames(100), 95, None));
        // Twenty frames over a length of 92 ticks.
        assert!(!is_short(Count::Ticks(92), 20, Some(90)) && is_short(Count::Ticks(92), 20, Some(60)));
    }
}
