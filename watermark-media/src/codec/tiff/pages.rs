//! Files of several pages. Every page is a picture of its own and is marked.
//!
//! A page that is a smaller copy of another shows the unmarked picture as well: it is marked as a page of its own if it
//! is large enough for that, and left out if not. A page that is a transparency mask is left out.

use tiff::tags::Tag;

use super::directory::Output;
use super::film::SUBFILE;
use super::{error, open, page, write};
use crate::document::{Document, Rest};
use crate::limits::limit;
use crate::{DecodeLimits, EncodeOptions, Error, Picture, PixelData, Result};

/// Shortest side that carries a mark, pixels (see the core).
const LEAST_SIDE: u32 = 128;

pub(in crate::codec) fn decode_pages(bytes: &[u8], limits: &DecodeLimits) -> Result<Document> {
    let mut decoder = open(bytes, limits)?;
    let (mut pictures, mut losses, mut used) = (Vec::new(), Vec::new(), 0_u64);
    for index in 0.. {
        let mut number = |tag: u16| decoder.find_tag_unsigned::<u32>(Tag::from_u16_exhaustive(tag)).ok().flatten();
        let (subfile, older) = (number(SUBFILE).unwrap_or(0), number(255));
        let (width, height) = decoder.dimensions().map_err(error)?;
        let several = index > 0 || decoder.more_images();
        let smaller = several && (subfile & 1 != 0 || older == Some(2));
        if several && subfile & 4 != 0 {
            losses.push(format!("page {}, a transparency mask, is left out", index + 1));
        } else if smaller && width.min(height) < LEAST_SIDE {
            let what = "a preview that is too small for a mark";
            losses.push(format!("page {}, {what} ({width}x{height} px), is left out", index + 1));
        } else {
            let mut left = *limits;
            left.max_bytes_decoded = limits.max_bytes_decoded.saturating_sub(used);
            let page = page(bytes, &mut decoder, index, &left).map_err(|e| of_page(e, index, several, used, limits))?;
            used += weight(&page);
            pictures.push(page);
        }
        if !decoder.more_images() {
            break;
        }
        decoder.next_image().map_err(error)?;
    }
    let Some(first) = pictures.first_mut() else {
        return Err(Error::unsupported("a TIFF of previews and masks alone", "get the file with the picture itself"));
    };
    if let Some(source) = &mut first.metadata.tiff {
        source.film.losses.extend(losses);
    }
    let rest = if pictures.len() == 1 { Rest::Single } else { Rest::Pages };
    Ok(Document { pictures, rest })
}

/// Bytes that a page takes, with its tags: a small file may claim the same bytes for many of them.
fn weight(page: &Picture) -> u64 {
    let size = |pixels: &PixelData| pixels.len() as u64 * u64::from(pixels.bits() / 8);
    let source = page.metadata.tiff.as_ref();
    let film = source.map(|source| &source.film);
    let linear = film.and_then(|film| film.linear.as_deref()).map_or(0, size);
    let spare = film.and_then(|film| film.spare.as_deref()).map_or(0, |(_, spare)| size(spare));
    let tags = source.map_or(0, |source| {
        let block = &source.block;
        [&block.main, &block.exif, &block.gps].into_iter().flatten().map(|entry| entry.data.len() as u64 + 64).sum()
    });
    size(&page.pixels) + linear + spare + 3 * tags
}

/// The error of a page, which names it where there are several.
fn of_page(error: Error, index: usize, several: bool, used: u64, limits: &DecodeLimits) -> Error {
    match error {
        Error::Limit { what, value, limit: met }
            if used > 0 && met == limits.max_bytes_decoded.saturating_sub(used) =>
        {
            let _ = what;
            limit("the size of all decoded pages in bytes", value.saturating_add(used), limits.max_bytes_decoded)
        }
        Error::Unsupported { what, way_out } if several => {
            Error::Unsupported { what: format!("page {}, {what},", index + 1), way_out }
        }
        other => other,
    }
}

pub(in crate::codec) fn encode_pages(pictures: &[Picture], options: &EncodeOptions) -> Result<Vec<u8>> {
    let Some(first) = pictures.first() else { return Err(Error::encode(super::FORMAT, "there is no page")) };
    let mut output = Output::new(write::is_big(first), write::is_wide(first));
    pictures.iter().try_for_each(|picture| write::write(picture, &mut output, options))?;
    Ok(output.bytes)
}
