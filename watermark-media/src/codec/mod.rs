//! From bytes to a picture and back, by format.

use crate::{DecodeLimits, Error, Format, Picture, Result};

mod chunks;
mod jpeg;
mod png;
mod samples;
mod tiff;
mod webp;

/// What can be chosen about the file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// JPEG quality, 1 to 100, in the scale of the IJG tables, written with the source's chroma subsampling or 4:4:4.
    /// Default: none, which keeps the source's own quantisation tables, and is 95 when the source was not a JPEG.
    pub jpeg_quality: Option<u8>,
    /// WebP quality, 0 to 100, for a lossy file; needs the feature `webp-native`. Default: none, which is lossless.
    pub webp_quality: Option<u8>,
}

impl EncodeOptions {
    fn check(&self) -> Result<()> {
        let refuse = |what, quality, least| Error::Input(format!("{what} quality {quality} is not {least} to 100"));
        match *self {
            Self { jpeg_quality: Some(quality), .. } if !(1..=100).contains(&quality) => {
                Err(refuse("JPEG", quality, 1))
            }
            Self { webp_quality: Some(quality), .. } if quality > 100 => Err(refuse("WebP", quality, 0)),
            _ => Ok(()),
        }
    }
}

/// Reads a picture.
///
/// # Errors
/// [`Error::Empty`], [`Error::Unsupported`],
/// [`Error::Corrupt`], [`Error::Truncated`], [`Error::Limit`],
/// [`Error::Animated`], [`Error::Cmyk`] and [`Error::Depth`]. A file
/// that is damaged or cut short is an error, never a picture with grey in the gap.
pub fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    match Format::recognise(bytes)? {
        Format::Png => png::decode(bytes, limits),
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::WebP => webp::decode(bytes, limits),
        Format::Tiff => tiff::decode(bytes, limits),
    }
}

/// Writes a picture, as [`encode_with`] with the default options.
///
/// # Errors
/// As [`encode_with`].
pub fn encode(picture: &Picture, format: Format) -> Result<Vec<u8>> {
    encode_with(picture, format, &EncodeOptions::default())
}

/// Writes a picture with its metadata: in the stored order and with the orientation tag of the file it came from.
///
/// # Errors
/// [`Error::CannotHold`] for transparency into JPEG, [`Error::Limit`] when a side
/// is beyond the format's, [`Error::Input`] for an option out of range,
/// [`Error::Encode`] when the encoder fails.
pub fn encode_with(picture: &Picture, format: Format, options: &EncodeOptions) -> Result<Vec<u8>> {
    options.check()?;
    match format {
        Format::Png => png::encode(picture),
        Format::Jpeg => jpeg::encode(picture, options),
        Format::WebP => webp::encode(picture, options),
        Format::Tiff => tiff::encode(picture),
    }
}
