//! From an aligned picture to soft values of the coded bits.

mod aligned;
mod cubic;
mod direct;
mod fold;
mod grid;
mod soft;
mod sum;
mod trace;

pub(crate) use aligned::{read_aligned, read_levels};
pub(crate) use cubic::Cubic;
pub(crate) use direct::{Listened, base_pitch, direct_octaves, listen, read_direct, readable_octaves};
pub(crate) use fold::{Sight, fold_aligned, fold_direct};
pub(crate) use grid::{blocks_aligned, blocks_direct};
pub(crate) use soft::{Demodulator, Heard, Mix, OctaveSoft, best_heard};
pub(crate) use sum::{HeardSum, OctaveSum, weighted};
pub(crate) use trace::{Found, Trace};
