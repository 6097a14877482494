//! What each crate weighs in the module: bytes of its functions, by the names that the compiler left, before wasm-opt.

use std::collections::BTreeMap;

use crate::paths::{scratch, write};

/// Numbers of the sections that are read.
const CUSTOM: u8 = 0;
const IMPORT: u8 = 2;
const CODE: u8 = 10;
/// Number of the function names in the section of names.
const FUNCTION_NAMES: u8 = 1;

/// Writes bytes by crate, the heaviest first, for the document of the measurements.
pub(crate) fn write_down(module: &[u8]) -> Result<(), String> {
    let mut by_crate: BTreeMap<String, usize> = BTreeMap::new();
    let (names, sizes, imported) = functions(module).ok_or("the module cannot be taken apart")?;
    for (size, number) in sizes.into_iter().zip(imported..) {
        let home = names.get(&number).and_then(|name| crate_of(name)).unwrap_or("without a name");
        *by_crate.entry(home.to_owned()).or_default() += size;
    }
    let mut weights: Vec<(String, usize)> = by_crate.into_iter().collect();
    weights.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let json = serde_json::to_string_pretty(&weights).map_err(|error| error.to_string())?;
    write(&scratch("weights.json"), json.as_bytes())
}

type Functions = (BTreeMap<usize, String>, Vec<usize>, usize);

/// Names by number, sizes in order, and how many functions are imported and so have the first numbers.
fn functions(module: &[u8]) -> Option<Functions> {
    let mut reader = Reader(module.get(8..)?);
    let (mut names, mut sizes, mut imported) = (BTreeMap::new(), Vec::new(), 0);
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        let length = reader.number()?;
        let mut section = Reader(reader.take(length)?);
        match id {
            // wasm-bindgen's imports are functions throughout.
            IMPORT => imported = section.number()?,
            CODE => {
                for _ in 0..section.number()? {
                    let size = section.number()?;
                    section.take(size)?;
                    sizes.push(size);
                }
            }
            CUSTOM if section.text()? == "name" => names = function_names(section)?,
            _ => {}
        }
    }
    Some((names, sizes, imported))
}

fn function_names(mut section: Reader<'_>) -> Option<BTreeMap<usize, String>> {
    while !section.0.is_empty() {
        let kind = section.byte()?;
        let length = section.number()?;
        let mut part = Reader(section.take(length)?);
        if kind == FUNCTION_NAMES {
            return (0..part.number()?).map(|_| Some((part.number()?, part.text()?.to_owned()))).collect();
        }
    }
    Some(BTreeMap::new())
}

/// The crate that a mangled name begins with: `Cs`, a digest, `_`, the length and the letters of the crate's name.
fn crate_of(name: &str) -> Option<&str> {
    name.match_indices("Cs").find_map(|(at, _)| {
        let (_, rest) = name[at..].split_once('_')?;
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let length: usize = rest[..digits].parse().ok()?;
        rest[digits..].get(..length)
    })
}

/// Bytes that are read from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_is_read_from_the_name() {
        assert_eq!(crate_of("_RNvNtCs4aXszeOOl8r_15watermark_media5codec6decode"), Some("watermark_media"));
        assert_eq!(crate_of("memcpy"), None);
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let mut reader = Reader(&[0xe5, 0x8e, 0x26, 0x07]);
        assert_eq!((reader.number(), reader.number(), reader.number()), (Some(624_485), Some(7), None));
    }
}
