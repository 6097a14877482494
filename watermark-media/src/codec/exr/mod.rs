//! OpenEXR: headers and compressions by the `exr` crate, everything else of the file kept as its bytes.
//!
//! Of one layer the colour is marked (see the module `layer` for which one). A file is written again from its source: the headers
//! as they stand, then every block, in the order of the source; a block with marked samples in it is decompressed,
//! changed and compressed again, any other is copied. So attributes, other layers and parts, tiles, line order and
//! windows need no understanding to stay as they are. A sample that the mark did not change keeps its bits, and so does
//! one that is no number.
//!
//! The picture is the layer's data window: where that reaches beyond the display window the part outside is marked too.

mod fresh;
mod layer;
mod pieces;

use std::sync::Arc;

use exr::meta::attribute::{ChannelDescription, SampleType};
use half::f16;

use self::layer::Marked;
use self::pieces::{File, Piece};
use crate::linear::{self, Linear};
use crate::metadata::Metadata;
use crate::{DecodeLimits, Error, Format, Picture, PixelData, Result};

const FORMAT: Format = Format::Exr;

/// The file a picture came from, from which it is written again.
#[derive(Debug, Clone)]
pub(crate) struct ExrSource {
    bytes: Arc<[u8]>,
    /// What is not kept: in an OpenEXR, and in a file of another format.
    losses: (Vec<String>, Vec<String>),
}

pub(super) fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let file = File::parse(bytes)?;
    let marked = layer::choose(&file.meta)?;
    let header = &file.meta.headers[marked.part];
    let (width, height) = (header.layer_size.width(), header.layer_size.height());
    let sides = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    // A block may be as large as the picture, with all channels of the part in it.
    limits.check(sides[0], sides[1], header.channels.bytes_per_pixel)?;
    limits.check(sides[0], sides[1], marked.layout().channels() * size_of::<f32>())?;
    let mut samples = vec![0.0; width * height * marked.layout().channels()];
    let mut pixels = 0;
    for piece in file.pieces.iter().filter(|piece| piece.part == marked.part) {
        let block = Block::read(&file, piece, &marked)?;
        pixels += block.section.area();
        block.to_work(&mut samples, width);
    }
    // Every block once: as many different ones as there have to be are all.
    if pixels != width * height {
        return Err(Error::truncated(FORMAT, "blocks are missing"));
    }
    let source = ExrSource { bytes: bytes.into(), losses: losses(&file, &marked) };
    let metadata = Metadata { exr: Some(source), ..Metadata::default() };
    Picture::upright(width, height, marked.layout(), PixelData::F32(samples), FORMAT, metadata)
}

pub(super) fn encode(picture: &Picture) -> Result<Vec<u8>> {
    let PixelData::F32(samples) = &picture.pixels else {
        return Err(Error::encode(FORMAT, "integers were not expected"));
    };
    let Some(source) = &picture.metadata.exr else { return fresh::encode(picture, samples) };
    let file = File::parse(&source.bytes)?;
    let marked = layer::choose(&file.meta)?;
    file.write(|piece| {
        if piece.part != marked.part {
            return Ok(None);
        }
        let mut block = Block::read(&file, piece, &marked)?;
        if block.take_work(samples, picture.width) { block.compressed().map(Some) } else { Ok(None) }
    })
}

/// What of the file is not kept, when it is written in this format and in another one.
fn losses(file: &File<'_>, marked: &Marked) -> (Vec<String>, Vec<String>) {
    let header = &file.meta.headers[marked.part];
    let lossy = |channel: &ChannelDescription| !header.compression.is_lossless_for(channel.sample_type);
    let mut here = Vec::new();
    if header.channels.list.iter().any(lossy) {
        here.push(format!(
            "the marked layer is compressed again with its own lossy compression ({}), which may change its other \
             channels a little too",
            header.compression
        ));
    }
    let mut elsewhere = vec!["the attributes of the OpenEXR are left out".to_owned()];
    let all: usize = file.meta.headers.iter().map(|header| header.channels.list.len()).sum();
    if all > marked.channels().count() {
        elsewhere.push("layers and channels beside the marked one are left out".to_owned());
    }
    (here, elsewhere)
}

impl ExrSource {
    /// What of the file is not kept when its picture is written as `format`, for the user.
    pub(super) fn losses(&self, format: Format) -> Vec<String> {
        if format == FORMAT { self.losses.0.clone() } else { self.losses.1.clone() }
    }
}

/// Words of the `exr` crate in ours.
fn error(error: exr::error::Error) -> Error {
    match error {
        exr::error::Error::NotSupported(what) => {
            Error::unsupported(format!("this OpenEXR ({what})"), "save it flat, with ZIP or PIZ compression")
        }
        exr::error::Error::Invalid(what) if what == "reference to missing bytes" => Error::truncated(FORMAT, what),
        other => Error::corrupt(FORMAT, other),
    }
}

