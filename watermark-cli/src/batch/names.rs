//! Names of outputs: which are safe, and which are the same to a file system.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, bail, ensure};
use watermark_media::Format;

/// Longest name of a directory for a recipient, bytes; file systems take 255.
const MAX_RECIPIENT_BYTES: usize = 200;
/// Characters that some file system gives a meaning of its own.
const SPECIAL: &str = "/\\<>:\"|?*";
/// Names that are devices on Windows, whatever the extension.
const DEVICES: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];

/// Refuses a recipient whose name cannot be a directory's, here or on another system.
pub(crate) fn check_recipient(name: &str) -> Result<()> {
    let way_out = "it names a directory; choose another name";
    ensure!(!name.is_empty(), "the recipient is empty");
    ensure!(
        name.len() <= MAX_RECIPIENT_BYTES,
        "the recipient has {} bytes, at most {MAX_RECIPIENT_BYTES} can name a directory",
        name.len()
    );
    if let Some(special) = name.chars().find(|&c| c.is_control() || SPECIAL.contains(c)) {
        bail!("the recipient {name:?} has the character {special:?}, and {way_out}");
    }
    ensure!(
        !name.starts_with(['.', ' ', '-']) && !name.ends_with(['.', ' ']),
        "the recipient {name:?} begins or ends with a dot, a space or a hyphen, and {way_out}"
    );
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or(stem.strip_prefix("LPT"));
    let port = numbered.is_some_and(|number| number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit()));
    ensure!(!port && !DEVICES.contains(&stem.as_str()), "the recipient {name:?} is a device on Windows, and {way_out}");
    Ok(())
}

/// A relative path that stays where it is put.
pub(crate) fn relative(text: &str) -> Result<PathBuf> {
    let path = Path::new(text);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    ensure!(
        plain && path.file_name().is_some() && !text.ends_with(std::path::is_separator),
        "the output {text:?} is not a file name or a relative path without \"..\""
    );
    Ok(path.to_owned())
}

/// The path with an extension that says `format`; it stays when it says so already.
pub(crate) fn with_format(path: PathBuf, format: Format) -> PathBuf {
    let says = path.extension().and_then(|extension| Format::from_extension(extension.to_str()?));
    if says == Some(format) { path } else { path.with_extension(format.extension()) }
}

/// What two paths have in common when some file system takes them for the same: Windows and macOS do not tell capitals
/// from small letters.
pub(crate) fn folded(path: &Path) -> OsString {
    path.iter()
        .collect::<PathBuf>()
        .to_str()
        .map_or_else(|| path.as_os_str().to_owned(), |text| text.to_lowercase().into())
}

/// The path as text that is different for different paths.
pub(crate) fn exact_text(path: &Path) -> String {
    match path.to_str() {
        Some(text) if !text.starts_with("bytes:") => text.to_owned(),
        _ => {
            let bytes = path.as_os_str().as_encoded_bytes();
            bytes.iter().fold("bytes:".to_owned(), |text, byte| text + &format!("{byte:02x}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_directories_are_refused() {
        for name in ["Alice", "Übersetzer 2", "会社", "a.b", "common", "COM10", "con-fused"] {
            assert!(check_recipient(name).is_ok(), "{name}");
        }
        let long = "x".repeat(201);
        for name in [
            "", ".", "..", "a/b", "a\\b", ".hidden", "end.", "end ", "-v", "nul", "Con.txt", "com1", "a\nb", "a:b",
            &long,
        ] {
            assert!(check_recipient(name).is_err(), "{name}");
        }
    }

    #[test]
    fn outputs_stay_in_their_directory() {
        assert_eq!(relative("a/b.png").unwrap(), Path::new("a/b.png"));
        for text in ["", "/a", "../a", "a/../b", ".", "a/", "./a"] {
            assert!(relative(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_extension_follows_the_format() {
        for (before, after) in [("a.png", "a.jpg"), ("a.jpeg", "a.jpeg"), ("a.b.tif", "a.b.jpg"), ("a", "a.jpg")] {
            assert_eq!(with_format(before.into(), Format::Jpeg), Path::new(after));
        }
    }

    #[test]
    fn capitals_do_not_tell_outputs_apart() {
        assert_eq!(folded(Path::new("A/É.PNG")), folded(Path::new("a/é.png")));
        assert_ne!(folded(Path::new("a")), folded(Path::new("b")));
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_unicode_stay_apart() {
        use std::os::unix::ffi::OsStrExt;
        let [a, b] = [b"a\xff.png", b"a\xfe.png"].map(|name| Path::new(std::ffi::OsStr::from_bytes(name)));
        assert_ne!(folded(a), folded(b));
        assert_ne!(exact_text(a), exact_text(b));
        assert_eq!(exact_text(Path::new("é")), "é");
    }
}
