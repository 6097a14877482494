//! What compositors and scanners write into a TIFF: scene-linear floating point, channels beyond alpha, BigTIFF.
//!
//! Floating point is taken as scene-linear light, as compositors write it, and worked on in the display's encoding; the
//! file's own samples stay beside it, so that what the mark does not change keeps its bits. Colours that are
//! multiplied by alpha (ExtraSamples 1) take the mark multiplied too. Integers that are multiplied by alpha take it as
//! it is: where a soft edge is nearly clear the mark is as strong as beside it. Where alpha is 0 nothing changes.

use std::ops::Range;
use std::sync::Arc;

use bytemuck::cast_slice;
use half::f16;
use tiff::decoder::IfdDecoder;
use tiff::tags::{ByteOrder, Tag, Type, ValueBuffer};

use super::coding::{Coding, is_written};
use super::{FORMAT, Shape, Source, planar};
use crate::exif::{Block, EXIF_POINTER, Entry, GPS_POINTER};
use crate::limits::limit;
use crate::linear::{self, Linear};
use crate::metadata::{Metadata, Stored, TiffFilm, TiffSource};
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result};

/// The tag that says what a page is: bit 0 a preview of another, bit 2 a mask.
pub(super) const SUBFILE: u16 = 254;

/// How the page at the decoder is stored, and what of that will not be kept.
pub(super) fn source(decoder: &mut Source<'_>, shape: &Shape, wide: bool) -> TiffFilm {
    let mut number = |tag: u16| {
        let tag = Tag::from_u16_exhaustive(tag);
        decoder.find_tag_unsigned::<u32>(tag).ok().flatten()
    };
    let predictor = number(317).and_then(|value| u16::try_from(value).ok()).unwrap_or(1);
    let subfile = number(SUBFILE).unwrap_or(0);
    let compression = number(259).unwrap_or(1);
    let inverse = number(262) == Some(0);
    let mut losses = Vec::new();
    let mut lose = |lost: bool, what: &str| {
        if lost {
            losses.push(what.to_owned())
        }
    };
    let kept = u16::try_from(compression).is_ok_and(is_written);
    lose(!kept, &format!("the compression (TIFF's number {compression}) becomes deflate"));
    lose(planar(decoder), "planes become interleaved samples");
    lose(inverse, "white as zero becomes black as zero");
    lose(shape.bits < 8, &format!("grey of {} bits becomes 8 bits", shape.bits));
    let tags = decoder.image_ifd();
    let has = |tag: u16| tags.directory().contains(Tag::from_u16_exhaustive(tag));
    lose(has(322), "tiles become strips");
    lose(has(330), "sub-pictures are left out");
    lose(has(37724), "Photoshop's layers are left out");
    TiffFilm { wide, predictor, subfile, losses, ..TiffFilm::default() }
}

/// What a picture from a TIFF loses when it is written as `format`.
pub(in crate::codec) fn losses(source: &TiffSource, format: Format) -> Vec<String> {
    if format == FORMAT {
        return source.film.losses.clone();
    }
    let spare = source.film.spare.is_some().then(|| "channels beyond colour and alpha are left out".to_owned());
    spare.into_iter().collect()
}

/// Parts the samples of a page: those to be marked, in the display's encoding if they are light, and the others.
pub(super) fn divide(
    pixels: PixelData,
    mut metadata: Metadata,
    shape: &Shape,
    limits: &DecodeLimits,
) -> Result<(PixelData, Metadata)> {
    let Some(TiffSource { film, .. }) = &mut metadata.tiff else { return Ok((pixels, metadata)) };
    let keep = shape.layout.channels();
    let (pixels, spare) = match pixels {
        PixelData::U8(samples) => split(samples, shape.samples, keep, PixelData::U8),
        PixelData::U16(samples) => split(samples, shape.samples, keep, PixelData::U16),
        PixelData::F32(samples) => split(samples, shape.samples, keep, PixelData::F32),
    };
    if let (Some(place), Some(spare)) = (&mut film.spare, spare) {
        let mut kinds = place.0.clone();
        // A file may say less than it has: a first sample taken as alpha is alpha, the others are of no known kind.
        kinds.resize(shape.samples - shape.layout.colours(), 0);
        *place = Arc::new((kinds, spare));
    }
    if !shape.float {
        return Ok((pixels, metadata));
    }
    let bytes = pixels.len() as u64 * 4;
    if bytes > limits.max_bytes_decoded {
        return Err(limit("the size of the decoded picture in bytes", bytes, limits.max_bytes_decoded));
    }
    let colours = shape.layout.colours();
    let work = match &pixels {
        PixelData::F32(samples) => work(samples, keep, colours),
        PixelData::U16(bits) => work(cast_slice::<u16, f16>(bits), keep, colours),
        PixelData::U8(_) => Vec::new(),
    };
    film.linear = Some(Arc::new(pixels));
    Ok((PixelData::F32(work), metadata))
}