/// What the `exr` crate makes of bytes from strangers: it takes damaged blocks as it finds them and stops at its own
/// assertions, which is an error of the file here and no reason to end the program.
fn guarded<T>(work: impl FnOnce() -> exr::error::Result<T>) -> Result<T> {
    // What was begun is dropped, and nothing else is written to.
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    result.unwrap_or(Err(exr::error::Error::Invalid("a block or a header contradicts itself".into()))).map_err(error)
}

/// A decompressed block of the marked part: for each row the row of each channel, in native byte order.
struct Block<'a> {
    header: &'a exr::meta::header::Header,
    marked: &'a Marked,
    section: pieces::Section,
    data: Vec<u8>,
}

impl<'a> Block<'a> {
    fn read(file: &'a File<'_>, piece: &Piece<'_>, marked: &'a Marked) -> Result<Self> {
        let header = &file.meta.headers[piece.part];
        let section = piece.section(header)?;
        let compressed = piece.data.to_vec();
        let data =
            guarded(|| header.compression.decompress_image_section_from_le(header, compressed, section.bounds, false))?;
        if data.len() != section.area() * header.channels.bytes_per_pixel {
            return Err(Error::corrupt(FORMAT, "a block is not as long as its pixels"));
        }
        Ok(Self { header, marked, section, data })
    }

    fn compressed(self) -> Result<Vec<u8>> {
        let compression = self.header.compression;
        compression.compress_image_section_to_le(self.header, self.data, self.section.bounds).map_err(error)
    }

    /// Where the row of a channel lies in the data, bytes.
    fn row(&self, y: usize, channel: usize) -> std::ops::Range<usize> {
        let width = self.section.bounds.size.width();
        let size = |channel: &ChannelDescription| channel.sample_type.bytes_per_sample();
        let before: usize = self.header.channels.list[..channel].iter().map(size).sum();
        let start = (y * self.header.channels.bytes_per_pixel + before) * width;
        start..start + width * size(&self.header.channels.list[channel])
    }

    /// Puts the marked channels into the interleaved samples of the whole picture.
    fn to_work(&self, samples: &mut [f32], width: usize) {
        let channels = self.marked.layout().channels();
        for y in 0..self.section.bounds.size.height() {
            let line = self.section.line(y, width, channels);
            for (place, channel) in self.marked.channels().enumerate() {
                let row = &self.data[self.row(y, channel)];
                let light = place < self.marked.layout().colours();
                let target = samples[line.clone()].iter_mut().skip(place).step_by(channels);
                match self.header.channels.list[channel].sample_type {
                    SampleType::F16 => to_work(row, half_from, light, target),
                    _ => to_work(row, single_from, light, target),
                }
            }
        }
    }

    /// Takes the marked samples of the whole picture over. Whether anything changed.
    fn take_work(&mut self, samples: &[f32], width: usize) -> bool {
        let layout = self.marked.layout();
        let mut changed = false;
        for y in 0..self.section.bounds.size.height() {
            let line = &samples[self.section.line(y, width, layout.channels())];
            for (place, channel) in self.marked.channels().take(layout.colours()).enumerate() {
                let range = self.row(y, channel);
                let row = &mut self.data[range];
                let alpha = layout.has_alpha().then_some(layout.colours());
                let now = line.chunks_exact(layout.channels());
                let now = now.map(|pixel| (pixel[place], alpha.map_or(1.0, |alpha| linear::share(pixel[alpha]))));
                changed |= match self.header.channels.list[channel].sample_type {
                    SampleType::F16 => take_work(row, half_from, |v| v.to_bits().to_ne_bytes(), now),
                    _ => take_work(row, single_from, |v| v.to_bits().to_ne_bytes(), now),
                };
            }
        }
        changed
    }
}

fn half_from(bytes: [u8; 2]) -> f16 {
    f16::from_bits(u16::from_ne_bytes(bytes))
}

fn single_from(bytes: [u8; 4]) -> f32 {
    f32::from_ne_bytes(bytes)
}

fn to_work<'a, T: Linear, const N: usize>(
    row: &[u8],
    from: impl Fn([u8; N]) -> T,
    light: bool,
    target: impl Iterator<Item = &'a mut f32>,
) {
    for (bytes, target) in row.as_chunks::<N>().0.iter().zip(target) {
        let sample = from(*bytes);
        *target = if light { sample.encoded() } else { sample.plain() };
    }
}

fn take_work<T: Linear, const N: usize>(
    row: &mut [u8],
    from: impl Fn([u8; N]) -> T,
    to: impl Fn(T) -> [u8; N],
    now: impl Iterator<Item = (f32, f32)>,
) -> bool {
    let mut changed = false;
    for (bytes, (now, share)) in row.as_chunks_mut::<N>().0.iter_mut().zip(now) {
        let after = to(from(*bytes).changed(now, share));
        changed |= *bytes != after;
        *bytes = after;
    }
    changed
}
