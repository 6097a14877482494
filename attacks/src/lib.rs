//! What happens to pictures after publication: compression, geometry, filters, chains.
//!
//! Every family is a file of plain functions from an 8-bit RGB picture to another. They are deterministic: what is
//! random takes a seed. [`by_name`] gives the same functions by the stable names that tables and reports use, such as
//! `jpeg-30`, `rotate-5`, `crop-25`, and joined by `+` a chain, such as `rotate-10+crop-25+jpeg-60`.
//!
//! ```
//! use image::RgbImage;
//! let picture = RgbImage::from_fn(96, 64, |x, y| image::Rgb([x as u8, y as u8, 90]));
//! let attack = attacks::by_name("resize-50+jpeg-70").expect("a known name");
//! let attacked = attack.apply(&picture, 1)?;
//! assert_eq!(attacked.dimensions(), (48, 32));
//! # Ok::<(), attacks::AttackError>(())
//! ```

#[cfg(feature = "avif")]
pub mod avif;
pub mod bend;
pub mod bilateral;
pub mod blur;
pub mod collage;
pub mod colour;
pub mod compress;
pub mod crop;
pub mod dither;
pub mod frame;
mod lettering;
pub mod median;
pub mod mirror;
pub mod motion;
pub mod noise;
pub mod non_local;
pub mod overlay;
pub mod perspective;
pub mod print_scan;
mod random;
pub mod regenerate;
mod registry;
pub mod resize;
pub mod rotate;
mod samples;
pub mod screenshot;
pub mod social;
mod tiles;
pub mod tone;
pub mod total_variation;
mod warp;
pub mod wavelet;

pub use registry::{Attack, Chain, Family, STANDARD_NAMES, by_name, families, standard};

/// Why an attack could not be done: a codec's or a resizer's limit, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AttackError(pub String);

/// Result of an attack.
pub type Result<T> = std::result::Result<T, AttackError>;

#[cfg(test)]
mod testing;
