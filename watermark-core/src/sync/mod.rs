//! Synchronisation: where the tile lies in the picture.
//!
//! Keyless: the whitened pyramid, its spectra, and one log-polar map over all octaves ([`Scene`]). Keyed: a search
//! over rotation, scale, anisotropy and mirror on that map ([`search`]), least squares on the peaks ([`refine`]),
//! and the position from the peaks' phases ([`translate`]). Bends that no affine map follows are
//! followed from there ([`warp`]), window by window ([`window`]). Each stage hands on several candidates.

mod locate;
mod placement;
mod polish;
mod refine;
mod scene;
mod search;
mod translate;
mod warp;
mod window;

pub(crate) use locate::{Budget, Whole, locate, nearby, shifted};
pub(crate) use placement::{Alignment, Placement, determinant, invert};
pub(crate) use scene::{SPECTRUM_SIDE, Scene, pyramid};
pub(crate) use warp::{Warp, follow};
