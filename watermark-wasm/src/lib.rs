//! Bindings of the detector and the decoders for WebAssembly. No signal code is here: keys come in as the text of key
//! files, pictures as the bytes of files or as pixels, films as pixels of their frames, and what comes out is the report of
//! `watermark detect --json` with a few more fields.
//!
//! Two modules are made of it, by feature: `pictures`, which every page loads, and `films`, which has no decoders and is
//! loaded for the first film. JavaScript sees them through `js/index.js` and `js/films.js`, which turn faults into values
//! as well.

mod about;
mod fault;
#[cfg(feature = "films")]
mod film_verifier;
mod key_ring;
mod preview;
mod report;
#[cfg(feature = "pictures")]
mod verifier;

pub use about::{about, memory_bytes};
pub use fault::install_fault_hook;
#[cfg(feature = "films")]
pub use film_verifier::FilmVerifier;
pub use key_ring::KeyRing;
pub use preview::Preview;
#[cfg(feature = "pictures")]
pub use verifier::Verifier;
