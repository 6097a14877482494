//! What the benches and the table have in common: the pictures, their sizes, the unit of time, and how marking and
//! reading are called.

mod case;
mod picture;
mod place;
pub mod process;
mod unit;

pub use case::{Case, SIZES, Size};
pub use picture::photograph;
pub use place::{commit, estimates, machine};
pub use unit::{UNIT_SIDE, Unit};

/// The median; of an even number the larger of the two in the middle.
///
/// # Panics
/// Without a value.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The Rust examples of the README, compiled and run as documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
