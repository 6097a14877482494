//! Attacks by stable names, and chains of them.

mod compression;
mod family;
mod filters;
mod geometry;
mod names;
mod publication;
mod tone;

pub use family::Family;
pub use names::STANDARD_NAMES;

use crate::Result;
use image::RgbImage;

/// Something that happens to a picture.
pub trait Attack: Send + Sync {
    /// The stable name that finds it again.
    fn name(&self) -> &str;

    /// The kind of attack: the name without its number, such as `jpeg` or `crop`; `chain` for chains.
    fn family(&self) -> &str;

    /// The number in the name, in the family's unit; `None` where there is none, and for chains.
    fn strength(&self) -> Option<f64>;

    /// Every parameter in words; for a chain those of every link.
    fn describe(&self) -> String;

    /// The attacked picture. `seed` decides what is random; most attacks have nothing random.
    ///
    /// # Errors
    /// When a codec or the resizer cannot take the picture's size.
    fn apply(&self, picture: &RgbImage, seed: u64) -> Result<RgbImage>;
}

/// A family with its number filled in.
struct Named {
    name: String,
    family: &'static Family,
    number: Option<f64>,
}

impl Attack for Named {
    fn name(&self) -> &str {
        &self.name
    }

    fn family(&self) -> &str {
        self.family.name()
    }

    fn strength(&self) -> Option<f64> {
        self.number
    }

    fn describe(&self) -> String {
        self.family.describe(self.number)
    }

    fn apply(&self, picture: &RgbImage, seed: u64) -> Result<RgbImage> {
        self.family.apply(picture, self.number, seed)
    }
}

/// Several attacks in a row; its name joins theirs by `+`.
pub struct Chain {
    name: String,
    links: Vec<Box<dyn Attack>>,
}

impl Chain {
    /// A chain that applies `links` in order.
    pub fn new(links: Vec<Box<dyn Attack>>) -> Self {
        let name = links.iter().map(|link| link.name()).collect::<Vec<_>>().join("+");
        Self { name, links }
    }
}

impl Attack for Chain {
    fn name(&self) -> &str {
        &self.name
    }

    fn family(&self) -> &str {
        "chain"
    }

    fn strength(&self) -> Option<f64> {
        None
    }

    fn describe(&self) -> String {
        self.links.iter().map(|link| link.describe()).collect::<Vec<_>>().join("; then ")
    }

    fn apply(&self, picture: &RgbImage, seed: u64) -> Result<RgbImage> {
        let mut links = self.links.iter();
        let Some(first) = links.next() else { return Ok(picture.clone()) };
        let start = first.apply(picture, seed)?;
        // Another seed for each link: two random links must not make the same choice.
        links.zip(1..).try_fold(start, |current, (link, step)| link.apply(&current, seed.wrapping_add(step)))
    }
}

/// All attacks of [`STANDARD_NAMES`].
pub fn standard() -> Vec<Box<dyn Attack>> {
    STANDARD_NAMES.iter().filter_map(|name| by_name(name)).collect()
}

/// All families: what can stand in a name, and what the number after it means.
///
/// A family that can also stand without a number, or with numbers that belong to fixed parameters, is there more than
/// once.
pub fn families() -> impl Iterator<Item = &'static Family> {
    let tables = [compression::FAMILIES, geometry::FAMILIES, filters::FAMILIES, tone::FAMILIES, publication::FAMILIES];
    tables.into_iter().flatten()
}

