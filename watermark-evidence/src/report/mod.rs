//! The report: one page of HTML that stands alone, for people who were not there. No script, nothing loaded from
//! elsewhere, black on white, made for A4.
//!
//! Text from files and registries is hostile: it is escaped, and characters that are not seen, or that turn the order of
//! others around, are written out.

mod data;
mod figures;
mod keys;
mod map;
mod page;
mod said;
mod suspect;
mod text;
mod words;

pub use data::{ChainCheck, KeyLine, KeyStatus, Registered, RegistryFacts, Report, RingLine, SameNumber, Suspect};
pub use keys::revoked;
pub use page::html;
pub use words::Lang;

#[cfg(test)]
mod tests;
