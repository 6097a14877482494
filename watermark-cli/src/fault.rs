//! A net under the work on files from strangers: a fault of ours in one of them becomes a sentence about that file.
//!
//! It hides nothing: the sentence asks for a report, and with `RUST_BACKTRACE` set the whole trace is printed.

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use anyhow::{Result, anyhow};

/// Keeps faults from printing themselves, unless a trace was asked for.
pub(crate) fn quieten() {
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value == "0") {
        panic::set_hook(Box::new(|_| {}));
    }
}

/// Does the work on `file`; a fault in it is an error that names the file.
pub(crate) fn guard<T>(file: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    // What a fault leaves behind is dropped; detectors and embedders do not change while they work.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|cause| {
        let message = cause.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("without a message");
        let message = message.lines().next().unwrap_or_default();
        Err(anyhow!("{}: internal fault ({message}); please report it, with the file if you can", file.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_becomes_one_sentence() {
        let index = std::hint::black_box(3);
        let error = guard(Path::new("a.png"), || Ok([0; 3][..index][index])).unwrap_err().to_string();
        assert!(error.starts_with("a.png: internal fault (index out of bounds"), "{error}");
        assert_eq!(guard(Path::new("a.png"), || Ok(7)).unwrap(), 7);
    }
}
