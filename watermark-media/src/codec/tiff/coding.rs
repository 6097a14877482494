//! Samples of a strip as bytes: predictor, byte order, compression.

use std::borrow::Cow;
use std::io::Write;

use super::FORMAT;
use crate::{Error, Result};

/// Values of the compression tag.
const PLAIN: u16 = 1;
const LZW: u16 = 5;
pub(super) const DEFLATE: u16 = 8;
const OLD_DEFLATE: u16 = 32946;
const PACK_BITS: u16 = 32773;

/// Values of the predictor tag.
pub(super) const NO_PREDICTOR: u16 = 1;
pub(super) const HORIZONTAL: u16 = 2;
pub(super) const FLOATING_POINT: u16 = 3;

/// Whether a compression is one of those that are written.
pub(super) fn is_written(compression: u16) -> bool {
    [PLAIN, LZW, DEFLATE, OLD_DEFLATE, PACK_BITS].contains(&compression)
}

/// Whether a predictor goes with a compression: those that look for repeated sequences.
pub(super) fn takes_predictor(compression: u16) -> bool {
    [LZW, DEFLATE, OLD_DEFLATE].contains(&compression)
}

/// How the samples of a page are stored.
#[derive(Clone, Copy)]
pub(super) struct Coding {
    pub(super) compression: u16,
    pub(super) predictor: u16,
    /// Big-endian.
    pub(super) big: bool,
    /// Samples of a pixel.
    pub(super) channels: usize,
    /// Samples of a row.
    pub(super) row: usize,
    /// Bytes of a row.
    pub(super) row_bytes: usize,
}

/// A sample as its bits.
pub(super) trait Bits: Copy {
    fn less(self, before: Self) -> Self;
    fn big(self) -> impl AsRef<[u8]>;
    fn little(self) -> impl AsRef<[u8]>;
}

macro_rules! bits {
    ($($kind:ty),*) => {$(
        impl Bits for $kind {
            fn less(self, before: Self) -> Self {
                self.wrapping_sub(before)
            }
            fn big(self) -> impl AsRef<[u8]> {
                self.to_be_bytes()
            }
            fn little(self) -> impl AsRef<[u8]> {
                self.to_le_bytes()
            }
        }
    )*};
}
bits!(u8, u16, u32);

impl Coding {
    /// Appends a strip of whole rows to the file.
    pub(super) fn append<T: Bits>(&self, strip: &[T], file: &mut Vec<u8>) -> Result<()> {
        let bytes: Vec<u8> = match self.predictor {
            HORIZONTAL => self.bytes(&self.differences(strip)),
            FLOATING_POINT => strip.chunks(self.row).flat_map(|row| self.planes(row)).collect(),
            _ => self.bytes(strip),
        };
        self.compress(&bytes, file)
    }

    /// Appends a strip of bytes, as [`append`](Self::append) without a copy where nothing is done to them.
    pub(super) fn append_bytes(&self, strip: &[u8], file: &mut Vec<u8>) -> Result<()> {
        let strip = if self.predictor == HORIZONTAL { Cow::from(self.differences(strip)) } else { strip.into() };
        self.compress(&strip, file)
    }

