//! Exit codes of the program. They are promised: scripts depend on them.

use std::io;
#[cfg(unix)]
use std::sync::Arc;

/// Done; for `detect`: a mark was found in every input.
pub(crate) const DONE: u8 = 0;
/// `detect`: no mark was found in at least one input (and there was no trouble).
pub(crate) const NOT_FOUND: u8 = 1;
/// Input, options or surroundings that do not work. With several inputs the others were still done.
pub(crate) const TROUBLE: u8 = 2;
/// `embed`: the picture cannot carry the mark; nothing was written. With several: this holds for some, and nothing else
/// was wrong.
pub(crate) const REFUSED: u8 = 3;
/// Added to the number of the signal that ended a run: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP. The files in work
/// were finished.
pub(crate) const SIGNAL: u8 = 128;

/// A file that grows beyond a limit (`ulimit -f`) is an error of writing like any other, not the end of the program.
#[cfg(unix)]
pub(crate) fn outlive_limits() {
    // Where the signal cannot be caught, it ends the program as it would have.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
}

/// Other systems have no such limit.
#[cfg(not(unix))]
pub(crate) fn outlive_limits() {}

/// Whether an error only says that whoever read our output went away (`watermark ... | head`).
pub(crate) fn reader_left(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
