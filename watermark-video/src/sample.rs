//! Luma planes of chosen frames of a suspect file, through a pipe as Y4M, with their times from what ffmpeg says of each.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::ChildStdout;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use watermark_core::{ClipFrame, ImageView, Layout, Samples};

use crate::command::{Running, argument, complaint, reader};
use crate::{Error, Result, Suspect};

/// Longest line of a header, bytes.
const LONGEST_LINE: u64 = 256;
/// Most pixels of a frame.
const MOST_PIXELS: usize = 16_384 * 16_384;
/// ffmpeg tells of a frame before it writes it; its time is late only as far as two pipes differ.
const LATE: Duration = Duration::from_secs(10);

/// Which frames are decoded.
#[derive(Debug, Clone, Copy)]
pub struct Pass {
    /// From here on, seconds.
    pub from_s: f64,
    /// So many seconds; `None`: to the end.
    pub length_s: Option<f64>,
    /// Least time from one frame to the next, seconds.
    pub interval_s: f64,
    /// Whether half that time is enough to one that decodes by itself: a codec leaves more of a mark in those.
    pub key_frames_sooner: bool,
    /// Least time from one frame to the next, of the time that the frame is at: for files that do not say how long they are.
    pub share: f64,
    /// Only frames that decode by themselves.
    pub key_frames: bool,
}

/// A decoded frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Its time in the clip, seconds.
    pub time_s: f64,
    /// Width, pixels.
    pub width: usize,
    /// Height, pixels.
    pub height: usize,
    /// Luma at full range, row-major.
    pub samples: Vec<u8>,
}

impl Frame {
    /// As the detector takes it.
    ///
    /// # Errors
    /// None for frames of this crate; kept fallible for the view.
    pub fn view(&self) -> watermark_core::Result<ClipFrame<'_>> {
        let view = ImageView::new(self.width, self.height, self.width, Layout::Luma, Samples::U8(&self.samples))?;
        Ok(ClipFrame { time_s: self.time_s, view })
    }
}

/// Frames as ffmpeg decodes them, to be iterated over.
pub struct Frames {
    running: Running,
    output: BufReader<ChildStdout>,
    times: Receiver<f64>,
    size: Option<(usize, usize)>,
    from_s: f64,
    last_s: f64,
    path: PathBuf,
    over: bool,
}

impl Frames {
    /// Starts ffmpeg.
    ///
    /// # Errors
    /// [`Error::Missing`] without it.
    pub fn open(suspect: &Suspect, pass: &Pass) -> Result<Self> {
        let mut command = reader("ffmpeg");
        command.args(["-nostdin", "-nostats", "-loglevel", "level+info"]);
        if pass.key_frames {
            command.args(["-skip_frame", "nokey"]);
        }
        if pass.from_s > 0.0 {
            command.args(["-ss", &pass.from_s.to_string()]);
        }
        if let Some(length_s) = pass.length_s {
            command.args(["-t", &length_s.to_string()]);
        }
        // Frames a little before their time are not left for the next.
        let interval = (pass.interval_s * 0.999).max(0.0);
        let (since, wanted) = ("t-prev_selected_t", format!("max({interval:.6}\\,t*{:.6})", pass.share.max(0.0)));
        let sooner = if pass.key_frames_sooner { format!("+key*gte({since}\\,0.5*{wanted})") } else { String::new() };
        let select = format!("select=isnan(prev_selected_t)+gte({since}\\,{wanted}){sooner},showinfo=checksum=0");
        // Frames are marked as they are stored; a copy that keeps the file's rotation is read without a search.
        command.args(["-noautorotate", "-i"]).arg(argument(&suspect.path));
        command.args(["-map", &format!("0:{}", suspect.index), "-vf", &select, "-fps_mode", "passthrough"]);
        command.args(["-pix_fmt", "gray", "-strict", "-1", "-f", "yuv4mpegpipe", "-"]);
        let (sender, times) = channel();
        let mut running = Running::start(command, "ffmpeg", "decoding the video", move |line| {
            if let Some(time) = time_of(line) {
                let _ = sender.send(time);
            }
            !(line.contains("[error] ") || line.contains("[fatal] "))
        })?;
        let output = running.child.stdout.take();
        let output = output.ok_or_else(|| running.failure("it has no standard output".to_owned()))?;
        let output = BufReader::with_capacity(1 << 16, output);
        let (from_s, path) = (pass.from_s, suspect.path.clone());
        Ok(Self { running, output, times, size: None, from_s, last_s: from_s, path, over: false })
    }

