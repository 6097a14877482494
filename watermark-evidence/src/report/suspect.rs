//! The part of the page that is about one picture.

use maud::{Markup, html};
use watermark_formats::MarkFields;

use super::figures::{decimal, whole};
use super::text::{picture_address, plain};
use super::{Lang, Registered, Report, SameNumber, Suspect, keys, map, said};
use crate::{Fit, FitVerdict};

/// Rows of one asset number that are listed: what a page can hold before nobody reads it.
const MOST_ROWS: usize = 50;

/// The article of one suspect.
pub(super) fn article(lang: Lang, report: &Report, suspect: &Suspect, number: usize) -> Markup {
    let state = said::state(suspect);
    let mark = &suspect.detect.strongest;
    html! {
        article id=(format!("picture-{number}")) {
            h2.name { @if report.suspects.len() > 1 { (number) ". " } (foreign(&suspect.file)) }
            div.verdict.(state) {
                p.badge { (said::badge(lang, suspect)) }
                @for (at, sentence) in said::verdict(lang, report, suspect).iter().enumerate() {
                    p.lead[at == 0] { (sentence) }
                }
            }
            @for warning in said::warnings(lang, report, suspect) { p.warning role="alert" { (warning) } }
            @if state != "error" {
                section.odds { h3 { (lang.say("odds")) } @for sentence in said::odds(lang, mark) { p { (sentence) } } }
            }
            @if state != "error" {
                section.whole { h3 { (lang.say("changes")) } ul.changes {
                    @for change in said::changes(lang, suspect) { li { (change) } }
                } }
                @if let Some(fit) = &suspect.fit {
                    section.whole { h3 { (lang.say("fit")) } p { (fit_sentence(lang, fit)) } }
                }
            }
            (pictures(lang, suspect))
            @if state != "error" {
                @if mark.payload.is_some() && report.registry.is_some() { (registry(lang, suspect.registered.as_ref())) }
                @for (number, row) in &suspect.others {
                    (row_of(lang, &lang.fill("registry.other", &[("number", number)]), row))
                }
            }
            (facts(lang, suspect))
            @let others: Vec<&MarkFields> = suspect.detect.marks.iter().skip(1).collect();
            @if !others.is_empty() {
                section { h3 { (lang.say("others")) } ul { @for other in others { li {
                    (said::mark(lang, other))
                    @if let Some(caution) = keys::caution(lang, report, other) { br; strong { (caution) } }
                } } } }
            }
        }
    }
}

/// Text of strangers: harmless characters, its own direction, broken anywhere.
pub(super) fn foreign(text: &str) -> Markup {
    html! { bdi.foreign { (plain(text)) } }
}

fn fit_sentence(lang: Lang, fit: &Fit) -> String {
    let key = match fit.verdict {
        FitVerdict::Fits => "fit.fits",
        FitVerdict::DoesNotFit => "fit.does_not_fit",
        FitVerdict::Unsure => "fit.unsure",
    };
    let (strength, limit) = (decimal(fit.strength, 1), decimal(FitVerdict::FITS_STRENGTH, 1));
    let (score, least) = (decimal(fit.score, 2), decimal(FitVerdict::FITS_SCORE, 2));
    lang.fill(key, &[("strength", &strength), ("limit", &limit), ("score", &score), ("least", &least)])
}

