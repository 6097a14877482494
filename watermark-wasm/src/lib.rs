//! Bindings of the detector and the decoders for WebAssembly. No signal code is here: keys come in as the text of key
//! files, pictures as the bytes of files or as pixels, and what comes out is the report of `watermark detect --json`
//! with a few more fields.
//!
//! JavaScript sees them through `js/index.js`, which turns faults into values as well.

mod about;
mod fault;
mod key_ring;
mod preview;
mod report;
mod verifier;

pub use about::{about, memory_bytes};
pub use fault::install_fault_hook;
pub use key_ring::KeyRing;
pub use preview::Preview;
pub use verifier::Verifier;
