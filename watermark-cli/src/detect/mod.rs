//! Looking for marks in files: with which keys (`keys`), in which pictures of them (`look`), in many at a time (`many`),
//! and what the registry knows of the marks (`asset`).

pub(crate) mod asset;
pub(crate) mod keys;
pub(crate) mod look;
pub(crate) mod many;
mod sequence;
