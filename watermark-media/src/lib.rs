//! Pictures in and out as bytes: decoding, encoding, metadata kept. Never paths.
//!
//! [`decode`] recognises PNG, JPEG, WebP and TIFF by their first bytes and gives a [`Picture`] of upright pixels at
//! the file's own depth (8 or 16 bits) and layout; [`encode`] writes one with its metadata. The file keeps its
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
//! | | PNG | JPEG | WebP | TIFF |
//! | --- | --- | --- | --- | --- |
//! | depth | 8, 16 | 8 | 8 | 8, 16 |
//! | layout | all | grey, RGB | RGB, RGBA | all |
//! | ICC, EXIF, XMP | byte for byte | byte for byte | byte for byte | each tag's value byte for byte |
//! | the rest | colour, density, text and copyable chunks | tables, subsampling, order of scans, APP and COM segments | - | tags; byte order; plain or compressed |
//!
//! Between formats, ICC, EXIF and XMP go along; a TIFF takes and gives the descriptive, EXIF and GPS tags, and maker
//! notes that point at places in their old file lose them. A thumbnail inside EXIF stays as it was, unmarked. A profile
//! of grey is left out of a WebP, which has no grey.
//!
//! # What is not kept
//!
//! - PNG: palettes become RGB(A), 1, 2 and 4 bit grey becomes 8 bit, interlace goes.
//! - JPEG: coefficients (it is coded again, on the same tables), the Adobe segment, restart intervals, pictures after
//!   the first such as gain maps and previews.
//! - WebP: the lossy kind is written lossless unless [`EncodeOptions::webp_quality`] says otherwise; other chunks go.
//! - TIFF: tiles, planes and LZW become deflated strips; sub-pictures and Photoshop's layers go; a BigTIFF keeps ICC,
//!   XMP and orientation only.
//! - C2PA manifests, everywhere, as the changed pixels break them: see [`Picture::has_c2pa`].
//! - 16 bits are rounded to 8 for JPEG and WebP. Transparency is refused for JPEG.
//!
//! # What is refused
//!
//! Animations, several pages, CMYK, floating point and other depths, palettes and Lab in TIFF, sequential JPEGs in
//! several scans, anything beyond [`DecodeLimits`], and every file that is damaged or cut short as far as its format
//! lets that be seen (a JPEG has no checksums: damage that decodes is not noticed).
//!
//! # Features
//!
//! `webp-native` (default): WebP is written by libwebp, which is C. Without it everything is Rust, builds for wasm32,
//! decodes to the same pixels, and writes lossless WebP only.

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
