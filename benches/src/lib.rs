//! What the benches and the table have in common: the pictures, their sizes, the unit of time, and how marking and
//! reading are called.

mod case;
mod picture;
mod place;
mod unit;

pub use case::{Case, SIZES, Size};
pub use picture::photograph;
pub use place::{commit, estimates, machine};
pub use unit::{UNIT_SIDE, Unit};

/// The Rust examples of the README, compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
