//! GIF files: whole canvases, each with its own palette.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use gif::{DisposalMethod, Encoder, EncodingError, Frame};
use watermark_core::Layout;

use super::super::animation::{Animation, Delay};
use super::blocks::{APPLICATION, application};
use super::palette::{Indexed, indexed};
use super::{FORMAT, ICC, LOOPS, MOST_DELAY, PER_SECOND, XMP, is_manifest};
use crate::limits::limit;
use crate::metadata::{GifSource, Metadata};
use crate::{C2pa, EncodeOptions, Error, Picture, PixelData, Result};

/// The screen descriptor holds sides in 16 bits.
const MAX_SIDE: u64 = 65_535;
/// Position of the pixel's aspect in the file.
const ASPECT: usize = 12;

/// A single picture.
pub(in crate::codec) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let delays = vec![Delay { numerator: 0, denominator: PER_SECOND }];
    let animation = Animation { delays, plays: 1, hidden: None, background: [0; 4] };
    encode_animation(std::slice::from_ref(picture), &animation, options)
}

pub(in crate::codec) fn encode_animation(
    frames: &[Picture],
    animation: &Animation,
    options: &EncodeOptions,
) -> Result<Vec<u8>> {
    let side = frames.iter().map(|frame| frame.width.max(frame.height)).max().unwrap_or(0) as u64;
    if side > MAX_SIDE {
        return Err(limit("the longest side of a GIF in pixels", side, MAX_SIDE));
    }
    let source = match &frames[0].metadata.gif {
        Some(source) => Cow::Borrowed(source),
        None => Cow::Owned(fresh(&frames[0].metadata, animation)?),
    };
    let keep = options.c2pa == C2pa::Keep;
    let clear = frames.iter().any(|frame| frame.layout.has_alpha() && !frame.pixels.is_opaque(frame.layout.channels()));
    // Frames that are alike are coded once, and come out alike.
    let mut coded = Vec::new();
    let mut places: HashMap<[u8; 32], usize> = HashMap::new();
    let mut order = Vec::with_capacity(frames.len());
    for frame in frames {
        let place = match places.entry(frame.content_sha256()) {
            Entry::Occupied(entry) => *entry.get(),
            Entry::Vacant(entry) => {
                coded.push(Coded::of(frame, clear)?);
                *entry.insert(coded.len() - 1)
            }
        };
        order.push(place);
    }
    let coded: Vec<&Coded> = order.into_iter().map(|place| &coded[place]).collect();
    let (width, height) = coded[0].size;
    let write = || -> std::result::Result<Vec<u8>, EncodingError> {
        let mut encoder = Encoder::new(Vec::new(), width, height, &[])?;
        for (number, frame) in coded.iter().enumerate() {
            extensions(&mut encoder, &source, keep, |place| place == number);
            let next_shows_through = coded.get(number + 1).is_some_and(|next| next.clear);
            encoder.write_lzw_pre_encoded_frame(&Frame {
                delay: animation.delays.get(number).map_or(0, |delay| delay.parts(PER_SECOND, MOST_DELAY)) as u16,
                // What the next frame leaves out must not show this one.
                dispose: if next_shows_through { DisposalMethod::Background } else { DisposalMethod::Keep },
                transparent: frame.transparent,
                needs_user_input: source.awaits_user.get(number).copied().unwrap_or(false),
                width,
                height,
                palette: Some(frame.palette.clone()),
                buffer: Cow::Borrowed(&frame.data),
                ..Frame::default()
            })?;
        }
        extensions(&mut encoder, &source, keep, |place| place >= coded.len());
        encoder.into_inner()
    };
    let mut file = write().map_err(|e| Error::encode(FORMAT, e))?;
    file[ASPECT] = source.aspect;
    Ok(file)
}

/// Writes the extensions of a place, a manifest only if it is to be kept.
fn extensions(encoder: &mut Encoder<Vec<u8>>, source: &GifSource, keep: bool, here: impl Fn(usize) -> bool) {
    let wanted = |bytes: &[u8]| keep || !is_manifest(bytes);
    for (_, bytes) in source.extensions.iter().filter(|(place, bytes)| here(*place) && wanted(bytes)) {
        encoder.get_mut().extend(bytes);
    }
}

/// A frame as it stands in the file.
struct Coded {
    size: (u16, u16),
    palette: Vec<u8>,
    transparent: Option<u8>,
    /// Whether something of it is not seen.
    clear: bool,
    /// The size of the first code and the compressed indices.
    data: Vec<u8>,
}

impl Coded {
    fn of(picture: &Picture, clear: bool) -> Result<Self> {
        let colour = picture.colour8();
        // Upright: there is no EXIF in a GIF that would tell of another order.
        let PixelData::U8(samples) = &colour.pixels else {
            return Err(Error::encode(FORMAT, "samples were not reduced to 8 bits"));
        };
        let pixels: Cow<'_, [u8]> = match colour.layout {
            Layout::Rgba => samples.as_slice().into(),
            _ => samples.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect::<Vec<_>>().into(),
        };
        if pixels.chunks_exact(4).any(|pixel| !matches!(pixel[3], 0 | 255)) {
            return Err(super::super::partial_transparency());
        }
        let Indexed { palette, transparent, numbers } = indexed(&pixels, colour.width, clear);
        // Sides were held against the limit of 16 bits before.
        let size = (colour.width as u16, colour.height as u16);
        let mut frame = Frame { width: size.0, height: size.1, buffer: Cow::Owned(numbers), ..Frame::default() };
        frame.make_lzw_pre_encoded();
        let clear = pixels.chunks_exact(4).any(|pixel| pixel[3] == 0);
        Ok(Self { size, palette, transparent, clear, data: frame.buffer.into_owned() })
    }
}

/// Extensions for pictures that were not a GIF: repetitions, profile and XMP.
fn fresh(metadata: &Metadata, animation: &Animation) -> Result<GifSource> {
    let head = |name: &[u8; 11]| [&[0x21, APPLICATION, 11], name.as_slice()].concat();
    let mut extensions = Vec::new();
    if animation.plays != 1 {
        let repetitions = u16::try_from(animation.plays.saturating_sub(1)).unwrap_or(0);
        let data = [&[3, 1][..], &repetitions.to_le_bytes(), &[0]].concat();
        extensions.push((0, [head(LOOPS[0]), data].concat()));
    }
    if let Some(icc) = &metadata.icc {
        let mut data = head(ICC);
        for block in icc.chunks(255) {
            data.push(block.len() as u8);
            data.extend(block);
        }
        data.push(0);
        extensions.push((0, data));
    }
    if let Some(xmp) = &metadata.xmp {
        let tail = [1].into_iter().chain((0..=255).rev()).chain([0]);
        let extension: Vec<u8> = head(XMP).into_iter().chain(xmp.iter().copied()).chain(tail).collect();
        // A packet with a zero byte would end the extension early, and what follows would be taken for blocks.
        let sound = !xmp.contains(&0) && application(&extension).is_some();
        let what = "an XMP packet with zero bytes";
        let refusal = Error::CannotHold { format: FORMAT, what, way_out: "write PNG or WebP, or strip it first" };
        extensions.push((0, sound.then_some(extension).ok_or(refusal)?));
    }
    Ok(GifSource { extensions, ..GifSource::default() })
}
