//! Pictures in and out as bytes: decoding, encoding, metadata kept. Never paths.
//!
//! [`decode`] recognises PNG, JPEG, WebP, TIFF and OpenEXR by their first bytes and gives a [`Picture`] of upright pixels
//! at the file's own depth (8 or 16 bits, or floating point) and layout; [`encode`] writes one with its metadata.
//! [`Document`] does the same for files of several pictures. The file keeps its
//! orientation tag and stored order: pixels are turned upright for the work and back for the file.
//!
//! ```
//! use watermark_core::Layout;
//! use watermark_media::{DecodeLimits, Format, Picture, PixelData, decode, encode};
//!
//! # let source = Picture::new(64, 48, Layout::Rgb, PixelData::U8(vec![90; 64 * 48 * 3]))?;
//! # let file = encode(&source, Format::Jpeg)?;
//! let mut picture = decode(&file, &DecodeLimits::default())?;
//! let pixels = picture.view_mut(); // for the embedder
//! # let _ = pixels;
//! let marked = encode(&picture, Format::Jpeg)?;
//! # assert_eq!(Format::sniff(&marked), Some(Format::Jpeg));
//! # Ok::<(), watermark_media::Error>(())
//! ```
//!
//! # What is kept
//!
//! | | PNG | JPEG | WebP | TIFF | OpenEXR |
//! | --- | --- | --- | --- | --- | --- |
//! | depth | 8, 16 | 8 | 8 | 8, 16; half, float | half, float |
//! | layout | all | grey, RGB | RGB, RGBA | all | all |
//! | ICC, EXIF, XMP | byte for byte | byte for byte | byte for byte | each tag's value byte for byte | - |
//! | the rest | colour, density, text and copyable chunks | tables, subsampling, order of scans, APP and COM segments | - | pages; tags; byte order, BigTIFF; none, LZW, deflate or PackBits, with its predictor; channels beyond alpha | headers byte for byte; every other layer, part and channel; compression, tiles, line order |
//!
//! Between formats, ICC, EXIF and XMP go along; a TIFF takes and gives the descriptive, EXIF and GPS tags, and maker
//! notes that point at places in their old file lose them. A thumbnail inside EXIF stays as it was, unmarked. A profile
//! of grey is left out of a WebP, which has no grey.
//!
//! # Light
//!
//! Floating-point files hold scene-linear light. It is worked on as [`PixelData::F32`] in the display's encoding: sRGB's
//! curve up to white, above white a logarithm that goes on with the curve's slope, so that a highlight of 40.0 changes by
//! the same small share of its value as white does; below black the curve is mirrored. Samples that the mark does not
//! change keep their bits, samples that are no numbers keep theirs and count as 0, alpha is never changed, and light that
//! was not negative does not become negative. Where colour is multiplied by alpha, which is the rule in OpenEXR and said
//! in a TIFF by ExtraSamples 1, the mark is multiplied too; where alpha is 0 nothing changes, a glow without alpha
//! included. (Integers that are multiplied by alpha take the mark in full.)
//!
//! In an OpenEXR the colour of one layer is marked: `R`, `G`, `B` without a prefix in the first part that has them, else
//! `Y`, else the first layer with a prefix. **Other beauty layers, other views and the small preview in the header stay as
//! they are, unmarked.** For losslessness the source's bytes stay with the picture until it is written.
//!
//! # Pages
//!
//! Every page of a TIFF is a picture of [`Document`] and is to be marked. A page that is a smaller copy of another is one
//! too, and is left out if it has less than 128 px on a side; a transparency mask is left out; [`Document::losses`] says
//! so. A page of a kind that is not read is an error that names the page.
//!
//! # What is not kept
//!
//! - PNG: palettes become RGB(A), 1, 2 and 4 bit grey becomes 8 bit, interlace goes.
//! - JPEG: coefficients (it is coded again, on the same tables), the Adobe segment, restart intervals, pictures after
//!   the first such as gain maps and previews.
//! - WebP: the lossy kind is written lossless unless [`EncodeOptions::webp_quality`] says otherwise; other chunks go.
//! - TIFF: tiles become strips, planes interleaved samples, other compressions deflate; sub-pictures and Photoshop's
//!   layers go.
//! - OpenEXR: PXR24 and B44 compress the marked layer again, which may change its other channels a little.
//! - C2PA manifests, everywhere, as the changed pixels break them: see [`Picture::has_c2pa`].
//! - 16 bits are rounded to 8 for JPEG and WebP. Transparency is refused for JPEG. Floating point is refused for all but
//!   TIFF and OpenEXR, integers for OpenEXR: how light is to be shown is not for this crate to choose.
//!
//! # What is refused
//!
//! Animations, several pages by [`decode`] (see [`Document`]), CMYK, other depths, palettes and Lab in TIFF, sequential
//! JPEGs in several scans, OpenEXR with deep samples, mipmaps, luminance and chroma, or DWA and HTJ2K compression, DPX (no
//! maintained Rust library of it was found in November 2026: make a 16 bit TIFF or an OpenEXR of it), anything beyond [`DecodeLimits`], and every file that is damaged or cut short as far as its format
//! lets that be seen (a JPEG has no checksums: damage that decodes is not noticed).
//!
//! # Features
//!
//! - `webp-native` (default): WebP is written by libwebp, which is C. Without it everything is Rust, builds for wasm32,
//!   decodes to the same pixels, and writes lossless WebP only.
//! - `film` (default): floating point, pages, channels beyond alpha, and all tags of a BigTIFF. Without it such a TIFF is
//!   refused, and a BigTIFF becomes an ordinary one with its profile, XMP and orientation.
//! - `exr` (default, brings `film`): OpenEXR. Without it such a file is not supported.

mod codec;
mod convert;
mod document;
mod error;
mod exif;
mod format;
mod limits;
#[cfg(feature = "film")]
mod linear;
mod metadata;
mod orientation;
mod picture;

pub use codec::{EncodeOptions, decode, encode, encode_with};
pub use document::{Document, Kind};
pub use error::{Error, Result};
pub use format::Format;
pub use limits::DecodeLimits;
pub use orientation::Orientation;
pub use picture::{Picture, PixelData};
