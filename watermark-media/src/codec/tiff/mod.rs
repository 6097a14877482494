//! TIFF of one page: pixels read by the `tiff` crate, written by our own code so that tags keep their bytes.
//!
//! Written in strips in the source's byte order, with deflate and the horizontal predictor unless the source was
//! plain. Tags are kept but for those about storage, sub-pictures, Photoshop's layers and C2PA manifests. A BigTIFF is
//! read and becomes an ordinary TIFF with its profile, XMP and orientation.

mod write;

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::Decoder;
use tiff::tags::{SampleFormat, Tag};
use tiff::{TiffError, TiffFormatError};
use watermark_core::Layout;

pub(super) use self::write::encode;
use super::samples::{interleave, unpack};
use crate::exif::{Block, Entry, ORIENTATION};
use crate::metadata::{Metadata, TiffSource};
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result};

const FORMAT: Format = Format::Tiff;
const ICC: u16 = 34675;
const XMP: u16 = 700;
const C2PA: u16 = 52545;
/// About storage, or pointing at parts that are not carried: sub-files, size, coding, strips, tiles, colour maps,
/// sub-directories, sample kinds, old JPEG, YCbCr, and layers of Photoshop (which hold the unmarked picture).
const NOT_CARRIED: [u16; 45] = [
    254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291, 292, 293, 317,
    320, 321, 322, 323, 324, 325, 330, 338, 339, 340, 341, 347, 512, 513, 514, 529, 530, 531, 532, 37724, 40965, C2PA,
];

type Source<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(error)?;
    if decoder.more_images() {
        return Err(Error::unsupported("a TIFF of several pages", "extract the page you want first"));
    }
    let (width, height) = decoder.dimensions().map_err(error)?;
    let (layout, bits) = kind(&mut decoder)?;
    let size = limits.check(width, height, layout.channels() * usize::from(bits).div_ceil(8))?;
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size = size;
    allowed.intermediate_buffer_size = size.saturating_add(1 << 20);
    let mut decoder = decoder.with_limits(allowed);
    let needed = sample_bytes(&mut decoder, size)?;
    let (width, height) = (width as usize, height as usize);
    let pixels = if bits == 16 {
        let mut samples = vec![0_u16; needed / 2];
        decoder.read_image_bytes(bytemuck::cast_slice_mut(&mut samples)).map_err(error)?;
        PixelData::U16(samples)
    } else {
        let mut samples = vec![0; needed];
        decoder.read_image_bytes(&mut samples).map_err(error)?;
        PixelData::U8(if bits == 8 { samples } else { unpack(&samples, width, height, bits) })
    };
    let pixels = match (pixels, planar(&mut decoder)) {
        (PixelData::U8(samples), true) => PixelData::U8(interleave(&samples, layout.channels())),
        (PixelData::U16(samples), true) => PixelData::U16(interleave(&samples, layout.channels())),
        (pixels, _) => pixels,
    };
    let metadata = metadata(bytes, &mut decoder);
    Picture::upright(width, height, layout, pixels, FORMAT, metadata)
}

/// Layout and bits per sample; a refusal for kinds that cannot be represented.
fn kind(decoder: &mut Source<'_>) -> Result<(Layout, u8)> {
    let number = |decoder: &mut Source<'_>, tag| decoder.find_tag_unsigned::<u16>(tag).map_err(error);
    let photometric = number(decoder, Tag::PhotometricInterpretation)?;
    let samples = number(decoder, Tag::SamplesPerPixel)?.unwrap_or(1);
    match photometric {
        Some(3) => return Err(Error::unsupported("a TIFF with a palette", "convert it to RGB first")),
        Some(5) => return Err(Error::Cmyk { format: FORMAT }),
        Some(6) => return Err(Error::unsupported("a TIFF of YCbCr samples", "convert it to RGB first")),
        Some(8..=10) => return Err(Error::unsupported("a TIFF of CIE Lab samples", "convert it to RGB first")),
        _ => {}
    }
    let color = decoder.colortype().map_err(error)?;
    let (layout, bits) = match color {
        ColorType::Gray(bits) => (Layout::Luma, bits),
        ColorType::Multiband { bit_depth, num_samples: 2 } => (Layout::LumaAlpha, bit_depth),
        ColorType::RGB(bits) => (Layout::Rgb, bits),
        ColorType::RGBA(bits) => (Layout::Rgba, bits),
        other => return Err(Error::unsupported(format!("a TIFF of {other:?} pixels"), "convert it to RGB first")),
    };
    let format = decoder.image_buffer_layout().map_err(error)?.sample_format;
    match (format, bits, layout) {
        _ if usize::from(samples) != layout.channels() => {
            Err(Error::unsupported(format!("a TIFF of {samples} channels"), "convert it to RGB or RGBA first"))
        }
        (SampleFormat::IEEEFP, ..) => Err(Error::depth(FORMAT, format!("{bits} bit floating point samples"))),
        (SampleFormat::Uint, 8 | 16, _) | (SampleFormat::Uint, 1 | 2 | 4, Layout::Luma) => Ok((layout, bits)),
        (SampleFormat::Uint, ..) => Err(Error::depth(FORMAT, format!("{bits} bit samples"))),
        _ => Err(Error::depth(FORMAT, format!("signed or undefined samples of {bits} bits"))),
    }
}

