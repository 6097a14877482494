use std::collections::BTreeSet;

use watermark_core::{EvidenceMap, KeyRole};
use watermark_formats::{DetectReport, GeometryFields, MarkFields};

use super::*;
use crate::{Fit, FitVerdict, Overlap};

const LANGUAGES: [Lang; 2] = [Lang::En, Lang::Ja];
const HASH: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
const PICTURE: &str = "data:image/jpeg;base64,/9j/4AAQ";

fn mark(verdict: &'static str, log10_p: f64) -> MarkFields {
    let found = verdict == "found";
    let geometry = GeometryFields {
        rotation_deg: Some(-12.5),
        aspect: Some(1.1),
        mirrored: true,
        full_short_side_px: Some(400.0),
        scale_certain: true,
    };
    MarkFields {
        verdict: Some(verdict),
        found,
        payload: found.then(|| "00c0ffee00c0ffee".to_owned()),
        bits: found.then_some(64),
        authentic: found.then_some(true),
        log10_p: Some(log10_p),
        key_id: Some("5d41402abc4b2a76".to_owned()),
        margin_db: Some(6.25),
        geometry: found.then_some(geometry),
    }
}

fn suspect(verdict: &'static str, log10_p: f64) -> Suspect {
    Suspect {
        file: "found.jpg".into(),
        bytes: Some(123_456),
        sha256: HASH.into(),
        size: Some((500, 300)),
        preview: Some(PICTURE.into()),
        detect: DetectReport { strongest: mark(verdict, log10_p), ..DetectReport::default() },
        tried: Some(1_234_567),
        ..Suspect::default()
    }
}

fn fit(verdict: FitVerdict) -> Fit {
    let overlap = Overlap { left: 0.25, top: 0.0, right: 0.75, bottom: 0.5 };
    Fit { verdict, score: 0.6, strength: 18.0, texture: 900.0, factor: 1.0, overlap, share: 0.25, shift: (24.0, 0.0) }
}

/// Everything that a page can hold.
fn full() -> Report {
    let registered = Registered {
        row: 4_321,
        label: "Key visual".into(),
        recipient: "Preview press".into(),
        title: "Episode 12".into(),
        recorded: "2026-03-01 10:00 UTC".into(),
        size: Some((600, 400)),
        thumbnail: Some(PICTURE.into()),
        source_sha256: "1".repeat(64),
        output_sha256: "2".repeat(64),
        ..Registered::default()
    };
    let evidence = EvidenceMap { columns: 2, rows: 2, z: vec![4.0, -1.0, 1.0, 9.0] };
    let mut found = suspect("found", -38.2);
    found.detect.marks = vec![mark("found", -38.2), mark("inconclusive", -5.0)];
    found.jpeg_quality = Some(72);
    (found.evidence, found.registered, found.fit) = (Some(evidence), Some(registered), Some(fit(FitVerdict::Fits)));
    Report {
        suspects: vec![found],
        made: "24 November 2026, 14:30 UTC".into(),
        tool_version: "0.1.0".into(),
        keys: vec![KeyLine { id: "5d41402abc4b2a76".into(), role: KeyRole::DetectOnly, ring: None }],
        registry: Some(RegistryFacts { name: "studio.db".into(), rows: 10_000, chain: ChainCheck::default() }),
        commands: vec!["watermark registry check --registry REGISTRY".into()],
    }
}

/// The text of a page, without tags.
fn seen(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect::<Vec<_>>().join(" ")
}

