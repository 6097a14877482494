//! What the camera did between two frames: the whole picture moved and grew, as in pans, tilts and zooms.
//!
//! The embedder lets the pattern go along with it, and a reader of clips follows it back. Least squares on the change of
//! light (Lucas and Kanade 1981) from coarse to fine, with weights that leave out what moves by itself (Black and
//! Anandan 1996).

mod bring;
mod follow;
mod light;
mod sampler;
mod squares;
mod step;
mod tracker;

pub(crate) use bring::mean;
pub(crate) use light::{Light, Votes};
pub(crate) use step::Step;
pub(crate) use tracker::Tracker;
