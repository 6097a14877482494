//! The names of a sequence's files: what stands before and after the number, and how many digits it has at least.

use std::path::{Path, PathBuf};

use crate::files::named;

/// Most digits of a number.
const MOST_DIGITS: usize = 18;

/// A name with a place for a number: `shot.%04d.png`, `shot.%d.png`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    folder: PathBuf,
    before: String,
    after: String,
    /// Digits that a number is brought to with zeros; 1: none.
    width: usize,
}

impl Pattern {
    /// What a path stands for, if the last part of it has one place for a number.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let (before, rest) = name.split_once('%')?;
        let (digits, after) = rest.split_once('d')?;
        let width = match digits {
            "" => 1,
            digits => digits.strip_prefix('0')?.parse().ok().filter(|width| (1..=MOST_DIGITS).contains(width))?,
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(""));
        let (before, after) = (before.to_owned(), after.to_owned());
        (!after.contains('%')).then(|| Self { folder: folder.to_owned(), before, after, width })
    }

    /// The directory of its files.
    pub(crate) fn folder(&self) -> &Path {
        named(&self.folder)
    }

    /// The file of a number.
    pub(crate) fn file(&self, number: u64) -> PathBuf {
        self.folder.join(format!("{}{number:0width$}{}", self.before, self.after, width = self.width))
    }

    /// The number in a file's name, when it is a name of this pattern.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        let digits = self.digits(name)?;
        let number = digits.parse().ok().filter(|_| digits.len() <= MOST_DIGITS)?;
        // As it would be written: no zeros but those that fill it up.
        (format!("{number:0width$}", width = self.width) == digits).then_some(number)
    }

    /// Whether a name would be of this pattern with another number of digits.
    pub(crate) fn loosely(&self, name: &str) -> bool {
        self.digits(name).is_some()
    }

    fn digits<'a>(&self, name: &'a str) -> Option<&'a str> {
        let digits = name.strip_prefix(&self.before)?.strip_suffix(&self.after)?;
        (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_place_for_a_number() {
        let of = |text: &str| Pattern::of(Path::new(text));
        for text in
            ["a.png", "a%.png", "a%4d.png", "a%0d.png", "a%00d.png", "a%019d.png", "a%d%d.png", "%d/a.png", "a%s.d"]
        {
            assert_eq!(of(text), None, "{text}");
        }
        let pattern = of("in/a.%04d.v2.png").unwrap();
        assert_eq!((pattern.folder(), pattern.file(7)), (Path::new("in"), PathBuf::from("in/a.0007.v2.png")));
        assert_eq!(pattern.file(123_456), Path::new("in/a.123456.v2.png"));
        assert_eq!(of("%d.exr").unwrap().file(0), Path::new("0.exr"));
        assert_eq!(of("%d.exr").unwrap().folder(), Path::new("."));
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let padded = Pattern::of(Path::new("a.%04d.png")).unwrap();
        let plain = Pattern::of(Path::new("a.%d.png")).unwrap();
        for (name, with_zeros, without) in [
            ("a.0007.png", Some(7), None),
            ("a.7.png", None, Some(7)),
            ("a.12345.png", Some(12_345), Some(12_345)),
            ("a.00012345.png", None, None),
            ("a.0.png", None, Some(0)),
            ("a..png", None, None),
            ("a.-001.png", None, None),
            ("a.9999999999999999999.png", None, None),
            ("a.png", None, None),
        ] {
            assert_eq!((padded.number(name), plain.number(name)), (with_zeros, without), "{name}");
        }
        assert!(padded.loosely("a.7.png") && !padded.loosely("a.x.png"));
    }
}
