//! Pictures in and out as bytes: decoding, encoding, metadata kept. Never paths.
//!
//! [`decode`] recognises PNG, JPEG, WebP, TIFF and GIF by their first bytes and gives a [`Picture`] of upright pixels
//! at the file's own depth (8 or 16 bits) and layout; [`encode`] writes one with its metadata. The file keeps its
//! orientation tag and stored order: pixels are turned upright for the work and back for the file. A [`Document`] is
//! a file with all its pictures: the frames of a GIF, APNG or animated WebP, too. It knows beforehand what another
//! format cannot hold ([`Document::check_format`]) and what is not kept ([`Document::losses`]).
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
//! | | PNG | JPEG | WebP | TIFF | GIF |
//! | --- | --- | --- | --- | --- | --- |
//! | depth | 8, 16 | 8 | 8 | 8, 16 | 8, at most 256 colours a frame |
//! | layout | all | grey, RGB | RGB, RGBA | all | RGB, RGBA whose alpha is 0 or full |
//! | ICC, EXIF, XMP | byte for byte | byte for byte | byte for byte | each tag's value byte for byte | ICC and XMP byte for byte |
//! | frames | APNG | - | animated WebP | - | yes |
//! | the rest | colour, density, text and copyable chunks; a palette that still suffices, in its order | tables, subsampling, order of scans, restart intervals (sequential files), APP and COM segments | - | tags; byte order; plain or compressed | comments and application extensions byte for byte at their place |
//!
//! Frames are decoded to what is seen: the whole canvas after blending, with disposal, over nothing, as browsers do.
//! They are written as whole canvases, each replacing the one before, whatever parts of them the source stored: a
//! small change on a large canvas makes the file larger. Delays stay exact (an APNG's fractions, a GIF's hundredths,
//! a WebP's milliseconds; between formats they are rounded where they have to be), and so do the number of rounds,
//! transparency, and an APNG's default image that is no frame. The metadata stands in the first frame.
//!
//! A GIF's marked frames get a palette each, and error diffusion where they have more than 256 colours; equal frames
//! come out equal. A mark can leave few colours few: a PNG or frame of at most 256 colours is written without
//! loss.
//!
//! Between formats, ICC, EXIF and XMP go along; a TIFF takes and gives the descriptive, EXIF and GPS tags, and maker
//! notes that point at places in their old file lose them. A thumbnail inside EXIF stays as it was, unmarked. A profile
//! of grey is left out of a WebP, which has no grey.
//!
//! # What is not kept
//!
//! [`Document::losses`] says each of these of a file that it concerns, but for TIFF's.
//!
//! - PNG: palettes become RGB(A) when the picture has more than 256 colours, 1, 2 and 4 bit grey becomes 8 bit, a
//!   transparent colour becomes an alpha channel, interlace goes, `hIST`, `sPLT` and unknown chunks that may not be
//!   copied go. `bKGD` and `sBIT` are put into the words of the new colour type.
//! - JPEG: coefficients (it is coded again, on the same tables), the Adobe segment, a table of Cr that differs from
//!   that of Cb, unusual subsampling, restart intervals of progressive files, pictures after the first such as gain
//!   maps and previews.
//! - WebP: the lossy kind is written lossless unless [`EncodeOptions::webp_quality`] says otherwise; other chunks go.
//! - TIFF: tiles, planes and LZW become deflated strips; sub-pictures and Photoshop's layers go; a BigTIFF keeps ICC,
//!   XMP and orientation only.
//! - GIF: interlace and text to be drawn go. There is no place for EXIF; pictures are stored upright.
//! - C2PA manifests, everywhere, as the changed pixels break them: see [`Picture::has_c2pa`]. `C2pa::Keep` of
//!   [`EncodeOptions`] writes a manifest as it was into a file of the same format, with hashes that do not fit any
//!   more.
//! - 16 bits are rounded to 8 for JPEG, WebP and GIF. Transparency is refused for JPEG, partial transparency for GIF,
//!   and an animation for JPEG and TIFF.
//!
//! # What is refused
//!
//! Animations where one picture is asked for ([`decode`]), several pages, CMYK, floating point and other depths,
//! palettes and Lab in TIFF, sequential JPEGs in several scans, anything beyond [`DecodeLimits`], and every file that
//! is damaged or cut short as far as its format lets that be seen (a JPEG has no checksums: damage that decodes is
//! not noticed).
//!
//! # Features
//!
//! `animation` (default): GIF, animations, palettes and restart intervals kept, losses in words, manifests kept.
//! Without it GIF is unknown, [`Document`] reads single pictures, and [`Document::losses`] is empty.
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
mod metadata;
mod orientation;
mod picture;

#[cfg(feature = "animation")]
pub use codec::C2pa;
pub use codec::{EncodeOptions, decode, encode, encode_with};
pub use document::{Document, Kind};
pub use error::{Error, Result};
pub use format::Format;
pub use limits::DecodeLimits;
pub use orientation::Orientation;
pub use picture::{Picture, PixelData};
