//! Looking for marks in files.

pub(crate) mod look;
