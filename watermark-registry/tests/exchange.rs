//! Registries as text, and into one another.

mod common;

use common::{Scratch, entry, filled, record};
use watermark_registry::{
    COLUMNS, ChainOptions, CheckOptions, ExportOptions, Filter, ImportOptions, ImportReport, Page, Registry, Result,
    Signer, Status,
};

type Export = fn(&Registry, &mut Vec<u8>, &ExportOptions) -> Result<u64>;
type Import = fn(&mut Registry, &[u8], &ImportOptions) -> Result<ImportReport>;

const CSV: (Export, Import) = (
    |registry, to, options| registry.export_csv(to, options),
    |registry, from, options| registry.import_csv(from, options),
);
const JSON: (Export, Import) = (
    |registry, to, options| registry.export_json_lines(to, options),
    |registry, from, options| registry.import_json_lines(from, options),
);

/// Rows with every kind of content: signed and not, pictures, odd text, odd numbers, one pending.
fn varied(scratch: &Scratch) -> Registry {
    let mut registry = filled(scratch, 2);
    registry.sign_with(Signer::from_secret(&[1; 32]));
    let mut odd = entry(3);
    odd.thumbnail = Some((0..=255).collect());
    odd.title = None;
    odd.label = Some("a \"b\",\nc; =1+1 \u{0} 日本語".into());
    odd.recipient = Some("Reader, 7".into());
    odd.psnr_db = Some(43.999_999_999_999_99);
    odd.margin_db = Some(5e-324);
    odd.ssimulacra2 = Some(-1.797e308);
    odd.perceptual_hash = 1 << 63;
    odd.created_unix_ms = -1;
    record(&mut registry, &odd);
    let mut zero = entry(4);
    zero.payload = "00c0ffee".into();
    zero.margin_db = Some(-0.0);
    record(&mut registry, &zero);
    registry.reserve(&entry(5)).unwrap();
    registry
}

fn confirmed(registry: &Registry) -> Vec<watermark_registry::Stored> {
    let filter = Filter { status: Some(Status::Confirmed), ..Filter::default() };
    registry.list(&filter, Page { after: None, limit: 10_000 }).unwrap()
}

#[test]
fn what_is_exported_is_imported_again() {
    for (export, import) in [CSV, JSON] {
        for thumbnails in [false, true] {
            let (first, second) = (Scratch::new(), Scratch::new());
            let (from, mut to) = (varied(&first), second.registry());
            let mut text = Vec::new();
            let options = ExportOptions { thumbnails, ..ExportOptions::default() };
            assert_eq!(export(&from, &mut text, &options).unwrap(), 5);
            let report = import(&mut to, &text, &ImportOptions::default()).unwrap();
            assert_eq!((report.imported, report.pending, report.bad), (4, 1, 0), "{report:?}");
            for (old, new) in confirmed(&from).into_iter().zip(confirmed(&to)) {
                assert_eq!((&old.entry, old.thumbnail_sha256), (&new.entry, new.thumbnail_sha256));
                let (place, origin) = (old.place.unwrap(), new.origin.unwrap());
                assert_eq!((place.seq, place.chain, place.signature), (origin.seq, origin.chain, origin.signature));
                let picture = from.thumbnail(old.row).unwrap().filter(|_| thumbnails);
                assert_eq!(to.thumbnail(new.row).unwrap(), picture);
            }
            assert!(to.check(&CheckOptions::thorough(None)).unwrap().is_sound());
            // Again: everything is known. And once more through text: the first origin stays.
            assert_eq!(import(&mut to, &text, &ImportOptions::default()).unwrap().known, 4);
            let third = Scratch::new();
            let mut last = third.registry();
            text.clear();
            export(&to, &mut text, &options).unwrap();
            assert_eq!(import(&mut last, &text, &ImportOptions::default()).unwrap().imported, 4);
            assert_eq!(confirmed(&last)[3].origin, confirmed(&to)[3].origin);
        }
    }
}

