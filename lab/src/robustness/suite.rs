//! The suites of attacks that the tables of the project show.

use anyhow::Context as _;
use attacks::Attack;

/// Photographs.
const PHOTO: &[&str] = &[
    "none",
    "jpeg-50",
    "jpeg-30",
    "jpeg-20",
    "webp-50",
    "resize-50",
    "resize-200",
    "rotate-5",
    "rotate-30",
    "rotate-90",
    "flip-h",
    "flip-v",
    "aspect-0.8",
    "noise-10",
    "blur-1",
    "equalise",
    "brightness-130",
    "brightness-70",
    "contrast-130",
    "contrast-70",
    "greyscale",
    "bilateral",
    "crop-25",
];

/// Drawings, comics, game art.
const ART: &[&str] = &["none", "jpeg-70", "resize-50", "crop-50"];

/// The attacks of a suite's name or of a file with a name a line, and those named besides.
pub(crate) fn attacks(suite: Option<&str>, besides: &[String]) -> anyhow::Result<Vec<Box<dyn Attack>>> {
    let mut names: Vec<String> = match suite {
        None if besides.is_empty() => PHOTO.iter().map(|&name| name.to_owned()).collect(),
        None => Vec::new(),
        Some("photo") => PHOTO.iter().map(|&name| name.to_owned()).collect(),
        Some("art") => ART.iter().map(|&name| name.to_owned()).collect(),
        Some("standard") => attacks::STANDARD_NAMES.iter().map(|&name| name.to_owned()).collect(),
        Some(file) => {
            let text = std::fs::read_to_string(file).with_context(|| format!("reading the suite {file}"))?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(str::to_owned).collect()
        }
    };
    names.extend(besides.iter().cloned());
    let found = names.iter().map(|name| attacks::by_name(name).with_context(|| format!("there is no attack {name:?}")));
    found.collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_suites_name_known_attacks() {
        assert_eq!(super::attacks(Some("photo"), &[]).expect("known").len(), 23);
        assert_eq!(super::attacks(Some("art"), &["nlm".to_owned()]).expect("known").len(), 5);
        assert!(super::attacks(None, &["jpg-50".to_owned()]).is_err());
    }
}
