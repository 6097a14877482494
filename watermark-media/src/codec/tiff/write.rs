//! A TIFF of one page in strips.

use std::io::Write;

use watermark_core::Layout;

#[cfg(feature = "animation")]
use super::C2PA;
use super::{FORMAT, ICC, XMP};
use crate::exif::{Block, Entry, body};
use crate::limits::limit;
use crate::metadata::{Metadata, Stored, TiffSource};
use crate::{EncodeOptions, Error, Format, Picture, PixelData, Result};

/// Bytes of samples in a strip, about; readers hold one at a time.
const STRIP: usize = 256 * 1024;
/// Values of the compression tag.
const PLAIN: u16 = 1;
const DEFLATE: u16 = 8;

pub(in crate::codec) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let stored = picture.stored();
    let mut block = tags(&picture.metadata)?;
    #[cfg(feature = "animation")]
    if options.c2pa == crate::C2pa::Keep {
        let entry = |data: &Vec<u8>| Entry { tag: C2PA, kind: 7, count: data.len() as u32, data: data.clone() };
        block.main.extend(picture.metadata.notes.manifest.iter().map(entry));
    }
    let _ = options;
    let compress = match &picture.metadata.tiff {
        Some(source) => source.compressed,
        None => picture.source.is_some_and(|format| format != Format::Tiff),
    };
    let row = stored.width as usize * picture.layout.channels();
    let bytes_each = usize::from(picture.pixels.bits() / 8);
    let rows = (STRIP / (row * bytes_each)).clamp(1, stored.height as usize);
    let mut file = block.start();
    if !compress {
        // A vector that grows holds its bytes twice while it moves.
        file.reserve_exact(picture.pixels.len() * bytes_each);
    }
    let (offsets, counts) =
        write_strips(&mut file, &stored, picture.layout.channels(), row * rows, compress, block.big)?;
    block.main.extend(storage(&block, picture, &stored, rows as u32, compress));
    block.main.extend([block.longs(273, &offsets), block.longs(279, &counts)]);
    block.finish(file).ok_or_else(beyond)
}

/// The format holds places in 32 bits.
fn beyond() -> Error {
    limit("the size of the TIFF in bytes", u64::MAX, u32::MAX.into())
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

/// The tags that describe the storage, but for the places of the strips.
fn storage(block: &Block, picture: &Picture, stored: &Stored<'_>, rows: u32, compress: bool) -> Vec<Entry> {
    let channels = picture.layout.channels();
    let photometric = if picture.layout.colours() == 1 { 1 } else { 2 };
    let mut tags = vec![
        block.longs(256, &[stored.width]),
        block.longs(257, &[stored.height]),
        block.shorts(258, &vec![picture.pixels.bits().into(); channels]),
        block.shorts(259, &[if compress { DEFLATE } else { PLAIN }]),
        block.shorts(262, &[photometric]),
        block.shorts(277, &[channels as u16]),
        block.longs(278, &[rows]),
        block.shorts(284, &[1]),
    ];
    if compress {
        tags.push(block.shorts(317, &[2]));
    }
    if matches!(picture.layout, Layout::LumaAlpha | Layout::Rgba) {
        let extra = picture.metadata.tiff.as_ref().map_or(2, |TiffSource { extra, .. }| *extra);
        tags.push(block.shorts(338, &[extra]));
    }
    tags
}

/// Appends the strips, of `length` samples each, one after the other, as all of them at once would be a second picture.
/// Gives their places in the file and their lengths, bytes.
fn write_strips(
    file: &mut Vec<u8>,
    stored: &Stored<'_>,
    channels: usize,
    length: usize,
    compress: bool,
    big: bool,
) -> Result<(Vec<u32>, Vec<u32>)> {
    let row = stored.width as usize * channels;
    let (mut offsets, mut counts) = (Vec::new(), Vec::new());
    let mut add = |bytes: &[u8]| -> Result<()> {
        offsets.push(u32::try_from(file.len()).map_err(|_| beyond())?);
        let start = file.len();
        if compress {
            deflate(bytes, file)?
        } else {
            file.extend_from_slice(bytes)
        }
        counts.push(u32::try_from(file.len() - start).map_err(|_| beyond())?);
        Ok(())
    };
    match stored.pixels.as_ref() {
        PixelData::U8(samples) => samples.chunks(length).try_for_each(|strip| {
            add(&if compress { predict(strip, row, channels, u8::wrapping_sub) } else { strip.to_vec() })
        })?,
        PixelData::U16(samples) => samples.chunks(length).try_for_each(|strip| {
            let strip = if compress { predict(strip, row, channels, u16::wrapping_sub) } else { strip.to_vec() };
            let order = |s: u16| if big { s.to_be_bytes() } else { s.to_le_bytes() };
            add(&strip.into_iter().flat_map(order).collect::<Vec<_>>())
        })?,
    }
    Ok((offsets, counts))
}

/// Each sample less the same channel of the pixel before it in its row.
fn predict<T: Copy>(strip: &[T], row: usize, channels: usize, less: impl Fn(T, T) -> T) -> Vec<T> {
    let mut out = Vec::with_capacity(strip.len());
    for row in strip.chunks(row) {
        out.extend_from_slice(&row[..channels]);
        out.extend(row[channels..].iter().zip(row).map(|(&sample, &before)| less(sample, before)));
    }
    out
}

fn deflate(bytes: &[u8], file: &mut Vec<u8>) -> Result<()> {
    let mut zlib = flate2::write::ZlibEncoder::new(file, flate2::Compression::default());
    zlib.write_all(bytes).and_then(|()| zlib.finish()).map_err(|e| Error::encode(FORMAT, e))?;
    Ok(())
}