fn pictures(lang: Lang, suspect: &Suspect) -> Markup {
    let preview = suspect.preview.as_deref().and_then(picture_address);
    let cells = suspect.evidence.as_ref().and_then(|map| Some((map, map::cells(map)?)));
    let thumbnail = suspect.registered.as_ref().and_then(|row| row.thumbnail.as_deref()).and_then(picture_address);
    let part = suspect.fit.as_ref().filter(|fit| fit.verdict == FitVerdict::Fits && fit.share < 0.98);
    if preview.is_none() && thumbnail.is_none() {
        return html! { p.no-preview { (lang.say("picture.none")) } };
    }
    html! {
        section.pictures aria-label=(lang.say("pictures")) {
            @if let Some(preview) = preview {
                (figure("", preview, lang.say("picture.suspect"), &html! {}))
                @if let Some((map, drawing)) = &cells {
                    @let (strong, all) = map::counted(map);
                    (figure("", preview, &lang.fill("picture.map", &[("strong", &whole(strong as u64)),
                        ("all", &whole(all as u64)), ("most", &decimal(map::FULL_Z.into(), 0))]), drawing))
                }
            }
            @if let Some(thumbnail) = thumbnail {
                @match part {
                    Some(fit) => (figure("thumbnail", thumbnail, lang.say("picture.part"), &map::part(&fit.overlap))),
                    None => (figure("thumbnail", thumbnail, lang.say("picture.original"), &html! {})),
                }
            }
        }
    }
}

fn figure(class: &str, address: &str, words: &str, over: &Markup) -> Markup {
    html! { figure.(class) { div.frame { img src=(address) alt=(words); (over) } figcaption { (words) } } }
}

fn registry(lang: Lang, row: Option<&Registered>) -> Markup {
    let Some(row) = row else {
        return html! { section { h3 { (lang.say("registry")) } p { (lang.say("registry.none")) } } };
    };
    row_of(lang, lang.say("registry"), row)
}

fn row_of(lang: Lang, heading: &str, row: &Registered) -> Markup {
    let size = row.size.map(|(width, height)| pixels(lang, width, height));
    html! {
        section {
            h3 { (heading) }
            @if row.changed { p.warning role="alert" { (lang.say("registry.changed")) } }
            dl {
                (entry(lang.say("registry.row"), html! { (row_number(lang, row.row, row.pending)) }))
                (entry(lang.say("registry.label"), foreign(&row.label)))
                (entry(lang.say("registry.recipient"), html! {
                    @if row.recipient.is_empty() { (lang.say("registry.nobody")) } @else { (foreign(&row.recipient)) }
                }))
                @if !row.title.is_empty() { (entry(lang.say("registry.title"), foreign(&row.title))) }
                (entry(lang.say("registry.recorded"), foreign(&row.recorded)))
                @if !row.tool_version.is_empty() {
                    (entry(lang.say("registry.program"), html! { bdi.foreign {
                        (lang.fill("keys.program.value", &[("version", &plain(&row.tool_version))]))
                    } }))
                }
                (entry(lang.say("registry.signed"), html! {
                    @match &row.signed_by {
                        Some(signer) => span.code { (foreign(signer)) },
                        None => (lang.say("registry.unsigned")),
                    }
                }))
                @if let Some(size) = size { (entry(lang.say("registry.size"), html! { (size) })) }
                (hash(lang.say("registry.source"), &row.source_sha256))
                (hash(lang.say("registry.output"), &row.output_sha256))
            }
            @if row.same_number.len() > 1 { (same_number(lang, &row.same_number)) }
        }
    }
}

fn row_number(lang: Lang, row: u64, pending: bool) -> String {
    if pending { lang.fill("registry.unconfirmed", &[("row", &whole(row))]) } else { whole(row) }
}

/// The files that carry the same asset number.
fn same_number(lang: Lang, rows: &[SameNumber]) -> Markup {
    let count = whole(rows.len() as u64);
    html! {
        p.several { (lang.fill("registry.several", &[("count", &count)])) }
        table {
            thead { tr { @for key in ["registry.row", "registry.label", "registry.recipient", "registry.recorded"] {
                th { (lang.say(key)) }
            } } }
            tbody { @for row in rows.iter().take(MOST_ROWS) {
                tr {
                    td { (row_number(lang, row.row, row.pending)) }
                    td {
                        @if !row.label.is_empty() { (foreign(&row.label)) br; }
                        (foreign(&row.source)) " → " (foreign(&row.output)) br; span.code { (plain(&row.output_sha256)) }
                    }
                    td { @if row.recipient.is_empty() { (lang.say("registry.nobody")) } @else { (foreign(&row.recipient)) } }
                    td { (foreign(&row.recorded)) }
                }
            } }
        }
        @if rows.len() > MOST_ROWS {
            p.several { (lang.fill("registry.more", &[("count", &whole((rows.len() - MOST_ROWS) as u64))])) }
        }
    }
}

