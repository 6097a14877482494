//! The answer of `detect` for one file: fields for programs, sentences for people.

use std::fmt::Write;
use std::path::Path;

use serde::Serialize;
use watermark_core::Verdict;
use watermark_evidence::FitVerdict;
use watermark_formats::{DetectReport, number};
use watermark_media::Kind;

use super::text::{self, printable, time};
use crate::detect::asset::{Asset, Assets};
use crate::detect::keys::Keys;
use crate::detect::look::{Film, Look};
use crate::key_ring::KeyFacts;

/// Everything that is said of a file. Field names are promised.
#[derive(Debug, Serialize)]
pub(crate) struct Answer {
    /// What the detector says.
    #[serde(flatten)]
    pub(crate) report: DetectReport,
    /// Number of the picture (frame, page), from 1, in which the strongest mark or trace was read.
    pub(crate) picture: Option<usize>,
    /// Pictures that were looked at.
    pub(crate) looked_at: Option<usize>,
    /// Pictures in the file.
    pub(crate) pictures: Option<usize>,
    /// SHA-256 of the file.
    pub(crate) sha256: Option<String>,
    /// What the key ring says of the key of the strongest mark.
    pub(crate) key: Option<KeyFacts>,
    /// What the registry knows of the strongest mark; null without a registry, a mark that was read, or a row.
    pub(crate) asset: Option<AssetFields>,
    /// The same of every other mark that was read, in the order of `marks`.
    pub(crate) others: Vec<OtherMark>,
    /// What is known of a clip or an animation, whose frames are added up; null for pictures.
    pub(crate) clip: Option<ClipFields>,
    /// The same in sentences.
    #[serde(skip)]
    pub(crate) text: Option<String>,
}

/// A mark that was read beside the strongest one.
#[derive(Debug, Serialize)]
pub(crate) struct OtherMark {
    /// Public identifier of its key.
    pub(crate) key_id: String,
    /// Its bits, hexadecimal.
    pub(crate) payload: Option<String>,
    /// What the key ring says of its key.
    pub(crate) key: Option<KeyFacts>,
    /// What the registry knows of it.
    pub(crate) asset: Option<AssetFields>,
}

/// A clip or an animation.
#[derive(Debug, Serialize)]
pub(crate) struct ClipFields {
    /// Length, seconds; null where the file does not say.
    pub(crate) duration_s: Option<f64>,
    /// Times of the first and the last frame of each stretch in which the strongest mark was seen, seconds.
    pub(crate) ranges: Vec<[f64; 2]>,
    /// Frames that repeat the one before and were not read.
    pub(crate) repeated: usize,
}

impl ClipFields {
    fn of(film: &Film) -> Self {
        let seconds = |value: f64| number(value).unwrap_or_default();
        Self {
            duration_s: film.duration_s.and_then(number),
            ranges: film.ranges.iter().map(|range| [seconds(range.from_s), seconds(range.to_s)]).collect(),
            repeated: film.repeated,
        }
    }
}

/// A row of the registry, and how the file relates to it.
#[derive(Debug, Serialize)]
pub(crate) struct AssetFields {
    /// Number of the row.
    pub(crate) row: i64,
    /// Rows of the same id.
    pub(crate) rows: usize,
    /// Whether the row's file is known to have been written.
    pub(crate) confirmed: bool,
    /// What is wrong with the row, which then proves nothing; null in a registry that nobody changed.
    pub(crate) fault: Option<&'static str>,
    /// The title.
    pub(crate) title: Option<String>,
    /// The asset's name.
    pub(crate) label: Option<String>,
    /// For whom it was marked.
    pub(crate) recipient: Option<String>,
    /// When, UTC.
    pub(crate) recorded: String,
    /// Path of the file that was marked.
    pub(crate) source: String,
    /// SHA-256 of the marked file.
    pub(crate) output_sha256: String,
    /// Whether the suspect is that file, byte for byte.
    pub(crate) identical: bool,
    /// `fits`, `does_not_fit`, `unsure`; null where nothing could be compared.
    pub(crate) fit: Option<&'static str>,
    /// Share of the original's area that is there, where the content fits.
    pub(crate) share: Option<f64>,
}

