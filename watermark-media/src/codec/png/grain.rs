//! Deflate for grain. Of 16 bits the lower ones are noise in which nothing repeats: looking there for what does is most of
//! the time of writing, and finds nothing (docs/decisions/png-deflate.md). Deflate has a strategy that looks for runs alone.
//!
//! The `png` crate chooses the filters but does not offer strategies, so it is told not to compress, and what it writes goes
//! through here.

use std::io::{self, Write};

use flate2::{Decompress, FlushDecompress};
use zlib_rs::{Deflate, DeflateConfig, DeflateError, DeflateFlush, Status, Strategy, compress_bound, compress_slice};

use super::{DEFLATE_LEVEL, IDAT};
use crate::codec::chunks;
use crate::codec::samples::be_from_u16;
use crate::metadata::Stored;
use crate::{Error, PixelData, Result};

/// Bytes of the samples that are tried, and of one piece of them.
const TRIED: usize = 256 * 1024;
const PIECE: usize = 64 * 1024;
/// How much larger the result may be, as a share.
const LARGER: f64 = 0.01;

/// Runs alone are looked for.
fn runs() -> DeflateConfig {
    DeflateConfig { strategy: Strategy::Rle, ..usual() }
}

fn usual() -> DeflateConfig {
    DeflateConfig { level: i32::from(DEFLATE_LEVEL), ..DeflateConfig::default() }
}

/// Whether a picture is of 16 bits and as small when only runs are looked for, by pieces from all over it.
pub(super) fn is_grain(stored: &Stored<'_>, channels: usize) -> bool {
    let PixelData::U16(samples) = stored.pixels.as_ref() else { return false };
    let piece = PIECE / 2;
    let pieces = (TRIED / PIECE).min(samples.len() / piece);
    if pieces == 0 {
        return false;
    }
    let apart = (samples.len() - piece) / pieces.max(2).saturating_sub(1);
    let (mut alone, mut all) = (0, 0);
    for number in 0..pieces {
        let bytes = differences(&be_from_u16(&samples[number * apart..][..piece]), 2 * channels);
        alone += length(&bytes, runs());
        all += length(&bytes, usual());
    }
    alone as f64 <= (1.0 + LARGER) * all as f64
}

/// Each byte less the same one of the pixel before, as PNG's first filter has it.
fn differences(bytes: &[u8], pixel: usize) -> Vec<u8> {
    let later = bytes.iter().skip(pixel).zip(bytes).map(|(byte, before)| byte.wrapping_sub(*before));
    bytes.iter().take(pixel).copied().chain(later).collect()
}

/// Bytes of what they are compressed to.
fn length(bytes: &[u8], config: DeflateConfig) -> usize {
    compress_slice(&mut vec![0; compress_bound(bytes.len())], bytes, config).0.len()
}

/// Takes a PNG file whose pixels are stored, and makes one of it in which they are compressed.
pub(super) struct Packer {
    file: Vec<u8>,
    /// Of a chunk that is not whole yet, or of the signature.
    part: Vec<u8>,
    unpack: Decompress,
    deflate: Deflate,
    /// Bytes that were stored, and compressed ones that make no whole chunk yet.
    stored: Vec<u8>,
    packed: Vec<u8>,
    /// Whether the last chunk was of pixels.
    inside: bool,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            file: Vec::new(),
            part: Vec::new(),
            unpack: Decompress::new(true),
            deflate: Deflate::new_with_config(runs()),
            stored: vec![0; IDAT],
            packed: Vec::with_capacity(2 * IDAT),
            inside: false,
        }
    }

    /// The file, once all of the other was written.
    pub(super) fn finish(self) -> Result<Vec<u8>> {
        match self.part.is_empty() && !self.inside {
            true => Ok(self.file),
            false => Err(Error::encode(super::FORMAT, "the file ends within a chunk")),
        }
    }

    /// Takes a chunk as it lies in a file.
    fn chunk(&mut self, whole: &[u8]) -> Result<()> {
        let data = &whole[8..whole.len() - 4];
        if whole[4..8] == *b"IDAT" {
            self.inside = true;
            return self.pixels(data);
        }
        if self.inside {
            self.pack(0, DeflateFlush::Finish)?;
            chunks::push(&mut self.file, *b"IDAT", &self.packed)?;
            self.inside = false;
        }
        self.file.extend(whole);
        Ok(())
    }

    /// Takes stored pixels.
    fn pixels(&mut self, mut data: &[u8]) -> Result<()> {
        loop {
            let (read, written) = (self.unpack.total_in(), self.unpack.total_out());
            let status = self.unpack.decompress(data, &mut self.stored, FlushDecompress::None);
            status.map_err(|e| Error::encode(super::FORMAT, e))?;
            let (read, written) = (self.unpack.total_in() - read, self.unpack.total_out() - written);
            data = &data[read as usize..];
            if read == 0 && written == 0 {
                return Ok(());
            }
            self.pack(written as usize, DeflateFlush::NoFlush)?;
        }
    }

    /// Compresses the first bytes that were stored.
    fn pack(&mut self, count: usize, flush: DeflateFlush) -> Result<()> {
        let wrong = |error: DeflateError| Error::encode(super::FORMAT, error.as_str());
        let mut done = 0;
        loop {
            let (used, before) = (self.packed.len(), (self.deflate.total_in(), self.deflate.total_out()));
            self.packed.resize(2 * IDAT, 0);
            let status = self.deflate.compress(&self.stored[done..count], &mut self.packed[used..], flush);
            let status = status.map_err(wrong)?;
            done += (self.deflate.total_in() - before.0) as usize;
            self.packed.truncate(used + (self.deflate.total_out() - before.1) as usize);
            if status == Status::StreamEnd || (done == count && flush == DeflateFlush::NoFlush) {
                return Ok(());
            }
            if self.packed.len() >= IDAT {
                chunks::push(&mut self.file, *b"IDAT", &self.packed)?;
                self.packed.clear();
            }
        }
    }
}

