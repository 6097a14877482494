//! What is said of a suspect, in sentences. None says more than the figure does: the probability is that of such a reading
//! if the picture is unmarked, never the probability that the picture is unmarked.

use watermark_formats::{GeometryFields, MarkFields, WRONG_KEY_TRIALS};

use super::figures::{decimal, once_in, whole};
use super::text::plain;
use super::{Lang, Report, Suspect, keys};
use crate::{FitVerdict, Pose};

/// Smaller than what the search resolves or an eye would call a change.
const SAME_ASPECT: f64 = 0.005;
const SAME_ANGLE: f64 = 0.05;
/// From here the whole is there.
const WHOLE: f64 = 0.98;

/// The state of a suspect, as a word of the tables: the verdict, or `error`.
pub(super) fn state(suspect: &Suspect) -> &'static str {
    match (&suspect.detect.error, suspect.detect.strongest.verdict) {
        (None, Some(verdict)) => verdict,
        _ => "error",
    }
}

/// The verdict in a word or two.
pub(super) fn badge(lang: Lang, suspect: &Suspect) -> &'static str {
    match state(suspect) {
        "found" if does_not_fit(suspect) => lang.say("badge.unfit"),
        state => lang.say(&format!("badge.{state}")),
    }
}

fn does_not_fit(suspect: &Suspect) -> bool {
    suspect.fit.as_ref().is_some_and(|fit| fit.verdict == FitVerdict::DoesNotFit)
}

/// A mark in a sentence.
pub(super) fn mark(lang: Lang, mark: &MarkFields) -> String {
    let once = once_in(mark.log10_p.unwrap_or(0.0));
    match mark.verdict {
        Some("found") => {
            let asset = mark.payload.as_deref().map(plain);
            let rest = match (&asset, mark.authentic) {
                (None, _) => lang.say("asset.none").to_owned(),
                (Some(asset), Some(true)) => lang.fill("asset.true", &[("asset", asset)]),
                (Some(asset), Some(false)) => lang.fill("asset.false", &[("asset", asset)]),
                (Some(asset), None) => lang.fill("asset.null", &[("asset", asset)]),
            };
            let key = plain(mark.key_id.as_deref().unwrap_or("?"));
            lang.fill("marked", &[("key", &key), ("rest", &rest), ("once", &once)])
        }
        Some("inconclusive") => lang.fill("inconclusive", &[("once", &once)]),
        _ => lang.say("not_found").to_owned(),
    }
}

/// The verdict, first of all.
pub(super) fn verdict(lang: Lang, report: &Report, suspect: &Suspect) -> Vec<String> {
    if let Some(error) = &suspect.detect.error {
        return vec![lang.say("error").to_owned(), lang.fill("error.said", &[("message", &plain(error))])];
    }
    let mut said = vec![mark(lang, &suspect.detect.strongest)];
    if let Some(row) = suspect.registered.as_ref().filter(|_| suspect.detect.strongest.found) {
        let (label, recipient) = (plain(&row.label), plain(&row.recipient));
        let key = if recipient.is_empty() { "asset.row" } else { "asset.row_for" };
        said.push(lang.fill(key, &[("label", &label), ("recipient", &recipient)]));
        if row.same_number.len() > 1 {
            let key = if suspect.is_registered_file() { "asset.several_same" } else { "asset.several" };
            let count = whole(row.same_number.len() as u64);
            said.push(lang.fill(key, &[("count", &count), ("row", &whole(row.row))]));
        }
    }
    said.extend(keys::retired(lang, report, &suspect.detect.strongest).map(str::to_owned));
    said
}

/// What must not be overlooked.
pub(super) fn warnings(lang: Lang, report: &Report, suspect: &Suspect) -> Vec<String> {
    let mut said = Vec::new();
    if does_not_fit(suspect) {
        said.push(lang.say("warn.fit").to_owned());
    }
    if suspect.detect.strongest.authentic == Some(false) {
        said.push(lang.say("warn.tag").to_owned());
    }
    said.extend(keys::caution(lang, report, &suspect.detect.strongest));
    said
}

