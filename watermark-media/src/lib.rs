//! Pictures in and out as bytes: decoding, encoding, metadata kept. Never paths.
//!
//! [`decode`] recognises PNG, JPEG, WebP and TIFF by their first bytes and gives a [`Picture`] of upright pixels at
//! the file's own depth (8 or 16 bits) and layout; [`encode`] writes one with its metadata.

mod codec;
mod convert;
mod error;
mod exif;
mod format;
mod limits;
mod metadata;
mod orientation;
mod picture;

pub use codec::{EncodeOptions, decode, encode, encode_with};
pub use error::{Error, Result};
pub use format::Format;
pub use limits::DecodeLimits;
pub use orientation::Orientation;
pub use picture::{Picture, PixelData};