    /// Waits for ffmpeg: what it complained of, or nothing.
    ///
    /// # Errors
    /// [`Error::Io`] when the system does not say how it ended.
    pub fn finish(self) -> Result<Option<String>> {
        let Self { mut running, output, path, .. } = self;
        drop(output);
        let (good, said) = running.finish()?;
        let last = said.lines().last().unwrap_or_default();
        let last = last.split_once("[error] ").or_else(|| last.split_once("[fatal] ")).map_or(last, |(_, rest)| rest);
        Ok((!said.is_empty() || !good).then(|| complaint(last, &path)))
    }

    fn read(&mut self) -> Result<Option<Frame>> {
        let size = match self.size {
            Some(size) => size,
            None => {
                let Some(header) = line(&mut self.output)? else { return Ok(None) };
                *self.size.insert(size(&header)?)
            }
        };
        if line(&mut self.output)?.is_none() {
            return Ok(None);
        }
        let (width, height) = size;
        let mut samples = vec![0; width * height];
        if self.output.read_exact(&mut samples).is_err() {
            return Ok(None);
        }
        if let Ok(time_s) = self.times.recv_timeout(LATE) {
            self.last_s = self.from_s + time_s;
        }
        Ok(Some(Frame { time_s: self.last_s, width, height, samples }))
    }
}

impl Iterator for Frames {
    type Item = Result<Frame>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let frame = self.read().transpose();
        self.over = !matches!(frame, Some(Ok(_)));
        frame
    }
}

/// The time that a line tells of a frame; one without a time follows the one before it.
pub(crate) fn time_of(line: &str) -> Option<f64> {
    let rest = line.split("pts_time:").nth(1)?;
    let time = rest.split_whitespace().next().and_then(|text| text.parse::<f64>().ok());
    Some(time.filter(|time| time.is_finite()).unwrap_or(0.0))
}

/// A line of a header; nothing at the end.
fn line(output: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = Vec::new();
    let read = output.take(LONGEST_LINE).read_until(b'\n', &mut line);
    read.map_err(Error::io("frames cannot be read from ffmpeg"))?;
    if line.is_empty() {
        return Ok(None);
    }
    if !line.ends_with(b"\n") {
        return Err(Error::Unsupported("ffmpeg gave frames in a form that is not understood".to_owned()));
    }
    Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
}

/// Width and height of a Y4M stream of grey frames.
fn size(header: &str) -> Result<(usize, usize)> {
    let field = |name: char| header.split(' ').find_map(|part| part.strip_prefix(name)?.parse::<usize>().ok());
    let (Some(width), Some(height)) = (field('W'), field('H')) else {
        return Err(Error::Unsupported("ffmpeg gave frames of an unknown size".to_owned()));
    };
    let pixels = width.saturating_mul(height);
    if !(1..=MOST_PIXELS).contains(&pixels) {
        return Err(Error::Unsupported(format!(
            "its frames have {width}x{height} px, at most {MOST_PIXELS} pixels are read"
        )));
    }
    Ok((width, height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        assert_eq!(size("YUV4MPEG2 W640 H360 F24:1 Ip A1:1 Cmono").unwrap(), (640, 360));
        assert!(size("YUV4MPEG2 W640").is_err() && size("YUV4MPEG2 W99999 H99999").is_err());
        let mut two = &b"one\ntwo"[..];
        assert_eq!(line(&mut two).unwrap().as_deref(), Some("one"));
        assert!(line(&mut two).is_err() && line(&mut &b""[..]).unwrap().is_none());
    }
}
