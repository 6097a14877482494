//! Decoding: raw frames on standard output, the timestamp of each on standard error.
//!
//! Raw video has no timestamps. ffmpeg's `metadata` filter prints those of every frame that passes it, in ticks of the
//! stream, before the frame is written; a reader pairs them by their order.

use std::io::{BufReader, Read};
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::command::{PRINT_TIMES, Running, argument, reader, times, widen};
use crate::{Clip, Error, Result};

/// A timestamp is written before its frame; it is late only as far as two pipes differ.
const LATE: Duration = Duration::from_secs(30);

/// A running decoder.
pub(crate) struct Decoder {
    running: Running,
    frames: BufReader<ChildStdout>,
    ticks: Receiver<Option<i64>>,
}

impl Decoder {
    pub(crate) fn start(clip: &Clip) -> Result<Self> {
        let mut command = reader("ffmpeg");
        command.args(["-nostdin", "-v", "error", "-noautorotate", "-copyts", "-i"]).arg(argument(&clip.path));
        command.args(["-map", &format!("0:{}", clip.index), "-fps_mode", "passthrough"]);
        command.args(["-vf", PRINT_TIMES]);
        command.args(["-enc_time_base", "-1", "-pix_fmt", &clip.pixels.decoded_name(), "-f", "rawvideo", "pipe:1"]);
        let (sender, ticks) = channel();
        let each = times(move |line| {
            let pts = line.split_once("pts:").and_then(|(_, rest)| rest.split_whitespace().next());
            let _ = sender.send(pts.and_then(|pts| pts.parse().ok()));
        });
        let mut running = Running::start(command, "ffmpeg", "decoding the video", each)?;
        let stdout = running.child.stdout.take();
        let stdout = stdout.ok_or_else(|| running.failure("it has no standard output".to_owned()))?;
        widen(&stdout);
        Ok(Self { running, frames: BufReader::with_capacity(1 << 12, stdout), ticks })
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

    /// The end: what the decoder said. Frames that are missing are an error.
    pub(crate) fn finish(mut self, clip: &Clip, decoded: u64) -> Result<()> {
        let (good, said) = self.running.finish()?;
        if !good || decoded == 0 {
            return Err(self.running.failure(said));
        }
        // What files say of their own length is a frame or two off, and more where it is length times rate.
        match clip.frames {
            Some(expected) if decoded + 2 + expected / 50 < expected => {
                let said = if said.is_empty() { said } else { format!(" ({})", said.replace('\n', "; ")) };
                Err(Error::Truncated { decoded, expected, said })
            }
            _ => Ok(()),
        }
    }
}
