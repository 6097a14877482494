//! What the detector read of every altered copy.

use std::fmt::Write as _;
use std::path::Path;

use rayon::prelude::*;
use watermark_core::{DetectOptions, Detector, Verdict};
use watermark_evidence::Pose;

use super::{Marked, key, to_picture};

/// What happens to the pictures: what a copy that is found in the wild may have gone through. Names of `attacks`.
const ATTACKS: &[&str] = &[
    "none",
    "jpeg-50",
    "jpeg-20",
    "webp-50",
    "resize-50",
    "resize-200",
    "longest-800",
    "aspect-0.8",
    "aspect-1.25",
    "rotate-5",
    "rotate-30",
    "rotate-90",
    "rotate-grown-5",
    "rotate-inner-5",
    "flip-h",
    "flip-v",
    "shear-2",
    "perspective-2",
    "bend-0.5",
    "crop-75",
    "crop-50",
    "crop-25",
    "crop-10",
    "crop-5",
    "cropback-50",
    "pad-15",
    "pad-50",
    "letterbox",
    "collage-50",
    "collage-30",
    "collage-10",
    "noise-10",
    "blur-2",
    "median-3",
    "bilateral",
    "equalise",
    "brightness-130",
    "brightness-70",
    "contrast-70",
    "gamma-0.8",
    "greyscale",
    "hue-30",
    "hue-90",
    "saturation-50",
    "posterise-3",
    "invert",
    "overlay-text",
    "overlay-logo",
    "social-1080",
    "screenshot-70",
    "printscan",
    "regen",
    "rotate-10+crop-25+jpeg-60",
    "crop-50+resize-50+jpeg-50",
    "crop-25+invert",
    "crop-10+jpeg-70",
    "crop-25+overlay-text",
    "flip-h+rotate-30+crop-50",
    "aspect-1.25+crop-25",
    "crop-50+collage-30",
];
/// Attacks with something random are done this often.
const TIMES: u64 = 2;
const RANDOM: [&str; 2] = ["crop-", "collage"];

/// A copy that was read.
pub(crate) struct Reading {
    pub(crate) picture: String,
    pub(crate) attack: String,
    pub(crate) seed: u64,
    pub(crate) pose: Pose,
}

/// Reads every altered copy, or takes the file's word for it.
pub(crate) fn of(pictures: &[Marked], kept: Option<&Path>) -> anyhow::Result<Vec<Reading>> {
    if let Some(text) = kept.and_then(|path| std::fs::read_to_string(path).ok()) {
        return text.lines().map(parse).collect();
    }
    let detector = Detector::new(&[key()?], DetectOptions::default())?;
    let jobs: Vec<(&Marked, &str, u64)> = pictures
        .iter()
        .flat_map(|picture| {
            ATTACKS.iter().flat_map(move |&attack| {
                let times = if RANDOM.iter().any(|random| attack.contains(random)) { TIMES } else { 1 };
                (1..=times).map(move |seed| (picture, attack, seed))
            })
        })
        .collect();
    let read = |(picture, attack, seed): &(&Marked, &str, u64)| -> anyhow::Result<Option<Reading>> {
        let copy = altered(picture, attack, *seed)?;
        let detection = detector.detect(&to_picture(&copy)?.view())?;
        let mark = detection.strongest();
        let geometry = mark.geometry.as_ref().filter(|_| mark.verdict == Verdict::Found);
        Ok(geometry.map(|geometry| Reading {
            picture: picture.name.clone(),
            attack: (*attack).to_owned(),
            seed: *seed,
            pose: geometry.into(),
        }))
    };
    let all: Vec<Option<Reading>> = jobs.par_iter().map(read).collect::<anyhow::Result<_>>()?;
    eprintln!("{} of {} copies were read", all.iter().flatten().count(), jobs.len());
    let all: Vec<Reading> = all.into_iter().flatten().collect();
    if let Some(path) = kept {
        std::fs::write(path, lines(&all)?)?;
    }
    Ok(all)
}

/// The copy of a picture.
pub(crate) fn altered(picture: &Marked, attack: &str, seed: u64) -> anyhow::Result<image::RgbImage> {
    let known = attacks::by_name(attack).ok_or_else(|| anyhow::anyhow!("no attack {attack}"))?;
    let offset = picture.name.bytes().map(u64::from).sum::<u64>() * 100;
    Ok(known.apply(&picture.pixels, seed + offset)?)
}

fn lines(readings: &[Reading]) -> anyhow::Result<String> {
    let mut text = String::new();
    for Reading { picture, attack, seed, pose } in readings {
        let Pose { rotation_deg, aspect, mirrored, full_short_side_px } = pose;
        writeln!(text, "{picture}\t{attack}\t{seed}\t{rotation_deg}\t{aspect}\t{mirrored}\t{full_short_side_px}")?;
    }
    Ok(text)
}

fn parse(line: &str) -> anyhow::Result<Reading> {
    let parts: Vec<&str> = line.split('\t').collect();
    let [picture, attack, seed, rotation, aspect, mirrored, short] = parts[..] else {
        anyhow::bail!("a line of readings has {} fields: {line}", parts.len())
    };
    let pose = Pose {
        rotation_deg: rotation.parse()?,
        aspect: aspect.parse()?,
        mirrored: mirrored.parse()?,
        full_short_side_px: short.parse()?,
    };
    Ok(Reading { picture: picture.to_owned(), attack: attack.to_owned(), seed: seed.parse()?, pose })
}
