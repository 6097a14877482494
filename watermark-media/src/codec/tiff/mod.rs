//! TIFF: pixels read by the `tiff` crate, written by our own code so that tags keep their bytes.
//!
//! Written in strips in the source's byte order, with the source's compression and predictor where they are among
//! those that are written (none, LZW, deflate under both numbers, PackBits), else with deflate. Tags are kept but for
//! those about storage, sub-pictures, Photoshop's layers and C2PA manifests. A BigTIFF stays one.
//!
//! Without the feature `film` pages, floating point and extra channels are refused, and a BigTIFF becomes an ordinary
//! TIFF with its profile, XMP and orientation.

mod coding;
mod directory;
#[cfg(feature = "film")]
mod film;
#[cfg(feature = "film")]
mod pages;
mod write;

use std::io::Cursor;

use tiff::ColorType;
use tiff::decoder::Decoder;
use tiff::tags::{SampleFormat, Tag};
use tiff::{TiffError, TiffFormatError};
use watermark_core::Layout;

#[cfg(feature = "film")]
pub(super) use self::film::losses;
#[cfg(feature = "film")]
pub(super) use self::pages::{decode_pages, encode_pages};
pub(super) use self::write::encode;
use super::samples::{interleave, unpack};
use crate::exif::Block;
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
    let mut decoder = open(bytes, limits)?;
    if decoder.more_images() {
        return Err(Error::unsupported("a TIFF of several pages", "extract the page you want first"));
    }
    page(bytes, &mut decoder, 0, limits)
}

fn open<'a>(bytes: &'a [u8], limits: &DecodeLimits) -> Result<Source<'a>> {
    let mut allowed = tiff::decoder::Limits::default();
    allowed.decoding_buffer_size = usize::try_from(limits.max_bytes_decoded).unwrap_or(usize::MAX);
    allowed.intermediate_buffer_size = allowed.decoding_buffer_size.saturating_add(1 << 20);
    Ok(Decoder::new(Cursor::new(bytes)).map_err(error)?.with_limits(allowed))
}

/// The page at which the decoder is, the `index`-th of the file.
fn page(bytes: &[u8], decoder: &mut Source<'_>, index: usize, limits: &DecodeLimits) -> Result<Picture> {
    let (width, height) = decoder.dimensions().map_err(error)?;
    let shape = shape(decoder)?;
    let size = limits.check(width, height, shape.samples * usize::from(shape.bits).div_ceil(8))?;
    let (width, height) = (width as usize, height as usize);
    let pixels = pixels(bytes, decoder, index, &shape, (width, height, size), limits)?;
    let metadata = metadata(bytes, decoder, &shape);
    #[cfg(feature = "film")]
    let (pixels, metadata) = film::divide(pixels, metadata, &shape, limits)?;
    Picture::upright(width, height, shape.layout, pixels, FORMAT, metadata)
}

/// All samples of a page, those that are no colour too. `size` is width, height and the bytes allowed.
fn pixels(
    bytes: &[u8],
    decoder: &mut Source<'_>,
    index: usize,
    shape: &Shape,
    size: (usize, usize, usize),
    limits: &DecodeLimits,
) -> Result<PixelData> {
    #[cfg(feature = "film")]
    if shape.hides_samples() {
        let bytes = film::all_as_grey(bytes, decoder)?;
        let mut whole = open(&bytes, limits)?;
        whole.seek_to_image(index).map_err(error)?;
        return read(&mut whole, shape, size);
    }
    let _ = (bytes, limits);
    let _ = index;
    read(decoder, shape, size)
}

fn read(decoder: &mut Source<'_>, shape: &Shape, size: (usize, usize, usize)) -> Result<PixelData> {
    let needed = sample_bytes(decoder, size.2)?;
    let pixels = match shape.bits {
        16 => {
            let mut samples = vec![0_u16; needed / 2];
            decoder.read_image_bytes(bytemuck::cast_slice_mut(&mut samples)).map_err(error)?;
            PixelData::U16(samples)
        }
        #[cfg(feature = "film")]
        32 => {
            let mut samples = vec![0_f32; needed / 4];
            decoder.read_image_bytes(bytemuck::cast_slice_mut(&mut samples)).map_err(error)?;
            PixelData::F32(samples)
        }
        _ => {
            let mut samples = vec![0; needed];
            decoder.read_image_bytes(&mut samples).map_err(error)?;
            PixelData::U8(if shape.bits == 8 { samples } else { unpack(&samples, size.0, size.1, shape.bits) })
        }
    };
    Ok(match (pixels, planar(decoder)) {
        (PixelData::U8(samples), true) => PixelData::U8(interleave(&samples, shape.samples)),
        (PixelData::U16(samples), true) => PixelData::U16(interleave(&samples, shape.samples)),
        #[cfg(feature = "film")]
        (PixelData::F32(samples), true) => PixelData::F32(interleave(&samples, shape.samples)),
        (pixels, _) => pixels,
    })
}

/// What the samples of a page are.
struct Shape {
    layout: Layout,
    bits: u8,
    /// Samples of a pixel, with those beyond the layout.
    samples: usize,
    /// Samples are floating point.
    #[cfg(feature = "film")]
    float: bool,
}

impl Shape {
    /// Whether the decoder leaves samples out: it knows those of RGB beyond alpha, but does not give them.
    #[cfg(feature = "film")]
    fn hides_samples(&self) -> bool {
        self.layout.colours() == 3 && self.samples > self.layout.channels()
    }
}

