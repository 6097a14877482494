//! What a file says besides its pixels.

use std::borrow::Cow;
#[cfg(feature = "film")]
use std::sync::Arc;

use watermark_core::Layout;

use crate::{Format, Orientation, Picture, PixelData, Result, exif};

/// Carried from the file that was read to the one that is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    pub(crate) icc: Option<Vec<u8>>,
    /// A TIFF structure, as in JPEG after `Exif\0\0`.
    pub(crate) exif: Option<Vec<u8>>,
    pub(crate) xmp: Option<Vec<u8>>,
    pub(crate) orientation: Orientation,
    /// There was a manifest in the file; it is not kept unless that is asked for.
    pub(crate) c2pa: bool,
    pub(crate) png: Option<PngChunks>,
    pub(crate) jpeg: Option<JpegSource>,
    pub(crate) tiff: Option<TiffSource>,
    #[cfg(feature = "exr")]
    pub(crate) exr: Option<crate::codec::ExrSource>,
    #[cfg(feature = "avif")]
    pub(crate) avif: Option<Box<crate::codec::AvifSource>>,
    #[cfg(feature = "animation")]
    pub(crate) gif: Option<GifSource>,
    #[cfg(feature = "animation")]
    pub(crate) notes: crate::codec::Notes,
}

/// What a GIF source had besides its frames.
#[cfg(feature = "animation")]
#[derive(Debug, Clone, Default)]
pub(crate) struct GifSource {
    /// Comments and application extensions with all their bytes, each with the number of the frame it stands before.
    pub(crate) extensions: Vec<(usize, Vec<u8>)>,
    /// Whether a frame waits for the user.
    pub(crate) awaits_user: Vec<bool>,
    /// The pixel's aspect as it stands in the file; 0 for square ones.
    pub(crate) aspect: u8,
}

/// Chunks of a PNG source, type and data, that are written again as they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct PngChunks {
    pub(crate) before: Vec<([u8; 4], Vec<u8>)>,
    pub(crate) after: Vec<([u8; 4], Vec<u8>)>,
}

/// How a JPEG source was written.
#[derive(Debug, Clone)]
pub(crate) struct JpegSource {
    /// Marker and data of the segments that are written again as they are.
    pub(crate) segments: Vec<(u8, Vec<u8>)>,
    /// Quantisation of luma and chroma, natural order.
    pub(crate) tables: Option<[[u16; 64]; 2]>,
    /// Luma samples to one chroma sample, across and down.
    pub(crate) sampling: (u8, u8),
    pub(crate) progressive: bool,
}

/// How a TIFF source was written.
#[derive(Debug, Clone)]
pub(crate) struct TiffSource {
    /// Every tag that is not about the storage of pixels.
    pub(crate) block: exif::Block,
    /// The compression tag; one that is not written becomes deflate.
    pub(crate) compression: u16,
    /// What the fourth (or second) sample is: 1 premultiplied alpha, 2 alpha, 0 not said.
    pub(crate) extra: u16,
    #[cfg(feature = "film")]
    pub(crate) film: TiffFilm,
}

/// What a TIFF from a compositor or a scanner has besides.
#[cfg(feature = "film")]
#[derive(Debug, Clone, Default)]
pub(crate) struct TiffFilm {
    /// A BigTIFF.
    pub(crate) wide: bool,
    /// The predictor tag.
    pub(crate) predictor: u16,
    /// The tag that says whether this is a page, a preview or a mask.
    pub(crate) subfile: u32,
    /// Scene-linear samples as the file has them, stored order: 32 bits, or the bits of half precision as 16 bits.
    pub(crate) linear: Option<Arc<PixelData>>,
    /// The channels beyond colour and alpha, stored order: what the tag says of each, and their samples.
    pub(crate) spare: Option<Arc<(Vec<u16>, PixelData)>>,
    /// What is not kept, for the user.
    pub(crate) losses: Vec<String>,
}

/// Pixels in the order in which they are to be written.
pub(crate) struct Stored<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Cow<'a, PixelData>,
}

/// Samples of one kind after a turn, as samples of any kind.
fn turned<T>(
    (samples, width, height): (Vec<T>, usize, usize),
    kind: impl Fn(Vec<T>) -> PixelData,
) -> (PixelData, usize, usize) {
    (kind(samples), width, height)
}

impl Picture {
    /// A picture from a file's stored pixels; the orientation is taken from the EXIF block if there is one.
    pub(crate) fn upright(
        width: usize,
        height: usize,
        layout: Layout,
        pixels: PixelData,
        source: Format,
        mut metadata: Metadata,
    ) -> Result<Self> {
        if let Some(exif) = &metadata.exif {
            metadata.orientation = exif::orientation(exif);
        }
        Self::turned_by(metadata.orientation, width, height, layout, pixels, source, metadata)
    }

    /// A picture from a file's stored pixels, which are to be turned so.
    pub(crate) fn turned_by(
        orientation: Orientation,
        width: usize,
        height: usize,
        layout: Layout,
        pixels: PixelData,
        source: Format,
        metadata: Metadata,
    ) -> Result<Self> {
        let channels = layout.channels();
        let (pixels, width, height) = match pixels {
            PixelData::U8(samples) => turned(orientation.upright(samples, width, height, channels), PixelData::U8),
            PixelData::U16(samples) => turned(orientation.upright(samples, width, height, channels), PixelData::U16),
            #[cfg(feature = "film")]
            PixelData::F32(samples) => turned(orientation.upright(samples, width, height, channels), PixelData::F32),
        };
        let picture = Self::new(width, height, layout, pixels)?;
        Ok(Self { source: Some(source), metadata, ..picture })
    }

    /// The pixels as they are to be written: in the source's order. The EXIF block that says so is always written too.
    pub(crate) fn stored(&self) -> Stored<'_> {
        self.stored_by(self.metadata.orientation)
    }

    /// The pixels in the order from which they are turned so.
    pub(crate) fn stored_by(&self, orientation: Orientation) -> Stored<'_> {
        let (pixels, width, height) = if orientation.exif() == 1 {
            (Cow::Borrowed(&self.pixels), self.width, self.height)
        } else {
            let (width, height, channels) = (self.width, self.height, self.layout.channels());
            let (pixels, width, height) = match &self.pixels {
                PixelData::U8(samples) => turned(orientation.stored(samples, width, height, channels), PixelData::U8),
                PixelData::U16(samples) => turned(orientation.stored(samples, width, height, channels), PixelData::U16),
                #[cfg(feature = "film")]
                PixelData::F32(samples) => turned(orientation.stored(samples, width, height, channels), PixelData::F32),
            };
            (Cow::Owned(pixels), width, height)
        };
        // `Picture::new` accepts no side beyond 32 bits.
        Stored { width: width as u32, height: height as u32, pixels }
    }
}