/// The attack of a name; `None` when the name, or a link of a chain, is unknown or its number out of range.
///
/// A number follows its family after a hyphen, as in `jpeg-50`; [`families`] tells which families there are and what
/// their numbers mean. Links of a chain are joined by `+`.
pub fn by_name(name: &str) -> Option<Box<dyn Attack>> {
    if name.contains('+') {
        let links: Option<Vec<_>> = name.split('+').map(by_name).collect();
        return Some(Box::new(Chain::new(links?)));
    }
    // No two families claim the same name: what follows the hyphen has to be a number.
    let (family, number) = families().find_map(|family| Some((family, family.number_in(name)?)))?;
    Some(Box::new(Named { name: name.to_owned(), family, number }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;
    use crate::{compress, crop, resize};
    use std::collections::BTreeSet;

    #[test]
    fn every_standard_name_is_known_and_keeps_its_name() {
        let picture = scene(70, 50);
        assert_eq!(standard().len(), STANDARD_NAMES.len());
        for (attack, name) in standard().iter().zip(STANDARD_NAMES) {
            assert_eq!(attack.name(), *name);
            let attacked = attack.apply(&picture, 5).expect("small");
            // Small pictures are not shrunk.
            assert_eq!(attacked == picture, ["none", "longest-800"].contains(name), "{name}");
            assert_eq!(attacked, attack.apply(&picture, 5).expect("small"), "{name} is not repeatable");
        }
    }

    #[test]
    fn unknown_names_and_numbers_are_refused() {
        for name in [
            "",
            "jpeg",
            "jpeg-0",
            "jpeg-101",
            "jpeg-x",
            "median-4",
            "flip",
            "crop-0",
            "jpeg-50+",
            "blur-0",
            "noise-NaN",
        ] {
            assert!(by_name(name).is_none(), "{name}");
        }
        assert!(by_name("rotate--7").is_some());
        assert!(by_name("rotate-inner-12.5").is_some());
    }

    #[test]
    fn a_chain_is_its_links_in_order() {
        let picture = scene(90, 60);
        let chain = by_name("resize-50+crop-50+jpeg-60").expect("known");
        let by_hand = resize::by_factor(&picture, 0.5).expect("small");
        let by_hand = compress::jpeg(&crop::random_share(&by_hand, 0.5, 9), 60).expect("small");
        assert_eq!(chain.apply(&picture, 8).expect("small"), by_hand);
    }

    #[test]
    fn families_strengths_and_words() {
        let read = |name| {
            let attack = by_name(name).expect("a known name");
            (attack.family().to_owned(), attack.strength(), attack.describe())
        };
        assert_eq!(read("nlm").0, read("nlm-6").0);
        assert_eq!((read("nlm").1, read("nlm-6").1), (None, Some(6.0)));
        let (family, strength, words) = read("rotate-inner--12.5");
        assert_eq!((family.as_str(), strength), ("rotate-inner", Some(-12.5)));
        assert!(words.contains("-12.5 degrees"), "{words}");
        assert_eq!(read("social-600").1, Some(600.0));
        assert!(read("social-600").2.contains("JPEG quality 60, sharpened"), "{}", read("social-600").2);
        let (family, strength, words) = read("crop-50+jpeg-60");
        assert_eq!((family.as_str(), strength), ("chain", None));
        assert!(words.contains("50 % of the area") && words.contains("; then JPEG quality 60"), "{words}");
    }

    #[test]
    fn words_tell_attacks_apart_and_name_their_number() {
        let words: BTreeSet<String> = standard().iter().map(|attack| attack.describe()).collect();
        assert_eq!(words.len(), STANDARD_NAMES.len());
        for attack in standard() {
            let number = attack.strength().map(|number| number.to_string()).unwrap_or_default();
            assert!(attack.describe().contains(&number), "{}: {}", attack.name(), attack.describe());
        }
    }

    #[test]
    fn every_family_is_in_the_tables_and_takes_the_ends_of_its_range() {
        let picture = scene(40, 30);
        let shown: BTreeSet<String> = standard().iter().map(|attack| attack.family().to_owned()).collect();
        for family in families() {
            assert!(shown.contains(family.name()), "{} is not in STANDARD_NAMES", family.name());
            assert_eq!(family.range().is_none(), family.meaning().is_empty(), "{}", family.name());
            let Some((low, high)) = family.range() else { continue };
            // The largest sizes are not made here.
            let ends = if family.name().starts_with("resize") { [low, 300.0] } else { [low, high] };
            for number in ends {
                let attack = by_name(&format!("{}-{number}", family.name())).expect("within the range");
                assert_eq!(attack.family(), family.name());
                attack.apply(&picture, 1).expect("small");
            }
        }
    }

    #[test]
    fn a_single_pixel_goes_through_everything() {
        let dot = scene(1, 1);
        for attack in standard() {
            attack.apply(&dot, 3).expect("small");
        }
    }
}
