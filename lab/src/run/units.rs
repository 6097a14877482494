//! Which picture is marked how often.

use crate::{classes, pictures};
use std::collections::HashMap;
use std::path::PathBuf;

/// One marked copy that all attacks run on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) path: PathBuf,
    pub(crate) label: String,
    pub(crate) class: String,
    pub(crate) repetition: u32,
}

/// A file with its class and size.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) path: PathBuf,
    pub(crate) label: String,
    pub(crate) class: String,
    pub(crate) size: (u32, u32),
}

/// The pictures of the folders, the largest first, at most `limit` of each class.
pub(crate) fn pictures(places: &[PathBuf], limit: Option<usize>) -> anyhow::Result<Vec<Picture>> {
    let mut found: Vec<Picture> = Vec::new();
    let mut of_class: HashMap<String, usize> = HashMap::new();
    for path in pictures::list(places, None)? {
        let size = image::ImageReader::open(&path)?.with_guessed_format()?.into_dimensions();
        let Ok(size) = size.inspect_err(|error| eprintln!("lab: {}: left out, {error}", path.display())) else {
            continue;
        };
        let (label, class) = (pictures::label(&path), classes::of(&path, size));
        anyhow::ensure!(found.iter().all(|known| known.label != label), "two pictures are named {label}");
        let count = of_class.entry(class.clone()).or_default();
        *count += 1;
        if limit.is_none_or(|limit| *count <= limit) {
            found.push(Picture { path, label, class, size });
        }
    }
    // The largest first, so that no core waits for the last picture.
    found.sort_by_key(|picture| std::cmp::Reverse(u64::from(picture.size.0) * u64::from(picture.size.1)));
    Ok(found)
}

/// How often each picture of a class is marked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Repetitions {
    /// So many times.
    Each(u32),
    /// As often as gives each class so many trials of an attack.
    Trials(u32),
}

/// Every picture once, then every picture that needs it a second time, and so on: a run that is cut short has the same
/// depth everywhere.
pub(crate) fn units(pictures: &[Picture], repetitions: Repetitions) -> Vec<Unit> {
    let mut sizes: HashMap<&str, u32> = HashMap::new();
    for picture in pictures {
        *sizes.entry(&picture.class).or_default() += 1;
    }
    let needed = |class: &str| match repetitions {
        Repetitions::Each(count) => count.max(1),
        Repetitions::Trials(trials) => trials.div_ceil(sizes[class]).max(1),
    };
    let most = pictures.iter().map(|picture| needed(&picture.class)).max().unwrap_or(0);
    let unit = |picture: &Picture, repetition| Unit {
        path: picture.path.clone(),
        label: picture.label.clone(),
        class: picture.class.clone(),
        repetition,
    };
    let round = |repetition| {
        let due = pictures.iter().filter(move |picture| needed(&picture.class) > repetition);
        due.map(move |picture| unit(picture, repetition))
    };
    (0..most).flat_map(round).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(label: &str, class: &str) -> Picture {
        Picture { path: label.into(), label: label.to_owned(), class: class.to_owned(), size: (8, 8) }
    }

    #[test]
    fn every_class_gets_its_trials() {
        let pictures = [picture("a", "photo-L"), picture("b", "art"), picture("c", "art"), picture("d", "art")];
        let units = units(&pictures, Repetitions::Trials(8));
        let count = |class: &str| units.iter().filter(|unit| unit.class == class).count();
        assert_eq!((count("photo-L"), count("art")), (8, 9));
        assert_eq!(units[4].repetition, 1, "breadth first");
        assert_eq!(super::units(&pictures, Repetitions::Each(2)).len(), 8);
    }
}
