//! Pictures in and out as bytes: decoding, encoding, metadata kept. Never paths.
//!
//! [`decode`] recognises PNG, JPEG, WebP, TIFF, GIF, OpenEXR and, where it is built in, AVIF by their first bytes and gives a [`Picture`] of upright
//! pixels at the file's own depth (8 or 16 bits, or floating point) and layout; [`encode`] writes one with its metadata.
//! The file keeps its orientation tag and stored order: pixels are turned upright for the work and back for the file. A
//! [`Document`] is a file with all its pictures: the frames of a GIF, APNG or animated WebP, the pages of a TIFF. It
//! knows beforehand what another format cannot hold ([`Document::check_format`]) and what is not kept
//! ([`Document::losses`]).
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
//! | | PNG | JPEG | WebP | TIFF | GIF | OpenEXR |
//! | --- | --- | --- | --- | --- | --- | --- |
//! | depth | 8, 16 | 8 | 8 | 8, 16; half, float | 8, at most 256 colours a frame | half, float |
//! | layout | all | grey, RGB | RGB, RGBA | all | RGB, RGBA whose alpha is 0 or full | all |
//! | ICC, EXIF, XMP | byte for byte | byte for byte | byte for byte | each tag's value byte for byte | ICC and XMP byte for byte | - |
//! | frames, pages | APNG | - | animated WebP | pages | frames | - |
//! | the rest | colour, density, text and copyable chunks; a palette that still suffices, in its order | tables, subsampling, order of scans, restart intervals (sequential files), APP and COM segments | - | tags; byte order, BigTIFF; none, LZW, deflate or PackBits, with its predictor; channels beyond alpha | comments and application extensions byte for byte at their place | headers byte for byte; every other layer, part and channel; compression, tiles, line order |
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
//! An AVIF (feature `avif`) is read and written with 8, 10 or 12 bits a sample (10 and 12 as 16 bits here), grey or in
//! colours, with the subsampling, range and CICP numbers that it had, its profile, XMP and EXIF item byte for byte, its
//! turns, aspect, clean aperture and what it says of light, and its alpha as it is coded. Its quantiser is about the
//! source's. 16 bits of other sources become 10, and their alpha may be a step off: rav1e has no lossless mode.
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
//! [`Document::losses`] says each of these of a file that it concerns, but for TIFF's.
//!
//! - PNG: palettes become RGB(A) when the picture has more than 256 colours, 1, 2 and 4 bit grey becomes 8 bit, a
//!   transparent colour becomes an alpha channel, interlace goes, `hIST`, `sPLT` and unknown chunks that may not be
//!   copied go. `bKGD` and `sBIT` are put into the words of the new colour type. Bytes after the end go.
//! - JPEG: coefficients (it is coded again, on the same tables), the Adobe segment, a table of Cr that differs from
//!   that of Cb, unusual subsampling, restart intervals of progressive files, pictures after the first such as gain
//!   maps and previews, bytes after the end.
//! - WebP: the lossy kind is coded again, about as finely as it was: its quality is estimated from its quantisers.
//!   Builds without `webp-native` write it lossless. Other chunks go.
//! - TIFF: tiles become strips, planes interleaved samples, other compressions deflate; sub-pictures and Photoshop's
//!   layers go.
//! - GIF: interlace and text to be drawn go. There is no place for EXIF; pictures are stored upright.
//! - OpenEXR: PXR24 and B44 compress the marked layer again, which may change its other channels a little.
//! - AVIF: coefficients, thumbnails, gain maps and depth maps beside the picture, film grain as such (it is in the
//!   pixels).
//! - C2PA manifests, everywhere, as the changed pixels break them: see [`Picture::has_c2pa`]. `C2pa::Keep` of
//!   [`EncodeOptions`] writes a manifest as it was into a file of the same format, with hashes that do not fit any
//!   more. The same goes for a link to a manifest elsewhere (`dcterms:provenance` in the XMP with an address): spaces
//!   take its place, or it is kept.
//! - 16 bits are rounded to 8 for JPEG, WebP and GIF. Transparency is refused for JPEG, partial transparency for GIF, an
//!   animation for all but PNG, WebP and GIF, several pages for all but TIFF. Floating point is refused for all but TIFF
//!   and OpenEXR, integers for OpenEXR: how light is to be shown is not for this crate to choose.
//!
//! # What is refused
//!
//! Animations and several pages where one picture is asked for ([`decode`]), CMYK, other depths, palettes and Lab in TIFF,
//! sequential JPEGs in several scans, AVIF that moves, that is a grid of tiles, in layers or of a
//! matrix that is no sum of red, green and blue, OpenEXR with deep samples, mipmaps, luminance and chroma, or DWA and HTJ2K
//! compression, DPX (no maintained Rust library of it was found in November 2026: make a 16 bit TIFF or an OpenEXR of it),
//! anything beyond [`DecodeLimits`], and every file that is damaged or cut short as far as its format lets that be seen (a
//! JPEG has no checksums: damage that decodes is not noticed).
//!
//! # Features
//!
//! - `animation` (default): GIF, animations, palettes and restart intervals kept, losses in words, manifests kept.
//!   Without it GIF is unknown, and of an animation the refusal alone is left.
//! - `webp-native` (default): WebP is written by libwebp, which is C. Without it everything is Rust, builds for wasm32,
//!   decodes to the same pixels, and writes lossless WebP only.
//! - `film` (default): floating point, pages, channels beyond alpha, and all tags of a BigTIFF. Without it such a TIFF is
//!   refused, and a BigTIFF becomes an ordinary one with its profile, XMP and orientation.
//! - `fast-deflate` (default): PNG and TIFF are compressed by zlib-rs, which is quicker and larger as code.
//! - `avif` (brings `animation` and `film`): AVIF by rav1e and a port of dav1d. A fault inside the latter ends the
//!   program, as its interface has C's calling convention; 1.5 million mutated files brought none.
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
mod xmp;

#[cfg(feature = "animation")]
pub use codec::C2pa;
pub use codec::{EncodeOptions, decode, encode, encode_with};
pub use document::{Document, Kind};
pub use error::{Error, Result};
pub use format::Format;
pub use limits::DecodeLimits;
pub use orientation::Orientation;
pub use picture::{Picture, PixelData};
