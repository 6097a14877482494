//! GIF, still and moving: frames decoded by the `gif` crate and laid on the canvas, written whole, each with a palette
//! of its own.
//!
//! Comments and application extensions (loop count, XMP, profile) stay byte for byte at their place between the
//! frames, and so does a C2PA manifest that is to be kept. Alpha is one bit: a pixel is there or it is not.

mod blocks;
mod palette;
mod quantise;
mod write;

use std::io::Cursor;

use gif::{ColorOutput, DecodeOptions, DecodingError, DisposalMethod, MemoryLimit};

use self::blocks::{Blocks, application, joined};
pub(super) use self::write::{encode, encode_animation};
use super::animation::{self, Animation, Canvas, Delay, Dispose, Place};
use super::notes::{Notes, names};
use crate::metadata::{GifSource, Metadata};
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result};

const FORMAT: Format = Format::Gif;
/// Delays are in hundredths of a second, in 16 bits.
pub(super) const PER_SECOND: u16 = 100;
pub(super) const MOST_DELAY: u32 = u16::MAX as u32;
const LOOPS: [&[u8; 11]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];
const XMP: &[u8; 11] = b"XMP DataXMP";
const ICC: &[u8; 11] = b"ICCRGBG1012";
/// The identifier of a C2PA manifest (C2PA 2.x, "Embedding manifests into GIFs"). Three bytes of version follow, which are
/// 1, 0, 0 now; another version is a manifest too.
const C2PA: &[u8; 8] = b"C2PA_GIF";
/// Bytes after the packet of XMP: 1, then 255 down to 0, so that whoever walks sub-blocks lands on the last one, and
/// the end of the sub-blocks.
const XMP_TAIL: usize = 258;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let blocks = Blocks::parse(bytes)?;
    match u32::try_from(blocks.frames.len()).unwrap_or(u32::MAX) {
        1 => {
            let (mut frames, _) = read(bytes, &blocks, limits)?;
            frames.pop().ok_or_else(|| Error::corrupt(FORMAT, "it has no picture"))
        }
        frames => Err(Error::Animated { format: FORMAT, frames }),
    }
}

/// The frames, when there are several.
pub(super) fn decode_animation(bytes: &[u8], limits: &DecodeLimits) -> Result<Option<(Vec<Picture>, Animation)>> {
    let blocks = Blocks::parse(bytes)?;
    if blocks.frames.len() == 1 { Ok(None) } else { read(bytes, &blocks, limits).map(Some) }
}

fn read(bytes: &[u8], blocks: &Blocks<'_>, limits: &DecodeLimits) -> Result<(Vec<Picture>, Animation)> {
    let (width, height) = (u32::from(blocks.screen.0), u32::from(blocks.screen.1));
    let count = u32::try_from(blocks.frames.len()).unwrap_or(u32::MAX);
    animation::check(limits, (width, height), 4, count, 0)?;
    for [_, _, width, height] in &blocks.frames {
        limits.check(u32::from(*width), u32::from(*height), 4)?;
    }
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    // Sizes were held against the limits above; what is left are small buffers.
    options.set_memory_limit(MemoryLimit::Unlimited);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(error)?;
    let global = decoder.global_palette().map(<[u8]>::to_vec).unwrap_or_default();
    let mut canvas = Canvas::new(width as usize, height as usize, 4);
    let mut canvases = Vec::with_capacity(blocks.frames.len());
    let mut delays = Vec::with_capacity(blocks.frames.len());
    let mut awaits_user = Vec::with_capacity(blocks.frames.len());
    while let Some(frame) = decoder.next_frame_info().map_err(error)?.cloned() {
        if blocks.frames.get(canvases.len()) != Some(&[frame.left, frame.top, frame.width, frame.height]) {
            return Err(Error::corrupt(FORMAT, "its frames cannot be told apart"));
        }
        let mut numbers = vec![0; usize::from(frame.width) * usize::from(frame.height)];
        decoder.read_into_buffer(&mut numbers).map_err(error)?;
        let palette = frame.palette.as_deref().unwrap_or(&global);
        canvases.push(PixelData::U8(canvas.show(&coloured(&numbers, palette, frame.transparent), place(&frame))));
        delays.push(Delay { numerator: frame.delay.into(), denominator: PER_SECOND });
        awaits_user.push(frame.needs_user_input);
    }
    if canvases.len() != blocks.frames.len() {
        return Err(Error::corrupt(FORMAT, "its frames cannot be told apart"));
    }
    let metadata = metadata(blocks, awaits_user, bytes[12]);
    let pictures = animation::pictures(canvases, (width as usize, height as usize), 3, false, FORMAT, metadata)?;
    Ok((pictures, Animation { delays, plays: plays(blocks), hidden: None, background: [0; 4] }))
}

