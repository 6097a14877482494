//! What a registry keeps of a picture: a thumbnail to look at and to align suspects with, and a hash to find similar
//! pictures by. Both come from one pass over the picture.

mod hash;
mod thumbnail;

pub use hash::PerceptualHash;
pub use thumbnail::{Thumbnail, ThumbnailError, preview};

use watermark_core::ImageView;
use watermark_media::Picture;

use crate::shrink::Small;

/// A thumbnail and a hash.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fingerprint {
    /// Small colour copy.
    pub thumbnail: Thumbnail,
    /// Hash of the coarse luma.
    pub hash: PerceptualHash,
}

/// Thumbnail and hash of a picture, alpha laid over mid grey.
///
/// # Errors
/// [`ThumbnailError::Encode`] when the encoder fails, which no picture is known to do.
pub fn fingerprint(picture: &Picture) -> Result<Fingerprint, ThumbnailError> {
    Fingerprint::of(&picture.view())
}

impl Fingerprint {
    /// Thumbnail and hash of pixels.
    ///
    /// # Errors
    /// As [`fingerprint()`].
    pub fn of(image: &ImageView<'_>) -> Result<Self, ThumbnailError> {
        let (width, height) = thumbnail::sides(image.width(), image.height(), thumbnail::LONG_SIDE);
        let small = Small::new(image, width, height);
        Ok(Self { hash: PerceptualHash::of_small(&small), thumbnail: Thumbnail::of_small(&small)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::{Layout, Samples};

    #[test]
    fn depth_and_layout_change_nothing() {
        let grey: Vec<u8> = (0..200 * 120_u32).map(|i| ((i % 200) / 2 + (i / 200) % 40 * 3) as u8).collect();
        let rgba: Vec<u16> = grey.iter().flat_map(|&l| [u16::from(l) * 257; 3].into_iter().chain([65_535])).collect();
        let one = ImageView::new(200, 120, 200, Layout::Luma, Samples::U8(&grey)).unwrap();
        let four = ImageView::new(200, 120, 800, Layout::Rgba, Samples::U16(&rgba)).unwrap();
        let (one, four) = (Fingerprint::of(&one).unwrap(), Fingerprint::of(&four).unwrap());
        assert_eq!(one.hash, four.hash);
        assert_eq!((one.thumbnail.width(), one.thumbnail.height()), (96, 58));
        assert_eq!(one.thumbnail.to_bytes(), four.thumbnail.to_bytes());
    }
}
