//! WebP: pixels by `image-webp`, which is the same code everywhere; lossless writing by libwebp where the feature
//! `webp-native` is on (smaller files, the same pixels) and by `image-webp` otherwise.
//!
//! The format has no 16 bit and no grey: the first is rounded to 8 bits, the second becomes RGB.

#[cfg(feature = "animation")]
pub(super) mod animation;
#[cfg(feature = "animation")]
mod quality;

use std::borrow::Cow;
use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};
use watermark_core::Layout;

use super::EncodeOptions;
use crate::limits::limit;
use crate::metadata::Metadata;
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result};

const FORMAT: Format = Format::WebP;
/// The header of the lossy kind holds sides in 14 bits.
const MAX_SIDE: u64 = 16_383;
/// Where the flags of the extended header lie in a file that begins with it, and the one that says that there is alpha.
const FLAGS: usize = 20;
const ALPHA: u8 = 1 << 4;
/// Where an ICC profile names the colour space of its input (ICC.1, table 17).
const ICC_SPACE: std::ops::Range<usize> = 16..20;

/// A chunk's name and data.
type Chunk<'a> = ([u8; 4], &'a [u8]);

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let chunks = chunks(bytes)?;
    let bytes = without_promised_alpha(bytes, &chunks);
    let mut decoder = WebPDecoder::new(Cursor::new(&bytes)).map_err(error)?;
    let (width, height) = decoder.dimensions();
    let layout = if decoder.has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let size = limits.check(width, height, layout.channels())?;
    if decoder.is_animated() && decoder.num_frames() != 1 {
        return Err(Error::Animated { format: FORMAT, frames: decoder.num_frames() });
    }
    decoder.set_memory_limit(size.saturating_mul(2).saturating_add(64 << 20));
    let mut samples = vec![0; size];
    decoder.read_image(&mut samples).map_err(error)?;
    let metadata = metadata(&chunks);
    Picture::upright(width as usize, height as usize, layout, PixelData::U8(samples), FORMAT, metadata)
}

/// The file, without the flag of an alpha plane that it does not have: some writers leave out a plane that is opaque
/// everywhere, browsers and libwebp show such files, and `image-webp` takes them for damaged.
fn without_promised_alpha<'a>(bytes: &'a [u8], chunks: &[Chunk<'_>]) -> Cow<'a, [u8]> {
    let first = chunks.first().filter(|chunk| &chunk.0 == b"VP8X" && chunk.1.first().is_some_and(|f| f & ALPHA != 0));
    let lossy = chunks.iter().any(|chunk| &chunk.0 == b"VP8 ");
    if first.is_none() || !lossy || chunks.iter().any(|chunk| &chunk.0 == b"ALPH") {
        return Cow::Borrowed(bytes);
    }
    let mut opaque = bytes.to_vec();
    opaque[FLAGS] &= !ALPHA;
    Cow::Owned(opaque)
}

fn metadata(chunks: &[Chunk<'_>]) -> Metadata {
    let find = |kind: &[u8; 4]| chunks.iter().find(|chunk| &chunk.0 == kind).map(|chunk| chunk.1.to_vec());
    Metadata {
        icc: find(b"ICCP"),
        exif: find(b"EXIF"),
        xmp: find(b"XMP "),
        c2pa: chunks.iter().any(|chunk| &chunk.0 == b"C2PA"),
        ..Metadata::default()
    }
}

fn error(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Error::truncated(FORMAT, e),
        DecodingError::BitStreamError => Error::truncated(FORMAT, "its compressed data stops early"),
        other => Error::corrupt(FORMAT, other),
    }
}

/// The chunks of a RIFF file: name and data.
pub(super) fn chunks(bytes: &[u8]) -> Result<Vec<Chunk<'_>>> {
    let size = bytes.get(4..8).and_then(<[u8]>::first_chunk).ok_or_else(cut)?;
    let end = usize::try_from(u32::from_le_bytes(*size)).ok().and_then(|size| size.checked_add(8));
    list(bytes.get(12..end.ok_or_else(cut)?).ok_or_else(cut)?)
}

fn cut() -> Error {
    Error::truncated(FORMAT, "a chunk reaches past the end")
}

