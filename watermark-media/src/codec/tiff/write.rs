//! Pages in strips.

use watermark_core::Layout;

#[cfg(feature = "animation")]
use super::C2PA;
use super::coding::{Coding, DEFLATE, HORIZONTAL, NO_PREDICTOR, is_written, takes_predictor};
use super::directory::Output;
use super::{FORMAT, ICC, XMP};
use crate::exif::{Block, Entry, body};
use crate::metadata::{Metadata, Stored, TiffSource};
use crate::{EncodeOptions, Error, Format, Picture, PixelData, Result};

/// Bytes of samples in a strip, about; readers hold one at a time.
const STRIP: usize = 256 * 1024;
/// The compression of a picture that was never in a file.
const PLAIN: u16 = 1;

pub(in crate::codec) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let mut output = Output::new(is_big(picture), is_wide(picture));
    write(picture, &mut output, options)?;
    Ok(output.bytes)
}

/// Whether the file is big-endian.
pub(super) fn is_big(picture: &Picture) -> bool {
    match (&picture.metadata.tiff, picture.metadata.exif.as_deref()) {
        (Some(source), _) => source.block.big,
        (None, Some(exif)) => body(exif).starts_with(b"MM"),
        (None, None) => false,
    }
}

/// Whether the file is a BigTIFF.
pub(super) fn is_wide(picture: &Picture) -> bool {
    #[cfg(feature = "film")]
    if let Some(source) = &picture.metadata.tiff {
        return source.film.wide;
    }
    let _ = picture;
    false
}

/// Appends a page.
pub(super) fn write(picture: &Picture, output: &mut Output, options: &EncodeOptions) -> Result<()> {
    let stored = picture.stored();
    let mut block = tags(&picture.metadata)?;
    #[cfg(feature = "animation")]
    if options.c2pa == crate::C2pa::Keep {
        let entry = |data: &Vec<u8>| Entry { tag: C2PA, kind: 7, count: data.len() as u32, data: data.clone() };
        block.main.extend(picture.metadata.notes.manifest.iter().map(entry));
    }
    let _ = options;
    block.big = is_big(picture);
    let spare =
        spare_kinds(picture).map_or(0, |kinds| kinds.len() + picture.layout.colours() - picture.layout.channels());
    let channels = picture.layout.channels() + spare;
    let row = stored.width as usize * channels;
    let bytes_each = usize::from(bits(picture) / 8);
    let rows = (STRIP / (row * bytes_each)).clamp(1, stored.height as usize);
    let coding = coding(picture, block.big, channels, row);
    if coding.compression == PLAIN {
        // A vector that grows holds its bytes twice while it moves.
        output.bytes.reserve_exact(row * stored.height as usize * bytes_each);
    }
    let (mut offsets, mut counts) = (Vec::new(), Vec::new());
    for first in (0..stored.height as usize).step_by(rows) {
        let start = output.here()?;
        let strip = first..(first + rows).min(stored.height as usize);
        append(picture, &stored, strip, &coding, &mut output.bytes)?;
        offsets.push(start);
        counts.push(output.here()? - start);
    }
    block.main.extend(storage(&block, picture, &stored, rows as u32, &coding));
    block.main.extend([output.places(273, &offsets), output.places(279, &counts)]);
    output.page(&block)
}

/// The tags that describe the picture: the source's, or made from its EXIF block, profile and XMP.
fn tags(metadata: &Metadata) -> Result<Block> {
    if let Some(source) = &metadata.tiff {
        return Ok(source.block.clone());
    }
    let exif = metadata.exif.as_deref().and_then(|exif| Block::parse(body(exif)));
    let mut block = exif.map(|block| block.descriptive()).unwrap_or_default();
    for (tag, kind, data) in [(ICC, 7, &metadata.icc), (XMP, 1, &metadata.xmp)] {
        if let Some(data) = data.clone() {
            let count = u32::try_from(data.len()).map_err(|e| Error::encode(FORMAT, e))?;
            block.main.push(Entry { tag, kind, count, data });
        }
    }
    Ok(block)
}