#[test]
fn an_export_keeps_to_its_filter_and_its_columns() {
    let scratch = Scratch::new();
    let registry = varied(&scratch);
    let filter = Filter { recipient: Some("Reader, 7".into()), ..Filter::default() };
    let options = ExportOptions { filter, thumbnails: false };
    let mut text = Vec::new();
    assert_eq!(registry.export_csv(&mut text, &options).unwrap(), 1);
    let text = String::from_utf8(text).unwrap();
    assert!(text.starts_with(&format!("{}\n", COLUMNS.join(","))), "{text}");
    let mut lines = Vec::new();
    registry.export_json_lines(&mut lines, &options).unwrap();
    let line: serde_json::Value = serde_json::from_slice(&lines).unwrap();
    let names: Vec<_> = COLUMNS.iter().filter(|name| line.get(name).is_none()).collect();
    assert!(names.is_empty(), "{names:?} are missing");
    assert_eq!(line["seq"], 3);
    assert_eq!(line["perceptual_hash"], "8000000000000000");
    assert_eq!(line["title"], serde_json::Value::Null);
}

/// The required columns of an entry, which are what a studio's own list has.
fn plain(number: u64) -> String {
    let hash = format!("{number:064x}");
    format!(
        "{number:016x},6b65796964000001,{hash},{hash},{hash},in/{number},out/{number},\
         00000000000000ff,1,2,standard,1,0.1,5"
    )
}

const PLAIN: &str = "payload,key_id,source_sha256,output_sha256,content_sha256,source_path,output_path,perceptual_hash,\
    width,height,profile,frames,tool_version,created_unix_ms";

#[test]
fn bad_lines_are_named_and_import_nothing_unless_asked() {
    let negative = plain(3).replace(",1,2,", ",-5,2,");
    let colliding = plain(1).replace("out/1", "out/other").replace(&format!("{:064x}", 1), &"9".repeat(64));
    let text = [
        PLAIN,
        &plain(1),
        &negative,
        "too,short",
        &plain(2),
        &plain(4).replace("6b65", "\"6b\n65").replace("0001,", "0001\","),
        &colliding,
        &plain(5).replace("standard", ""),
        &plain(1),
    ]
    .join("\n");
    let expected = [
        (3, "width is `-5`, not a whole number from 1 to 4294967295"),
        (4, "line has 2 values, the first line has 14"),
        (8, "payload 0000000000000001 of key 6b65796964000001 belongs to another asset"),
        (9, "profile is missing"),
    ];
    for keep_good_lines in [false, true] {
        let scratch = Scratch::new();
        let mut registry = scratch.registry();
        let report = registry.import_csv(text.as_bytes(), &ImportOptions { keep_good_lines }).unwrap();
        assert_eq!((report.bad, report.known, report.imported), (4, 1, if keep_good_lines { 3 } else { 0 }));
        assert_eq!(registry.count().unwrap().confirmed, report.imported);
        assert_eq!(report.bad_lines.len(), expected.len());
        for (bad, (line, problem)) in report.bad_lines.iter().zip(expected) {
            assert_eq!(bad.line, line, "{}", bad.problem);
            assert!(bad.problem.starts_with(problem), "{}", bad.problem);
        }
    }
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    // More than the reader takes at once, with a label over two lines and a bad line at the end.
    let header = format!("{PLAIN},label");
    for (end, line) in [("\n", 402), ("\r\n", 402), ("\n\n", 802), ("\r\n\r\n", 802)] {
        for start in ["", "\u{feff}"] {
            let mut text = format!("{start}{header}{end}");
            for number in 1..=399 {
                let label = if number == 7 { "\"two\nlines\"" } else { "one" };
                text.push_str(&format!("{},{label}{end}", plain(number)));
            }
            text.push_str(&format!("{},one{end}short{end}", plain(400).replace(",1,2,", ",0,2,")));
            let scratch = Scratch::new();
            let report = scratch.registry().import_csv(text.as_bytes(), &ImportOptions::default()).unwrap();
            let lines: Vec<u64> = report.bad_lines.iter().map(|bad| bad.line).collect();
            let step = end.matches('\n').count() as u64;
            assert_eq!(lines, [line, line + step], "{end:?} {start:?}: {:?}", report.bad_lines);
        }
    }
}

