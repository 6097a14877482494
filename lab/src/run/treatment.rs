//! What is done to a marked picture: an attack, or one of those that need more than the marked picture itself.

use crate::forgery::estimate;
use crate::metrics;
use crate::systems::{Choice, Marking, System};
use anyhow::Context as _;
use attacks::Attack;
use image::{Rgb, RgbImage};

/// A marked picture, where it came from, and what was put into it.
pub(crate) struct Scene {
    pub(crate) original: RgbImage,
    pub(crate) marked: RgbImage,
    pub(crate) choice: Choice,
}

/// Something that happens to a marked picture.
pub(crate) enum Treatment {
    /// By the marked picture alone.
    Attack(Box<dyn Attack>),
    /// Marked again with another key; both marks have to be read.
    TwoMarks,
    /// The mean of several copies with different payloads; any of these counts as exact.
    Copies(usize),
    /// The pattern is estimated by folding this picture, without the key, and subtracted, so that the attacked picture is
    /// as far from the marked one in PSNR as that is from the original.
    FoldSubtracted,
}

/// The treated picture and what may be read from it.
pub(crate) struct Treated {
    pub(crate) picture: RgbImage,
    /// Any of them is right.
    pub(crate) payloads: Vec<Vec<u8>>,
    /// Another mark that has to be read too.
    pub(crate) second: Option<Choice>,
}

impl Treatment {
    /// By the name in tables; attacks have those of the crate `attacks`.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        match name {
            "two-marks" => Some(Self::TwoMarks),
            "copies-2" => Some(Self::Copies(2)),
            "copies-5" => Some(Self::Copies(5)),
            "fold-subtracted" => Some(Self::FoldSubtracted),
            _ => attacks::by_name(name).map(Self::Attack),
        }
    }

    /// The stable name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Attack(attack) => attack.name(),
            Self::TwoMarks => "two-marks",
            Self::Copies(2) => "copies-2",
            Self::Copies(_) => "copies-5",
            Self::FoldSubtracted => "fold-subtracted",
        }
    }

    /// What is done, with every parameter.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Attack(attack) => attack.describe(),
            Self::TwoMarks => "marked again with another key and payload; both have to be read".to_owned(),
            Self::Copies(count) => {
                format!("mean of {count} copies marked with one key and different payloads; any of these is exact")
            }
            Self::FoldSubtracted => "Wiener residual of the marked picture folded at the pitches of four octaves, and \
                                     the sum subtracted at the mark's own energy"
                .to_owned(),
        }
    }

    /// Whether another seed makes another picture.
    pub(crate) fn has_chance(&self) -> bool {
        let Self::Attack(attack) = self else { return false };
        let pixel = |x: u32, y: u32| Rgb([(x * 7 % 251) as u8, (y * 5 % 249) as u8, (x ^ y) as u8]);
        let picture = RgbImage::from_fn(160, 144, pixel);
        let differs = |seed| attack.apply(&picture, seed).ok() != attack.apply(&picture, 1).ok();
        (2..5).any(differs)
    }

    /// Does it.
    pub(crate) fn apply(&self, scene: &Scene, system: &dyn System, seed: u64) -> anyhow::Result<Treated> {
        let own = system.payload(&scene.choice);
        let single = |picture| Treated { picture, payloads: vec![own.clone()], second: None };
        Ok(match self {
            Self::Attack(attack) => single(attack.apply(&scene.marked, seed)?),
            Self::TwoMarks => {
                let second = Choice::new(scene.choice.seed, &format!("{} second", scene.choice.key));
                let picture = marked(system, &scene.marked, &second)?;
                Treated { picture, payloads: vec![own.clone()], second: Some(second) }
            }
            Self::Copies(count) => {
                let label = |copy: usize| format!("{} copy {copy}", scene.choice.payload);
                let choices: Vec<Choice> = (1..*count).map(|copy| scene.choice.with_payload(&label(copy))).collect();
                let others = choices.iter().map(|choice| marked(system, &scene.original, choice));
                let mut copies = others.collect::<anyhow::Result<Vec<_>>>()?;
                copies.push(scene.marked.clone());
                let mut payloads: Vec<_> = choices.iter().map(|choice| system.payload(choice)).collect();
                payloads.push(own.clone());
                Treated { picture: mean(&copies), payloads, second: None }
            }
            Self::FoldSubtracted => {
                let psnr = metrics::psnr_db(&scene.original, &scene.marked);
                anyhow::ensure!(psnr.is_finite(), "the marking changed nothing");
                let short_side = f64::from(scene.marked.width().min(scene.marked.height()));
                let pattern = estimate::folds(&estimate::residual(&scene.marked), short_side);
                single(pattern.scaled_to(estimate::rms_of(psnr)).added_to(&scene.marked, -1.0))
            }
        })
    }
}

