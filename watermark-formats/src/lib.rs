//! Key files and reports as text: what the command line and the browser page have in common. No files, clocks or
//! random sources: those belong to whoever calls.
//!
//! ```
//! use watermark_core::{Key, KeyRole};
//! use watermark_formats::{KeyText, ring};
//!
//! let key = Key::from_secret(KeyRole::Title, [7; 32]); // from a random source, in earnest
//! let text = KeyText::open(&key).to_text();
//! let read = KeyText::parse(text.as_bytes())?.key(None)?;
//! assert_eq!(read, key);
//! assert_eq!(ring(vec![read, key.detect_only()]).len(), 1);
//! # Ok::<(), watermark_formats::KeyTextError>(())
//! ```

mod hex;
mod key_text;
mod report;
mod ring;
mod seal;

pub use key_text::{KeyText, KeyTextError, MAX_KEY_BYTES, role_name};
pub use report::{DetectReport, GeometryFields, MarkFields, WRONG_KEY_TRIALS, number};
pub use ring::ring;
pub use seal::{SALT_BYTES, Sealing};
