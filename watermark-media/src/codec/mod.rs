//! From bytes to a picture and back, by format.

#[cfg(feature = "film")]
use crate::PixelData;
use crate::{DecodeLimits, Document, Error, Format, Picture, Result};

#[cfg(feature = "animation")]
pub(crate) mod animation;
#[cfg(feature = "avif")]
mod avif;
mod chunks;
#[cfg(feature = "exr")]
mod exr;
#[cfg(feature = "animation")]
mod gif;
mod jpeg;
mod link;
#[cfg(feature = "animation")]
pub(crate) mod losses;
#[cfg(feature = "animation")]
pub(crate) mod notes;
mod png;
mod samples;
mod tiff;
mod webp;

#[cfg(feature = "avif")]
pub(crate) use self::avif::AvifSource;
#[cfg(feature = "exr")]
pub(crate) use self::exr::ExrSource;
#[cfg(feature = "animation")]
pub(crate) use self::notes::Notes;

/// What becomes of a C2PA manifest (content credentials), whose signature covers the pixels that are changed, and of a
/// link to one in the XMP.
#[cfg(feature = "animation")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum C2pa {
    /// It is left out: the file says nothing of its origin rather than something that is no longer true. A link is
    /// overwritten with spaces, the rest of the XMP stays as it was.
    #[default]
    Drop,
    /// It is written as it was, into a file of the same format. Validators find that the file's hash does not fit
    /// (`assertion.dataHash.mismatch`) and report the manifest as invalid; they still show what it says. A link is
    /// kept in every format that holds XMP.
    Keep,
}

/// What can be chosen about the file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EncodeOptions {
    /// JPEG quality, 1 to 100, in the scale of the IJG tables, written with the source's chroma subsampling or 4:4:4.
    /// Default: none, which keeps the source's own quantisation tables, and is 95 when the source was not a JPEG.
    pub jpeg_quality: Option<u8>,
    /// WebP quality, 0 to 100, for a lossy file; needs the feature `webp-native`. Default: none, which is about that of a
    /// source that is a lossy WebP, and lossless for every other source.
    pub webp_quality: Option<u8>,
    /// AVIF quality, 1 to 100, in the scale of the tool `cavif`. Default: none, which is about that of a source that is an
    /// AVIF, and 90 for other sources. There is no lossless AVIF here.
    #[cfg(feature = "avif")]
    pub avif_quality: Option<u8>,
    /// What becomes of the source's C2PA manifest. Default: it is left out.
    #[cfg(feature = "animation")]
    pub c2pa: C2pa,
}