/// Bits of a sample in the file.
fn bits(picture: &Picture) -> u8 {
    #[cfg(feature = "film")]
    if let (PixelData::F32(_), Some(PixelData::U16(_))) = (&picture.pixels, picture.linear()) {
        return 16;
    }
    picture.pixels.bits()
}

/// What the channels beyond the colours are, where there are more than alpha.
fn spare_kinds(picture: &Picture) -> Option<&[u16]> {
    #[cfg(feature = "film")]
    if let Some(spare) = picture.metadata.tiff.as_ref().and_then(|tiff| tiff.film.spare.as_deref()) {
        return Some(&spare.0);
    }
    let _ = picture;
    None
}

/// Compression and predictor: the source's, as far as they are written.
fn coding(picture: &Picture, big: bool, channels: usize, row: usize) -> Coding {
    let fresh = if picture.source.is_some_and(|format| format != Format::Tiff) { DEFLATE } else { PLAIN };
    let source = picture.metadata.tiff.as_ref();
    let compression = source.map_or(fresh, |source| source.compression);
    let usual = HORIZONTAL;
    #[cfg(feature = "film")]
    let usual = if picture.pixels.bits() == 32 { super::coding::FLOATING_POINT } else { usual };
    let compression = if is_written(compression) { compression } else { DEFLATE };
    let predictor = match source {
        _ if !takes_predictor(compression) => NO_PREDICTOR,
        #[cfg(feature = "film")]
        Some(source) if is_written(source.compression) => source.film.predictor,
        _ => usual,
    };
    Coding { compression, predictor, big, channels, row, row_bytes: row * usize::from(bits(picture) / 8) }
}

/// The tags that describe the storage, but for the places of the strips.
fn storage(block: &Block, picture: &Picture, stored: &Stored<'_>, rows: u32, coding: &Coding) -> Vec<Entry> {
    let photometric = if picture.layout.colours() == 1 { 1 } else { 2 };
    let mut tags = vec![
        block.longs(256, &[stored.width]),
        block.longs(257, &[stored.height]),
        block.shorts(258, &vec![bits(picture).into(); coding.channels]),
        block.shorts(259, &[coding.compression]),
        block.shorts(262, &[photometric]),
        block.shorts(277, &[coding.channels as u16]),
        block.longs(278, &[rows]),
        block.shorts(284, &[1]),
    ];
    if coding.predictor != NO_PREDICTOR {
        tags.push(block.shorts(317, &[coding.predictor]));
    }
    if let Some(kinds) = spare_kinds(picture) {
        tags.push(block.shorts(338, kinds));
    } else if matches!(picture.layout, Layout::LumaAlpha | Layout::Rgba) {
        let extra = picture.metadata.tiff.as_ref().map(|TiffSource { extra, .. }| *extra);
        #[cfg(feature = "film")]
        let extra = extra.or(picture.premultiplied().then_some(1));
        tags.push(block.shorts(338, &[extra.unwrap_or(2)]));
    }
    #[cfg(feature = "film")]
    if picture.pixels.bits() == 32 {
        tags.push(block.shorts(339, &vec![3; coding.channels]));
    }
    #[cfg(feature = "film")]
    if let Some(subfile) = picture.metadata.tiff.as_ref().map(|tiff| tiff.film.subfile).filter(|&subfile| subfile != 0)
    {
        tags.push(block.longs(super::film::SUBFILE, &[subfile]));
    }
    tags
}

/// Appends the strip of some rows.
fn append(
    picture: &Picture,
    stored: &Stored<'_>,
    rows: std::ops::Range<usize>,
    coding: &Coding,
    file: &mut Vec<u8>,
) -> Result<()> {
    #[cfg(feature = "film")]
    if picture.pixels.bits() == 32 || spare_kinds(picture).is_some() {
        return super::film::append(picture, stored, rows, coding, file);
    }
    let _ = picture;
    let samples = rows.start * coding.row..rows.end * coding.row;
    match stored.pixels.as_ref() {
        PixelData::U8(all) => coding.append_bytes(&all[samples], file),
        PixelData::U16(all) => coding.append(&all[samples], file),
        #[cfg(feature = "film")]
        PixelData::F32(_) => Err(Error::encode(FORMAT, "floating point was not expected")),
    }
}
