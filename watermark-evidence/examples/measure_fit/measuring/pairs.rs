//! Copies against thumbnails: their own, and those of other pictures.

use std::fmt::Write as _;

use rayon::prelude::*;
use watermark_evidence::{Fit, Original, Thumbnail, fit};

use super::readings::{Reading, altered};
use super::{Marked, to_picture};

/// Other pictures that each copy is compared with.
const OTHERS: usize = 1;

/// A copy against one thumbnail.
pub(crate) struct Pair {
    pub(crate) copy: String,
    pub(crate) attack: String,
    pub(crate) original: String,
    /// Room of the copy on this original, 0 to 1: how much of it could be there.
    pub(crate) room: f64,
    pub(crate) fit: Fit,
    pub(crate) thumbnail_bytes: usize,
}

impl Pair {
    pub(crate) fn is_true(&self) -> bool {
        self.copy == self.original
    }
}

pub(crate) fn of(pictures: &[Marked], readings: &[Reading], side: usize) -> anyhow::Result<Vec<Pair>> {
    let thumbnails: Vec<Thumbnail> = pictures
        .iter()
        .map(|picture| Ok(Thumbnail::with_long_side(&to_picture(&picture.pixels)?.view(), side)?))
        .collect::<anyhow::Result<_>>()?;
    let compare = |(index, reading): (usize, &Reading)| -> anyhow::Result<Vec<Pair>> {
        let own = pictures.iter().position(|picture| picture.name == reading.picture);
        let own = own.ok_or_else(|| anyhow::anyhow!("no picture {}", reading.picture))?;
        let copy = to_picture(&altered(&pictures[own], &reading.attack, reading.seed)?)?;
        // A different stride for each reading reaches every other picture about as often.
        let others = (0..OTHERS).map(|k| (own + 1 + (index * 7 + k * 17) % (pictures.len() - 1)) % pictures.len());
        let pair = |at: usize| {
            let (width, height) = pictures[at].pixels.dimensions();
            let (width, height) = (width as usize, height as usize);
            let original = Original { thumbnail: &thumbnails[at], width, height };
            Pair {
                copy: reading.picture.clone(),
                attack: reading.attack.clone(),
                original: pictures[at].name.clone(),
                room: reading.pose.room((copy.width(), copy.height()), (width, height)).unwrap_or(0.0).min(1.0),
                fit: fit(&copy, &reading.pose, &original),
                thumbnail_bytes: thumbnails[at].to_bytes().len(),
            }
        };
        Ok(std::iter::once(own).chain(others).map(pair).collect())
    };
    let pairs: Vec<Vec<Pair>> = readings.par_iter().enumerate().map(compare).collect::<anyhow::Result<_>>()?;
    Ok(pairs.into_iter().flatten().collect())
}

/// One line for each pair.
pub(crate) fn lines(pairs: &[Pair]) -> String {
    let mut text = String::from("copy\tattack\toriginal\troom\tshare\tscore\tstrength\ttexture\tfactor\tverdict\n");
    for Pair { copy, attack, original, room, fit, .. } in pairs {
        let Fit { share, score, strength, texture, factor, verdict, .. } = fit;
        let verdict = verdict.as_str();
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{copy}\t{attack}\t{original}\t{room:.3}\t{share:.3}\t{score:.3}\t{strength:.2}\t{texture:.0}\t{factor:.3}\t{verdict}"
        );
    }
    text
}
