//! Attacks by stable names, and chains of them.

use crate::{Result, bilateral, blur, compress, crop, median, mirror, noise, non_local, resize, rotate, social, tone};
use image::RgbImage;

/// Something that happens to a picture.
pub trait Attack: Send + Sync {
    /// The stable name that finds it again.
    fn name(&self) -> &str;

    /// The attacked picture. `seed` decides what is random; most attacks have nothing random.
    ///
    /// # Errors
    /// When a codec or the resizer cannot take the picture's size.
    fn apply(&self, picture: &RgbImage, seed: u64) -> Result<RgbImage>;
}

type Function = Box<dyn Fn(&RgbImage, u64) -> Result<RgbImage> + Send + Sync>;

/// A family with its number filled in.
struct Named {
    name: String,
    function: Function,
}

impl Attack for Named {
    fn name(&self) -> &str {
        &self.name
    }

    fn apply(&self, picture: &RgbImage, seed: u64) -> Result<RgbImage> {
        (self.function)(picture, seed)
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

    fn apply(&self, picture: &RgbImage, seed: u64) -> Result<RgbImage> {
        let mut links = self.links.iter();
        let Some(first) = links.next() else { return Ok(picture.clone()) };
        let start = first.apply(picture, seed)?;
        // Another seed for each link: two random links must not make the same choice.
        links.zip(1..).try_fold(start, |current, (link, step)| link.apply(&current, seed.wrapping_add(step)))
    }
}

/// The attacks that tables show, mild and strong, in the order of the families.
pub const STANDARD_NAMES: &[&str] = &[
    "none",
    "jpeg-90",
    "jpeg-70",
    "jpeg-50",
    "jpeg-30",
    "jpeg-20",
    "jpeg-10",
    "jpeg444-50",
    "webp-80",
    "webp-50",
    "webp-20",
    "resize-75",
    "resize-50",
    "resize-25",
    "resize-200",
    "aspect-0.8",
    "rotate-5",
    "rotate-30",
    "rotate-90",
    "rotate-180",
    "rotate-grown-5",
    "rotate-inner-5",
    "flip-h",
    "flip-v",
    "crop-75",
    "crop-50",
    "crop-25",
    "crop-10",
    "noise-5",
    "noise-10",
    "noise-20",
    "blur-1",
    "blur-2",
    "sharpen",
    "median-3",
    "median-5",
    "bilateral",
    "nlm",
    "equalise",
    "brightness-130",
    "brightness-70",
    "contrast-130",
    "contrast-70",
    "gamma-0.8",
    "gamma-1.25",
    "greyscale",
    "social",
    "screenshot",
    "rotate-10+crop-25+jpeg-60",
];

/// All attacks of [`STANDARD_NAMES`].
pub fn standard() -> Vec<Box<dyn Attack>> {
    STANDARD_NAMES.iter().filter_map(|name| by_name(name)).collect()
}

/// The attack of a name; `None` when the name, or a link of a chain, is unknown or its number out of range.
///
/// A number follows its family after a hyphen: quality for `jpeg`, `jpeg444`, `webp`; percent of both sides for
/// `resize`, of the area kept for `crop`, of the samples' value for `brightness` and `contrast`; degrees
/// counter-clockwise for `rotate` (same canvas; whole quarter turns are exact and keep everything), `rotate-grown` and
/// `rotate-inner`; factor for `aspect` (width alone); standard deviation for `noise` and `blur`; side for `median`;
/// exponent for `gamma`; strength for `nlm` (10 without); pixels for `longest`.
pub fn by_name(name: &str) -> Option<Box<dyn Attack>> {
    if name.contains('+') {
        let links: Option<Vec<_>> = name.split('+').map(by_name).collect();
        return Some(Box::new(Chain::new(links?)));
    }
    let function = plain(name).or_else(|| {
        // The longest family first, so that `rotate-inner-5` is not `rotate` with a number.
        let (family, number) = FAMILIES.iter().find_map(|family| Some((*family, name.strip_prefix(family)?)))?;
        with_number(family, number.strip_prefix('-')?.parse().ok()?)
    })?;
    Some(Box::new(Named { name: name.to_owned(), function }))
}

fn plain(name: &str) -> Option<Function> {
    Some(match name {
        "none" => Box::new(|p, _| Ok(p.clone())),
        "flip-h" => Box::new(|p, _| Ok(mirror::flip_horizontal(p))),
        "flip-v" => Box::new(|p, _| Ok(mirror::flip_vertical(p))),
        "equalise" => Box::new(|p, _| Ok(tone::equalise(p))),
        "greyscale" => Box::new(|p, _| Ok(tone::greyscale(p))),
        "bilateral" => Box::new(|p, _| Ok(bilateral::bilateral(p, 9, 40.0, 7.0))),
        "nlm" => Box::new(|p, _| Ok(non_local::non_local_means(p, 10.0))),
        "sharpen" => Box::new(|p, _| Ok(blur::sharpen(p, 1.0, 0.8))),
        "social" => Box::new(|p, _| social::social(p)),
        "screenshot" => Box::new(|p, _| social::screenshot(p)),
        _ => return None,
    })
}

/// Families that take a number; no name is a prefix of a later one.
const FAMILIES: &[&str] = &[
    "jpeg444",
    "jpeg",
    "webp",
    "resize",
    "longest",
    "aspect",
    "rotate-grown",
    "rotate-inner",
    "rotate",
    "crop",
    "noise",
    "blur",
    "median",
    "nlm",
    "brightness",
    "contrast",
    "gamma",
];

fn with_number(family: &str, number: f64) -> Option<Function> {
    let within = |low: f64, high: f64| (low..=high).contains(&number).then_some(number);
    let single = number as f32;
    Some(match family {
        "jpeg" => {
            let quality = within(1.0, 100.0)? as u8;
            Box::new(move |p, _| compress::jpeg(p, quality))
        }
        "jpeg444" => {
            let quality = within(1.0, 100.0)? as u8;
            Box::new(move |p, _| compress::jpeg_444(p, quality))
        }
        "webp" => {
            let quality = within(0.0, 100.0)? as f32;
            Box::new(move |p, _| compress::webp(p, quality))
        }
        "resize" => {
            let factor = within(1.0, 1000.0)? / 100.0;
            Box::new(move |p, _| resize::by_factor(p, factor))
        }
        "longest" => {
            let side = within(1.0, 65_535.0)? as u32;
            Box::new(move |p, _| resize::longest_side(p, side))
        }
        "aspect" => {
            let factor = within(0.1, 10.0)?;
            Box::new(move |p, _| resize::width_by_factor(p, factor))
        }
        "rotate" if number % 90.0 == 0.0 => {
            let turns = (within(-360.0, 360.0)? / 90.0) as i32;
            Box::new(move |p, _| Ok(mirror::quarter_turns(p, turns)))
        }
        "rotate" => angle(within(-360.0, 360.0)?, rotate::same_canvas),
        "rotate-grown" => angle(within(-360.0, 360.0)?, rotate::grown_canvas),
        "rotate-inner" => angle(within(-360.0, 360.0)?, rotate::inner_crop),
        "crop" => {
            let share = within(0.01, 100.0)? / 100.0;
            Box::new(move |p, seed| Ok(crop::random_share(p, share, seed)))
        }
        "noise" => {
            within(0.0, 128.0).map(|_| -> Function { Box::new(move |p, s| Ok(noise::gaussian(p, single, s))) })?
        }
        "blur" => within(0.1, 50.0).map(|_| -> Function { Box::new(move |p, _| Ok(blur::gaussian(p, single))) })?,
        "median" if number == 3.0 || number == 5.0 || number == 7.0 => {
            let size = number as usize;
            Box::new(move |p, _| Ok(median::median(p, size)))
        }
        "nlm" => {
            within(1.0, 100.0)?;
            Box::new(move |p, _| Ok(non_local::non_local_means(p, single)))
        }
        "brightness" => toned(within(1.0, 1000.0)? / 100.0, tone::brightness),
        "contrast" => toned(within(1.0, 1000.0)? / 100.0, tone::contrast),
        "gamma" => toned(within(0.1, 10.0)?, tone::gamma),
        _ => return None,
    })
}

fn angle(degrees: f64, function: fn(&RgbImage, f64) -> RgbImage) -> Function {
    Box::new(move |picture, _| Ok(function(picture, degrees)))
}

fn toned(amount: f64, function: fn(&RgbImage, f32) -> RgbImage) -> Function {
    Box::new(move |picture, _| Ok(function(picture, amount as f32)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    #[test]
    fn every_standard_name_is_known_and_keeps_its_name() {
        let picture = scene(70, 50);
        assert_eq!(standard().len(), STANDARD_NAMES.len());
        for (attack, name) in standard().iter().zip(STANDARD_NAMES) {
            assert_eq!(attack.name(), *name);
            let attacked = attack.apply(&picture, 5).expect("small");
            assert_eq!(attacked == picture, *name == "none", "{name}");
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
}
