//! A decoded picture: upright pixels, and what its file said besides.

use sha2::{Digest, Sha256};
use watermark_core::{ImageView, ImageViewMut, Layout, Samples, SamplesMut};

use crate::metadata::Metadata;
use crate::{Error, Format, Orientation, Result, xmp};

/// Interleaved samples, rows without padding.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PixelData {
    /// 8 bits, 0..=255.
    U8(Vec<u8>),
    /// 16 bits, 0..=65535, native order.
    U16(Vec<u16>),
    /// Floating point in the display's encoding: 0 black, 1 white, beyond both where a file goes beyond them. A
    /// scene-linear file is read into it and written from it, see the crate's page. Not there without the feature
    /// `film`.
    #[cfg(feature = "film")]
    F32(Vec<f32>),
}

impl PixelData {
    /// Number of samples.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(s) => s.len(),
            Self::U16(s) => s.len(),
            #[cfg(feature = "film")]
            Self::F32(s) => s.len(),
        }
    }

    /// Whether there are no samples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits of a sample: 8, 16 or 32.
    pub const fn bits(&self) -> u8 {
        match self {
            Self::U8(_) => 8,
            Self::U16(_) => 16,
            #[cfg(feature = "film")]
            Self::F32(_) => 32,
        }
    }
}

/// A picture as it is looked at: pixels upright whatever order its file stores them in, alpha as stored (not
/// premultiplied in most formats; premultiplied in OpenEXR and in a TIFF that says so), integers as stored (no colour
/// management). Metadata stays with it until it is written.
///
/// ```
/// use watermark_core::Layout;
/// use watermark_media::{DecodeLimits, Format, Picture, PixelData};
/// let picture = Picture::new(4, 2, Layout::Luma, PixelData::U16(vec![7; 8]))?;
/// let file = watermark_media::encode(&picture, Format::Png)?;
/// let again = watermark_media::decode(&file, &DecodeLimits::default())?;
/// assert_eq!(again.pixels(), picture.pixels());
/// assert_eq!(again.source(), Some(Format::Png));
/// # Ok::<(), watermark_media::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) layout: Layout,
    pub(crate) pixels: PixelData,
    pub(crate) source: Option<Format>,
    pub(crate) metadata: Metadata,
}

impl Picture {
    /// A picture without a file: `width` x `height` pixels of `layout`, upright.
    ///
    /// # Errors
    /// [`Error::Input`] when a side is zero or above `u32::MAX`, or the number of samples is not
    /// width x height x channels.
    pub fn new(width: usize, height: usize, layout: Layout, pixels: PixelData) -> Result<Self> {
        let needed = width.checked_mul(height).and_then(|n| n.checked_mul(layout.channels()));
        let sides = [width, height].iter().all(|&side| side > 0 && u32::try_from(side).is_ok());
        if !sides || needed != Some(pixels.len()) {
            return Err(Error::Input(format!(
                "{} samples are not {width}x{height} px of {} samples each",
                pixels.len(),
                layout.channels()
            )));
        }
        Ok(Self { width, height, layout, pixels, source: None, metadata: Metadata::default() })
    }

    /// Width of the upright picture, pixels.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height of the upright picture, pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Channels of a pixel.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The upright samples.
    pub fn pixels(&self) -> &PixelData {
        &self.pixels
    }

    /// The format it was decoded from, if it was.
    pub fn source(&self) -> Option<Format> {
        self.source
    }

    /// How the file's stored order differs from the upright one.
    pub fn orientation(&self) -> Orientation {
        #[cfg(feature = "avif")]
        if let Some(source) = &self.metadata.avif {
            return source.turn;
        }
        self.metadata.orientation
    }

    /// The ICC profile, byte for byte.
    pub fn icc(&self) -> Option<&[u8]> {
        self.metadata.icc.as_deref()
    }

    /// The EXIF block: a TIFF structure without the `Exif\0\0` that JPEG puts before it.
    pub fn exif(&self) -> Option<&[u8]> {
        self.metadata.exif.as_deref()
    }

    /// The XMP packet.
    pub fn xmp(&self) -> Option<&[u8]> {
        self.metadata.xmp.as_deref()
    }

    /// Whether the file carries a C2PA manifest (content credentials), or names one that lies elsewhere. Changed pixels
    /// break its signature, so it is not written unless that is asked for; tell the user.
    pub fn has_c2pa(&self) -> bool {
        self.metadata.c2pa || self.links_c2pa()
    }

    /// Whether the XMP names a C2PA manifest that lies elsewhere: `dcterms:provenance` with an address.
    pub fn links_c2pa(&self) -> bool {
        self.xmp().is_some_and(|packet| !xmp::links(packet).is_empty())
    }

    /// Whether its colours are multiplied by its alpha already.
    #[cfg(feature = "film")]
    pub(crate) fn premultiplied(&self) -> bool {
        #[cfg(feature = "exr")]
        if self.metadata.exr.is_some() {
            return true;
        }
        #[cfg(feature = "avif")]
        if self.metadata.avif.as_ref().is_some_and(|source| source.premultiplied()) {
            return true;
        }
        self.metadata.tiff.as_ref().is_some_and(|tiff| tiff.extra == 1)
    }

    /// The upright pixels, for detection.
    pub fn view(&self) -> ImageView<'_> {
        let samples = match &self.pixels {
            PixelData::U8(s) => Samples::U8(s),
            PixelData::U16(s) => Samples::U16(s),
            #[cfg(feature = "film")]
            PixelData::F32(s) => Samples::F32(s),
        };
        ImageView::new(self.width, self.height, self.width * self.layout.channels(), self.layout, samples)
            .expect("a picture holds width x height pixels from its construction on")
    }

    /// The upright pixels, for embedding.
    pub fn view_mut(&mut self) -> ImageViewMut<'_> {
        let (width, height, layout) = (self.width, self.height, self.layout);
        ImageViewMut::new(width, height, width * layout.channels(), layout, self.samples_mut())
            .expect("a picture holds width x height pixels from its construction on")
    }

    /// The upright samples, to be changed in place.
    pub fn samples_mut(&mut self) -> SamplesMut<'_> {
        match &mut self.pixels {
            PixelData::U8(s) => SamplesMut::U8(s),
            PixelData::U16(s) => SamplesMut::U16(s),
            #[cfg(feature = "film")]
            PixelData::F32(s) => SamplesMut::F32(s),
        }
    }

    /// SHA-256 over the upright picture: width and height as 8 bytes each, channels and bits per sample as one byte
    /// each, then the samples; all little-endian. Metadata and file format play no part.
    pub fn content_sha256(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update((self.width as u64).to_le_bytes());
        hash.update((self.height as u64).to_le_bytes());
        hash.update([self.layout.channels() as u8, self.pixels.bits()]);
        match &self.pixels {
            PixelData::U8(samples) => hash.update(samples),
            PixelData::U16(samples) => hash_samples(&mut hash, samples, |s| s.to_le_bytes()),
            #[cfg(feature = "film")]
            PixelData::F32(samples) => hash_samples(&mut hash, samples, |s| s.to_le_bytes()),
        }
        hash.finalize().into()
    }
}

/// Hashes samples as bytes, a few at a time.
fn hash_samples<T: Copy, const N: usize>(hash: &mut Sha256, samples: &[T], bytes: impl Fn(T) -> [u8; N]) {
    let mut buffer = Vec::with_capacity(4096 * N);
    for chunk in samples.chunks(4096) {
        buffer.clear();
        buffer.extend(chunk.iter().flat_map(|&sample| bytes(sample)));
        hash.update(&buffer);
    }
}