fn facts(lang: Lang, suspect: &Suspect) -> Markup {
    let mark = &suspect.detect.strongest;
    let state = said::state(suspect);
    html! {
        section {
            h3 { (lang.say("facts")) }
            dl {
                (entry(lang.say("fact.file"), foreign(&suspect.file)))
                @if let Some(format) = &suspect.format { (entry(lang.say("fact.format"), foreign(format))) }
                (entry(lang.say("fact.bytes"), html! { (size(lang, suspect.bytes)) }))
                @if suspect.sha256.is_empty() {
                    (entry(lang.say("fact.sha"), html! { (lang.say("fact.unread")) }))
                } @else {
                    (hash(lang.say("fact.sha"), &suspect.sha256))
                }
                @if let Some((width, height)) = suspect.size {
                    (entry(lang.say("fact.picture"), html! { (pixels(lang, width, height)) }))
                }
                (entry(lang.say("fact.verdict"), html! { (lang.say(&format!("badge.{state}"))) }))
                @if mark.found { (reading(lang, mark)) }
                @if let Some(log10_p) = mark.log10_p {
                    (entry(lang.say("fact.evidence"), html! { (evidence(lang, log10_p, suspect.tried)) }))
                }
                @if let Some(margin) = mark.margin_db.filter(|_| mark.found) {
                    (entry(lang.say("fact.margin"), html! {
                        (lang.fill("fact.margin_db", &[("margin", &decimal(margin, 1))]))
                    }))
                }
            }
        }
    }
}

/// Key, asset number and tag of a mark that was found.
fn reading(lang: Lang, mark: &MarkFields) -> Markup {
    let authentic = match mark.authentic {
        Some(true) => "authentic.true",
        Some(false) => "authentic.false",
        None => "authentic.null",
    };
    let bits = mark.bits.unwrap_or(0).to_string();
    html! {
        @if let Some(key) = &mark.key_id { (hash(lang.say("fact.key"), key)) }
        @match &mark.payload {
            Some(payload) => {
                (entry(lang.say("fact.asset"), html! {
                    span.code { (lang.fill("fact.bits", &[("payload", &plain(payload)), ("bits", &bits)])) }
                }))
                (entry(lang.say("fact.authentic"), html! { (lang.say(authentic)) }))
            }
            None => (entry(lang.say("fact.asset"), html! { (lang.say("fact.unreadable")) })),
        }
    }
}

fn evidence(lang: Lang, log10_p: f64, tried: Option<u64>) -> String {
    let log10 = decimal(log10_p, 2);
    match tried {
        Some(tried) => lang.fill("fact.tried", &[("log10", &log10), ("tried", &whole(tried))]),
        None => lang.fill("fact.log10", &[("log10", &log10)]),
    }
}

fn size(lang: Lang, bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) => lang.fill("fact.bytes.value", &[("bytes", &whole(bytes))]),
        None => lang.say("fact.unread").to_owned(),
    }
}

fn pixels(lang: Lang, width: usize, height: usize) -> String {
    lang.fill("fact.pixels", &[("width", &whole(width as u64)), ("height", &whole(height as u64))])
}

/// A line of a list of facts.
pub(super) fn entry(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// A line with a long number; nothing when there is none.
fn hash(name: &str, value: &str) -> Markup {
    html! { @if !value.is_empty() { (entry(name, html! { span.code { (plain(value)) } })) } }
}
