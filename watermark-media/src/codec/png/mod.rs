//! PNG: pixels by the `png` crate, chunks kept as they are.
//!
//! Palettes become RGB(A) for the work, and are written again where the colours still fit one; 1, 2 and 4 bit grey
//! becomes 8 bit; interlaced files are written without interlace.

#[cfg(feature = "animation")]
pub(super) mod apng;
#[cfg(feature = "animation")]
pub(super) mod colours;
#[cfg(feature = "fast-deflate")]
mod grain;
#[cfg(feature = "animation")]
pub(super) mod palette;

use std::io::{Cursor, Write};

use png::{BitDepth, ColorType, DecodingError, Transformations};
use watermark_core::Layout;

use super::EncodeOptions;
use super::chunks::{Chunk, chunks};
use super::samples::be_from_u16;
use crate::limits::limit;
use crate::metadata::{Metadata, PngChunks, Stored};
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result, exif};

const FORMAT: Format = Format::Png;
/// Keyword of the iTXt chunk that holds XMP, and its four fields up to the packet: no compression, no language.
const XMP_HEAD: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";
/// Bytes of compressed pixels in a chunk, at most, and samples that are prepared at once.
const IDAT: usize = 256 * 1024;
/// How hard deflate tries, 1 to 9: 1 % larger than at the usual 6, six times as fast (docs/decisions/png-deflate.md).
#[cfg(feature = "fast-deflate")]
const DEFLATE_LEVEL: u8 = 4;
/// The most that deflate can shrink, as a factor (258 bytes from 2 bits), rounded up.
const DEFLATE_RATIO: u64 = 1040;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let chunks = chunks(bytes)?;
    refuse_animation(&chunks)?;
    let raw = Raw::read(bytes, &chunks, limits)?;
    let metadata = metadata(&chunks, raw.icc, raw.same_type);
    Picture::upright(raw.width, raw.height, raw.layout, raw.pixels, FORMAT, metadata)
}

/// Pixels as they are stored, expanded to 8 or 16 bits.
struct Raw {
    width: usize,
    height: usize,
    layout: Layout,
    pixels: PixelData,
    /// Whether they are as in the file: not a palette, less than 8 bits, or a colour for transparency.
    same_type: bool,
    icc: Option<Vec<u8>>,
}

