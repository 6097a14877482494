//! The whole page.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use watermark_formats::role_name;

use super::figures::whole;
use super::suspect::{article, entry, foreign};
use super::text::plain;
use super::{ChainCheck, KeyLine, Lang, Report, keys, said};

/// Nothing may be loaded and nothing run, whatever got into the page.
const POLICY: &str =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";
const STYLE: &str = include_str!("style.css");
const METHOD: [&str; 2] = ["method.1", "method.2"];
const LIMITS: [&str; 6] =
    ["limit.person", "limit.owner", "limit.time", "limit.unmarked", "limit.absence", "limit.copied"];

/// The report as one page of HTML.
pub fn html(report: &Report, lang: Lang) -> String {
    let count = whole(report.suspects.len() as u64);
    let title = match report.suspects.len() {
        1 => lang.say("title.one").to_owned(),
        _ => lang.fill("title.many", &[("count", &count)]),
    };
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } p { (made(lang, report)) } (broken_chain(lang, report)) (overview(lang, report)) }
                @for (index, suspect) in report.suspects.iter().enumerate() { (article(lang, report, suspect, index + 1)) }
                footer { (program(lang, report)) (method(lang)) (limits(lang)) (repeat(lang, report)) }
            }
        }
    };
    page.into_string()
}

fn made(lang: Lang, report: &Report) -> String {
    lang.fill("made", &[("when", &plain(&report.made)), ("version", &plain(&report.tool_version))])
}

fn broken_chain(lang: Lang, report: &Report) -> Markup {
    let broken = report.registry.as_ref().and_then(|registry| match registry.chain {
        ChainCheck::Broken { row } => Some(row),
        _ => None,
    });
    html! { @if let Some(row) = broken {
        p.warning role="alert" { (lang.fill("warn.chain", &[("row", &whole(row))])) }
    } }
}

/// The verdicts at a glance, where there are several.
fn overview(lang: Lang, report: &Report) -> Markup {
    html! {
        @if report.suspects.len() > 1 {
            h2 { (lang.say("overview")) }
            table {
                thead { tr { th {} th { (lang.say("fact.file")) } th { (lang.say("fact.verdict")) } th { (lang.say("fact.asset")) } } }
                tbody { @for (index, suspect) in report.suspects.iter().enumerate() {
                    tr {
                        td { (index + 1) }
                        td { a href=(format!("#picture-{}", index + 1)) { (foreign(&suspect.file)) } }
                        td { (said::badge(lang, suspect)) @if keys::caution(lang, report, &suspect.detect.strongest).is_some() {
                            br; (lang.say("overview.revoked"))
                        } }
                        td { @if let Some(payload) = &suspect.detect.strongest.payload { span.code { (plain(payload)) } } }
                    }
                } }
            }
        }
    }
}

fn program(lang: Lang, report: &Report) -> Markup {
    html! {
        section {
            h2 { (lang.say("keys")) }
            dl {
                @if report.keys.is_empty() { (entry(lang.say("fact.key"), html! { (lang.say("keys.none")) })) }
                @for key in &report.keys {
                    (entry(lang.say(&format!("role.{}", role_name(key.role))), key_line(lang, key)))
                }
                (entry(lang.say("keys.program"), html! {
                    (lang.fill("keys.program.value", &[("version", &plain(&report.tool_version))]))
                }))
                @if let Some(registry) = &report.registry {
                    (entry(lang.say("keys.registry"), html! { bdi.foreign {
                        (lang.fill("keys.registry.value", &[("name", &plain(&registry.name)), ("rows", &whole(registry.rows))]))
                    } }))
                    (entry(lang.say("keys.chain"), html! { (chain(lang, &registry.chain)) }))
                }
            }
        }
    }
}

/// A key's identifier, and below it what the ring says.
fn key_line(lang: Lang, key: &KeyLine) -> Markup {
    html! {
        span.code { (plain(&key.id)) }
        @if let Some(ring) = &key.ring {
            @for line in keys::lines(lang, ring) { br; bdi.foreign { (line) } }
        }
    }
}

fn chain(lang: Lang, check: &ChainCheck) -> Markup {
    match check {
        ChainCheck::NotDone => html! { (lang.say("chain.not_done")) },
        ChainCheck::Intact { rows, head, signed_by } => html! {
            @match signed_by {
                None => (lang.say("chain.intact")),
                Some(signer) => (lang.fill("chain.signed", &[("signer", &plain(signer))])),
            }
            br; (lang.fill("chain.head", &[("rows", &whole(*rows))])) " " span.code { (plain(head)) }
        },
        ChainCheck::Broken { row } => html! { (lang.fill("chain.broken", &[("row", &whole(*row))])) },
    }
}

fn method(lang: Lang) -> Markup {
    html! { section { h2 { (lang.say("method")) } @for key in METHOD { p { (lang.say(key)) } } } }
}

fn limits(lang: Lang) -> Markup {
    html! { section { h2 { (lang.say("limits")) } ul { @for key in LIMITS { li { (lang.say(key)) } } } } }
}

fn repeat(lang: Lang, report: &Report) -> Markup {
    let mut commands = vec!["sha256sum FILE".to_owned(), "watermark detect FILE --key KEYFILE".to_owned()];
    if report.registry.is_some() {
        commands.push("watermark detect FILE --key KEYFILE --registry REGISTRY".to_owned());
    }
    let chain = report.registry.as_ref().map(|registry| &registry.chain);
    let noted = matches!(chain, Some(ChainCheck::Intact { .. }));
    if let Some(ChainCheck::Intact { head, .. }) = chain {
        commands.push(format!("watermark registry check --registry REGISTRY --noted {}", plain(head)));
    }
    commands.extend(report.commands.iter().map(|command| plain(command)));
    html! {
        section {
            h2 { (lang.say("repeat")) }
            p { (lang.say("repeat.why")) }
            pre { @for command in &commands { code { (command) } "\n" } }
            p { (lang.say("repeat.hash")) }
            @if noted { p { (lang.say("repeat.chain")) } }
        }
    }
}
