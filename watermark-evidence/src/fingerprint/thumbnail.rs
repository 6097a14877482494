//! The thumbnail of a registered original: a JPEG of about 3 kB.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use watermark_core::ImageView;
use watermark_media::{DecodeLimits, Format, Picture, decode};

use crate::shrink::Small;

/// Longest side, pixels.
pub(crate) const LONG_SIDE: usize = 96;
/// Long strips get more, so that their short side keeps this many pixels, if the long one stays below [`MOST_SIDE`].
const SHORT_SIDE: usize = 24;
/// No thumbnail is longer.
const MOST_SIDE: usize = 384;
/// Qualities that are tried, the best first, until the file is small enough.
const QUALITIES: [u8; 4] = [85, 75, 60, 40];
/// Bytes to stay below, if one of the qualities does.
const WANTED_BYTES: usize = 4_096;
/// More bytes than any thumbnail has. What claims to be one and is longer is damaged.
const MOST_BYTES: usize = 65_536;

/// A small colour copy of a picture, with its JPEG.
#[derive(Debug, Clone, PartialEq)]
pub struct Thumbnail {
    pub(crate) small: Small,
    bytes: Vec<u8>,
}

/// Why there is no thumbnail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThumbnailError {
    /// The stored bytes are no thumbnail: the database was damaged or changed.
    #[error("the stored thumbnail is damaged ({0}); restore the registry from a backup")]
    Damaged(String),
    /// The encoder failed; a fault of ours or of a dependency.
    #[error("writing the thumbnail failed: {0}")]
    Encode(String),
}

impl Thumbnail {
    /// A thumbnail of `long_side` pixels, for studies of other sizes than the one that [`fingerprint`](crate::fingerprint())
    /// makes. At most 384.
    ///
    /// # Errors
    /// [`ThumbnailError::Encode`], as there.
    pub fn with_long_side(image: &ImageView<'_>, long_side: usize) -> Result<Self, ThumbnailError> {
        let (width, height) = sides(image.width(), image.height(), long_side.clamp(1, MOST_SIDE));
        Self::of_small(&Small::new(image, width, height))
    }

    pub(crate) fn of_small(small: &Small) -> Result<Self, ThumbnailError> {
        // A pixel more needs a bit more: larger thumbnails of studies are given the same quality.
        let wanted = WANTED_BYTES.max(small.pixels.len() * WANTED_BYTES / (LONG_SIDE * LONG_SIDE));
        let mut bytes = Vec::new();
        for quality in QUALITIES {
            bytes = jpeg(small, quality).map_err(ThumbnailError::Encode)?;
            if bytes.len() <= wanted {
                break;
            }
        }
        // What is compared is what will be read, not what was written.
        Self::from_bytes(&bytes)
    }

    /// The JPEG.
    pub fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Reads what [`Self::to_bytes`] gave. The bytes may be anything.
    ///
    /// # Errors
    /// [`ThumbnailError::Damaged`] when they are not a small JPEG.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ThumbnailError> {
        let damaged = |what: &dyn std::fmt::Display| ThumbnailError::Damaged(what.to_string());
        if bytes.len() > MOST_BYTES {
            return Err(damaged(&format!("{} bytes, at most {MOST_BYTES} are expected", bytes.len())));
        }
        if Format::sniff(bytes) != Some(Format::Jpeg) {
            return Err(damaged(&"not a JPEG"));
        }
        let mut limits = DecodeLimits::default();
        limits.max_side = MOST_SIDE as u32;
        let picture: Picture = decode(bytes, &limits).map_err(|error| damaged(&error))?;
        let small = Small::new(&picture.view(), picture.width(), picture.height());
        Ok(Self { small, bytes: bytes.to_vec() })
    }

    /// Width in pixels.
    pub fn width(&self) -> usize {
        self.small.width
    }

    /// Height in pixels.
    pub fn height(&self) -> usize {
        self.small.height
    }

    /// A `data:` address for a page of HTML.
    pub fn to_data_uri(&self) -> String {
        data_uri(&self.bytes)
    }
}

