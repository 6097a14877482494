//! Luma planes of chosen frames, through a pipe as Y4M, with their times from what ffmpeg says of each.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::{self, JoinHandle};

use anyhow::{Result, bail, ensure};
use watermark_core::{ClipFrame, ImageView, Layout, Samples};

use super::probe::Facts;
use super::process::{command, complaint, name, not_started};

/// Longest line of a header, bytes.
const LONGEST_LINE: u64 = 256;
/// Most pixels of a frame.
const MOST_PIXELS: usize = 16_384 * 16_384;
/// Most bytes of complaints that are kept.
const MOST_COMPLAINTS: usize = 16 << 10;

/// Which frames are decoded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    pub(super) from_s: f64,
    /// `None`: to the end.
    pub(super) length_s: Option<f64>,
    /// Least time from one frame to the next.
    pub(super) interval_s: f64,
    /// Only frames that decode by themselves.
    pub(super) key_frames: bool,
}

/// A decoded frame.
pub(super) struct Frame {
    pub(super) time_s: f64,
    pub(super) width: usize,
    pub(super) height: usize,
    /// Luma at full range.
    pub(super) samples: Vec<u8>,
}

impl Frame {
    /// As the detector takes it.
    pub(super) fn view(&self) -> watermark_core::Result<ClipFrame<'_>> {
        let view = ImageView::new(self.width, self.height, self.width, Layout::Luma, Samples::U8(&self.samples))?;
        Ok(ClipFrame { time_s: self.time_s, view })
    }
}

/// The frames that ffmpeg gives.
pub(super) struct Frames {
    child: Child,
    output: BufReader<ChildStdout>,
    times: Receiver<f64>,
    /// Gives what ffmpeg complained of.
    listener: Option<JoinHandle<String>>,
    size: Option<(usize, usize)>,
    from_s: f64,
    last_s: f64,
    path: std::path::PathBuf,
    over: bool,
}

impl Frames {
    /// Starts ffmpeg.
    pub(super) fn open(path: &Path, facts: &Facts, pass: &Pass) -> Result<Self> {
        let mut command = command("ffmpeg");
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
        let select =
            format!("select=isnan(prev_selected_t)+gte(t-prev_selected_t\\,{interval:.6}),showinfo=checksum=0");
        // Frames are marked as they are stored; a copy that keeps the file's rotation is read without a search.
        let mut child = command
            .args(["-noautorotate", "-i"])
            .arg(name(path))
            .args(["-map", &format!("0:{}", facts.stream), "-vf", &select, "-fps_mode", "passthrough"])
            .args(["-pix_fmt", "gray", "-strict", "-1", "-f", "yuv4mpegpipe", "-"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| not_started("ffmpeg", &error))?;
        let (Some(output), Some(said)) = (child.stdout.take(), child.stderr.take()) else {
            bail!("ffmpeg was started without its pipes");
        };
        let (sender, times) = mpsc::channel();
        let listener = Some(thread::spawn(move || listen(said, &sender)));
        let output = BufReader::with_capacity(1 << 16, output);
        let (from_s, path) = (pass.from_s, path.to_owned());
        Ok(Self { child, output, times, listener, size: None, from_s, last_s: from_s, path, over: false })
    }

    /// Waits for ffmpeg: what it complained of, or nothing.
    pub(super) fn finish(mut self) -> Result<Option<String>> {
        drop(self.output);
        let status = self.child.wait()?;
        let said = self.listener.take().and_then(|listener| listener.join().ok()).unwrap_or_default();
        Ok((!said.is_empty() || !status.success()).then(|| complaint(&said, &self.path)))
    }

    fn read(&mut self) -> Result<Option<Frame>> {
        if self.size.is_none() {
            let Some(header) = line(&mut self.output)? else { return Ok(None) };
            self.size = Some(size(&header)?);
        }
        let Some((width, height)) = self.size else { return Ok(None) };
        if line(&mut self.output)?.is_none() {
            return Ok(None);
        }
        let mut samples = vec![0; width * height];
        if self.output.read_exact(&mut samples).is_err() {
            return Ok(None);
        }
        // ffmpeg tells of a frame before it writes it.
        if let Ok(time_s) = self.times.recv_timeout(std::time::Duration::from_secs(10)) {
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

/// Times of frames as they are told; gives the complaints at the end.
fn listen(said: ChildStderr, times: &mpsc::Sender<f64>) -> String {
    let mut complaints = String::new();
    for line in BufReader::new(said).split(b'\n').map_while(std::result::Result::ok) {
        let line = String::from_utf8_lossy(&line);
        if let Some(rest) = line.split("pts_time:").nth(1) {
            let time = rest.split_whitespace().next().and_then(|text| text.parse::<f64>().ok());
            // One without a time follows the one before it.
            let _ = times.send(time.filter(|time| time.is_finite()).unwrap_or(0.0));
        } else if let Some((_, rest)) = line.split_once("[error] ").or_else(|| line.split_once("[fatal] "))
            && complaints.len() < MOST_COMPLAINTS
        {
            complaints.push_str(rest);
            complaints.push('\n');
        }
    }
    complaints
}

/// A line of a header; nothing at the end.
fn line(output: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = Vec::new();
    output.take(LONGEST_LINE).read_until(b'\n', &mut line)?;
    if line.is_empty() {
        return Ok(None);
    }
    ensure!(line.ends_with(b"\n"), "ffmpeg gave frames in a form that is not understood");
    Ok(Some(String::from_utf8_lossy(&line).trim_end().to_owned()))
}

/// Width and height of a Y4M stream of grey frames.
fn size(header: &str) -> Result<(usize, usize)> {
    let field = |name: char| header.split(' ').find_map(|part| part.strip_prefix(name)?.parse::<usize>().ok());
    let (Some(width), Some(height)) = (field('W'), field('H')) else {
        bail!("ffmpeg gave frames of an unknown size");
    };
    let pixels = width.saturating_mul(height);
    ensure!(
        pixels > 0 && pixels <= MOST_PIXELS,
        "its frames have {width}x{height} px, at most {MOST_PIXELS} pixels are read"
    );
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