/// Chunks one after the other.
fn list(mut rest: &[u8]) -> Result<Vec<Chunk<'_>>> {
    let mut chunks = Vec::new();
    while rest.len() >= 8 {
        let kind = [rest[0], rest[1], rest[2], rest[3]];
        let size = u32::from_le_bytes([rest[4], rest[5], rest[6], rest[7]]) as usize;
        let data = rest[8..].get(..size).ok_or_else(cut)?;
        chunks.push((kind, data));
        // An odd chunk is padded; the pad of the last one is sometimes left out.
        rest = rest.get(8 + size + size % 2..).unwrap_or_default();
    }
    Ok(chunks)
}

pub(super) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let (bare, size) = bare(picture, options)?;
    let pixels: Vec<Chunk<'_>> = chunks(&bare)?.into_iter().filter(is_of_pixels).collect();
    // Of alpha that is opaque everywhere a lossy file holds nothing, and must not promise anything.
    let alpha = picture.layout.has_alpha() && pixels.iter().any(|chunk| &chunk.0 != b"VP8 ");
    let around = around(picture, options);
    if !alpha && around.is_empty() {
        return Ok(bare);
    }
    mux(size, alpha, &around, &pixels)
}

/// A file of the pixels alone, and its sides.
fn bare(picture: &Picture, options: &EncodeOptions) -> Result<(Vec<u8>, (u32, u32))> {
    let side = picture.width.max(picture.height) as u64;
    if side > MAX_SIDE {
        return Err(limit("the longest side of a WebP in pixels", side, MAX_SIDE));
    }
    let colour = picture.colour8();
    let stored = colour.stored();
    let PixelData::U8(samples) = stored.pixels.as_ref() else {
        return Err(Error::encode(FORMAT, "samples were not reduced to 8 bits"));
    };
    let alpha = colour.layout.has_alpha();
    let file = match quality_of(picture, options) {
        Some(quality) => lossy(samples, stored.width, stored.height, alpha, quality)?,
        None => lossless(samples, stored.width, stored.height, alpha)?,
    };
    Ok((file, (stored.width, stored.height)))
}

/// Whether a chunk holds pixels or their alpha.
fn is_of_pixels(chunk: &Chunk<'_>) -> bool {
    matches!(&chunk.0, b"VP8L" | b"VP8 " | b"ALPH")
}

/// The chunks around the pixels: profile, EXIF, XMP, and a manifest that is to be kept.
fn around<'a>(picture: &'a Picture, options: &EncodeOptions) -> Vec<Chunk<'a>> {
    let Metadata { icc, exif, xmp, .. } = &picture.metadata;
    // Grey is written as RGB, for which a profile of grey does not hold.
    let icc = icc.as_ref().filter(|icc| icc.get(ICC_SPACE) != Some(b"GRAY"));
    let one = |kind: &[u8; 4], data: Option<&'a Vec<u8>>| data.map(|data| (*kind, data.as_slice()));
    let chunks = [one(b"ICCP", icc), one(b"EXIF", exif.as_ref()), one(b"XMP ", xmp.as_ref())];
    #[allow(unused_mut, reason = "a build for reading keeps no manifest")]
    let mut chunks: Vec<_> = chunks.into_iter().flatten().collect();
    #[cfg(feature = "animation")]
    if options.c2pa == super::C2pa::Keep {
        chunks.extend(picture.metadata.notes.manifest.iter().map(|data| (*b"C2PA", data.as_slice())));
    }
    let _ = options;
    chunks
}

#[cfg(not(feature = "webp-native"))]
fn lossless(samples: &[u8], width: u32, height: u32, alpha: bool) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    let color = if alpha { image_webp::ColorType::Rgba8 } else { image_webp::ColorType::Rgb8 };
    let encoder = image_webp::WebPEncoder::new(&mut file);
    encoder.encode(samples, width, height, color).map_err(|e| Error::encode(FORMAT, e))?;
    Ok(file)
}

#[cfg(not(feature = "webp-native"))]
fn lossy(_: &[u8], _: u32, _: u32, _: bool, _: u8) -> Result<Vec<u8>> {
    Err(Error::unsupported("writing lossy WebP in this build", "leave the quality out for a lossless file"))
}

#[cfg(feature = "webp-native")]
fn lossless(samples: &[u8], width: u32, height: u32, alpha: bool) -> Result<Vec<u8>> {
    native(samples, width, height, alpha, |config| {
        config.lossless = 1;
        // Effort, not fidelity, and below the library's usual 75 and 4: 13 megapixels take seconds as it is. Chosen
        // by feel; what more effort would save has not been measured.
        config.quality = 25.0;
        config.method = 3;
    })
}

