//! Which format bytes are in, and the names of those that are recognised only to be refused with a clear word.

use crate::{Error, Result};

/// A format that is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG in a JFIF or EXIF file.
    Jpeg,
    /// WebP: both kinds are read, lossless is written unless a quality is asked for.
    WebP,
    /// TIFF; with the feature `film` of several pages too.
    Tiff,
    /// GIF, still or moving. In builds without the feature `animation` it is not known.
    #[cfg(feature = "animation")]
    Gif,
    /// OpenEXR. Not there without the feature `exr`.
    #[cfg(feature = "exr")]
    Exr,
    /// AVIF, one picture. Not there without the feature `avif`.
    #[cfg(feature = "avif")]
    Avif,
}

impl Format {
    /// Every format, in the order used for lists.
    pub const ALL: &[Self] = &[
        Self::Png,
        Self::Jpeg,
        Self::WebP,
        Self::Tiff,
        #[cfg(feature = "animation")]
        Self::Gif,
        #[cfg(feature = "exr")]
        Self::Exr,
        #[cfg(feature = "avif")]
        Self::Avif,
    ];

    /// The format for a file name's extension, with or without its dot, in any case.
    ///
    /// ```
    /// use watermark_media::Format;
    /// assert_eq!(Format::from_extension(".JPEG"), Some(Format::Jpeg));
    /// assert_eq!(Format::from_extension("bmp"), None);
    /// ```
    pub fn from_extension(extension: &str) -> Option<Self> {
        let extension = extension.strip_prefix('.').unwrap_or(extension);
        match extension.to_ascii_lowercase().as_str() {
            "png" => Some(Self::Png),
            "jpg" | "jpeg" | "jpe" | "jfif" => Some(Self::Jpeg),
            "webp" => Some(Self::WebP),
            "tif" | "tiff" => Some(Self::Tiff),
            #[cfg(feature = "animation")]
            "gif" => Some(Self::Gif),
            #[cfg(feature = "exr")]
            "exr" => Some(Self::Exr),
            #[cfg(feature = "avif")]
            "avif" => Some(Self::Avif),
            _ => None,
        }
    }

    /// The format that the first bytes of a file show; the name plays no part.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            #[cfg(feature = "animation")]
            [b'G', b'I', b'F', b'8', ..] => Some(Self::Gif),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Some(Self::Tiff),
            #[cfg(feature = "exr")]
            [0x76, 0x2f, 0x31, 0x01, ..] => Some(Self::Exr),
            #[cfg(feature = "avif")]
            _ if is_avif(bytes) => Some(Self::Avif),
            _ => None,
        }
    }

    /// What is wrong with a picture of a kind that is not read, by its first bytes; none for files that are no pictures.
    pub fn unread(bytes: &[u8]) -> Option<Error> {
        let Foreign { what, holds } = foreign(bytes).filter(|_| Self::sniff(bytes).is_none())?;
        // Two letters begin many a text; in a picture four bytes behind its length are zero.
        let is_text = bytes.starts_with(BMP) && bytes.get(6..10) != Some(&[0; 4]);
        (holds == Holds::Picture && !is_text).then(|| not_read(what))
    }

    /// The usual extension of a file name, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
            Self::Tiff => "tif",
            #[cfg(feature = "animation")]
            Self::Gif => "gif",
            #[cfg(feature = "exr")]
            Self::Exr => "exr",
            #[cfg(feature = "avif")]
            Self::Avif => "avif",
        }
    }

    /// As [`sniff`](Self::sniff), with an error that names what the bytes are instead.
    pub(crate) fn recognise(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Err(Error::Empty);
        }
        Self::sniff(bytes).ok_or_else(|| not_read(foreign(bytes).map_or("a file of unknown kind", |kind| kind.what)))
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
            #[cfg(feature = "animation")]
            Self::Gif => "GIF",
            #[cfg(feature = "exr")]
            Self::Exr => "OpenEXR",
            #[cfg(feature = "avif")]
            Self::Avif => "AVIF",
        })
    }
}

fn not_read(what: &str) -> Error {
    Error::unsupported(what, "convert it to PNG, JPEG, WebP or TIFF first")
}

/// Whether the first box names AVIF, moving or not, among the kinds of file that this is.
#[cfg(feature = "avif")]
fn is_avif(bytes: &[u8]) -> bool {
    let [a, b, c, d, b'f', b't', b'y', b'p', ..] = bytes else { return false };
    let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(0);
    let brands = bytes.get(8..length.min(bytes.len())).unwrap_or_default();
    brands.as_chunks::<4>().0.iter().any(|brand| matches!(brand, b"avif" | b"avis"))
}

/// A kind of file that is not read.
struct Foreign {
    what: &'static str,
    holds: Holds,
}

/// What a kind of file is for.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    /// A finished picture.
    Picture,
    /// Something else, or what pictures are made of.
    Other,
}

/// How a BMP begins.
const BMP: &[u8] = b"BM";

/// The kind of a file that is not read, from its first bytes.
fn foreign(bytes: &[u8]) -> Option<Foreign> {
    use Holds::{Other, Picture};
    let kind = |what, holds| Some(Foreign { what, holds });
    // In either byte order.
    #[cfg(feature = "film")]
    if bytes.starts_with(b"SDPX") || bytes.starts_with(b"XPDS") {
        return kind("DPX", Picture);
    }
    const STARTS: [(&[u8], &str, Holds); 19] = [
        (b"GIF8", "GIF", Picture),
        (BMP, "BMP", Picture),
        (&[0x76, 0x2f, 0x31, 0x01], "OpenEXR", Picture),
        (&[0xff, 0x0a], "JPEG XL", Picture),
        (b"\0\0\0\x0cJXL ", "JPEG XL", Picture),
        (b"\0\0\0\x0cjP  ", "JPEG 2000", Picture),
        (&[0xff, 0x4f, 0xff, 0x51], "JPEG 2000", Picture),
        (b"8BPS", "a Photoshop document (PSD)", Other),
        (b"\0\0\x01\0", "a Windows icon (ICO)", Other),
        (b"qoif", "QOI", Picture),
        (b"#?RADIANCE", "Radiance HDR", Picture),
        (b"DDS ", "a DirectDraw texture (DDS)", Other),
        (b"farbfeld", "farbfeld", Picture),
        (b"%PDF", "PDF", Other),
        (b"<svg", "SVG", Other),
        (b"<?xml", "XML or SVG", Other),
        (b"\x1aE\xdf\xa3", "a Matroska or WebM video", Other),
        (b"PK\x03\x04", "a ZIP archive", Other),
        (b"YUV4MPEG2", "a raw YUV4MPEG2 video", Other),
    ];
    if let [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] = bytes {
        return match brand.get(..4)? {
            b"avif" | b"avis" => kind("AVIF", Picture),
            b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1" => kind("HEIC", Picture),
            b"crx " => kind("a camera raw file (CR3)", Other),
            _ => kind("an MP4 or QuickTime video", Other),
        };
    }
    if let [b'P', b'1'..=b'7', b' ' | b'\n' | b'\r' | b'\t', ..] = bytes {
        return kind("a portable anymap (PBM, PGM, PPM, PAM)", Picture);
    }
    let &(_, what, holds) = STARTS.iter().find(|(start, ..)| bytes.starts_with(start))?;
    kind(what, holds)
}