/// The shape; a refusal for kinds that cannot be represented.
fn shape(decoder: &mut Source<'_>) -> Result<Shape> {
    let number = |decoder: &mut Source<'_>, tag| decoder.find_tag_unsigned::<u16>(tag).map_err(error);
    let photometric = number(decoder, Tag::PhotometricInterpretation)?;
    let samples = number(decoder, Tag::SamplesPerPixel)?.unwrap_or(1);
    // The decoder takes the bits as they come, and would give other samples, or find the compression damaged.
    if number(decoder, Tag::FillOrder)? == Some(2) {
        let what = "a TIFF that stores the bits of each byte in reverse (FillOrder 2)";
        return Err(Error::unsupported(what, "turn them first (tiffcp -f msb2lsb)"));
    }
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
        #[cfg(feature = "film")]
        ColorType::Multiband { bit_depth, .. } if matches!(extra(decoder).first(), Some(1 | 2)) => {
            (Layout::LumaAlpha, bit_depth)
        }
        #[cfg(feature = "film")]
        ColorType::Multiband { bit_depth, .. } => (Layout::Luma, bit_depth),
        ColorType::RGB(bits) => (Layout::Rgb, bits),
        ColorType::RGBA(bits) => (Layout::Rgba, bits),
        other => return Err(Error::unsupported(format!("a TIFF of {other:?} pixels"), "convert it to RGB first")),
    };
    let format = decoder.image_buffer_layout().map_err(error)?.sample_format;
    let shape = Shape {
        layout,
        bits,
        samples: samples.into(),
        #[cfg(feature = "film")]
        float: format == SampleFormat::IEEEFP,
    };
    let fits = shape.samples == layout.channels() || cfg!(feature = "film") && shape.samples > layout.channels();
    match (format, bits, layout) {
        _ if !fits => {
            Err(Error::unsupported(format!("a TIFF of {samples} channels"), "convert it to RGB or RGBA first"))
        }
        (SampleFormat::IEEEFP, 16 | 32, _) if cfg!(feature = "film") => Ok(shape),
        (SampleFormat::IEEEFP, ..) => Err(Error::depth(FORMAT, format!("{bits} bit floating point samples"))),
        (SampleFormat::Uint, 8 | 16, _) => Ok(shape),
        (SampleFormat::Uint, 1 | 2 | 4, Layout::Luma) if samples == 1 => Ok(shape),
        (SampleFormat::Uint, ..) => Err(Error::depth(FORMAT, format!("{bits} bit samples"))),
        _ => Err(Error::depth(FORMAT, format!("signed or undefined samples of {bits} bits"))),
    }
}

/// What the samples beyond the colours are; empty when it is not said.
fn extra(decoder: &mut Source<'_>) -> Vec<u16> {
    decoder.find_tag_unsigned_vec::<u16>(Tag::ExtraSamples).ok().flatten().unwrap_or_default()
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

fn metadata(bytes: &[u8], decoder: &mut Source<'_>, shape: &Shape) -> Metadata {
    let compression = decoder.find_tag_unsigned::<u16>(Tag::Compression).ok().flatten();
    let kinds = extra(decoder);
    let at = decoder.ifd_pointer().and_then(|at| usize::try_from(at.0).ok());
    let big = bytes.starts_with(b"M");
    let ordinary = matches!(bytes, [_, _, 42, 0, ..] | [_, _, 0, 42, ..]);
    let block = at.filter(|_| ordinary).and_then(|at| Block::parse_at(bytes, big, at));
    #[cfg(feature = "film")]
    let mut film = film::source(decoder, shape, block.is_none());
    #[cfg(feature = "film")]
    let mut block = block.unwrap_or_else(|| film::from_big(decoder, bytes.len()));
    #[cfg(not(feature = "film"))]
    let mut block = block.unwrap_or_else(|| from_big(decoder));
    let _ = shape;
    let c2pa = block.find(C2PA).is_some();
    // Type 13 is a pointer to a directory that would not be there any more, and so is 18 in a BigTIFF.
    block.main.retain(|entry| !NOT_CARRIED.contains(&entry.tag) && ![13, 18].contains(&entry.kind));
    let descriptive = block.descriptive();
    let value = |tag| block.find(tag).map(|entry| entry.data.clone());
    #[cfg(feature = "film")]
    if shape.samples > shape.layout.channels() {
        film.spare = Some(std::sync::Arc::new((kinds.clone(), PixelData::U8(Vec::new()))));
    }
    Metadata {
        icc: value(ICC),
        xmp: value(XMP),
        exif: if descriptive.is_empty() { None } else { descriptive.write() },
        c2pa,
        tiff: Some(TiffSource {
            compression: compression.unwrap_or(1),
            extra: kinds.first().copied().unwrap_or(2),
            block,
            #[cfg(feature = "film")]
            film,
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
#[cfg(not(feature = "film"))]
fn from_big(decoder: &mut Source<'_>) -> Block {
    let mut block = Block::default();
    if let Ok(Some(value)) = decoder.find_tag_unsigned::<u16>(Tag::Orientation) {
        block.main.push(block.shorts(crate::exif::ORIENTATION, &[value]));
    }
    for (tag, kind) in [(ICC, 7), (XMP, 1)] {
        let data = decoder.find_tag(Tag::from_u16_exhaustive(tag)).ok().flatten();
        if let Some(data) = data.and_then(|value| value.into_u8_vec().ok()) {
            block.main.push(crate::exif::Entry { tag, kind, count: data.len() as u32, data });
        }
    }
    block
}
