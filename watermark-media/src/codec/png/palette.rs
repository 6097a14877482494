//! Pictures of few colours as a palette and one index a pixel, when they came from a palette.

use std::collections::HashMap;
use std::io::Write;

use watermark_core::Layout;

use super::super::chunks;
use super::FORMAT;
use crate::metadata::PngChunks;
use crate::{Error, Picture, PixelData, Result};

/// Chunks that have to stand before the palette (PNG, third edition, table 7).
const BEFORE_PALETTE: [&[u8; 4]; 8] = [b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP", b"mDCV", b"cLLI"];
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A palette for all of some pictures.
pub(super) struct Indexed {
    /// Red, green, blue, alpha; those of the source first, in their order.
    colours: Vec<[u8; 4]>,
    numbers: HashMap<[u8; 4], u8>,
    /// Bits of an index in the file: 1, 2, 4 or 8.
    bits: u8,
    /// Whether the pictures have transparency, even if all of them is opaque.
    alpha: bool,
}

impl Indexed {
    /// A palette, if the first picture came from one and all pictures have at most 256 colours together.
    pub(super) fn of(pictures: &[Picture]) -> Option<Self> {
        let source = pictures[0].metadata.notes.palette.as_ref()?;
        let mut used = HashMap::new();
        let mut order = Vec::new();
        for picture in pictures {
            for colour in colours(picture)? {
                if used.insert(colour, 0).is_none() {
                    order.push(colour);
                    if order.len() > 256 {
                        return None;
                    }
                }
            }
        }
        let new: Vec<_> = order.into_iter().filter(|colour| !source.colours.contains(colour)).collect();
        let mut old = source.colours.clone();
        if old.len() + new.len() > 256 {
            old.retain(|colour| used.contains_key(colour));
        }
        let colours = [old, new].concat();
        // The first of equal entries.
        let numbers = colours.iter().zip(0..=255).rev().map(|(&colour, number)| (colour, number)).collect();
        let least = [1, 2, 4].into_iter().find(|bits| colours.len() <= 1 << bits).unwrap_or(8);
        let alpha = pictures.iter().any(|picture| picture.layout.has_alpha());
        Some(Self { colours, numbers, bits: source.bits.max(least), alpha })
    }

    /// Header data, then the chunks up to the pixels.
    pub(super) fn head(&self, file: &mut Vec<u8>, chunks: &PngChunks) -> Result<()> {
        let early = |kind: &[u8; 4]| BEFORE_PALETTE.contains(&kind);
        for (kind, data) in chunks.before.iter().filter(|(kind, _)| early(kind)) {
            let data = if kind == b"sBIT" { data.get(..3).unwrap_or(data) } else { data };
            chunks::push(file, *kind, data)?;
        }
        let palette: Vec<u8> = self.colours.iter().flat_map(|colour| [colour[0], colour[1], colour[2]]).collect();
        chunks::push(file, *b"PLTE", &palette)?;
        let last = self.colours.iter().rposition(|colour| colour[3] != u8::MAX).or(self.alpha.then_some(0));
        if let Some(last) = last {
            let alpha: Vec<u8> = self.colours[..=last].iter().map(|colour| colour[3]).collect();
            chunks::push(file, *b"tRNS", &alpha)?;
        }
        for (kind, data) in chunks.before.iter().filter(|(kind, _)| !early(kind)) {
            match kind {
                b"bKGD" => {
                    if let Some(number) = self.background(data) {
                        chunks::push(file, *kind, &[number])?;
                    }
                }
                _ => chunks::push(file, *kind, data)?,
            }
        }
        Ok(())
    }

    /// The number of a background colour of 16 bits a sample.
    fn background(&self, data: &[u8]) -> Option<u8> {
        let &[_, red, _, green, _, blue] = data else { return None };
        let number = self.colours.iter().position(|colour| colour[..3] == [red, green, blue])?;
        u8::try_from(number).ok()
    }

    /// The header chunk's data.
    pub(super) fn header(&self, width: u32, height: u32) -> Vec<u8> {
        [&width.to_be_bytes()[..], &height.to_be_bytes(), &[self.bits, 3, 0, 0, 0]].concat()
    }

    /// The compressed indices of a picture. Rows are not filtered: differences of indices mean nothing.
    pub(super) fn body(&self, picture: &Picture) -> Result<Vec<u8>> {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        let turned = picture.stored();
        let width = turned.width as usize;
        let PixelData::U8(samples) = turned.pixels.as_ref() else {
            return Err(Error::encode(FORMAT, "a palette of 16 bit colours"));
        };
        let channels = picture.layout.channels();
        let mut row = Vec::with_capacity(width + 1);
        for samples in samples.chunks_exact(width * channels) {
            row.clear();
            row.push(0);
            let mut numbers = samples.chunks_exact(channels).map(|pixel| self.numbers.get(&colour(pixel)).copied());
            let per_byte = usize::from(8 / self.bits);
            for _ in 0..width.div_ceil(per_byte) {
                let packed =
                    numbers.by_ref().take(per_byte).enumerate().try_fold(0, |byte, (n, number)| {
                        Some(byte | number? << (8 - usize::from(self.bits) * (n + 1)))
                    });
                row.push(packed.ok_or_else(|| Error::encode(FORMAT, "a colour is not in the palette"))?);
            }
            zlib.write_all(&row).map_err(|e| Error::encode(FORMAT, e))?;
        }
        zlib.finish().map_err(|e| Error::encode(FORMAT, e))
    }

    /// The whole file of a single picture.
    pub(super) fn encode(&self, picture: &Picture, kept: &PngChunks) -> Result<Vec<u8>> {
        let mut file = SIGNATURE.to_vec();
        let turned = picture.metadata.orientation.exif() >= 5;
        let (width, height) = if turned { (picture.height, picture.width) } else { (picture.width, picture.height) };
        chunks::push(&mut file, *b"IHDR", &self.header(width as u32, height as u32))?;
        self.head(&mut file, kept)?;
        chunks::push(&mut file, *b"IDAT", &self.body(picture)?)?;
        for (kind, data) in &kept.after {
            chunks::push(&mut file, *kind, data)?;
        }
        chunks::push(&mut file, *b"IEND", &[])?;
        Ok(file)
    }
}

/// The colours of a picture's pixels in 8 bits; nothing for other depths.
fn colours(picture: &Picture) -> Option<impl Iterator<Item = [u8; 4]> + '_> {
    match (&picture.pixels, picture.layout) {
        (PixelData::U8(samples), Layout::Rgb | Layout::Rgba) => {
            Some(samples.chunks_exact(picture.layout.channels()).map(colour))
        }
        _ => None,
    }
}

