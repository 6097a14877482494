//! How results are said: [`json`] for programs, [`text`] for people.

pub(crate) mod csv;
pub(crate) mod detection;
pub(crate) mod json;
pub(crate) mod text;

use std::fmt::Write as _;
use std::io::{self, Write};

use anyhow::{Context, Result};

/// One line on standard output, at once.
pub(crate) fn say(line: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("standard output cannot be written")
}

/// An error on standard error.
pub(crate) fn complain(error: &anyhow::Error) {
    warn(&format!("{error:#}"));
}

/// A line on standard error, and one only, whatever a file's name has in it. When that is closed there is nowhere left to say so.
pub(crate) fn warn(line: &str) {
    let _ = writeln!(io::stderr().lock(), "watermark: {}", text::printable(line));
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
