//! What is said of a suspect picture besides the reading itself: does its content fit the registered original, and the
//! page that a lawyer gets. Bytes and pixels in, values and text out: no files, clocks or environment.
//!
//! - [`fingerprint()`]: a [`Thumbnail`] and a [`PerceptualHash`] of a picture, made in one pass over it, for a registry.
//! - [`fit()`]: whether a picture in which a mark was found shows what the registered thumbnail shows. A mark that was
//!   copied onto another picture does not fit.
//! - [`mod@report`]: one self-contained page of HTML, in English or Japanese.
//!
//! ```
//! use watermark_core::Layout;
//! use watermark_evidence::{Original, Pose, fingerprint, fit};
//! use watermark_media::{Picture, PixelData};
//!
//! let samples = (0..240 * 160).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
//! let picture = Picture::new(240, 160, Layout::Luma, PixelData::U8(samples))?;
//! let registered = fingerprint(&picture)?;
//! let original = Original { thumbnail: &registered.thumbnail, width: 240, height: 160 };
//! let answer = fit(&picture, &Pose::unchanged(160.0), &original);
//! assert!(answer.share > 0.9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fingerprint;
mod fit;
pub mod report;
mod shrink;

pub use fingerprint::{Fingerprint, PerceptualHash, Thumbnail, ThumbnailError, fingerprint, preview};
pub use fit::{Fit, FitVerdict, Original, Overlap, Pose, fit};