fn colour(pixel: &[u8]) -> [u8; 4] {
    match *pixel {
        [red, green, blue, alpha] => [red, green, blue, alpha],
        [red, green, blue] => [red, green, blue, u8::MAX],
        _ => [0; 4],
    }
}

/// How many colours pictures have together, counted up to 257.
pub(in crate::codec) fn count(pictures: &[Picture]) -> usize {
    let mut seen = std::collections::HashSet::new();
    for colour in pictures.iter().filter_map(colours).flatten() {
        seen.insert(colour);
        if seen.len() > 256 {
            break;
        }
    }
    seen.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Notes;
    use crate::{Format, encode};

    fn picture(colours: &[[u8; 3]], palette: &[[u8; 4]], bits: u8) -> Picture {
        let pixels = PixelData::U8(colours.concat());
        let mut picture = Picture::new(colours.len(), 1, Layout::Rgb, pixels).unwrap();
        let palette = crate::codec::notes::Palette { colours: palette.to_vec(), bits };
        picture.metadata.notes = Notes { palette: Some(palette), ..Notes::default() };
        picture
    }

    #[test]
    fn new_colours_follow_the_old_ones() {
        let marked = picture(&[[9; 3], [1; 3], [5; 3]], &[[1, 1, 1, 255], [2, 2, 2, 255]], 1);
        let indexed = Indexed::of(&[marked]).unwrap();
        assert_eq!(indexed.colours, [[1, 1, 1, 255], [2, 2, 2, 255], [9, 9, 9, 255], [5, 5, 5, 255]]);
        assert_eq!(indexed.bits, 2);
    }

    #[test]
    fn a_full_palette_gives_up_what_is_not_used() {
        let old: Vec<[u8; 4]> = (0..=255).map(|n| [n, 0, 0, 255]).collect();
        let marked = picture(&[[3, 0, 0], [0, 7, 0]], &old, 8);
        let indexed = Indexed::of(std::slice::from_ref(&marked)).unwrap();
        assert_eq!(indexed.colours, [[3, 0, 0, 255], [0, 7, 0, 255]]);
        let written = crate::decode(&encode(&marked, Format::Png).unwrap(), &crate::DecodeLimits::default()).unwrap();
        assert_eq!(written.pixels, marked.pixels);
    }

    #[test]
    fn more_than_256_colours_have_no_palette() {
        let colours: Vec<[u8; 3]> = (0..257_u16).map(|n| [n as u8, (n >> 8) as u8, 0]).collect();
        assert!(Indexed::of(&[picture(&colours, &[[0, 0, 0, 255]], 8)]).is_none());
        assert!(Indexed::of(&[picture(&colours[1..], &[[0, 0, 0, 255]], 8)]).is_some());
    }
}
