//! Faults of ours. WebAssembly cannot unwind: a panic becomes a JavaScript exception with its message, after which the
//! instance has to be thrown away. Running out of memory gives no message and ends in a bare trap.

use wasm_bindgen::prelude::wasm_bindgen;

/// What the message of such an exception begins with.
const PREFIX: &str = "internal fault";

/// Makes panics into exceptions that say where they happened. To be called once, before anything else.
#[wasm_bindgen]
pub fn install_fault_hook() {
    std::panic::set_hook(Box::new(|info| {
        let payload = info.payload();
        let message = payload.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message");
        let message = message.lines().next().unwrap_or_default();
        let place = info.location().map_or_else(String::new, |at| format!(", {}:{}", file_name(at.file()), at.line()));
        wasm_bindgen::throw_str(&format!("{PREFIX} ({message}{place}); please report it, with the file if you can"));
    }));
}

/// Without the directories of the machine that built it.
fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