fn planar(decoder: &mut Source<'_>) -> bool {
    matches!(decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration), Ok(Some(2)))
}

/// How many bytes the samples of all planes are, in native byte order; rows of less than 8 bits start at whole bytes.
fn sample_bytes(decoder: &mut Source<'_>, most: usize) -> Result<usize> {
    let needed = decoder.image_buffer_layout().map_err(error)?.complete_len;
    if needed > most {
        return Err(Error::corrupt(FORMAT, "its strips or tiles do not fit its size"));
    }
    Ok(needed)
}

fn error(error: TiffError) -> Error {
    match error {
        TiffError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Error::truncated(FORMAT, e),
        TiffError::UnsupportedError(e) => Error::unsupported(format!("this TIFF ({e})"), "save it as 8 or 16 bit RGB"),
        TiffError::LimitsExceeded => Error::corrupt(FORMAT, "a part of it asks for more memory than the picture"),
        TiffError::FormatError(TiffFormatError::ImageFileDirectoryNotFound) => {
            Error::truncated(FORMAT, "its directory is missing")
        }
        other => Error::corrupt(FORMAT, other),
    }
}

fn metadata(bytes: &[u8], decoder: &mut Source<'_>) -> Metadata {
    let compression = decoder.find_tag_unsigned::<u16>(Tag::Compression).ok().flatten();
    let extra = decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten();
    let mut block = Block::parse(bytes).unwrap_or_else(|| from_big(decoder));
    let c2pa = block.find(C2PA).is_some();
    // Type 13 is a pointer to a directory that would not be there any more.
    block.main.retain(|entry| !NOT_CARRIED.contains(&entry.tag) && entry.kind != 13);
    let descriptive = block.descriptive();
    let value = |tag| block.find(tag).map(|entry| entry.data.clone());
    Metadata {
        icc: value(ICC),
        xmp: value(XMP),
        exif: if descriptive.is_empty() { None } else { descriptive.write() },
        c2pa,
        tiff: Some(TiffSource {
            compressed: compression.unwrap_or(1) != 1,
            extra: extra.and_then(|kinds| kinds.first().copied()).unwrap_or(2),
            block,
        }),
        ..Metadata::default()
    }
}

/// The C2PA manifest of an ordinary TIFF.
#[cfg(feature = "animation")]
pub(super) fn manifest(bytes: &[u8]) -> Option<Vec<u8>> {
    Block::parse(bytes)?.find(C2PA).map(|entry| entry.data.clone())
}

/// What is kept of a BigTIFF, whose directories have another form.
fn from_big(decoder: &mut Source<'_>) -> Block {
    let mut block = Block::default();
    if let Ok(Some(value)) = decoder.find_tag_unsigned::<u16>(Tag::Orientation) {
        block.main.push(block.shorts(ORIENTATION, &[value]));
    }
    for (tag, kind) in [(ICC, 7), (XMP, 1)] {
        let data = decoder.find_tag(Tag::from_u16_exhaustive(tag)).ok().flatten();
        if let Some(data) = data.and_then(|value| value.into_u8_vec().ok()) {
            block.main.push(Entry { tag, kind, count: data.len() as u32, data });
        }
    }
    block
}
