//! From bytes to a picture and back, by format.

use crate::{DecodeLimits, Format, Picture, Result};

mod chunks;
mod png;
mod samples;

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

/// Reads a picture.
///
/// # Errors
/// [`Error::Empty`](crate::Error::Empty), [`Unsupported`](crate::Error::Unsupported),
/// [`Corrupt`](crate::Error::Corrupt), [`Truncated`](crate::Error::Truncated), [`Limit`](crate::Error::Limit),
/// [`Animated`](crate::Error::Animated), [`Cmyk`](crate::Error::Cmyk) and [`Depth`](crate::Error::Depth). A file
/// that is damaged or cut short is an error, never a picture with grey in the gap.
pub fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    match Format::recognise(bytes)? {
        Format::Png => png::decode(bytes, limits),
        format => Err(crate::Error::unsupported(format.to_string(), "it comes within the hour")),
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
/// [`CannotHold`](crate::Error::CannotHold) for transparency into JPEG, [`Limit`](crate::Error::Limit) when a side
/// is beyond the format's, [`Input`](crate::Error::Input) for an option out of range,
/// [`Encode`](crate::Error::Encode) when the encoder fails.
pub fn encode_with(picture: &Picture, format: Format, options: &EncodeOptions) -> Result<Vec<u8>> {
    let _ = options;
    match format {
        Format::Png => png::encode(picture),
        format => Err(crate::Error::unsupported(format.to_string(), "it comes within the hour")),
    }
}
