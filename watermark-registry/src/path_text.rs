//! Paths as text that can be turned back: names that are no Unicode are legal on most systems, and a registry that
//! loses them could not find the file again.
//!
//! Ordinary paths are kept as they are. Others get the prefix `escaped:` and, in the rest, `%` and two hexadecimal
//! digits for a byte that is no UTF-8 (Windows: `%u` and four digits for half a surrogate pair), `%25` for `%`. A
//! path that itself begins with `escaped:` is escaped too.

use std::path::{Path, PathBuf};

const PREFIX: &str = "escaped:";

/// The path as text for [`Entry`](crate::Entry); [`path_from_text`] turns it back without loss.
///
/// ```
/// use std::path::Path;
/// use watermark_registry::{path_from_text, path_to_text};
/// assert_eq!(path_to_text(Path::new("out/100 %.png")), "out/100 %.png");
/// let odd = Path::new("escaped:100 %");
/// assert_eq!(path_from_text(&path_to_text(odd)), odd);
/// ```
pub fn path_to_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.starts_with(PREFIX) => text.to_owned(),
        _ => format!("{PREFIX}{}", escape(path)),
    }
}

/// The path that [`path_to_text`] made the text of. Text that was not made by it is taken as it is.
pub fn path_from_text(text: &str) -> PathBuf {
    text.strip_prefix(PREFIX).and_then(unescape).unwrap_or_else(|| PathBuf::from(text))
}

fn push_text(escaped: &mut String, text: &str) {
    escaped.push_str(&text.replace('%', "%25"));
}

#[cfg(not(windows))]
fn escape(path: &Path) -> String {
    let mut escaped = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        push_text(&mut escaped, chunk.valid());
        chunk.invalid().iter().for_each(|byte| escaped.push_str(&format!("%{byte:02x}")));
    }
    escaped
}

#[cfg(windows)]
fn escape(path: &Path) -> String {
    use std::os::windows::ffi::OsStrExt;
    let mut escaped = String::new();
    for unit in char::decode_utf16(path.as_os_str().encode_wide()) {
        match unit {
            Ok(character) => push_text(&mut escaped, character.encode_utf8(&mut [0; 4])),
            Err(lone) => escaped.push_str(&format!("%u{:04x}", lone.unpaired_surrogate())),
        }
    }
    escaped
}

#[cfg(unix)]
fn unescape(text: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first == b'%' {
            let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(first);
        }
    }
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes)))
}

#[cfg(windows)]
fn unescape(text: &str) -> Option<PathBuf> {
    use std::os::windows::ffi::OsStringExt;
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    units.extend(parts.next()?.encode_utf16());
    for part in parts {
        let digits = if part.starts_with('u') { part.get(1..5)? } else { part.get(..2)? };
        units.push(u16::from_str_radix(digits, 16).ok()?);
        let length = if part.starts_with('u') { 5 } else { 2 };
        units.extend(part.get(length..)?.encode_utf16());
    }
    Some(PathBuf::from(std::ffi::OsString::from_wide(&units)))
}

#[cfg(not(any(unix, windows)))]
fn unescape(_text: &str) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_was_not_escaped_is_taken_as_it_is() {
        for text in ["a/b.png", "100%", "escaped:%", "escaped:%zz", "escaped:%é", ""] {
            assert_eq!(path_from_text(text), PathBuf::from(text));
        }
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_unicode_come_back() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let names: [&[u8]; 6] =
            [b"plain", b"\xff\xfe%41.png", b"a/\xe3\x81.png", b"escaped:\xff", b"%\x80\\x80", "日本/\u{0}".as_bytes()];
        for name in names {
            let path = Path::new(OsStr::from_bytes(name));
            let text = path_to_text(path);
            assert_eq!(path_from_text(&text).as_os_str().as_bytes(), name, "{text}");
        }
        assert_eq!(path_to_text(Path::new(OsStr::from_bytes(b"50%\xff"))), "escaped:50%25%ff");
    }
}