impl EncodeOptions {
    fn check(&self) -> Result<()> {
        let refuse = |what, quality, least| Error::Input(format!("{what} quality {quality} is not {least} to 100"));
        match *self {
            Self { jpeg_quality: Some(quality), .. } if !(1..=100).contains(&quality) => {
                Err(refuse("JPEG", quality, 1))
            }
            Self { webp_quality: Some(quality), .. } if quality > 100 => Err(refuse("WebP", quality, 0)),
            #[cfg(feature = "avif")]
            Self { avif_quality: Some(quality), .. } if !(1..=100).contains(&quality) => {
                Err(refuse("AVIF", quality, 1))
            }
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
    let format = Format::recognise(bytes)?;
    let picture = match format {
        Format::Png => png::decode(bytes, limits),
        Format::Jpeg => jpeg::decode(bytes, limits),
        Format::WebP => webp::decode(bytes, limits),
        Format::Tiff => tiff::decode(bytes, limits),
        #[cfg(feature = "animation")]
        Format::Gif => gif::decode(bytes, limits),
        #[cfg(feature = "exr")]
        Format::Exr => exr::decode(bytes, limits),
        #[cfg(feature = "avif")]
        Format::Avif => avif::decode(bytes, limits),
    };
    #[cfg(feature = "animation")]
    let picture = picture.map(|picture| picture.with_notes(Notes::read(format, bytes)));
    picture
}

/// Refuses to keep a manifest in a file of another format: it would be found in the wrong place or not at all.
#[cfg(feature = "animation")]
fn check_c2pa(picture: &Picture, format: Format, options: &EncodeOptions) -> Result<()> {
    if options.c2pa == C2pa::Keep && picture.metadata.c2pa && picture.source() != Some(format) {
        let way_out = "write the format of the source, or leave the manifest out";
        return Err(Error::CannotHold { format, what: "the C2PA manifest of another format", way_out });
    }
    Ok(())
}

/// The refusal of alpha between nothing and all.
#[cfg(feature = "animation")]
fn partial_transparency() -> Error {
    let way_out = "write PNG or WebP, or flatten the picture first";
    Error::CannotHold { format: Format::Gif, what: "partial transparency", way_out }
}

/// Reads a file with all its pictures.
pub(crate) fn decode_document(bytes: &[u8], limits: &DecodeLimits) -> Result<Document> {
    match Format::recognise(bytes)? {
        #[cfg(feature = "film")]
        Format::Tiff => {
            let document = tiff::decode_pages(bytes, limits)?;
            #[cfg(feature = "animation")]
            let document = document.with_notes(Notes::read(Format::Tiff, bytes));
            Ok(document)
        }
        _ => decode(bytes, limits).map(Document::from),
    }
}

/// Writes a file with several pictures.
#[cfg(feature = "film")]
pub(crate) fn encode_pages(pictures: &[Picture], options: &EncodeOptions) -> Result<Vec<u8>> {
    options.check()?;
    let file = tiff::encode_pages(pictures, options)?;
    link::left_out(file, pictures, Format::Tiff, options)
}

/// Whether a format can hold the picture's kind of samples.
#[cfg(feature = "film")]
pub(crate) fn check_samples(picture: &Picture, format: Format) -> Result<()> {
    let float = matches!(picture.pixels, PixelData::F32(_));
    #[cfg(feature = "avif")]
    if format == Format::Avif && float {
        let way_out = "write OpenEXR or TIFF, or map it to 8 or 16 bits first";
        return Err(Error::CannotHold { format, what: "floating-point samples", way_out });
    }
    #[cfg(feature = "avif")]
    if format != Format::Avif && picture.metadata.avif.as_ref().is_some_and(|source| source.premultiplied()) {
        let way_out = "write an AVIF, or save it with colours that are not multiplied first";
        return Err(Error::CannotHold { format, what: "colours of an AVIF that are multiplied by alpha", way_out });
    }
    match format {
        Format::Png | Format::Jpeg | Format::WebP if float => Err(Error::CannotHold {
            format,
            what: "floating-point samples",
            way_out: "write OpenEXR or TIFF, or map it to 8 or 16 bits first",
        }),
        #[cfg(feature = "exr")]
        Format::Exr if !float => Err(Error::CannotHold {
            format,
            what: "8 or 16 bit integers",
            way_out: "write PNG or TIFF, or convert the picture to scene-linear floating point first",
        }),
        _ => Ok(()),
    }
}

/// What of a picture's file is not kept when it is written as `format`.
#[cfg(feature = "film")]
pub(crate) fn losses(picture: &Picture, format: Format) -> Vec<String> {
    let mut losses = picture.metadata.tiff.as_ref().map(|source| tiff::losses(source, format)).unwrap_or_default();
    #[cfg(feature = "exr")]
    if let Some(source) = &picture.metadata.exr {
        losses.extend(source.losses(format));
    }
    losses
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
/// [`Error::CannotHold`] for transparency into JPEG, for partial transparency into GIF, and for a link to a C2PA manifest
/// that is to be left out and cannot be, [`Error::Limit`] when a side
/// is beyond the format's, [`Error::Input`] for an option out of range,
/// [`Error::Encode`] when the encoder fails.
pub fn encode_with(picture: &Picture, format: Format, options: &EncodeOptions) -> Result<Vec<u8>> {
    options.check()?;
    #[cfg(feature = "animation")]
    check_c2pa(picture, format, options)?;
    #[cfg(feature = "film")]
    check_samples(picture, format)?;
    let file = match format {
        Format::Png => png::encode(picture, options),
        Format::Jpeg => jpeg::encode(picture, options),
        Format::WebP => webp::encode(picture, options),
        Format::Tiff => tiff::encode(picture, options),
        #[cfg(feature = "animation")]
        Format::Gif => gif::encode(picture, options),
        #[cfg(feature = "exr")]
        Format::Exr => exr::encode(picture),
        #[cfg(feature = "avif")]
        Format::Avif => avif::encode(picture, options),
    }?;
    link::left_out(file, std::slice::from_ref(picture), format, options)
}
