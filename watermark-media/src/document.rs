//! A picture file as a whole: its pictures, and all that stays with them.
//!
//! Most files hold one picture; an animation holds frames, a TIFF may hold pages. Whoever marks a file marks every
//! picture of it and writes the document again.

use sha2::{Digest, Sha256};

#[cfg(feature = "animation")]
use crate::codec::animation::Animation;
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
    /// Delays, rounds, and what belongs to no frame.
    #[cfg(feature = "animation")]
    Animation(Box<Animation>),
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
        #[cfg(feature = "animation")]
        if let Some((pictures, animation)) = codec::animation::decode(bytes, limits)? {
            return Ok(Self { pictures, rest: Rest::Animation(Box::new(animation)) });
        }
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
            #[cfg(feature = "animation")]
            Rest::Animation(_) => Kind::Animation,
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

    /// The pictures alone.
    pub fn into_pictures(self) -> Vec<Picture> {
        self.pictures
    }

    /// Whether the file carries or names a C2PA manifest, see [`Picture::has_c2pa`].
    pub fn has_c2pa(&self) -> bool {
        self.pictures.iter().any(Picture::has_c2pa)
    }

    /// Whether the file names a C2PA manifest that lies elsewhere, see [`Picture::links_c2pa`].
    pub fn links_c2pa(&self) -> bool {
        self.pictures.iter().any(Picture::links_c2pa)
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
    /// [`Error::CannotHold`], which names what would be lost and the way out; [`Error::Limit`] when a side is beyond
    /// the format's.
    pub fn check_format(&self, format: Format) -> Result<()> {
        #[cfg(feature = "animation")]
        codec::losses::check(&self.pictures, self.animation(), format)?;
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
    /// becomes RGB, for one. Empty when nothing is lost, and in builds without the feature `animation`. The pixels are
    /// looked at as they are now: asked after marking, it knows how many colours the mark has made.
    pub fn losses(&self, format: Format) -> Vec<String> {
        let mut losses = Vec::new();
        #[cfg(feature = "animation")]
        losses.extend(codec::losses::list(&self.pictures, self.animation(), format));
        #[cfg(feature = "film")]
        for (page, picture) in self.pictures.iter().enumerate() {
            let of_page = |loss| if self.kind() == Kind::Pages { format!("page {}: {loss}", page + 1) } else { loss };
            losses.extend(codec::losses(picture, format).into_iter().map(of_page));
        }
        let _ = (format, &mut losses);
        losses
    }

    /// How long each frame of an animation is seen, milliseconds; nothing for other kinds. Zero is what the file says:
    /// browsers show such frames for 100 ms.
    pub fn delays_ms(&self) -> Option<Vec<f64>> {
        #[cfg(feature = "animation")]
        if let Some(animation) = self.animation() {
            return Some(animation.delays.iter().map(|delay| delay.milliseconds()).collect());
        }
        None
    }

    /// How often an animation is played, 0 for ever; nothing for other kinds.
    pub fn plays(&self) -> Option<u32> {
        #[cfg(feature = "animation")]
        if let Some(animation) = self.animation() {
            return Some(animation.plays);
        }
        None
    }

    /// With what was noted about its file, which stands in the first picture.
    #[cfg(all(feature = "animation", feature = "film"))]
    pub(crate) fn with_notes(mut self, notes: codec::Notes) -> Self {
        if let Some(first) = self.pictures.first_mut() {
            first.metadata.notes = notes;
        }
        self
    }

    #[cfg(feature = "animation")]
    fn animation(&self) -> Option<&Animation> {
        match &self.rest {
            Rest::Animation(animation) => Some(animation),
            _ => None,
        }
    }

    /// Writes the file with all its pictures and all else it had.
    ///
    /// # Errors
    /// As [`encode_with`](crate::encode_with), and [`Error::Input`] when the frames of an animation are not alike in
    /// size, layout and depth any more.
    pub fn encode(&self, format: Format, options: &EncodeOptions) -> Result<Vec<u8>> {
        match (&self.rest, self.pictures.as_slice()) {
            #[cfg(feature = "animation")]
            (Rest::Animation(animation), frames) => codec::animation::encode(frames, animation, format, options),
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