/// Interleaved samples in the display's encoding, alpha as it is.
fn work<T: Linear>(samples: &[T], channels: usize, colours: usize) -> Vec<f32> {
    let encoded = |(place, sample): (usize, &T)| if place < colours { sample.encoded() } else { sample.plain() };
    samples.chunks_exact(channels).flat_map(|pixel| pixel.iter().enumerate().map(encoded)).collect()
}

/// The first `keep` of every `all` samples, in their own buffer, and the others.
fn split<T: Copy>(
    mut samples: Vec<T>,
    all: usize,
    keep: usize,
    kind: impl Fn(Vec<T>) -> PixelData,
) -> (PixelData, Option<PixelData>) {
    if all <= keep {
        return (kind(samples), None);
    }
    let spare = samples.chunks_exact(all).flat_map(|pixel| pixel[keep..].iter().copied()).collect();
    let pixels = samples.len() / all;
    for pixel in 0..pixels {
        samples.copy_within(pixel * all..pixel * all + keep, pixel * keep);
    }
    samples.truncate(pixels * keep);
    samples.shrink_to_fit();
    (kind(samples), Some(kind(spare)))
}

/// The file with the page at the decoder as grey: of grey the decoder gives every sample, of RGB no extra ones.
pub(super) fn all_as_grey(bytes: &[u8], decoder: &mut Source<'_>) -> Result<Vec<u8>> {
    let lost = || Error::corrupt(FORMAT, "its directory cannot be read twice");
    let at = decoder.ifd_pointer().and_then(|at| usize::try_from(at.0).ok()).ok_or_else(lost)?;
    let big = decoder.byte_order() == ByteOrder::BigEndian;
    let wide = !matches!(bytes, [_, _, 42, 0, ..] | [_, _, 0, 42, ..]);
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(length)?)?;
        let add = |sum: usize, &byte: &u8| sum << 8 | usize::from(byte);
        Some(if big { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    };
    let (head, entry, value) = if wide { (8, 20, 12) } else { (2, 12, 8) };
    let count = number(at, head).ok_or_else(lost)?;
    let mut entries = (0..count.min(bytes.len() / entry)).map(|n| at + head + n * entry);
    let photometric = entries.find(|&at| number(at, 2) == Some(262)).ok_or_else(lost)?;
    // One number of 16 bits, which stands where a longer value would have its place.
    if number(photometric + 2, 2) != Some(3) {
        return Err(lost());
    }
    let mut bytes = bytes.to_vec();
    let grey = if big { 1_u16.to_be_bytes() } else { 1_u16.to_le_bytes() };
    bytes.get_mut(photometric + value..photometric + value + 2).ok_or_else(lost)?.copy_from_slice(&grey);
    Ok(bytes)
}

/// The directories of a page of a BigTIFF; what cannot be read is left out, and values together are no longer than the
/// file.
pub(super) fn from_big(decoder: &mut Source<'_>, mut budget: usize) -> Block {
    let order = decoder.byte_order();
    let mut behind = |decoder: &mut Source<'_>, tag: u16| -> Vec<Entry> {
        let pointer = decoder.find_tag(Tag::from_u16_exhaustive(tag)).ok().flatten();
        let pointer = pointer.and_then(|value| value.into_ifd_pointer().ok());
        let directory = pointer.and_then(|pointer| decoder.read_directory(pointer).ok());
        directory.map_or(Vec::new(), |found| read_entries(decoder.read_directory_tags(&found), order, &mut budget))
    };
    let (exif, gps) = (behind(decoder, EXIF_POINTER), behind(decoder, GPS_POINTER));
    let mut main = read_entries(decoder.image_ifd(), order, &mut budget);
    main.retain(|entry| ![EXIF_POINTER, GPS_POINTER].contains(&entry.tag));
    Block { big: order == ByteOrder::BigEndian, main, exif, gps }
}

fn read_entries(mut tags: IfdDecoder<'_>, order: ByteOrder, budget: &mut usize) -> Vec<Entry> {
    let fields: Vec<(Tag, u64)> = tags.directory().iter().map(|(tag, entry)| (tag, entry.count())).collect();
    let mut buffer = ValueBuffer::empty(Type::BYTE);
    let mut entries = Vec::new();
    for (tag, count) in fields {
        let fits = usize::try_from(count).is_ok_and(|count| count <= *budget);
        if !fits || !matches!(tags.find_tag_buf(tag, &mut buffer), Ok(Some(_))) {
            continue;
        }
        buffer.set_byte_order(order);
        let data = buffer.as_bytes().to_vec();
        let (Some(left), Ok(count)) = (budget.checked_sub(data.len()), u32::try_from(buffer.count())) else { continue };
        *budget = left;
        entries.push(Entry { tag: tag.to_u16(), kind: buffer.data_type().to_u16(), count, data });
    }
    entries
}