/// What is known besides.
pub(crate) struct Facts<'a> {
    /// The keys.
    pub(crate) keys: &'a Keys,
    /// The rows.
    pub(crate) assets: &'a Assets,
    /// Whether a registry was asked.
    pub(crate) registry: bool,
}

impl Answer {
    /// Of a file that was looked at; with sentences if anybody will read them.
    pub(crate) fn of(file: &Path, seen: &Look, facts: &Facts<'_>, elapsed_ms: u64, sentences: bool) -> Self {
        let strongest = seen.detection.strongest();
        let known = (strongest.verdict != Verdict::NotFound).then(|| facts.keys.facts(&strongest.key_id.to_string()));
        let key = known.flatten().cloned();
        let report = DetectReport::of(&file.to_string_lossy(), &seen.detection, elapsed_ms);
        Self {
            text: sentences.then(|| words(file, seen, facts, key.as_ref())),
            report,
            picture: Some(seen.at + 1),
            looked_at: Some(seen.looked_at),
            pictures: Some(seen.pictures),
            sha256: Some(super::hex(&seen.sha256)),
            key,
            asset: facts.assets.strongest.as_ref().map(AssetFields::of),
            others: others(seen, facts),
            clip: seen.film.as_ref().map(ClipFields::of),
        }
    }

    /// Of a file that could not be looked at.
    pub(crate) fn failed(file: &Path, error: &anyhow::Error, elapsed_ms: u64) -> Self {
        Self {
            report: DetectReport::failed(&file.to_string_lossy(), format!("{error:#}"), elapsed_ms),
            picture: None,
            looked_at: None,
            pictures: None,
            sha256: None,
            key: None,
            asset: None,
            others: Vec::new(),
            clip: None,
            text: None,
        }
    }
}

impl AssetFields {
    fn of(asset: &Asset) -> Self {
        let entry = &asset.stored.entry;
        let fits = asset.fit.as_ref().filter(|fit| fit.verdict == FitVerdict::Fits);
        Self {
            row: asset.stored.row.0,
            rows: asset.rows.len(),
            confirmed: asset.stored.place.is_some(),
            fault: asset.fault,
            title: entry.title.clone(),
            label: entry.label.clone(),
            recipient: entry.recipient.clone(),
            recorded: time(entry.created_unix_ms),
            source: entry.source_path.clone(),
            output_sha256: super::hex(&entry.output_sha256),
            identical: asset.identical,
            fit: asset.fit.as_ref().map(|fit| fit.verdict.as_str()),
            share: fits.and_then(|fit| number(fit.share)),
        }
    }
}

fn words(file: &Path, seen: &Look, facts: &Facts<'_>, key: Option<&KeyFacts>) -> String {
    let mut text = text::detection(file, &seen.detection);
    let mut say = |what: &str, value: String| {
        // Writing to a string does not fail.
        let _ = write!(text, "\n  {what:<9} {value}");
    };
    let strongest = seen.detection.strongest();
    match seen.kind {
        Kind::Animation if strongest.verdict != Verdict::NotFound => {
            say("frames", format!("{} of {} were looked at and added up", seen.looked_at, seen.pictures));
            if let Some(when) = seen.film.as_ref().and_then(when) {
                say("seen", when);
            }
        }
        Kind::Pages if strongest.verdict != Verdict::NotFound => {
            say("page", format!("{} of {}", seen.at + 1, seen.pictures));
        }
        _ => {}
    }
    let asked = facts.registry && strongest.payload.is_some();
    known_words(key, facts.assets.strongest.as_ref(), asked, &mut say);
    let fit = facts.assets.strongest.as_ref().and_then(|asset| asset.fit.as_ref());
    let fit = fit.filter(|fit| fit.verdict == FitVerdict::Fits && fit.factor != 1.0);
    if let Some((fit, geometry)) = fit.zip(strongest.geometry.as_ref()) {
        // The pattern repeats at pitches of 1 : 2 : 4; a weak reading may take one for another.
        let short_side = geometry.full_short_side_px * fit.factor;
        say("scale", format!("by the registered original the whole picture's short side is {short_side:.0} px here"));
    }
    for (at, asset) in &facts.assets.others {
        let mark = &seen.detection.marks[*at];
        let key = facts.keys.facts(&mark.key_id.to_string());
        if facts.registry || key.and_then(KeyFacts::caution).is_some() {
            let payload = mark.payload.as_ref().map(ToString::to_string).unwrap_or_default();
            say("and of", format!("the mark {payload} of the key {}", mark.key_id));
        }
        known_words(key, asset.as_ref(), facts.registry, &mut say);
    }
    text
}