impl Write for Packer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        const SIGNATURE: usize = 8;
        self.part.extend(bytes);
        let part = std::mem::take(&mut self.part);
        let mut rest = part.as_slice();
        if self.file.is_empty() {
            let Some((signature, behind)) = rest.split_at_checked(SIGNATURE) else {
                self.part = part;
                return Ok(bytes.len());
            };
            self.file.extend(signature);
            rest = behind;
        }
        while let Some(length) = rest.first_chunk::<4>() {
            let Some((whole, behind)) = rest.split_at_checked(u32::from_be_bytes(*length) as usize + 12) else { break };
            self.chunk(whole).map_err(io::Error::other)?;
            rest = behind;
        }
        self.part = rest.to_vec();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::PngChunks;
    use crate::{DecodeLimits, Picture};
    use watermark_core::Layout;

    /// A gradient with so many levels of noise.
    fn picture(width: usize, height: usize, noise: u32) -> Picture {
        let mut state = 1_u32;
        let samples = (0..width * height * 3).map(|i| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (20_000 + i / 3 % width * 30 + i / 3 / width % 700 * 20) as u16 + (((state >> 16) * noise) >> 16) as u16
        });
        Picture::new(width, height, Layout::Rgb, PixelData::U16(samples.collect())).unwrap()
    }

    #[test]
    fn grain_is_told_from_what_repeats() {
        let is_grain = |picture: &Picture| is_grain(&picture.stored(), 3);
        assert!(is_grain(&picture(300, 200, 700)));
        assert!(!is_grain(&picture(300, 200, 1)));
        // Too small to matter.
        assert!(!is_grain(&picture(64, 64, 700)));
    }

    #[test]
    fn what_is_packed_is_read_as_it_was_and_no_larger() {
        for (width, height) in [(300, 200), (1024, 700), (1, 40_000)] {
            let picture = picture(width, height, 700);
            let chunks =
                PngChunks { before: vec![(*b"gAMA", vec![0, 0, 177, 143])], after: vec![(*b"tIME", vec![0; 7])] };
            let packed = super::super::write(&picture, &chunks).unwrap();
            let read = super::super::decode(&packed, &DecodeLimits::default()).unwrap();
            assert_eq!(read.pixels(), picture.pixels());
            let mut usual = Vec::new();
            let level = Some(png::DeflateCompression::Level(DEFLATE_LEVEL));
            super::super::write_to(&mut usual, Layout::Rgb, &picture.stored(), &chunks, level).unwrap();
            assert!(
                packed != usual && packed.len() as f64 <= 1.01 * usual.len() as f64,
                "{} {}",
                packed.len(),
                usual.len()
            );
            let kinds = |file: &[u8]| {
                let mut kinds: Vec<_> =
                    chunks::chunks(file).unwrap().iter().map(|chunk| (chunk.kind, chunk.intact)).collect();
                kinds.dedup();
                kinds
            };
            assert_eq!(kinds(&packed), kinds(&usual));
        }
    }

    #[test]
    fn a_file_that_is_cut_is_an_error() {
        let mut packer = Packer::new();
        packer.write_all(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR").unwrap();
        assert!(packer.finish().is_err());
    }
}
