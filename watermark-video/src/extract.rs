//! Single frames of a file, to read a mark back.

use std::io::Read;
use std::path::Path;

use watermark_core::{ImageView, Layout, Samples};

use crate::command::{Running, program};
use crate::probe::argument;
use crate::{Error, Result};

/// The luma of a frame, 8 bits.
#[derive(Debug, Clone)]
pub struct Luma {
    /// Width and height, pixels.
    pub size: (usize, usize),
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

/// The luma of the frame at `seconds` from the beginning of a file of which the frames have `size`, unrotated; `None` beyond
/// its end.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Failed`] of ffmpeg.
pub fn luma_at(path: &Path, size: (usize, usize), seconds: f64) -> Result<Option<Luma>> {
    let mut command = program("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-noautorotate", "-ss", &format!("{:.3}", seconds.max(0.0)), "-i"]);
    command.arg(argument(path)).args(["-map", "0:V:0", "-frames:v", "1"]);
    // Luma as it is, not brought to another range.
    command.args(["-vf", "format=yuv420p|yuvj420p|gray,extractplanes=y", "-f", "rawvideo", "pipe:1"]);
    let mut running = Running::start(command, "ffmpeg", "decoding a frame", |_| false)?;
    let mut samples = Vec::with_capacity(size.0 * size.1);
    if let Some(stdout) = running.child.stdout.take() {
        let most = (size.0 * size.1) as u64 + 1;
        stdout.take(most).read_to_end(&mut samples).map_err(Error::io("a frame cannot be read from ffmpeg"))?;
    }
    running.succeed()?;
    Ok((samples.len() == size.0 * size.1).then_some(Luma { size, samples }))
}
