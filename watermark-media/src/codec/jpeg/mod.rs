//! JPEG: pixels by `zune-jpeg` and `jpeg-encoder`, segments kept as they are.
//!
//! A picture from a JPEG is written with the source's own quantisation tables, chroma subsampling, and progressive or
//! sequential order, so that its look and size stay. What is dropped: the Adobe segment (the output is always YCbCr),
//! multi-picture parts after the first picture, and C2PA manifests.

#[cfg(feature = "animation")]
pub(super) mod notes;
mod scans;
mod structure;

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, QuantizationTableType, SamplingFactor};
use watermark_core::Layout;
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use self::structure::{Structure, insert_segments};
use super::EncodeOptions;
use crate::limits::limit;
use crate::metadata::{JpegSource, Metadata};
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result, exif};

const FORMAT: Format = Format::Jpeg;
/// Quality when the source gives no tables: the mark and the look both stay.
const FRESH_QUALITY: u8 = 95;
/// The frame header holds sides in 16 bits.
const MAX_SIDE: u64 = 65_535;
/// Zeros in place of the end marker, for the decoder's look-ahead of at most 8 bytes. At a marker it would go on with
/// zeros for ever; at the end of the data it says that something is missing.
const LOOK_AHEAD: usize = 16;
const EXIF_HEAD: &[u8] = b"Exif\0\0";
const XMP_HEAD: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC_HEAD: &[u8] = b"ICC_PROFILE\0";
/// Most bytes in a segment after its length field.
const MAX_SEGMENT: usize = 65_533;

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let structure = Structure::parse(bytes)?;
    let frame = structure.frame;
    let layout = match frame.components {
        1 => Layout::Luma,
        3 => Layout::Rgb,
        4 => return Err(Error::Cmyk { format: FORMAT }),
        n => return Err(Error::unsupported(format!("a JPEG of {n} components"), "convert it to grey or RGB first")),
    };
    let size = limits.check(frame.width.into(), frame.height.into(), layout.channels())?;
    // Every block of 8 x 8 luma pixels takes one bit at least.
    let blocks = u64::from(frame.width) * u64::from(frame.height) / 64;
    if blocks / 8 > bytes.len() as u64 {
        return Err(Error::truncated(FORMAT, "there is too little data for the size in the header"));
    }
    let color = if layout == Layout::Luma { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(frame.width.into())
        .set_max_height(frame.height.into())
        .jpeg_set_out_colorspace(color);
    let mut picture = bytes[..structure.end].to_vec();
    if !frame.progressive {
        picture.truncate(structure.end - 2);
        picture.resize(structure.end - 2 + LOOK_AHEAD, 0);
    }
    let mut samples = vec![0; size];
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&picture), options);
    decoder.decode_headers().map_err(error)?;
    if decoder.output_buffer_size() != Some(size) {
        return Err(Error::corrupt(FORMAT, "it has two frame headers that differ"));
    }
    decoder.decode_into(&mut samples).map_err(error)?;
    let metadata = metadata(&structure);
    Picture::upright(frame.width.into(), frame.height.into(), layout, PixelData::U8(samples), FORMAT, metadata)
}

fn error(error: zune_jpeg::errors::DecodeErrors) -> Error {
    use zune_jpeg::errors::DecodeErrors as E;
    match error {
        E::ExhaustedData | E::IoErrors(_) | E::FormatStatic("Premature end of buffer") => {
            Error::truncated(FORMAT, "its compressed data stops early")
        }
        other => Error::corrupt(FORMAT, format!("{other:?}").trim_matches('"')),
    }
}

fn metadata(structure: &Structure<'_>) -> Metadata {
    let after = |marker, head: &'static [u8]| structure.segments.iter().filter_map(move |s| s.payload(marker, head));
    // By the number of each part; a sort would be some kilobytes of a module for browsers.
    let mut numbered = vec![Vec::new(); 1 << u8::BITS];
    for part in after(0xe2, ICC_HEAD).filter(|part| part.len() > 2) {
        numbered[usize::from(part[0])].extend(&part[2..]);
    }
    let icc: Vec<u8> = numbered.concat();
    let source = JpegSource {
        segments: structure.segments.iter().filter(|s| s.is_kept()).map(|s| (s.marker, s.data.to_vec())).collect(),
        tables: structure.tables(),
        sampling: structure.frame.sampling,
        progressive: structure.frame.progressive,
    };
    Metadata {
        icc: (!icc.is_empty()).then_some(icc),
        exif: after(0xe1, EXIF_HEAD).next().map(<[u8]>::to_vec),
        xmp: after(0xe1, XMP_HEAD).next().map(<[u8]>::to_vec),
        c2pa: after(0xeb, b"JP").any(|boxes| boxes.windows(4).any(|four| four == b"c2pa")),
        jpeg: Some(source),
        ..Metadata::default()
    }
}