/// How often an unmarked picture would read so, and what that is not.
pub(super) fn odds(lang: Lang, mark: &MarkFields) -> Vec<String> {
    let Some(log10_p) = mark.log10_p else { return Vec::new() };
    let log10 = decimal(log10_p, 1);
    match mark.verdict {
        Some(verdict @ ("found" | "inconclusive")) => vec![
            lang.fill(&format!("odds.{verdict}"), &[("once", &once_in(log10_p)), ("log10", &log10)]),
            lang.fill("odds.trials", &[("trials", &whole(WRONG_KEY_TRIALS))]),
            lang.say("odds.not").to_owned(),
        ],
        _ => vec![lang.fill("odds.not_found", &[("log10", &log10)]), lang.say("odds.nothing").to_owned()],
    }
}

/// What was done to the file since it was marked.
pub(super) fn changes(lang: Lang, suspect: &Suspect) -> Vec<String> {
    let Some(geometry) = &suspect.detect.strongest.geometry else {
        return vec![lang.say("change.none").to_owned()];
    };
    if suspect.is_registered_file() {
        return vec![lang.say("change.same_file").to_owned()];
    }
    let mut said = Vec::new();
    if suspect.registered.as_ref().is_some_and(|row| !row.output_sha256.is_empty()) {
        said.push(lang.say("change.other_file").to_owned());
    }
    said.extend(shape(lang, geometry));
    said.extend(scale(lang, suspect, geometry));
    said.push(share(lang, suspect, geometry));
    if let Some(quality) = suspect.jpeg_quality {
        said.push(lang.fill("change.jpeg", &[("quality", &quality.to_string())]));
    }
    said
}

fn shape(lang: Lang, geometry: &GeometryFields) -> Vec<String> {
    let mut said = Vec::new();
    if geometry.mirrored {
        said.push(lang.say("change.mirrored").to_owned());
    }
    if let Some(angle) = geometry.rotation_deg.filter(|angle| angle.abs() >= SAME_ANGLE) {
        let key = if angle > 0.0 { "change.counter" } else { "change.clockwise" };
        said.push(lang.fill(key, &[("angle", &decimal(angle.abs(), 1))]));
    }
    if let Some(aspect) = geometry.aspect.filter(|aspect| (aspect - 1.0).abs() >= SAME_ASPECT) {
        let key = if aspect > 1.0 { "change.wider" } else { "change.narrower" };
        said.push(lang.fill(key, &[("percent", &decimal((aspect - 1.0).abs() * 100.0, 1))]));
    }
    if said.is_empty() {
        said.push(lang.say("change.upright").to_owned());
    }
    said
}

fn scale(lang: Lang, suspect: &Suspect, geometry: &GeometryFields) -> Option<String> {
    let fits = suspect.fit.as_ref().filter(|fit| fit.verdict == FitVerdict::Fits);
    // Where the content fits the registered original, that tells the scale; a weak reading by itself does not.
    if !geometry.scale_certain && fits.is_none() {
        return None;
    }
    let short = geometry.full_short_side_px? * fits.map_or(1.0, |fit| fit.factor);
    let pixels = lang.fill("change.short", &[("pixels", &whole(short.max(0.0).round() as u64))]);
    let size = suspect.registered.as_ref().and_then(|row| row.size).filter(|size| size.0.min(size.1) > 0);
    let percent = size.map(|size| decimal(100.0 * short / size.0.min(size.1) as f64, 0));
    Some(match percent {
        Some(percent) => {
            let gap = if lang == Lang::Ja { "" } else { " " };
            format!("{pixels}{gap}{}", lang.fill("change.scale", &[("percent", &percent)]))
        }
        None => pixels,
    })
}

/// How much of the original is there: measured on the thumbnail, or from the sizes where there is none to compare with.
fn share(lang: Lang, suspect: &Suspect, geometry: &GeometryFields) -> String {
    let room = || {
        let size = suspect.registered.as_ref()?.size?;
        Pose::of_fields(geometry)?.room(suspect.size?, size)
    };
    let share = match &suspect.fit {
        Some(fit) => (fit.verdict == FitVerdict::Fits).then_some(fit.share),
        None => room(),
    };
    match share {
        None => lang.say("change.unknown_share").to_owned(),
        Some(share) if share > WHOLE => lang.say("change.whole").to_owned(),
        Some(share) => lang.fill("change.share", &[("percent", &decimal((share * 100.0).max(1.0), 0))]),
    }
}
