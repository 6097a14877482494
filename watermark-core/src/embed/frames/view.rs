//! A frame's luma plane, as decoders hand it over: 8 bits in bytes, or more in the low bits of 16.

use crate::{Error, Result};

/// Which code values are black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LumaRange {
    /// 16 to 235 at 8 bits, and in proportion at more: what video is, unless its tags say otherwise.
    #[default]
    Limited,
    /// 0 to 255 at 8 bits.
    Full,
}

impl LumaRange {
    /// Black, code value of 8 bits.
    pub(super) fn black(self) -> f32 {
        match self {
            Self::Limited => 16.0,
            Self::Full => 0.0,
        }
    }

    /// Grey levels of a full-range picture to a code value of 8 bits.
    pub(super) fn levels(self) -> f32 {
        match self {
            Self::Limited => 255.0 / 219.0,
            Self::Full => 1.0,
        }
    }
}

/// Samples of a plane.
#[derive(Debug)]
pub(super) enum Luma<'a> {
    Bytes(&'a mut [u8]),
    Words(&'a mut [u16]),
}

/// The luma plane of one frame, to be marked in place.
///
/// ```
/// use watermark_core::LumaFrame;
/// let mut plane = vec![512_u16; 640 * 480];
/// LumaFrame::words(640, 480, 640, 10, &mut plane)?; // yuv420p10
/// assert!(LumaFrame::bytes(640, 480, 640, &mut [0; 9]).is_err());
/// # Ok::<(), watermark_core::Error>(())
/// ```
#[derive(Debug)]
pub struct LumaFrame<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Samples from a row to the next.
    pub(super) stride: usize,
    pub(super) bits: u32,
    pub(super) luma: Luma<'a>,
}

impl<'a> LumaFrame<'a> {
    /// A plane of 8 bits a sample, whose rows start `stride` samples apart.
    ///
    /// # Errors
    /// [`Error::Input`] when a side is zero, the stride is shorter than a row, or `samples` is too short.
    pub fn bytes(width: usize, height: usize, stride: usize, samples: &'a mut [u8]) -> Result<Self> {
        check(width, height, stride, samples.len())?;
        Ok(Self { width, height, stride, bits: 8, luma: Luma::Bytes(samples) })
    }

    /// A plane of `bits` bits a sample (8 to 16), in the low bits of native 16-bit words: white of a full-range plane of
    /// 10 bits is 1023. Larger values are cut to that.
    ///
    /// # Errors
    /// As [`Self::bytes`], and for a number of bits out of range.
    pub fn words(width: usize, height: usize, stride: usize, bits: u32, samples: &'a mut [u16]) -> Result<Self> {
        if !(8..=16).contains(&bits) {
            return Err(Error::input(format!("a plane of {bits} bits a sample; 8 to 16 can be marked")));
        }
        check(width, height, stride, samples.len())?;
        Ok(Self { width, height, stride, bits, luma: Luma::Words(samples) })
    }
}

fn check(width: usize, height: usize, stride: usize, samples: usize) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::input(format!("the frame is {width}x{height} px; both sides must be at least 1")));
    }
    let needed = stride.checked_mul(height - 1).and_then(|rows| rows.checked_add(width));
    match needed {
        Some(needed) if stride >= width && samples >= needed => Ok(()),
        _ => Err(Error::input(format!(
            "{samples} samples with a row stride of {stride} do not hold a plane of {width}x{height} px"
        ))),
    }
}
