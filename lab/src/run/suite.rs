//! The suites of attacks that the tables of the project show.

use super::treatment::Treatment;
use crate::bars::Bars;
use anyhow::Context as _;

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

/// Copies with different payloads, averaged.
const COPIES: &[&str] = &["copies-2", "copies-5"];

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
pub(crate) fn attacks(suite: Option<&str>, besides: &[String]) -> anyhow::Result<Vec<Treatment>> {
    let mut names = match suite {
        None if besides.is_empty() => owned(QUICK),
        None => Vec::new(),
        Some(suite) => of_suite(suite)?,
    };
    names.extend(besides.iter().cloned());
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    let shipped = matches!(suite, Some("core" | "full"));
    if shipped {
        names.retain(|name| Treatment::by_name(name).is_some() || not_there(name));
    }
    let found =
        names.iter().map(|name| Treatment::by_name(name).with_context(|| format!("there is no attack {name:?}")));
    found.collect()
}

/// The bars may ask for what this build has not: the report says "not measured".
fn not_there(name: &str) -> bool {
    eprintln!("lab: there is no attack {name:?}, left out");
    false
}

fn of_suite(suite: &str) -> anyhow::Result<Vec<String>> {
    Ok(match suite {
        "quick" => owned(QUICK),
        "core" => Bars::shipped()?.attacks(),
        "full" => [Bars::shipped()?.attacks(), owned(attacks::STANDARD_NAMES), owned(COPIES)].concat(),
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
}