#[cfg(feature = "webp-native")]
fn lossy(samples: &[u8], width: u32, height: u32, alpha: bool, quality: u8) -> Result<Vec<u8>> {
    native(samples, width, height, alpha, |config| config.quality = quality.into())
}

#[cfg(feature = "webp-native")]
fn native(
    samples: &[u8],
    width: u32,
    height: u32,
    alpha: bool,
    choose: impl FnOnce(&mut webp::WebPConfig),
) -> Result<Vec<u8>> {
    let mut config = webp::WebPConfig::new().map_err(|()| Error::encode(FORMAT, "libwebp has another version"))?;
    // Colour under full transparency stays as it is.
    config.exact = 1;
    choose(&mut config);
    let layout = if alpha { webp::PixelLayout::Rgba } else { webp::PixelLayout::Rgb };
    let encoder = webp::Encoder::new(samples, layout, width, height);
    let file = encoder.encode_advanced(&config).map_err(|e| Error::encode(FORMAT, format!("{e:?}")))?;
    Ok(file.to_vec())
}

/// The extended container, which is needed for metadata, for alpha (which the simple one may forget), and for frames.
fn mux((width, height): (u32, u32), alpha: bool, around: &[Chunk<'_>], pixels: &[Chunk<'_>]) -> Result<Vec<u8>> {
    let flag = |on: bool, bit: u8| u8::from(on) << bit;
    let has = |kind: &[u8; 4]| around.iter().any(|chunk| &chunk.0 == kind);
    let moving = pixels.iter().any(|chunk| &chunk.0 == b"ANIM");
    let mut extended = [0; 10];
    extended[0] =
        flag(has(b"ICCP"), 5) | flag(alpha, 4) | flag(has(b"EXIF"), 3) | flag(has(b"XMP "), 2) | flag(moving, 1);
    extended[4..7].copy_from_slice(&(width - 1).to_le_bytes()[..3]);
    extended[7..].copy_from_slice(&(height - 1).to_le_bytes()[..3]);
    let (icc, rest): (Vec<Chunk<'_>>, Vec<_>) = around.iter().partition(|chunk| &chunk.0 == b"ICCP");
    let mut body = b"WEBP".to_vec();
    push(&mut body, *b"VP8X", &extended)?;
    for (kind, data) in icc.iter().chain(pixels).chain(&rest) {
        push(&mut body, *kind, data)?;
    }
    let size = u32::try_from(body.len()).map_err(|e| Error::encode(FORMAT, e))?;
    Ok([b"RIFF", size.to_le_bytes().as_slice(), &body].concat())
}

/// The quality of a lossy file, about: of its frames on average, those that are lossless left out. Nothing for a lossless
/// file.
#[cfg(feature = "animation")]
pub(super) fn lossy_quality(chunks: &[Chunk<'_>]) -> Option<u8> {
    let mut qualities = Vec::new();
    for (kind, data) in chunks {
        match kind {
            b"VP8 " => qualities.extend(quality::estimate(data)),
            // After its place, a frame holds chunks: the pixels are the first or, after alpha, the second of them.
            b"ANMF" => {
                let inner = list(data.get(16..).unwrap_or_default()).unwrap_or_default();
                let pixels = inner.iter().filter(|chunk| &chunk.0 == b"VP8 ");
                qualities.extend(pixels.filter_map(|chunk| quality::estimate(chunk.1)));
            }
            _ => {}
        }
    }
    let sum: usize = qualities.iter().copied().map(usize::from).sum();
    // An average of numbers up to 100.
    (!qualities.is_empty()).then(|| ((sum + qualities.len() / 2) / qualities.len()) as u8)
}

/// The quality to write with: that which is asked for, or that of a lossy source; none is lossless.
fn quality_of(picture: &Picture, options: &EncodeOptions) -> Option<u8> {
    #[cfg(all(feature = "animation", feature = "webp-native"))]
    return options.webp_quality.or(picture.metadata.notes.lossy);
    #[cfg(not(all(feature = "animation", feature = "webp-native")))]
    {
        let _ = picture;
        options.webp_quality
    }
}

/// Appends a chunk.
fn push(body: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) -> Result<()> {
    let size = u32::try_from(data.len()).map_err(|e| Error::encode(FORMAT, e))?;
    body.extend(kind);
    body.extend(size.to_le_bytes());
    body.extend(data);
    body.extend(std::iter::repeat_n(0, data.len() % 2));
    Ok(())
}