/// A preview of a picture for the report: a JPEG as a `data:` address, at most `longest` pixels on its longer side.
///
/// # Errors
/// [`ThumbnailError::Encode`] when the encoder fails.
pub fn preview(image: &ImageView<'_>, longest: usize) -> Result<String, ThumbnailError> {
    let (width, height) = scaled(image.width(), image.height(), longest.clamp(1, 4_096));
    let small = Small::new(image, width, height);
    Ok(data_uri(&jpeg(&small, 82).map_err(ThumbnailError::Encode)?))
}

fn data_uri(jpeg: &[u8]) -> String {
    format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))
}

/// Sides of the thumbnail of a picture. Small pictures are not enlarged.
pub(crate) fn sides(width: usize, height: usize, long_side: usize) -> (usize, usize) {
    let (long, short) = (width.max(height), width.min(height).max(1));
    scaled(width, height, long_side.max((SHORT_SIDE * long / short).min(MOST_SIDE)))
}

fn scaled(width: usize, height: usize, longest: usize) -> (usize, usize) {
    let long = width.max(height).max(1);
    let to = longest.min(long);
    let side = |side: usize| ((side * to * 2 + long) / (2 * long)).max(1);
    (side(width), side(height))
}

fn jpeg(small: &Small, quality: u8) -> Result<Vec<u8>, String> {
    let side = |side: usize| u16::try_from(side).map_err(|error| error.to_string());
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    let pixels = small.to_rgb8();
    encoder
        .encode(&pixels, side(small.width)?, side(small.height)?, ColorType::Rgb)
        .map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::{Layout, Samples};

    fn view_of(pixels: &[u8], width: usize) -> ImageView<'_> {
        let height = pixels.len() / 3 / width;
        ImageView::new(width, height, width * 3, Layout::Rgb, Samples::U8(pixels)).unwrap()
    }

    fn noise(width: usize, height: usize) -> Vec<u8> {
        (0..width * height * 3).map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 24) as u8).collect()
    }

    #[test]
    fn sides_keep_shape_and_strips_keep_a_width() {
        assert_eq!(sides(3000, 2000, LONG_SIDE), (96, 64));
        assert_eq!(sides(50, 20, LONG_SIDE), (50, 20));
        assert_eq!(sides(800, 8000, LONG_SIDE), (24, 240));
        assert_eq!(sides(800, 80_000, LONG_SIDE), (4, 384));
        assert_eq!(sides(1, 100_000, LONG_SIDE), (1, 384));
    }

    #[test]
    fn thumbnails_are_small_and_come_back() {
        for (width, height) in [(300, 200), (200, 2000), (1, 1), (7, 900)] {
            let pixels = noise(width, height);
            let thumbnail = Thumbnail::with_long_side(&view_of(&pixels, width), LONG_SIDE).unwrap();
            assert!(thumbnail.to_bytes().len() <= 8_192, "{}", thumbnail.to_bytes().len());
            assert_eq!(Thumbnail::from_bytes(thumbnail.to_bytes()).unwrap(), thumbnail);
            assert!(thumbnail.to_data_uri().starts_with("data:image/jpeg;base64,/9j/"));
        }
    }

    #[test]
    fn damaged_bytes_are_refused_and_never_more() {
        let pixels = noise(120, 90);
        let bytes = Thumbnail::with_long_side(&view_of(&pixels, 120), LONG_SIDE).unwrap().to_bytes().to_vec();
        for length in 0..bytes.len() - 2 {
            assert!(Thumbnail::from_bytes(&bytes[..length]).is_err() || length > bytes.len() / 2, "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x55;
            if let Ok(read) = Thumbnail::from_bytes(&changed) {
                assert!(read.width() <= MOST_SIDE && read.height() <= MOST_SIDE);
            }
        }
        let long = [bytes, vec![0; MOST_BYTES]].concat();
        assert!(Thumbnail::from_bytes(&long).unwrap_err().to_string().contains("65536"));
        assert!(Thumbnail::from_bytes(b"GIF89a").is_err());
    }

    #[test]
    fn previews_are_no_longer_than_asked_for() {
        let pixels = noise(120, 90);
        let uri = preview(&view_of(&pixels, 120), 48).unwrap();
        let jpeg = STANDARD.decode(uri.trim_start_matches("data:image/jpeg;base64,")).unwrap();
        let picture = decode(&jpeg, &DecodeLimits::default()).unwrap();
        assert_eq!((picture.width(), picture.height()), (48, 36));
    }
}
