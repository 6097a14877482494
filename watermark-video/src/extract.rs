//! Single frames of a file, to read a mark back.

use std::io::Read;
use std::path::Path;
use std::sync::mpsc::channel;

use watermark_core::{ImageView, Layout, Samples};

use crate::command::{PRINT_TIMES, Running, argument, reader, times};
use crate::sample::time_of;
use crate::{Error, Result};

/// The luma of a frame, 8 bits.
#[derive(Debug, Clone)]
pub struct Luma {
    /// Width and height, pixels.
    pub size: (usize, usize),
    /// Its timestamp, seconds; `None` where ffmpeg told nothing of it.
    pub time_s: Option<f64>,
    samples: Vec<u8>,
}

impl Luma {
    /// As a picture.
    ///
    /// # Errors
    /// None for frames of this crate; kept fallible for the view.
    pub fn view(&self) -> watermark_core::Result<ImageView<'_>> {
        ImageView::new(self.size.0, self.size.1, self.size.0, Layout::Luma, Samples::U8(&self.samples))
    }
}

/// Frames after a key frame at which a frame is taken: as good as any of its shot, and quickly decoded.
const AFTER_KEY: usize = 12;

/// The luma of a frame near `seconds` from the beginning of a file of which the frames have `size`, unrotated: half a second
/// or so after the key frame before, which would be the best of all; the exact one where that is not there. `None` beyond the
/// end.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Failed`] of ffmpeg.
pub fn luma_at(path: &Path, size: (usize, usize), seconds: f64) -> Result<Option<Luma>> {
    match luma_of(path, size, seconds, Some(AFTER_KEY))? {
        None => luma_of(path, size, seconds, None),
        found => Ok(found),
    }
}

fn luma_of(path: &Path, size: (usize, usize), seconds: f64, after_key: Option<usize>) -> Result<Option<Luma>> {
    let mut command = reader("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-noautorotate"]);
    // Luma as it is, not brought to another range.
    let mut filter = format!("format=yuv420p|yuvj420p|gray,extractplanes=y,{PRINT_TIMES}");
    if let Some(frames) = after_key {
        command.arg("-noaccurate_seek");
        filter = format!("select=eq(n\\,{frames}),{filter}");
    }
    command.args(["-ss", &format!("{:.3}", seconds.max(0.0)), "-i"]).arg(argument(path));
    // Frames before the time asked for are dropped otherwise.
    command.args([
        "-map",
        "0:V:0",
        "-copyts",
        "-fps_mode",
        "passthrough",
        "-frames:v",
        "1",
        "-vf",
        &filter,
        "-f",
        "rawvideo",
        "pipe:1",
    ]);
    let (sender, told) = channel();
    let each = times(move |line| {
        let _ = sender.send(time_of(line));
    });
    let mut running = Running::start(command, "ffmpeg", "decoding a frame", each)?;
    let mut samples = Vec::with_capacity(size.0 * size.1);
    if let Some(stdout) = running.child.stdout.take() {
        let most = (size.0 * size.1) as u64 + 1;
        stdout.take(most).read_to_end(&mut samples).map_err(Error::io("a frame cannot be read from ffmpeg"))?;
    }
    running.succeed()?;
    let time_s = told.try_recv().ok().flatten();
    Ok((samples.len() == size.0 * size.1).then_some(Luma { size, time_s, samples }))
}