impl Raw {
    fn read(bytes: &[u8], chunks: &[Chunk<'_>], limits: &DecodeLimits) -> Result<Self> {
        if let Some(chunk) = chunks.iter().find(|chunk| chunk.is_critical() && !chunk.intact) {
            let kind = chunk.kind.escape_ascii();
            return Err(Error::corrupt(FORMAT, format!("the checksum of its {kind} chunk does not fit")));
        }
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(Transformations::EXPAND);
        let header = decoder.read_header_info().map_err(error)?;
        // Every expansion ends at 8 or 16 bits and four channels at most.
        let depth = if header.bit_depth == BitDepth::Sixteen { 2 } else { 1 };
        let most = limits.check(header.width, header.height, depth * 4)?;
        let packed = u64::from(header.width) * u64::from(header.height) * header.bits_per_pixel() as u64 / 8;
        if packed > DEFLATE_RATIO * bytes.len() as u64 {
            return Err(Error::truncated(FORMAT, "there is too little data for the size in the header"));
        }
        let expanded = header.color_type == ColorType::Indexed;
        decoder.set_limits(png::Limits { bytes: most.saturating_add(64 << 20) });
        let mut reader = decoder.read_info().map_err(error)?;
        let size =
            reader.output_buffer_size().ok_or_else(|| limit("the size of the picture", u64::MAX, most as u64))?;
        let (pixels, frame) = if depth == 2 {
            let mut samples = vec![0_u16; size / 2];
            let frame = reader.next_frame(bytemuck::cast_slice_mut(&mut samples)).map_err(error)?;
            samples.truncate(frame.buffer_size() / 2);
            samples.iter_mut().for_each(|sample| *sample = u16::from_be(*sample));
            (PixelData::U16(samples), frame)
        } else {
            let mut samples = vec![0; size];
            let frame = reader.next_frame(&mut samples).map_err(error)?;
            samples.truncate(frame.buffer_size());
            (PixelData::U8(samples), frame)
        };
        let info = reader.info();
        Ok(Self {
            width: frame.width as usize,
            height: frame.height as usize,
            layout: layout(frame.color_type),
            pixels,
            same_type: !expanded && info.trns.is_none() && info.bit_depth as u8 >= 8,
            icc: info.icc_profile.as_ref().map(|profile| profile.to_vec()),
        })
    }
}

fn layout(color: ColorType) -> Layout {
    match color {
        ColorType::Grayscale => Layout::Luma,
        ColorType::GrayscaleAlpha => Layout::LumaAlpha,
        ColorType::Rgba => Layout::Rgba,
        ColorType::Rgb | ColorType::Indexed => Layout::Rgb,
    }
}

fn error(error: DecodingError) -> Error {
    match error {
        DecodingError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Error::truncated(FORMAT, e),
        DecodingError::LimitsExceeded => Error::corrupt(FORMAT, "a chunk asks for more memory than the picture"),
        other => Error::corrupt(FORMAT, other),
    }
}

fn refuse_animation(chunks: &[Chunk<'_>]) -> Result<()> {
    let control = chunks.iter().find(|chunk| &chunk.kind == b"acTL");
    match control.and_then(|chunk| chunk.data.first_chunk()).map(|&frames| u32::from_be_bytes(frames)) {
        Some(frames) if frames > 1 => Err(Error::Animated { format: FORMAT, frames }),
        _ => Ok(()),
    }
}

/// Whether a chunk is still true of the changed picture. `same_type` is false when pixels were expanded.
fn keep(kind: &[u8; 4], same_type: bool) -> bool {
    match kind {
        // About the colour type or the palette.
        b"bKGD" | b"sBIT" => same_type,
        b"cHRM" | b"gAMA" | b"iCCP" | b"sRGB" | b"cICP" | b"mDCV" | b"cLLI" | b"pHYs" | b"eXIf" | b"tIME" | b"tEXt"
        | b"zTXt" | b"iTXt" | b"sTER" | b"pCAL" | b"sCAL" | b"oFFs" => true,
        // Chunks we do not know say by the case of their letters whether they are ancillary and may be copied.
        [first, _, _, last] => first.is_ascii_lowercase() && last.is_ascii_lowercase() && kind != b"caBX",
    }
}

/// Whether a chunk has a place in a new PNG, as it is or in other words.
#[cfg(feature = "animation")]
pub(super) fn is_kept(chunk: &Chunk<'_>, chunks: &[Chunk<'_>]) -> bool {
    let about_samples = matches!(&chunk.kind, b"bKGD" | b"sBIT");
    (about_samples && colours::expanded(chunk, chunks).is_some()) || keep(&chunk.kind, true)
}

/// Whether a chunk holds XMP.
#[cfg(feature = "animation")]
pub(super) fn is_xmp(chunk: &Chunk<'_>) -> bool {
    &chunk.kind == b"iTXt" && chunk.data.starts_with(XMP_HEAD)
}

fn metadata(chunks: &[Chunk<'_>], icc: Option<Vec<u8>>, same_type: bool) -> Metadata {
    let mut kept = PngChunks::default();
    let mut after = false;
    for chunk in chunks {
        after |= &chunk.kind == b"IDAT";
        let list = if after { &mut kept.after } else { &mut kept.before };
        if keep(&chunk.kind, same_type) && chunk.intact {
            list.push((chunk.kind, chunk.data.to_vec()));
            continue;
        }
        #[cfg(feature = "animation")]
        if let Some(data) = colours::expanded(chunk, chunks).filter(|_| chunk.intact) {
            list.push((chunk.kind, data));
        }
    }
    let intact = |kind: &'static [u8; 4]| chunks.iter().filter(move |chunk| &chunk.kind == kind && chunk.intact);
    let exif = intact(b"eXIf").next().map(|chunk| chunk.data.to_vec());
    let xmp = intact(b"iTXt").find_map(|chunk| chunk.data.strip_prefix(XMP_HEAD));
    let c2pa = chunks.iter().any(|chunk| &chunk.kind == b"caBX");
    Metadata { icc, exif, xmp: xmp.map(<[u8]>::to_vec), c2pa, png: Some(kept), ..Metadata::default() }
}

/// The chunks for a picture that was not a PNG.
fn fresh(metadata: &Metadata) -> Result<PngChunks> {
    let mut before = Vec::new();
    if let Some(icc) = &metadata.icc {
        let mut data = b"ICC profile\0\0".to_vec();
        let mut zlib = flate2::write::ZlibEncoder::new(&mut data, flate2::Compression::default());
        zlib.write_all(icc).map_err(|e| Error::encode(FORMAT, e))?;
        zlib.finish().map_err(|e| Error::encode(FORMAT, e))?;
        before.push((*b"iCCP", data));
    }
    if let Some(exif) = &metadata.exif {
        before.push((*b"eXIf", exif::body(exif).to_vec()));
    }
    if let Some(xmp) = &metadata.xmp {
        before.push((*b"iTXt", [XMP_HEAD, xmp].concat()));
    }
    Ok(PngChunks { before, after: Vec::new() })
}

pub(super) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let chunks = chunks_for(picture, options)?;
    #[cfg(feature = "animation")]
    if let Some(indexed) = palette::Indexed::of(std::slice::from_ref(picture)) {
        return indexed.encode(picture, &chunks);
    }
    write(picture, &chunks)
}

/// The chunks that go with a picture.
fn chunks_for(picture: &Picture, options: &EncodeOptions) -> Result<PngChunks> {
    let mut chunks = match &picture.metadata.png {
        Some(chunks) => chunks.clone(),
        None => fresh(&picture.metadata)?,
    };
    #[cfg(feature = "animation")]
    if options.c2pa == super::C2pa::Keep {
        chunks.before.extend(picture.metadata.notes.manifest.iter().map(|data| (*b"caBX", data.clone())));
    }
    let _ = (options, &mut chunks);
    Ok(chunks)
}

fn write(picture: &Picture, chunks: &PngChunks) -> Result<Vec<u8>> {
    let stored = picture.stored();
    let mut file = Vec::new();
    #[cfg(feature = "fast-deflate")]
    {
        if grain::is_grain(&stored, picture.layout.channels()) {
            let mut packer = grain::Packer::new();
            write_to(&mut packer, picture.layout, &stored, chunks, Some(png::DeflateCompression::NoCompression))?;
            return packer.finish();
        }
        write_to(&mut file, picture.layout, &stored, chunks, Some(png::DeflateCompression::Level(DEFLATE_LEVEL)))?;
    }
    #[cfg(not(feature = "fast-deflate"))]
    write_to(&mut file, picture.layout, &stored, chunks, None)?;
    Ok(file)
}

/// Writes a file, compressed as the `png` crate usually does it or in a way of its own with filters chosen row by row.
fn write_to(
    file: &mut impl Write,
    layout: Layout,
    stored: &Stored<'_>,
    chunks: &PngChunks,
    compression: Option<png::DeflateCompression>,
) -> Result<()> {
    let color = match layout {
        Layout::Luma => ColorType::Grayscale,
        Layout::LumaAlpha => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    };
    let depth = if stored.pixels.bits() == 8 { BitDepth::Eight } else { BitDepth::Sixteen };
    let mut encoder = png::Encoder::new(file, stored.width, stored.height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if let Some(compression) = compression {
        encoder.set_deflate_compression(compression);
        encoder.set_filter(png::Filter::Adaptive);
    }
    let write = || -> std::result::Result<(), png::EncodingError> {
        let mut writer = encoder.write_header()?;
        for (kind, data) in &chunks.before {
            writer.write_chunk(png::chunk::ChunkType(*kind), data)?;
        }
        // Row by row, as the compressed picture would be there twice otherwise.
        let mut rows = writer.stream_writer_with_size(IDAT)?;
        write_rows(&mut rows, stored.pixels.as_ref())?;
        rows.finish()?;
        for (kind, data) in &chunks.after {
            writer.write_chunk(png::chunk::ChunkType(*kind), data)?;
        }
        writer.finish()
    };
    write().map_err(|e| Error::encode(FORMAT, e))
}

/// Samples as the bytes of the format, a few rows at a time.
fn write_rows(rows: &mut impl Write, pixels: &PixelData) -> std::io::Result<()> {
    match pixels {
        PixelData::U8(samples) => rows.write_all(samples),
        PixelData::U16(samples) => samples.chunks(IDAT).try_for_each(|part| rows.write_all(&be_from_u16(part))),
        #[cfg(feature = "film")]
        PixelData::F32(_) => Err(std::io::ErrorKind::InvalidInput.into()),
    }
}
