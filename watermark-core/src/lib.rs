//! Keyed, blind, content-bound frequency-domain watermarks for pictures and frames.
//!
//! Marking runs `key -> pattern -> mask -> embed`; finding runs
//! `image -> normalise -> sync -> demod -> code -> decide`. The modules follow that order.
//!
//! The crate is pure: it reads no clock, file, environment or random source, starts no thread unless the
//! `parallel` feature is on, and holds no `unsafe` code. The same key, payload and picture give the same mark.

mod code;
mod decide;
mod demod;
mod embed;
mod error;
mod key;
mod mask;
mod motion;
mod normalise;
mod options;
mod order;
mod parallel;
mod pattern;
mod payload;
mod spectrum;
mod sync;
mod vector;
mod view;

pub use decide::{
    ClipDetection, ClipDetector, ClipFrame, Detection, Detector, EvidenceMap, Geometry, Mark, OctaveReading, TimeRange,
    Verdict,
};
#[cfg(feature = "trials")]
pub use decide::{DecisionTrials, Trial};
pub use embed::{
    Applied, EmbedReport, Embedder, FrameEmbedder, FrameOptions, FramePose, FrameReport, LumaFrame, LumaRange, Plan,
};
pub use error::{Error, Refusal, Result};
pub use key::{Key, KeyId, KeyRole, SECRET_BYTES};
pub use options::{DetectOptions, Effort, EmbedOptions, Limits, Profile, Strength};
pub use payload::{Payload, PayloadClass};
pub use view::{ImageView, ImageViewMut, Layout, Samples, SamplesMut};