fn placeholders(words: &str) -> BTreeSet<&str> {
    words.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn both_languages_have_the_same_keys_with_the_same_places() {
    let keys = |lang: Lang| lang.table().iter().map(|(key, _)| *key).collect::<Vec<_>>();
    assert_eq!(keys(Lang::En), keys(Lang::Ja));
    assert_eq!(keys(Lang::En).len(), keys(Lang::En).iter().collect::<BTreeSet<_>>().len());
    for (english, japanese) in Lang::En.table().iter().zip(Lang::Ja.table()) {
        assert_eq!(placeholders(english.1), placeholders(japanese.1), "{}", english.0);
        assert!(!english.1.is_empty() && !japanese.1.is_empty(), "{}", english.0);
    }
}

#[test]
fn every_key_is_used_and_every_used_key_exists() {
    let sources =
        [include_str!("said.rs"), include_str!("suspect.rs"), include_str!("page.rs"), include_str!("keys.rs")]
            .concat();
    for (key, _) in Lang::En.table() {
        let family = key.split('.').next().unwrap();
        let composed = ["badge", "odds", "role"].contains(&family) && sources.contains(&format!("\"{family}.{{"));
        assert!(composed || sources.contains(&format!("\"{key}\"")), "{key} is not used");
    }
    let used = sources.split("say(\"").skip(1).chain(sources.split("fill(\"").skip(1));
    for key in used.filter_map(|rest| rest.split_once('"')).map(|(key, _)| key) {
        assert_ne!(Lang::En.say(key), "?", "{key}");
    }
}

#[test]
fn every_verdict_is_said_in_both_languages() {
    for (verdict, log10_p, english, japanese) in [
        ("found", -38.2, "less than once in 10³⁸ trials", "10³⁸ 回の試行に 1 回未満"),
        ("inconclusive", -6.0, "less than once in 1,000,000 trials", "判断の根拠になりません"),
        (
            "not_found",
            -0.2,
            "does not show that it was never marked",
            "透かしが一度も入っていなかったことを示すものではありません",
        ),
    ] {
        let report = Report { suspects: vec![suspect(verdict, log10_p)], ..full() };
        for (lang, words) in [(Lang::En, english), (Lang::Ja, japanese)] {
            let page = html(&report, lang);
            assert!(page.contains(words) && page.contains(&format!("lang=\"{}\"", lang.code())), "{verdict}");
            assert!(
                page.contains(lang.say(&format!("badge.{verdict}")))
                    && page.contains(lang.say(match verdict {
                        "not_found" => "odds.nothing",
                        _ => "odds.not",
                    }))
            );
            assert_eq!(page.contains("100,000"), verdict != "not_found");
            assert!(page.contains(HASH));
        }
    }
}

#[test]
fn files_that_failed_say_so_and_no_more() {
    for lang in LANGUAGES {
        let failed = Suspect { detect: DetectReport::failed("a", "a: <damaged>", 1), ..Suspect::default() };
        let page = html(&Report { suspects: vec![failed], ..Report::default() }, lang);
        assert!(page.contains(lang.say("error")) && page.contains("a: &lt;damaged&gt;"));
        assert!(!page.contains(lang.say("odds")) && !page.contains(lang.say("not_found")));
    }
}

#[test]
fn what_does_not_fit_is_warned_of_before_anything_else() {
    for lang in LANGUAGES {
        let mut report = full();
        assert!(!html(&report, lang).contains(lang.say("warn.fit")));
        report.suspects[0].fit = Some(fit(FitVerdict::DoesNotFit));
        report.suspects[0].detect.strongest.authentic = Some(false);
        report.registry.as_mut().unwrap().chain = ChainCheck::Broken { row: 17 };
        let page = html(&report, lang);
        let at = |key: &str| page.find(lang.say(key)).unwrap_or_else(|| panic!("{key}"));
        assert!(at("warn.fit") < at("odds") && at("warn.tag") < at("odds"));
        assert!(page.contains(&lang.fill("warn.chain", &[("row", "17")])));
        // Where it does not fit, no share of the original is claimed and no part of it framed.
        assert!(page.contains(lang.say("change.unknown_share")) && !page.contains(lang.say("picture.part")));
    }
}

#[test]
fn a_changed_row_is_warned_of_where_it_is_told() {
    for lang in LANGUAGES {
        let mut report = full();
        assert!(!html(&report, lang).contains(lang.say("registry.changed")));
        report.suspects[0].registered.as_mut().unwrap().changed = true;
        let page = html(&report, lang);
        let at = |key: &str| page.find(lang.say(key)).unwrap_or_else(|| panic!("{key}"));
        assert!(at("registry.changed") < at("registry.recorded"));
    }
}

/// A ring's line about the key of the marks here.
fn ring(status: KeyStatus) -> Option<RingLine> {
    let (title, note) = (Some("Episode 12".to_owned()), Some("laptop lost".to_owned()));
    Some(RingLine { title, note, status, until: Some("2026-09-30".into()), ..RingLine::default() })
}

#[test]
fn a_revoked_key_is_cautioned_of_near_the_verdict_and_beside_its_line() {
    for (lang, rest) in
        [(Lang::En, " Note in the key ring: laptop lost"), (Lang::Ja, "鍵の一覧（キーリング）の注記：laptop lost")]
    {
        for on in [Some("2026-01-31"), None] {
            let mut report = full();
            report.keys[0].ring = ring(KeyStatus::Revoked { on: on.map(str::to_owned) });
            let page = html(&report, lang);
            let key = lang.fill("key.titled", &[("key", "5d41402abc4b2a76"), ("title", "Episode 12")]);
            let caution = lang.fill("warn.key", &[("key", &key), ("caution", &revoked(lang, on))]) + rest;
            let at = page.find(&caution).unwrap_or_else(|| panic!("{caution}"));
            assert!(at < page.find(lang.say("odds")).unwrap() && page.contains(on.unwrap_or("")));
            // Beside the key, at the end of the page.
            let (_, end) = page.split_once("<footer>").unwrap();
            let status = match on {
                Some(day) => lang.fill("ring.revoked_on", &[("day", day)]),
                None => lang.say("ring.revoked").to_owned(),
            };
            assert!(end.contains(&status) && end.contains("Episode 12") && end.contains("laptop lost"), "{status}");
            // The further mark, a trace of the same key, has it too.
            assert_eq!(page.matches(&caution).count(), 2);
        }
    }
}

#[test]
fn only_marks_of_revoked_keys_are_cautioned_of() {
    for lang in LANGUAGES {
        let page = |status, verdict| {
            let keys = vec![KeyLine { ring: ring(status), ..full().keys[0].clone() }];
            html(&Report { keys, suspects: vec![suspect(verdict, -6.0)], ..full() }, lang)
        };
        let revoked_key = KeyStatus::Revoked { on: None };
        let caution = revoked(lang, None);
        assert!(page(revoked_key.clone(), "inconclusive").contains(&caution));
        assert!(!page(revoked_key, "not_found").contains(&caution));
        let retired = page(KeyStatus::Retired, "found");
        assert!(!retired.contains(&caution) && retired.contains(lang.say("key.mark_retired")));
        assert!(retired.contains(lang.say("ring.retired")));
        let active = page(KeyStatus::Active, "found");
        assert!(active.contains(lang.say("ring.active")) && !active.contains(lang.say("key.mark_retired")));
        assert!(active.contains(&lang.fill("ring.until", &[("day", "2026-09-30")])));
    }
}

#[test]
fn a_file_that_gave_no_picture_has_its_size_and_hash_or_says_that_there_is_none() {
    for lang in LANGUAGES {
        let page = |bytes, sha256: &str| {
            let detect = DetectReport::failed("s.png", "s.png: not a picture", 1);
            let failed = Suspect { bytes, sha256: sha256.into(), detect, ..Suspect::default() };
            html(&Report { suspects: vec![failed], ..Report::default() }, lang)
        };
        let size = |bytes| lang.fill("fact.bytes.value", &[("bytes", bytes)]);
        let measured = page(Some(5), HASH);
        assert!(
            measured.contains(HASH) && measured.contains(&size("5")) && !measured.contains(lang.say("fact.unread"))
        );
        let lost = page(None, "");
        assert!(lost.matches(lang.say("fact.unread")).count() == 2 && !lost.contains(&size("0")));
    }
}

#[test]
fn an_intact_chain_is_tied_to_a_state() {
    let head = format!("10000:{}", "5a".repeat(32));
    for lang in LANGUAGES {
        let mut report = full();
        assert!(!html(&report, lang).contains("--noted"));
        let chain = ChainCheck::Intact { rows: 10_000, head: head.clone(), signed_by: None };
        report.registry.as_mut().unwrap().chain = chain;
        let page = html(&report, lang);
        assert!(page.contains(&lang.fill("chain.head", &[("rows", "10,000")])) && page.matches(&head).count() == 2);
        assert!(page.contains(&format!("--noted {head}")) && page.contains(lang.say("repeat.chain")));
    }
}

#[test]
fn every_file_of_an_asset_number_is_listed_and_the_program_that_marked_it() {
    for lang in LANGUAGES {
        let mut report = full();
        let row = report.suspects[0].registered.as_mut().unwrap();
        row.tool_version = "0.0.9".into();
        let same = |row: u64| SameNumber { row, output: format!("out/{row}.png"), ..SameNumber::default() };
        row.same_number = (4_321..4_381).map(same).collect();
        row.same_number[1].pending = true;
        let page = html(&report, lang);
        assert!(page.contains(&lang.fill("asset.several", &[("count", "60"), ("row", "4,321")])));
        assert!(page.contains("out/4321.png") && page.contains("out/4370.png") && !page.contains("out/4371.png"));
        assert!(page.contains(&lang.fill("registry.more", &[("count", "10")])));
        assert!(page.contains(&lang.fill("registry.unconfirmed", &[("row", "4,322")])));
        assert!(page.contains(&lang.fill("keys.program.value", &[("version", "0.0.9")])));
        report.suspects[0].registered.as_mut().unwrap().output_sha256 = HASH.into();
        assert!(html(&report, lang).contains(&lang.fill("asset.several_same", &[("count", "60"), ("row", "4,321")])));
        assert!(!html(&full(), lang).contains(&lang.fill("registry.several", &[("count", "1")])));
    }
}

#[test]
fn the_parts_stand_in_their_order() {
    let page = html(&full(), Lang::En);
    let parts = [
        "class=\"verdict found\"",
        "How often an unmarked picture",
        "What was done to the file",
        "Does the content fit?",
        "<figure",
        "What the registry says",
        ">Facts<",
        "Further marks",
        "Keys and program",
        ">Method<",
        "What this report does not show",
        "How to repeat the check",
    ];
    let places: Vec<usize> = parts.iter().map(|part| page.find(part).unwrap_or_else(|| panic!("{part}"))).collect();
    assert!(places.is_sorted(), "{places:?}");
    let count = |part: &str| page.matches(part).count();
    assert_eq!((count("<figure"), count("<article"), count("<svg"), count("<h1>")), (3, 1, 2, 1));
    let text = seen(&page);
    for words in [
        "Turned 12.5° clockwise.",
        "Stretched: 10.0 % wider.",
        "Mirrored.",
        "About 25 % of the original",
        "made for Preview press",
        "quality of about 72",
        "2 of 4 cells",
        "123,456 bytes",
        "sha256sum FILE",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

#[test]
fn a_scale_that_the_reading_does_not_tell_is_told_by_the_fit_or_not_at_all() {
    let page = |certain: bool, fit: Option<Fit>| {
        let mut suspect = suspect("found", -20.0);
        suspect.detect.strongest.geometry.as_mut().unwrap().scale_certain = certain;
        suspect.fit = fit;
        html(&Report { suspects: vec![suspect], ..full() }, Lang::En)
    };
    let halved = Fit { factor: 0.5, ..fit(FitVerdict::Fits) };
    assert!(page(true, None).contains("400 px"));
    assert!(!page(false, None).contains("400 px"));
    assert!(page(false, Some(halved)).contains("200 px"));
    assert!(!page(false, Some(fit(FitVerdict::Unsure))).contains("400 px"));
}

#[test]
fn the_registered_file_itself_is_recognised() {
    let mut report = full();
    report.suspects[0].registered.as_mut().unwrap().output_sha256 = HASH.to_uppercase();
    let page = html(&report, Lang::En);
    assert!(page.contains("byte for byte, the marked file of the registry.") && !page.contains("Turned"));
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    let hostile = "\"><script>alert(1)</script><img src=https://example.org/x onerror=alert(1)>\u{202e}\u{0}";
    for lang in LANGUAGES {
        let mut report = full();
        report.made = hostile.into();
        report.tool_version = hostile.into();
        report.commands = vec![hostile.into()];
        report.keys[0].id = hostile.into();
        let (text, status) = (Some(hostile.to_owned()), KeyStatus::Revoked { on: Some(hostile.into()) });
        let (title, from, until, note) = (text.clone(), text.clone(), text.clone(), text);
        report.keys[0].ring = Some(RingLine { title, status, from, until, note });
        *report.registry.as_mut().unwrap() = RegistryFacts {
            name: hostile.into(),
            rows: 1,
            chain: ChainCheck::Intact { rows: 1, head: hostile.into(), signed_by: Some(hostile.into()) },
        };
        let suspect = &mut report.suspects[0];
        (suspect.file, suspect.sha256, suspect.format) = (hostile.into(), hostile.into(), Some(hostile.into()));
        suspect.preview = Some(format!("data:image/png;base64,{hostile}"));
        (suspect.detect.strongest.payload, suspect.detect.strongest.key_id) =
            (Some(hostile.into()), Some(hostile.into()));
        let row = suspect.registered.as_mut().unwrap();
        (row.label, row.recipient, row.title) = (hostile.into(), hostile.into(), hostile.into());
        (row.recorded, row.signed_by, row.tool_version) = (hostile.into(), Some(hostile.into()), hostile.into());
        let other = SameNumber {
            row: 1,
            pending: true,
            label: hostile.into(),
            source: hostile.into(),
            output: hostile.into(),
            recipient: hostile.into(),
            recorded: hostile.into(),
            output_sha256: hostile.into(),
        };
        row.same_number = vec![other.clone(), other];
        (row.source_sha256, row.output_sha256) = (hostile.into(), hostile.into());
        for page in [html(&full(), lang), html(&report, lang)] {
            assert!(!page.contains("<script") && !page.contains("url(") && !page.contains("@import"));
            assert!(
                page.split("<img").skip(1).all(|tag| tag.starts_with(" src=\"data:image/")),
                "a picture from elsewhere"
            );
            assert!(!page.contains('\u{202e}') && !page.contains('\0'));
            // What is left of an address is text.
            assert!(
                page.matches("http").count()
                    == page.matches("http-equiv").count() + page.matches("https://example.org").count()
            );
            assert_eq!(page.matches("https://").count(), page.matches("&lt;img src=https://").count());
        }
        assert!(!html(&full(), lang).replace("http-equiv", "").contains("http"));
    }
}

#[test]
fn maps_that_contradict_themselves_are_left_out() {
    let mut report = full();
    report.suspects[0].evidence = Some(EvidenceMap { columns: 3, rows: usize::MAX, z: vec![f32::NAN] });
    assert_eq!(html(&report, Lang::En).matches("<figure").count(), 2);
    report.suspects[0].evidence = Some(EvidenceMap { columns: 1, rows: 1, z: vec![f32::NAN] });
    assert!(!html(&report, Lang::En).contains("NaN"));
}

#[test]
fn several_pictures_have_an_overview() {
    let report = Report { suspects: vec![suspect("found", -20.0), suspect("not_found", -1.0)], ..full() };
    let page = html(&report, Lang::En);
    assert!(page.contains("Report on 2 suspect pictures") && page.contains("href=\"#picture-2\""));
    assert_eq!(page.matches("<article").count(), 2);
    assert!(html(&Report::default(), Lang::Ja).contains("<footer>"));
}