    fn bytes<T: Bits>(&self, samples: &[T]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size_of_val(samples));
        if self.big {
            samples.iter().for_each(|sample| bytes.extend_from_slice(sample.big().as_ref()));
        } else {
            samples.iter().for_each(|sample| bytes.extend_from_slice(sample.little().as_ref()));
        }
        bytes
    }

    /// Each sample less the same channel of the pixel before it in its row.
    fn differences<T: Bits>(&self, strip: &[T]) -> Vec<T> {
        let mut out = Vec::with_capacity(strip.len());
        for row in strip.chunks(self.row) {
            out.extend_from_slice(&row[..self.channels]);
            out.extend(row[self.channels..].iter().zip(row).map(|(&sample, &before)| sample.less(before)));
        }
        out
    }

    /// A row of floating-point numbers for the predictor made for them (Adobe's technical note 3): the most significant
    /// bytes of all samples, then the next ones, and of this sequence each byte less the one a pixel before.
    fn planes<T: Bits>(&self, row: &[T]) -> Vec<u8> {
        let mut planes = vec![0; size_of_val(row)];
        for (place, sample) in row.iter().enumerate() {
            for (plane, &byte) in sample.big().as_ref().iter().enumerate() {
                planes[plane * row.len() + place] = byte;
            }
        }
        for at in (self.channels..planes.len()).rev() {
            planes[at] = planes[at].wrapping_sub(planes[at - self.channels]);
        }
        planes
    }

    fn compress(&self, bytes: &[u8], file: &mut Vec<u8>) -> Result<()> {
        match self.compression {
            PLAIN => file.extend_from_slice(bytes),
            LZW => {
                let mut encoder = weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
                let done = encoder.into_stream(&mut *file).encode_all(bytes);
                done.status.map_err(|e| Error::encode(FORMAT, e))?;
            }
            PACK_BITS => {
                // Packets may not run from one row into the next.
                bytes.chunks(self.row_bytes).for_each(|row| pack_bits(row, file));
            }
            _ => {
                let mut zlib = flate2::write::ZlibEncoder::new(file, flate2::Compression::default());
                zlib.write_all(bytes).and_then(|()| zlib.finish()).map_err(|e| Error::encode(FORMAT, e))?;
            }
        }
        Ok(())
    }
}

/// One row in PackBits (TIFF 6.0, section 9): runs of 2 to 128 equal bytes, and up to 128 others as they are.
fn pack_bits(row: &[u8], out: &mut Vec<u8>) {
    const MOST: usize = 128;
    let run = |at: usize| row[at..].iter().take(MOST).take_while(|&&byte| byte == row[at]).count();
    let mut at = 0;
    while at < row.len() {
        let length = run(at);
        if length > 1 {
            // 257 less the length, as the format counts.
            out.extend([(257 - length) as u8, row[at]]);
            at += length;
            continue;
        }
        // Two equal bytes inside of others are not worth a packet of their own.
        let others = (at..row.len()).take(MOST).take_while(|&at| run(at) < 3).count().max(1);
        out.push((others - 1) as u8);
        out.extend_from_slice(&row[at..at + others]);
        at += others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the standard describes the decoder.
    fn unpack(mut packed: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        while let Some((&head, rest)) = packed.split_first() {
            match head as i8 {
                head @ 0.. => {
                    let (plain, rest) = rest.split_at(head as usize + 1);
                    out.extend_from_slice(plain);
                    packed = rest;
                }
                -128 => packed = rest,
                head => {
                    out.extend(std::iter::repeat_n(rest[0], 1 + head.unsigned_abs() as usize));
                    packed = &rest[1..];
                }
            }
        }
        out
    }

    #[test]
    fn packed_bits_are_what_the_standard_says_and_unpack() {
        // The example of the standard.
        let row = b"\xaa\xaa\xaa\x80\x00\x2a\xaa\xaa\xaa\xaa\x80\x00\x2a\x22\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa\xaa";
        let mut packed = Vec::new();
        pack_bits(row, &mut packed);
        assert_eq!(packed, b"\xfe\xaa\x02\x80\x00\x2a\xfd\xaa\x03\x80\x00\x2a\x22\xf7\xaa");
        let mut state = 1_u32;
        for length in [1, 2, 3, 127, 128, 129, 130, 256, 257, 1000] {
            for kinds in [1, 2, 3, 200] {
                let row: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        ((state >> 24) % kinds) as u8
                    })
                    .collect();
                let mut packed = Vec::new();
                pack_bits(&row, &mut packed);
                assert_eq!(unpack(&packed), row, "{length} bytes of {kinds} kinds");
                assert!(packed.len() <= row.len() + row.len().div_ceil(128));
            }
        }
    }
}