/// Segments for a picture that was not a JPEG.
fn fresh(metadata: &Metadata) -> Result<Vec<(u8, Vec<u8>)>> {
    let mut segments = Vec::new();
    if let Some(exif) = &metadata.exif {
        segments.push((0xe1, [EXIF_HEAD, exif::body(exif)].concat()));
    }
    if let Some(xmp) = &metadata.xmp {
        segments.push((0xe1, [XMP_HEAD, xmp].concat()));
    }
    if let Some(icc) = &metadata.icc {
        let parts = icc.chunks(MAX_SEGMENT - ICC_HEAD.len() - 2);
        let count = u8::try_from(parts.len()).map_err(|_| too_large("its colour profile"))?;
        for (part, number) in parts.zip(1..) {
            segments.push((0xe2, [ICC_HEAD, &[number, count], part].concat()));
        }
    }
    match segments.iter().find(|(_, data)| data.len() > MAX_SEGMENT) {
        Some((_, data)) if data.starts_with(EXIF_HEAD) => Err(too_large("EXIF data beyond 64 kB")),
        Some(_) => Err(too_large("an XMP packet beyond 64 kB")),
        None => Ok(segments),
    }
}

fn too_large(what: &'static str) -> Error {
    Error::CannotHold { format: FORMAT, what, way_out: "write PNG, WebP or TIFF, or strip it first" }
}

/// The refusal of alpha that says something.
pub(super) fn transparency() -> Error {
    let way_out = "write PNG, WebP or TIFF, or flatten the picture first";
    Error::CannotHold { format: FORMAT, what: "transparency", way_out }
}

pub(super) fn encode(picture: &Picture, options: &EncodeOptions) -> Result<Vec<u8>> {
    let side = picture.width.max(picture.height) as u64;
    if side > MAX_SIDE {
        return Err(limit("the longest side of a JPEG in pixels", side, MAX_SIDE));
    }
    let opaque = picture.opaque8().ok_or_else(transparency)?;
    let stored = opaque.stored();
    let PixelData::U8(samples) = stored.pixels.as_ref() else {
        return Err(Error::encode(FORMAT, "samples were not reduced to 8 bits"));
    };
    let color = if opaque.layout == Layout::Luma { ColorType::Luma } else { ColorType::Rgb };
    let mut file = Vec::new();
    #[cfg_attr(not(feature = "animation"), allow(unused_mut, reason = "restart intervals are kept with it"))]
    let mut encoder = settings(&mut file, picture.metadata.jpeg.as_ref(), options);
    #[cfg(feature = "animation")]
    // jpeg-encoder 0.7.1 fails on progressive files with restarts (seen: "Got zero size code").
    if encoder.progressive_scans().is_none() {
        encoder.set_restart_interval(picture.metadata.notes.restart);
    }
    // Sides were held against the limit of 16 bits above.
    encoder.encode(samples, stored.width as u16, stored.height as u16, color).map_err(|e| Error::encode(FORMAT, e))?;
    match &picture.metadata.jpeg {
        #[cfg(feature = "animation")]
        Some(source) if options.c2pa == super::C2pa::Keep => {
            let manifest = picture.metadata.notes.manifest.iter().map(|data| (0xeb, data.clone()));
            insert_segments(&file, &source.segments.iter().cloned().chain(manifest).collect::<Vec<_>>())
        }
        Some(source) => insert_segments(&file, &source.segments),
        None => insert_segments(&file, &fresh(&picture.metadata)?),
    }
}

fn settings<'a>(
    file: &'a mut Vec<u8>,
    source: Option<&JpegSource>,
    options: &EncodeOptions,
) -> Encoder<&'a mut Vec<u8>> {
    let mut encoder = Encoder::new(file, options.jpeg_quality.unwrap_or(FRESH_QUALITY));
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let (h, v) = source.map_or((1, 1), |source| source.sampling);
    encoder.set_sampling_factor(SamplingFactor::from_factors(h, v).unwrap_or(SamplingFactor::F_1_1));
    if let Some(source) = source {
        // Sequential files with sampling by 4 or tables of their own would get a scan for each component, which few
        // readers expect; progressive ones have them anyway.
        let progressive = source.progressive || h.max(v) > 2;
        encoder.set_progressive(progressive);
        encoder.set_optimized_huffman_tables(progressive);
        if let (None, Some([luma, chroma])) = (options.jpeg_quality, &source.tables) {
            let [luma, chroma] = [luma, chroma].map(|table| QuantizationTableType::Custom(Box::new(*table)));
            encoder.set_quantization_tables(luma, chroma);
        }
    }
    encoder
}
