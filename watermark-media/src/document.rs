//! A picture file as a whole: its pictures, and all that stays with them.
//!
//! Most files hold one picture; an animation holds frames, a TIFF may hold pages. Whoever marks a file marks every
//! picture of it and writes the document again.

use sha2::{Digest, Sha256};

use crate::{DecodeLimits, EncodeOptions, Error, Format, Picture, Result, codec};

/// What the pictures of a document are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// One picture.
    Single,
    /// Frames of an animation, each as it is seen: the whole canvas, whatever part of it the file stores.
    Animation,
    /// Pages of one file, each with a size of its own.
    Pages,
}

/// A decoded file.
///
/// ```
/// use watermark_core::Layout;
/// use watermark_media::{DecodeLimits, Document, EncodeOptions, Format, Kind, Picture, PixelData};
/// let picture = Picture::new(8, 8, Layout::Rgb, PixelData::U8(vec![90; 192]))?;
/// let file = Document::from(picture).encode(Format::Png, &EncodeOptions::default())?;
/// let mut document = Document::decode(&file, &DecodeLimits::default())?;
/// assert_eq!((document.format(), document.kind()), (Some(Format::Png), Kind::Single));
/// for picture in document.pictures_mut() {
///     let pixels = picture.view_mut(); // for the embedder
///     # let _ = pixels;
/// }
/// # Ok::<(), watermark_media::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Document {
    pub(crate) pictures: Vec<Picture>,
    pub(crate) rest: Rest,
}

/// What a document has besides its pictures.
#[derive(Debug, Clone)]
pub(crate) enum Rest {
    /// Nothing: all there is stands in the picture.
    Single,
    /// Pages of a TIFF, with their tags.
    #[cfg(feature = "film")]
    Pages,
}

impl From<Picture> for Document {
    fn from(picture: Picture) -> Self {
        Self { pictures: vec![picture], rest: Rest::Single }
    }
}

impl Document {
    /// Reads a file. The limits hold for each picture, that on bytes for all pictures together.
    ///
    /// # Errors
    /// As [`decode`](crate::decode), but several pictures are no error.
    pub fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Self> {
        codec::decode_document(bytes, limits)
    }

    /// The format it was decoded from, if it was.
    pub fn format(&self) -> Option<Format> {
        self.pictures.first().and_then(Picture::source)
    }

    /// What its pictures are to each other.
    pub fn kind(&self) -> Kind {
        match self.rest {
            Rest::Single => Kind::Single,
            #[cfg(feature = "film")]
            Rest::Pages => Kind::Pages,
        }
    }

    /// The pictures, one at least.
    pub fn pictures(&self) -> &[Picture] {
        &self.pictures
    }

    /// The pictures, to be changed in place.
    pub fn pictures_mut(&mut self) -> &mut [Picture] {
        &mut self.pictures
    }

    /// Whether the file carries a C2PA manifest, see [`Picture::has_c2pa`].
    pub fn has_c2pa(&self) -> bool {
        self.pictures.iter().any(Picture::has_c2pa)
    }

    /// SHA-256 over the upright pixels: that of a single picture, or of the hashes of several, one after the other.
    pub fn content_sha256(&self) -> [u8; 32] {
        match self.pictures.as_slice() {
            [picture] => picture.content_sha256(),
            pictures => {
                let mut hash = Sha256::new();
                pictures.iter().for_each(|picture| hash.update(picture.content_sha256()));
                hash.finalize().into()
            }
        }
    }

    /// Whether `format` can hold the document; to be asked before any work on it.
    ///
    /// # Errors
    /// [`Error::CannotHold`], which names what would be lost and the way out.
    pub fn check_format(&self, format: Format) -> Result<()> {
        #[cfg(feature = "film")]
        {
            if matches!(self.rest, Rest::Pages) && format != Format::Tiff {
                let way_out = "write a TIFF, or extract the page you want first";
                return Err(Error::CannotHold { format, what: "several pages", way_out });
            }
            self.pictures.iter().try_for_each(|picture| codec::check_samples(picture, format))?;
        }
        let _ = format;
        Ok(())
    }

    /// What of the file will not be kept when it is written as `format`, in sentences for the user: a palette that
    /// becomes RGB, for one. Empty when nothing is lost.
    pub fn losses(&self, format: Format) -> Vec<String> {
        let mut losses = Vec::new();
        #[cfg(feature = "film")]
        for (page, picture) in self.pictures.iter().enumerate() {
            let of_page = |loss| if self.pictures.len() > 1 { format!("page {}: {loss}", page + 1) } else { loss };
            losses.extend(codec::losses(picture, format).into_iter().map(of_page));
        }
        let _ = (format, &mut losses);
        losses
    }

    /// Writes the file with all its pictures and all else it had.
    ///
    /// # Errors
    /// As [`encode_with`](crate::encode_with).
    pub fn encode(&self, format: Format, options: &EncodeOptions) -> Result<Vec<u8>> {
        match (&self.rest, self.pictures.as_slice()) {
            (Rest::Single, [picture]) => codec::encode_with(picture, format, options),
            #[cfg(feature = "film")]
            (Rest::Pages, pictures) => {
                self.check_format(format)?;
                codec::encode_pages(pictures, options)
            }
            _ => Err(Error::encode(format, "the document lost its picture")),
        }
    }
}
