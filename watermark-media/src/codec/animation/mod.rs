//! Animations: what GIF, APNG and animated WebP have in common. Frames are read as whole canvases and written so.

mod canvas;

use watermark_core::Layout;

pub(super) use self::canvas::{Canvas, Dispose, Place};
use crate::limits::limit;
use crate::metadata::Metadata;
use crate::{DecodeLimits, EncodeOptions, Error, Format, Picture, PixelData, Result};

/// What an animation has besides its frames. What is of one format only stands in the first frame's metadata.
#[derive(Debug, Clone)]
pub(crate) struct Animation {
    /// One for each frame.
    pub(crate) delays: Vec<Delay>,
    /// How often it is played; 0 for ever.
    pub(crate) plays: u32,
    /// The default image of an APNG that is no frame of it.
    pub(crate) hidden: Option<Picture>,
    /// The background colour of a WebP as it stands in the file: blue, green, red, alpha.
    pub(crate) background: [u8; 4],
}

/// How long a frame is seen, in seconds, as a fraction so that it stays exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delay {
    pub(crate) numerator: u32,
    pub(crate) denominator: u16,
}

impl Delay {
    /// Milliseconds. A denominator of 0 means 100, as APNG has it.
    pub(crate) fn milliseconds(self) -> f64 {
        let denominator = if self.denominator == 0 { 100 } else { self.denominator };
        f64::from(self.numerator) * 1000.0 / f64::from(denominator)
    }

    /// In parts of a second, rounded, at most `most`.
    pub(crate) fn parts(self, per_second: u16, most: u32) -> u32 {
        (self.milliseconds() * f64::from(per_second) / 1000.0).round().min(f64::from(most)) as u32
    }

    /// Whether it is a whole number of such parts, at most `most`.
    pub(crate) fn is_whole(self, per_second: u16, most: u32) -> bool {
        let denominator = u64::from(if self.denominator == 0 { 100 } else { self.denominator });
        let parts = u64::from(self.numerator) * u64::from(per_second);
        parts.is_multiple_of(denominator) && parts / denominator <= u64::from(most)
    }
}

/// The frames and the rest of an animation; nothing when the file is none.
pub(crate) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Option<(Vec<Picture>, Animation)>> {
    let format = Format::recognise(bytes)?;
    let decoded = match format {
        Format::Png => super::png::apng::decode(bytes, limits),
        Format::WebP => super::webp::animation::decode(bytes, limits),
        Format::Gif => super::gif::decode_animation(bytes, limits),
        _ => Ok(None),
    };
    let Some((mut frames, animation)) = decoded? else { return Ok(None) };
    frames[0].metadata.notes = super::Notes::read(format, bytes);
    Ok(Some((frames, animation)))
}

/// Writes an animation.
pub(crate) fn encode(
    frames: &[Picture],
    animation: &Animation,
    format: Format,
    options: &EncodeOptions,
) -> Result<Vec<u8>> {
    options.check()?;
    super::check_c2pa(&frames[0], format, options)?;
    let kind = |frame: &Picture| (frame.width, frame.height, frame.layout, frame.pixels.bits());
    if let Some(n) = frames.iter().position(|frame| kind(frame) != kind(&frames[0])) {
        let what = "another size, layout or depth than the first; all frames of an animation are alike";
        return Err(Error::Input(format!("frame {} has {what}", n + 1)));
    }
    if frames.len() != animation.delays.len() {
        return Err(Error::Input(format!("{} frames for {} delays", frames.len(), animation.delays.len())));
    }
    let file = match format {
        Format::Png => super::png::apng::encode(frames, animation, options),
        Format::WebP => super::webp::animation::encode(frames, animation, options),
        Format::Gif => super::gif::encode_animation(frames, animation, options),
        _ => Err(cannot_hold(format)),
    }?;
    super::link::left_out(file, frames, format, options)
}

/// The refusal of formats for single pictures.
pub(crate) fn cannot_hold(format: Format) -> Error {
    Error::CannotHold {
        format,
        what: "an animation",
        way_out: "write GIF, PNG or WebP, or extract the frame you want first",
    }
}

/// Holds the number of frames, their size, and the bytes of all of them (and `more` pictures) against the limits.
pub(super) fn check(
    limits: &DecodeLimits,
    (width, height): (u32, u32),
    bytes_per_pixel: usize,
    frames: u32,
    more: u64,
) -> Result<()> {
    if frames > limits.max_frames {
        return Err(limit("the number of frames", frames.into(), limits.max_frames.into()));
    }
    let one = limits.check(width, height, bytes_per_pixel)? as u64;
    let all = one.saturating_mul(u64::from(frames) + more);
    if all > limits.max_bytes_decoded {
        return Err(limit("the size of all decoded frames in bytes", all, limits.max_bytes_decoded));
    }
    Ok(())
}

/// Composed canvases as pictures: without alpha where the source has none and every pixel is covered. The first takes
/// the metadata, all take the orientation.
pub(super) fn pictures(
    canvases: Vec<PixelData>,
    (width, height): (usize, usize),
    colours: usize,
    alpha: bool,
    source: Format,
    metadata: Metadata,
) -> Result<Vec<Picture>> {
    let opaque = !alpha && canvases.iter().all(|canvas| canvas.is_opaque(colours + 1));
    let layout = match (colours, opaque) {
        (1, true) => Layout::Luma,
        (1, false) => Layout::LumaAlpha,
        (_, true) => Layout::Rgb,
        (_, false) => Layout::Rgba,
    };
    let mut first = Some(metadata);
    let mut orientation = crate::Orientation::UPRIGHT;
    let mut frames = Vec::with_capacity(canvases.len());
    for canvas in canvases {
        let pixels = if opaque { canvas.without_last(colours + 1) } else { canvas };
        let metadata = first.take().unwrap_or_else(|| Metadata { orientation, ..Metadata::default() });
        let picture = Picture::upright(width, height, layout, pixels, source, metadata)?;
        orientation = picture.orientation();
        frames.push(picture);
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_exact_where_they_can_be() {
        let third = Delay { numerator: 1, denominator: 3 };
        assert!((third.milliseconds() - 1000.0 / 3.0).abs() < 1e-9);
        assert_eq!((third.parts(100, 65_535), third.is_whole(100, 65_535), third.is_whole(3, 9)), (33, false, true));
        let zero = Delay { numerator: 7, denominator: 0 };
        assert_eq!((zero.parts(100, 65_535), zero.is_whole(100, 65_535)), (7, true));
        let long = Delay { numerator: 16_000_000, denominator: 1000 };
        assert_eq!((long.parts(100, 65_535), long.is_whole(100, 65_535)), (65_535, false));
    }
}