fn place(frame: &gif::Frame<'_>) -> Place {
    Place {
        left: frame.left.into(),
        top: frame.top.into(),
        width: frame.width.into(),
        height: frame.height.into(),
        over: true,
        dispose: match frame.dispose {
            DisposalMethod::Any | DisposalMethod::Keep => Dispose::Keep,
            DisposalMethod::Background => Dispose::Clear,
            DisposalMethod::Previous => Dispose::Restore,
        },
    }
}

/// Indices as pixels; those beyond the palette are not seen, as in browsers.
fn coloured(numbers: &[u8], palette: &[u8], transparent: Option<u8>) -> Vec<u8> {
    let mut table = [[0; 4]; 256];
    for (number, (place, colour)) in (0..=u8::MAX).zip(table.iter_mut().zip(palette.chunks_exact(3))) {
        if Some(number) != transparent {
            *place = [colour[0], colour[1], colour[2], u8::MAX];
        }
    }
    numbers.iter().flat_map(|&number| table[usize::from(number)]).collect()
}

/// How often it is played: the extension counts repetitions after the first time, without it there are none.
fn plays(blocks: &Blocks<'_>) -> u32 {
    let loops = blocks.extensions.iter().filter_map(|(_, bytes)| application(bytes));
    let loops = loops.filter(|(name, _)| LOOPS.contains(name)).find_map(|(_, data)| match *data {
        [3, 1, low, high, ..] => Some(u16::from_le_bytes([low, high])),
        _ => None,
    });
    match loops {
        None => 1,
        Some(0) => 0,
        Some(repetitions) => u32::from(repetitions) + 1,
    }
}

fn metadata(blocks: &Blocks<'_>, awaits_user: Vec<bool>, aspect: u8) -> Metadata {
    let find = |wanted: &[u8; 11]| {
        let mut applications = blocks.extensions.iter().filter_map(|(_, bytes)| application(bytes));
        applications.find(|(name, _)| *name == wanted).map(|(_, data)| data)
    };
    let c2pa = blocks.extensions.iter().any(|(_, bytes)| is_manifest(bytes));
    let extensions = blocks.extensions.iter().map(|(frame, bytes)| (*frame, bytes.to_vec())).collect();
    Metadata {
        icc: find(ICC).map(joined),
        xmp: find(XMP).map(packet),
        c2pa,
        gif: Some(GifSource { extensions, awaits_user, aspect }),
        ..Metadata::default()
    }
}

/// The packet of XMP: it stands in the file as it is, without the lengths of sub-blocks, unless whoever wrote it did not
/// know.
fn packet(data: &[u8]) -> Vec<u8> {
    let (packet, tail) = data.split_at(data.len().saturating_sub(XMP_TAIL));
    if tail.starts_with(&[1, 255, 254]) { packet.to_vec() } else { joined(data) }
}

/// Whether an extension is a C2PA manifest.
fn is_manifest(extension: &[u8]) -> bool {
    application(extension).is_some_and(|(name, _)| name.starts_with(C2PA))
}

/// What the blocks say that a new file will not have.
pub(super) fn notes(bytes: &[u8]) -> Notes {
    let mut notes = Notes::default();
    let Ok(blocks) = Blocks::parse(bytes) else { return notes };
    if blocks.plain_text {
        notes.always.push("its blocks of text to be drawn, which no browser shows".into());
    }
    if blocks.interlaced {
        notes.always.push("its interlace: rows are written from top to bottom".into());
    }
    let carried = |bytes: &[u8]| {
        let known = |name| [XMP, ICC, LOOPS[0], LOOPS[1]].contains(&name);
        is_manifest(bytes) || application(bytes).is_some_and(|(name, _)| known(name))
    };
    let left =
        names(blocks.extensions.iter().filter(|(_, bytes)| !carried(bytes)).map(|(_, bytes)| {
            application(bytes).map_or("comment".into(), |(name, _)| name.escape_ascii().to_string())
        }));
    if !left.is_empty() {
        notes.elsewhere.push(format!("its GIF extensions {left}"));
    }
    notes
}

/// Whether a picture has to be dithered.
pub(super) fn exceeds_palette(picture: &Picture) -> bool {
    !palette::fits(&picture.colour8())
}

fn error(error: DecodingError) -> Error {
    match error {
        DecodingError::UnexpectedEof => Error::truncated(FORMAT, "its compressed data stops early"),
        DecodingError::Format(ref e) if e.to_string() == "image truncated" => {
            Error::truncated(FORMAT, "a frame has too little data")
        }
        other => Error::corrupt(FORMAT, other),
    }
}