#[test]
fn bad_json_is_named_by_its_line() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 1);
    let mut line = Vec::new();
    registry.export_json_lines(&mut line, &ExportOptions::default()).unwrap();
    let line = String::from_utf8(line).unwrap();
    let line = line.trim();
    let text = [
        line,
        "",
        "{",
        "[1]",
        r#"{"payload": {}}"#,
        r#"{"paylod": "00c0ffee"}"#,
        r#"{"payload": "00c0ffee", "payload": "00c0ffee"}"#,
        "{} {}",
        &line.replace("\"width\":640", "\"width\":6.5"),
        &line.replace("\"psnr_db\":44.1", "\"psnr_db\":\"NaN\""),
        &line.replace("\"label\":\"cover 1\"", "\"label\":\"cover 2\""),
    ]
    .join("\n");
    let report = registry.import_json_lines(text.as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!((report.known, report.imported), (1, 0));
    let lines: Vec<_> = report.bad_lines.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, (3..=11).collect::<Vec<_>>(), "{report:#?}");
    assert!(report.bad_lines[3].problem.contains("there is no column `paylod`"), "{report:#?}");
    assert!(report.bad_lines[7].problem.starts_with("psnr_db is NaN"), "{report:#?}");
    assert!(report.bad_lines[8].problem.contains("is imported as a new row"), "{report:#?}");
    assert!(report.bad_lines.iter().all(|bad| !bad.problem.contains("at line")), "{report:#?}");
}

#[test]
fn a_first_line_or_a_stream_that_cannot_be_used_ends_the_import() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let endless = format!("{PLAIN}\n\"{}", "a".repeat(5 << 20));
    let without_end = format!("{{\"payload\": \"{}", "a".repeat(5 << 20));
    for (text, problem) in [
        (String::new(), "line 1: column `payload` is missing"),
        (PLAIN.replace("width", "widht"), "line 1: there is no column `widht`"),
        (PLAIN.replace("width", "height"), "line 1: column `height` is there twice"),
        (endless, "a line has more than 4194304 bytes"),
    ] {
        let error = registry.import_csv(text.as_bytes(), &ImportOptions::default()).unwrap_err().to_string();
        assert!(error.contains(problem), "{error}");
    }
    let error = registry.import_json_lines(without_end.as_bytes(), &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("a line has more than"), "{error}");
    let mut latin = format!("{PLAIN}\n{}\n{}", plain(1), plain(2)).into_bytes();
    latin.push(0xe9);
    let error = registry.import_csv(&b"\xe9,b\n"[..], &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("line 1: it is not UTF-8"), "{error}");
    let report = registry.import_csv(&latin[..], &ImportOptions::default()).unwrap();
    assert_eq!((report.bad, report.bad_lines[0].line, &*report.bad_lines[0].problem), (1, 3, "line is not UTF-8"));
}