fn marked(system: &dyn System, picture: &RgbImage, choice: &Choice) -> anyhow::Result<RgbImage> {
    match system.embed(picture, choice).context("marking once more")? {
        Marking::Done { marked, .. } => Ok(marked),
        Marking::Refused(reason) => anyhow::bail!("marking once more: refused, {reason}"),
    }
}

/// The mean of pictures of one size.
fn mean(pictures: &[RgbImage]) -> RgbImage {
    let mut out = pictures[0].clone();
    let count = pictures.len() as u32;
    for (at, sample) in out.iter_mut().enumerate() {
        let sum: u32 = pictures.iter().map(|picture| u32::from(picture.as_raw()[at])).sum();
        *sample = ((sum + count / 2) / count) as u8;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::systems::{Reader, Reading};

    /// Writes the payload's first byte into all samples.
    struct Painter;

    impl System for Painter {
        fn settings(&self) -> String {
            "painter".to_owned()
        }

        fn embed(&self, picture: &RgbImage, choice: &Choice) -> anyhow::Result<Marking> {
            let level = choice.payload()[0];
            let marked = RgbImage::from_pixel(picture.width(), picture.height(), Rgb([level; 3]));
            Ok(Marking::Done { marked, margin_db: None })
        }

        fn reader<'a>(&'a self, _: &Choice) -> anyhow::Result<Box<dyn Reader + 'a>> {
            struct Nothing;
            impl Reader for Nothing {
                fn read(&self, _: &RgbImage) -> anyhow::Result<Reading> {
                    Ok(Reading::default())
                }
            }
            Ok(Box::new(Nothing))
        }
    }

    fn scene() -> Scene {
        let original = RgbImage::from_fn(64, 48, |x, y| Rgb([(x + 2 * y) as u8; 3]));
        let marked = RgbImage::from_fn(64, 48, |x, y| Rgb([(x + 2 * y + 3 * ((x / 2 + y) % 2)) as u8; 3]));
        Scene { original, marked, choice: Choice::new(1, "art/a.png 0") }
    }

    #[test]
    fn names_find_their_treatments() {
        for name in ["two-marks", "copies-2", "copies-5", "fold-subtracted", "jpeg-50"] {
            assert_eq!(Treatment::by_name(name).expect("known").name(), name);
        }
        assert!(Treatment::by_name("copies-x").is_none());
    }

    #[test]
    fn chance_is_told_from_certainty() {
        for (name, expected) in [("crop-50", true), ("noise-5", true), ("jpeg-50", false), ("none", false)] {
            assert_eq!(Treatment::by_name(name).expect("known").has_chance(), expected, "{name}");
        }
    }

    #[test]
    fn copies_are_averaged_and_the_second_mark_has_its_own_choice() {
        let scene = scene();
        let copies = Treatment::Copies(5).apply(&scene, &Painter, 1).expect("no refusal");
        assert_eq!(copies.payloads.len(), 5);
        let levels: u32 = copies.payloads[..4].iter().map(|payload| u32::from(payload[0])).sum();
        let own = u32::from(scene.marked.get_pixel(5, 5)[0]);
        assert_eq!(u32::from(copies.picture.get_pixel(5, 5)[0]), (levels + own + 2) / 5);
        let two = Treatment::TwoMarks.apply(&scene, &Painter, 1).expect("no refusal");
        assert_ne!(two.second.expect("a second mark").payload(), scene.choice.payload());
    }

    #[test]
    fn what_is_subtracted_is_as_strong_as_the_mark() {
        let scene = scene();
        let attacked = Treatment::FoldSubtracted.apply(&scene, &Painter, 1).expect("a mark").picture;
        let (there, back) =
            (metrics::psnr_db(&scene.original, &scene.marked), metrics::psnr_db(&scene.marked, &attacked));
        // Samples are rounded, and clipped at black.
        assert!((there - back).abs() < 1.5, "{there} {back}");
    }
}
