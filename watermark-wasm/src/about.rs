//! What the page says about the detector, so that its words cannot drift from it.

use serde::Serialize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use watermark_core::Verdict;
use watermark_formats::WRONG_KEY_TRIALS;

#[derive(Serialize)]
struct About {
    version: &'static str,
    found_log10_p: f64,
    inconclusive_log10_p: f64,
    wrong_key_trials: u64,
}

/// Version, thresholds of the verdict, and the trials that support its figures, as JSON.
#[wasm_bindgen]
pub fn about() -> String {
    let about = About {
        version: env!("CARGO_PKG_VERSION"),
        found_log10_p: Verdict::FOUND_LOG10_P,
        inconclusive_log10_p: Verdict::INCONCLUSIVE_LOG10_P,
        wrong_key_trials: WRONG_KEY_TRIALS,
    };
    crate::report::to_json(&about)
}

/// Bytes of memory that the module has taken.
#[wasm_bindgen]
pub fn memory_bytes() -> f64 {
    let buffer = wasm_bindgen::memory().dyn_into::<js_sys::WebAssembly::Memory>().map(|memory| memory.buffer());
    buffer
        .ok()
        .and_then(|buffer| buffer.dyn_into::<js_sys::ArrayBuffer>().ok())
        .map_or(0.0, |b| f64::from(b.byte_length()))
}