#[test]
fn a_large_import_makes_its_indices_again() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 3);
    let lines: Vec<_> = std::iter::once(PLAIN.to_owned()).chain((10..60_010).map(plain)).collect();
    let report = registry.import_csv(lines.join("\n").as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!((report.imported, report.bad), (60_000, 0));
    let last = &registry.find_by_output_path("out/60009").unwrap()[0];
    assert_eq!(registry.find_by_output_sha256(&last.entry.output_sha256).unwrap()[0].row, last.row);
    assert_eq!(registry.find_by_output_path("out/3.png").unwrap().len(), 1);
    assert!(registry.check(&CheckOptions::thorough(None)).unwrap().is_sound());
    // The same with a bad line at the end is taken back, indices and all.
    let more: Vec<_> =
        std::iter::once(PLAIN.to_owned()).chain((70_000..130_000).map(plain)).chain(["x".into()]).collect();
    let report = registry.import_csv(more.join("\n").as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!((report.imported, report.bad), (0, 1));
    assert_eq!(registry.count().unwrap().confirmed, 60_003);
    assert!(registry.check(&CheckOptions::thorough(None)).unwrap().is_sound());
}

#[test]
fn a_merge_takes_over_what_is_new_and_keeps_where_it_came_from() {
    let (first, second) = (Scratch::new(), Scratch::new());
    let mut ours = filled(&first, 2);
    ours.sign_with(Signer::from_secret(&[9; 32]));
    let mut theirs = varied(&second);
    let mut colliding = entry(6);
    colliding.recipient = Some("ours".into());
    record(&mut ours, &colliding);
    record(&mut theirs, &entry(6));
    let before = theirs.head().unwrap();

    let report = ours.merge(&theirs).unwrap();
    assert_eq!((report.merged, report.known, report.pending, report.collisions), (2, 2, 1, 1));
    let collision = &report.listed_collisions[0];
    assert!(collision.same_asset && collision.payload == entry(6).payload);
    assert_eq!(ours.find(&colliding.key_id, &colliding.payload).unwrap()[0].entry, colliding);
    assert_eq!(theirs.head().unwrap(), before);

    let merged = &ours.find_by_output_path("out/3.png").unwrap()[0];
    let original = &theirs.find_by_output_path("out/3.png").unwrap()[0];
    assert_eq!(merged.entry, original.entry);
    assert_eq!(merged.place.as_ref().unwrap().seq, 4);
    let origin = merged.origin.as_ref().unwrap();
    assert_eq!(origin.chain, original.place.as_ref().unwrap().chain);
    assert_eq!(origin.signature, original.place.as_ref().unwrap().signature);
    assert!(origin.signature.is_some());
    assert_eq!(ours.thumbnail(merged.row).unwrap().unwrap().len(), 256);
    assert!(ours.check(&CheckOptions::thorough(None)).unwrap().is_sound());
    let chain = ours.verify_chain(&ChainOptions::default()).unwrap();
    let public_key = Signer::from_secret(&[1; 32]).public_key();
    let there: Vec<_> = chain.signed_at_origin.iter().map(|by| (by.public_key, by.rows, by.first_seq)).collect();
    assert_eq!((there, merged.origin_fault()), (vec![(public_key, 2, 4)], None));
    let mut changed = merged.clone();
    changed.entry.label = Some("another".into());
    assert!(changed.origin_fault().is_some());
    let again = ours.merge(&theirs).unwrap();
    assert_eq!((again.merged, again.known), (0, 4));
    let row = merged.row.0;
    drop(ours);

    // The origin is in the chain.
    for change in
        ["signature = zeroblob(64)", "seq = seq + 1", "previous = zeroblob(32)", "signer = NULL, signature = NULL"]
    {
        let copy = Scratch::new();
        std::fs::copy(first.path("r.db"), copy.path("r.db")).unwrap();
        copy.sql(&format!("UPDATE origins SET {change} WHERE mark = {row}"));
        let report = Registry::open(copy.path("r.db")).unwrap().verify_chain(&ChainOptions::default()).unwrap();
        assert_eq!(report.first_fault.map(|fault| fault.row.0), Some(row), "{change}");
    }
}

#[test]
fn nothing_is_merged_from_a_chain_that_does_not_fit() {
    let (first, second) = (Scratch::new(), Scratch::new());
    let mut ours = first.registry();
    drop(filled(&second, 5));
    second.sql("UPDATE marks SET label = 'another' WHERE id = 4");
    let theirs = Registry::open_read_only(second.path("r.db")).unwrap();
    let error = ours.merge(&theirs).unwrap_err().to_string();
    assert!(error.contains("row 4 of its chain does not fit") && error.contains("r.db"), "{error}");
    assert_eq!(ours.count().unwrap().confirmed, 0);
}
