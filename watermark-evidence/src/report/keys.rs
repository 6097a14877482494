//! What the key ring says of the keys, in sentences.

use watermark_formats::MarkFields;

use super::text::plain;
use super::{KeyStatus, Lang, Report, RingLine};

/// What has to be said where a mark of a revoked key is found; `on` is the day from which on others may hold the key.
///
/// It begins in the middle of a sentence and has no full stop, for programs that print it after a heading.
///
/// ```
/// use watermark_evidence::report::{Lang, revoked};
/// assert!(revoked(Lang::En, Some("2026-09-30")).starts_with("this key was revoked on 2026-09-30"));
/// ```
pub fn revoked(lang: Lang, on: Option<&str>) -> String {
    match on {
        Some(day) => lang.fill("key.revoked_on", &[("day", &plain(day))]),
        None => lang.say("key.revoked").to_owned(),
    }
}

/// The caution about the key of a mark; nothing where nothing was read, or its key is not revoked.
pub(super) fn caution(lang: Lang, report: &Report, mark: &MarkFields) -> Option<String> {
    let ring = ring_of(report, mark)?;
    let KeyStatus::Revoked { on } = &ring.status else { return None };
    let id = plain(mark.key_id.as_deref().unwrap_or("?"));
    let key = match &ring.title {
        Some(title) => lang.fill("key.titled", &[("key", &id), ("title", &plain(title))]),
        None => id,
    };
    let caution = lang.fill("warn.key", &[("key", &key), ("caution", &revoked(lang, on.as_deref()))]);
    Some(match note(lang, ring) {
        Some(note) if lang == Lang::Ja => caution + &note,
        Some(note) => format!("{caution} {note}"),
        None => caution,
    })
}

/// That the key of a mark is retired, which is no reason for caution.
pub(super) fn retired(lang: Lang, report: &Report, mark: &MarkFields) -> Option<&'static str> {
    (ring_of(report, mark)?.status == KeyStatus::Retired).then(|| lang.say("key.mark_retired"))
}

fn ring_of<'a>(report: &'a Report, mark: &MarkFields) -> Option<&'a RingLine> {
    let read = matches!(mark.verdict, Some("found" | "inconclusive"));
    report.ring(mark.key_id.as_deref()).filter(|_| read)
}

/// Everything that a ring says of a key, a line for each thing.
pub(super) fn lines(lang: Lang, ring: &RingLine) -> Vec<String> {
    let given = |key: &str, name: &str, value: &Option<String>| {
        value.as_ref().map(|value| lang.fill(key, &[(name, &plain(value))]))
    };
    let status = match &ring.status {
        KeyStatus::Active => lang.say("ring.active").to_owned(),
        KeyStatus::Retired => lang.say("ring.retired").to_owned(),
        KeyStatus::Revoked { on: Some(day) } => lang.fill("ring.revoked_on", &[("day", &plain(day))]),
        KeyStatus::Revoked { on: None } => lang.say("ring.revoked").to_owned(),
    };
    let title = given("ring.title", "title", &ring.title);
    let days = [given("ring.from", "day", &ring.from), given("ring.until", "day", &ring.until)];
    title.into_iter().chain([status]).chain(days.into_iter().flatten()).chain(note(lang, ring)).collect()
}

fn note(lang: Lang, ring: &RingLine) -> Option<String> {
    ring.note.as_ref().map(|note| lang.fill("ring.note", &[("note", &plain(note))]))
}
