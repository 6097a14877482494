//! From a picture of any depth to whitened working planes.

mod luma;
mod oriented;
mod pyramid;
mod resample;
mod taps;
mod whiten;

pub(crate) use luma::luma_row;
pub(crate) use pyramid::halve;
pub(crate) use resample::{catmull_rom, resample, resample_owned, working_luma};
pub(crate) use whiten::{Pairs, REDUCED_TILE, WEIGHTINGS, Weighting, Whitener};

/// Largest short side of a working plane, pixels: what the search at normal effort sees. Finer detail of larger
/// pictures is averaged; the coarse octaves carry the mark there.
pub(crate) const WORKING_SIDE: usize = 1024;