impl Picture {
    /// The scene-linear samples of a TIFF, if it came from one that has such.
    pub(super) fn linear(&self) -> Option<&PixelData> {
        self.metadata.tiff.as_ref().and_then(|tiff| tiff.film.linear.as_deref())
    }
}

/// Appends the strip of some rows of a picture that is light or has channels beyond alpha.
pub(super) fn append(
    picture: &Picture,
    stored: &Stored<'_>,
    rows: Range<usize>,
    coding: &Coding,
    file: &mut Vec<u8>,
) -> Result<()> {
    let width = stored.width as usize;
    let pixels = rows.start * width..rows.end * width;
    let spare = picture.metadata.tiff.as_ref().and_then(|tiff| tiff.film.spare.as_deref()).map(|spare| &spare.1);
    let own = part(&pixels, picture.layout.channels());
    let others = part(&pixels, coding.channels - picture.layout.channels());
    let fault = || Error::encode(FORMAT, "channels of different kinds");
    match (stored.pixels.as_ref(), picture.linear()) {
        (PixelData::U8(samples), _) => match spare {
            Some(PixelData::U8(spare)) => coding.append(&join(&samples[own], &spare[others], coding, picture), file),
            _ => Err(fault()),
        },
        (PixelData::U16(samples), _) => match spare {
            Some(PixelData::U16(spare)) => coding.append(&join(&samples[own], &spare[others], coding, picture), file),
            _ => Err(fault()),
        },
        (PixelData::F32(now), Some(PixelData::U16(bits))) => {
            let light = changed(cast_slice::<u16, f16>(&bits[own.clone()]), &now[own], picture);
            let bits: Vec<u16> = light.into_iter().map(f16::to_bits).collect();
            match spare {
                Some(PixelData::U16(spare)) => coding.append(&join(&bits, &spare[others], coding, picture), file),
                None => coding.append(&bits, file),
                _ => Err(fault()),
            }
        }
        (PixelData::F32(now), Some(PixelData::F32(source))) => {
            let light = changed(&source[own.clone()], &now[own], picture);
            let bits: Vec<u32> = light.into_iter().map(f32::to_bits).collect();
            match spare {
                Some(PixelData::F32(spare)) => {
                    let spare: Vec<u32> = spare[others].iter().map(|sample| sample.to_bits()).collect();
                    coding.append(&join(&bits, &spare, coding, picture), file)
                }
                None => coding.append(&bits, file),
                _ => Err(fault()),
            }
        }
        (PixelData::F32(now), _) => {
            let colours = picture.layout.colours();
            let light = now[own].chunks_exact(picture.layout.channels()).flat_map(|pixel| {
                pixel.iter().enumerate().map(|(place, &v)| if place < colours { linear::light(v) } else { v })
            });
            coding.append(&light.map(f32::to_bits).collect::<Vec<u32>>(), file)
        }
    }
}

/// The samples of some pixels.
fn part(pixels: &Range<usize>, channels: usize) -> Range<usize> {
    pixels.start * channels..pixels.end * channels
}

/// Samples and spare ones as pixels.
fn join<T: Copy>(own: &[T], spare: &[T], coding: &Coding, picture: &Picture) -> Vec<T> {
    let channels = picture.layout.channels();
    let pixels = own.chunks_exact(channels).zip(spare.chunks_exact(coding.channels - channels));
    pixels.flat_map(|(own, spare)| own.iter().chain(spare).copied()).collect()
}

/// The file's samples after those that were worked on became `now`.
fn changed<T: Linear>(source: &[T], now: &[f32], picture: &Picture) -> Vec<T> {
    let (channels, colours) = (picture.layout.channels(), picture.layout.colours());
    let weak = picture.premultiplied() && picture.layout.has_alpha();
    let pixels = source.chunks_exact(channels).zip(now.chunks_exact(channels));
    let mut out = Vec::with_capacity(source.len());
    for (source, now) in pixels {
        let share = if weak { linear::share(now[colours]) } else { 1.0 };
        out.extend(source[..colours].iter().zip(now).map(|(sample, &now)| sample.changed(now, share)));
        out.extend_from_slice(&source[colours..]);
    }
    out
}
