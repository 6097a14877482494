//! Bounds on what is decoded, checked against the header before anything is allocated for the pixels.

use crate::{Error, Result};

/// What is accepted for decoding. A small file that claims to be huge is refused from its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodeLimits {
    /// Most pixels. Default 16,384 x 16,384.
    pub max_pixels: u64,
    /// Longest side, pixels. Default 65,535, the most that a JPEG can have.
    pub max_side: u32,
    /// Most bytes of decoded samples (width x height x channels x bytes per sample). Default 2 GiB, which is
    /// `max_pixels` of 16 bit RGBA; for several frames, of all together. Decoders hold up to about three times as much while they work.
    pub max_bytes_decoded: u64,
    /// Most frames of an animation. Default 10,000.
    pub max_frames: u32,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            max_pixels: 16_384 * 16_384,
            max_side: 65_535,
            max_bytes_decoded: 16_384 * 16_384 * 8,
            max_frames: 10_000,
        }
    }
}

impl DecodeLimits {
    /// Bytes of the decoded samples, once the sides and they are known to be within the limits.
    pub(crate) fn check(&self, width: u32, height: u32, bytes_per_pixel: usize) -> Result<usize> {
        let side = width.max(height);
        if side > self.max_side {
            return Err(limit("the longest side in pixels", side.into(), self.max_side.into()));
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > self.max_pixels {
            return Err(limit("the number of pixels", pixels, self.max_pixels));
        }
        let bytes = pixels.saturating_mul(bytes_per_pixel as u64);
        match usize::try_from(bytes) {
            Ok(size) if bytes <= self.max_bytes_decoded && size <= isize::MAX as usize => Ok(size),
            _ => Err(limit("the size of the decoded picture in bytes", bytes, self.max_bytes_decoded)),
        }
    }
}

pub(crate) fn limit(what: &'static str, value: u64, limit: u64) -> Error {
    Error::Limit { what, value, limit }
}