/// What the key ring and, where it was asked, the registry say of a mark.
fn known_words(
    key: Option<&KeyFacts>,
    asset: Option<&Asset>,
    registry_asked: bool,
    say: &mut impl FnMut(&str, String),
) {
    if let Some(caution) = key.and_then(KeyFacts::caution) {
        say("caution", caution);
    }
    match asset {
        Some(asset) => row_words(asset, say),
        None if registry_asked => say("asset", "this id is not in the registry".to_owned()),
        None => {}
    }
}

fn others(seen: &Look, facts: &Facts<'_>) -> Vec<OtherMark> {
    let other = |(at, asset): &(usize, Option<Asset>)| {
        let mark = &seen.detection.marks[*at];
        let key_id = mark.key_id.to_string();
        OtherMark {
            payload: mark.payload.as_ref().map(ToString::to_string),
            key: facts.keys.facts(&key_id).cloned(),
            asset: asset.as_ref().map(AssetFields::of),
            key_id,
        }
    };
    facts.assets.others.iter().map(other).collect()
}

/// When the mark was seen.
fn when(film: &Film) -> Option<String> {
    /// Stretches that are named.
    const MOST: usize = 8;
    if film.ranges.is_empty() {
        return None;
    }
    let named = film.ranges.iter().take(MOST).map(|range| format!("{:.1} to {:.1} s", range.from_s, range.to_s));
    let mut words = named.collect::<Vec<_>>().join(", ");
    if film.ranges.len() > MOST {
        let _ = write!(words, " and {} more stretches", film.ranges.len() - MOST);
    }
    if let Some(duration_s) = film.duration_s {
        let _ = write!(words, " of {duration_s:.1} s");
    }
    Some(words)
}

fn row_words(asset: &Asset, say: &mut impl FnMut(&str, String)) {
    let entry = &asset.stored.entry;
    let mut name = printable(&asset.name());
    if let Some(title) = &entry.title {
        let _ = write!(name, ", of {}", printable(title));
    }
    let state = if asset.stored.place.is_some() { "" } else { ", not confirmed" };
    say("asset", format!("{name} (row {}, {}{state})", asset.stored.row, time(entry.created_unix_ms)));
    if let Some(fault) = asset.fault {
        say(
            "caution",
            format!("THE ROW WAS CHANGED: {fault}; what it says proves nothing (see `watermark registry check`)"),
        );
    }
    if let Some(recipient) = &entry.recipient {
        say("marked for", printable(recipient));
    }
    if asset.rows.len() > 1 {
        say("", format!("{} registered files carry this id", asset.rows.len()));
    }
    if asset.identical {
        say("file", "is the registered file, byte for byte".to_owned());
    }
    let Some(fit) = &asset.fit else { return };
    say(
        "content",
        match fit.verdict {
            FitVerdict::Fits => {
                let percent = (100.0 * fit.share).clamp(1.0, 100.0);
                format!("fits the registered original; about {percent:.0} % of its area is here")
            }
            FitVerdict::DoesNotFit => {
                "DOES NOT FIT the registered original: the mark may have been copied onto another \
                                       picture"
                    .to_owned()
            }
            FitVerdict::Unsure => "too little to compare with the registered original".to_owned(),
        },
    );
}
