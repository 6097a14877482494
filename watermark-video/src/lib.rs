//! Video in and out, through the system's `ffmpeg` and `ffprobe` as child processes.
//!
//! [`Clip::probe`] says what a file holds, [`mark`] decodes it, marks the luma plane of every frame and encodes it again:
//! decoder, marker and encoder work at the same time, frames go through pipes as they are decoded (8 or 10 bits and
//! more, any chroma sampling, no conversion), each with its own timestamp. Sound, subtitles, chapters, metadata, colour
//! tags and rotation are copied. [`luma_at`] decodes single frames, to read a mark back.
//! [`Suspect::probe`] and [`Frames`] look at a stranger's file: luma planes of chosen frames with their times.

mod command;
mod decode;
mod encode;
mod error;
mod extract;
mod formats;
mod mark;
mod options;
mod pixels;
mod probe;
mod sample;
mod turn;

pub use error::{Error, Result};
pub use extract::{Luma, luma_at};
pub use mark::{Marked, Progress, mark};
pub use options::{Codec, EncodeOptions, Muxer};
pub use pixels::PixelFormat;
pub(crate) use probe::Count;
pub use probe::{Clip, Stream, Suspect};
pub use sample::{Frame, Frames, Pass};
