//! The suites of attacks that the tables of the project show.

use anyhow::Context as _;
use attacks::Attack;
use image::{Rgb, RgbImage};

/// A few of every kind, for a check in minutes.
const QUICK: &[&str] = &[
    "none",
    "jpeg-50",
    "jpeg-20",
    "webp-50",
    "resize-50",
    "resize-25",
    "aspect-0.8",
    "rotate-5",
    "rotate-30",
    "flip-h",
    "crop-50+jpeg-70",
    "crop-25+jpeg-70",
    "crop-10+jpeg-70",
    "noise-10",
    "blur-2",
    "median-3",
    "equalise",
    "bilateral",
];

/// The rows of the bars at the strengths that decide them.
const CORE: &[&str] = &[
    "none",
    "flip-h",
    "flip-v",
    "greyscale",
    "brightness-130",
    "brightness-70",
    "contrast-130",
    "contrast-70",
    "gamma-1.3",
    "gamma-0.7",
    "equalise",
    "jpeg-50",
    "jpeg-30",
    "jpeg-20",
    "jpeg-10",
    "webp-50",
    "resize-50",
    "resize-33",
    "resize-25",
    "resize-12",
    "resize-200",
    "aspect-0.7",
    "aspect-1.4",
    "rotate-5",
    "rotate-30",
    "rotate-inner-45",
    "rotate-grown-17",
    "crop-50+jpeg-70",
    "crop-25+jpeg-70",
    "crop-10+jpeg-70",
    "crop-5+jpeg-70",
    "crop-2+jpeg-70",
    "screenshot",
    "noise-10",
    "noise-20",
    "blur-1",
    "blur-2",
    "blur-3",
    "median-3",
    "median-5",
    "bilateral",
    "nlm-6",
    "social",
];

/// What the full suite has besides the core one: the other rows of the bars, and more strengths of every family.
const BESIDES: &[&str] = &[
    "jpeg-90",
    "jpeg-70",
    "jpeg444-50",
    "jpeg444-20",
    "webp-80",
    "webp-20",
    "resize-75",
    "resize-20",
    "resize-150",
    "aspect-0.8",
    "aspect-1.25",
    "rotate-0.5",
    "rotate-1",
    "rotate-2",
    "rotate-10",
    "rotate-20",
    "rotate-45",
    "rotate-90",
    "rotate-180",
    "rotate-inner-5",
    "rotate-grown-5",
    "crop-75",
    "crop-50",
    "crop-25",
    "crop-10",
    "crop-5",
    "noise-5",
    "sharpen",
    "rotate-10+crop-25+jpeg-60",
];

/// Photographs, as the first measurements of the project had them.
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

/// Drawings, comics, game art, likewise.
const ART: &[&str] = &["none", "jpeg-70", "resize-50", "crop-50"];

/// The attacks of a suite's name or of a file with a name a line, and those named besides.
pub(crate) fn attacks(suite: Option<&str>, besides: &[String]) -> anyhow::Result<Vec<Box<dyn Attack>>> {
    let mut names = match suite {
        None if besides.is_empty() => owned(QUICK),
        None => Vec::new(),
        Some(suite) => of_suite(suite)?,
    };
    names.extend(besides.iter().cloned());
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let found = names.iter().map(|name| attacks::by_name(name).with_context(|| format!("there is no attack {name:?}")));
    found.collect()
}

fn of_suite(suite: &str) -> anyhow::Result<Vec<String>> {
    Ok(match suite {
        "quick" => owned(QUICK),
        "core" => owned(CORE),
        "full" => [owned(CORE), owned(BESIDES)].concat(),
        "photo" => owned(PHOTO),
        "art" => owned(ART),
        file => {
            let text = std::fs::read_to_string(file).with_context(|| format!("reading the suite {file}"))?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
            lines.map(str::to_owned).collect()
        }
    })
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// Whether another seed makes another picture.
pub(crate) fn has_chance(attack: &dyn Attack) -> bool {
    let picture = RgbImage::from_fn(160, 144, |x, y| Rgb([(x * 7 % 251) as u8, (y * 5 % 249) as u8, (x ^ y) as u8]));
    let differs = |seed| attack.apply(&picture, seed).ok() != attack.apply(&picture, 1).ok();
    (2..5).any(differs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suites_name_known_attacks() {
        assert_eq!(attacks(Some("photo"), &[]).expect("known").len(), 23);
        assert_eq!(attacks(Some("art"), &["nlm".to_owned()]).expect("known").len(), 5);
        assert!(attacks(Some("full"), &[]).expect("known").len() > attacks(Some("core"), &[]).expect("known").len());
        assert_eq!(attacks(None, &[]).expect("known").len(), QUICK.len());
        assert!(attacks(None, &["jpg-50".to_owned()]).is_err());
    }

    #[test]
    fn chance_is_told_from_certainty() {
        for (name, expected) in [("crop-50", true), ("noise-5", true), ("jpeg-50", false), ("none", false)] {
            assert_eq!(has_chance(&*attacks::by_name(name).expect("known")), expected, "{name}");
        }
    }
}
