//! Finding, not finding, and trouble with one file among several.

use std::collections::BTreeSet;

use image::RgbImage;
use serde_json::Value;
use watermark_core::Layout;
use watermark_media::{DecodeLimits, Format, Picture, PixelData, decode, encode};

use crate::pictures;
use crate::sandbox::Sandbox;

const PAYLOAD: &str = "00c0ffee00c0ffee";
/// The promised fields of an object.
const FIELDS: [&str; 21] = [
    "file",
    "verdict",
    "found",
    "payload",
    "bits",
    "authentic",
    "log10_p",
    "key_id",
    "margin_db",
    "geometry",
    "marks",
    "elapsed_ms",
    "error",
    "picture",
    "looked_at",
    "pictures",
    "sha256",
    "key",
    "asset",
    "others",
    "clip",
];

/// `in.png` and `marked.png`, marked with `title.key`; `reader.key` can only read it.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_key();
    sandbox.write("in.png", pictures::scene(5, Format::Png));
    let derive = ["key", "derive", "studio.key", "--title", "T", "--out"];
    sandbox.run(derive.into_iter().chain(["title.key"])).succeeds();
    sandbox.run(derive.into_iter().chain(["reader.key", "--detect-only"])).succeeds();
    let embed = ["embed", "in.png", "--out", "marked.png", "--key", "title.key", "--payload", PAYLOAD];
    sandbox.run(embed).succeeds();
    sandbox
}

fn id(sandbox: &Sandbox, key: &str) -> String {
    let text = sandbox.text(key);
    text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap().to_owned()
}

fn fields(object: &Value) -> BTreeSet<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn a_mark_is_found_with_all_that_is_known_of_it() {
    let sandbox = sandbox();
    let run = sandbox.run(["detect", "marked.png", "--key", "title.key", "--json"]).succeeds();
    let report = &run.json()[0];
    assert_eq!(fields(report), BTreeSet::from(FIELDS));
    assert_eq!((&report["file"], &report["verdict"]), (&"marked.png".into(), &"found".into()));
    assert_eq!((&report["found"], &report["authentic"]), (&true.into(), &true.into()));
    assert_eq!((&report["payload"], &report["bits"]), (&PAYLOAD.into(), &64.into()));
    assert_eq!(report["key_id"], id(&sandbox, "title.key"));
    assert!(report["log10_p"].as_f64().unwrap() <= -9.0 && report["margin_db"].as_f64().unwrap() > 0.0);
    let geometry = &report["geometry"];
    assert!(geometry["rotation_deg"].as_f64().unwrap().abs() < 0.1, "{geometry}");
    assert!((geometry["aspect"].as_f64().unwrap() - 1.0).abs() < 0.01 && geometry["mirrored"] == false);
    let short_side = geometry["full_short_side_px"].as_f64().unwrap();
    assert!((short_side / pictures::HEIGHT as f64 - 1.0).abs() < 0.01, "{geometry}");
    assert_eq!(report["marks"].as_array().unwrap().len(), 1);
    assert_eq!(report["marks"][0]["payload"], PAYLOAD);
    assert!(report["elapsed_ms"].is_u64() && report["error"].is_null());
}

#[test]
fn the_sentences_say_what_the_figure_means() {
    let sandbox = sandbox();
    let found = sandbox.run(["detect", "marked.png", "--key", "title.key"]).succeeds().out;
    for words in ["marked.png: found", PAYLOAD, "authentic: issued with this key", "less than once in 10^", "upright"] {
        assert!(found.contains(words), "{words:?} is not in {found}");
    }
    let run = sandbox.run(["detect", "in.png", "--key", "title.key"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    for words in ["in.png: not found", "does not show that it was never marked"] {
        assert!(run.out.contains(words), "{words:?} is not in {}", run.out);
    }
}

#[test]
fn an_unmarked_picture_and_a_wrong_key_give_nothing() {
    let sandbox = sandbox();
    for (file, key) in [("in.png", "title.key"), ("marked.png", "studio.key")] {
        let run = sandbox.run(["detect", file, "--key", key, "--json"]);
        assert_eq!((run.code, run.err.as_str()), (1, ""), "{}", run.out);
        let report = &run.json()[0];
        assert_eq!(fields(report), BTreeSet::from(FIELDS));
        assert_eq!((&report["verdict"], &report["found"]), (&"not_found".into(), &false.into()));
        assert!(report["payload"].is_null() && report["geometry"].is_null() && report["error"].is_null());
        assert_eq!(report["marks"].as_array().unwrap().len(), 0);
        assert!(report["log10_p"].as_f64().unwrap() > -4.0);
    }
}

#[test]
fn a_detect_only_key_reads_but_cannot_tell_who_issued() {
    let sandbox = sandbox();
    let run = sandbox.run(["detect", "marked.png", "--key", "reader.key", "--json"]).succeeds();
    let report = &run.json()[0];
    assert_eq!((&report["payload"], &report["authentic"]), (&PAYLOAD.into(), &Value::Null));
    assert_eq!(report["key_id"], id(&sandbox, "title.key"));
    let words = sandbox.run(["detect", "marked.png", "--key", "reader.key"]).succeeds().out;
    assert!(words.contains("authenticity unknown"), "{words}");
}

#[test]
fn any_key_of_a_ring_finds_its_mark() {
    let sandbox = sandbox();
    sandbox.run(["keygen", "--out", "other.key"]).succeeds();
    let ring = ["--key", "other.key", "--key", "title.key", "--key", "studio.key", "--json"];
    let run = sandbox.run(["detect", "marked.png"].into_iter().chain(ring)).succeeds();
    assert_eq!(run.json()[0]["key_id"], id(&sandbox, "title.key"));
    let one_bad = ["detect", "marked.png", "--key", "title.key", "--key", "absent.key"];
    sandbox.fails(2, one_bad, &["absent.key", "no such file"]);
}

#[test]
fn a_key_given_twice_counts_once_and_the_fuller_one_is_used() {
    let sandbox = sandbox();
    let report = |keys: &[&'static str]| {
        let keys = keys.iter().flat_map(|key| ["--key", key]);
        sandbox.run(["detect", "marked.png", "--json"].into_iter().chain(keys)).succeeds().json().remove(0)
    };
    let alone = report(&["title.key"]);
    for keys in [["title.key", "title.key"], ["title.key", "reader.key"], ["reader.key", "title.key"]] {
        let twice = report(&keys);
        assert_eq!((&twice["marks"], &twice["authentic"]), (&alone["marks"], &true.into()), "{keys:?}");
    }
}

#[test]
fn more_keys_than_a_ring_holds() {
    let sandbox = sandbox();
    let names: Vec<String> = (0..65).map(|index| format!("{index}.key")).collect();
    let mut detect = vec!["detect", "in.png"];
    for name in &names {
        sandbox.run(["key", "derive", "studio.key", "--title", name, "--out", name]).succeeds();
        detect.extend(["--key", name]);
    }
    sandbox.fails(2, detect, &["--key", "65", "limit is 64"]);
}

#[test]
fn the_exit_code_sums_up_all_files() {
    let sandbox = sandbox();
    sandbox.write("empty.png", "");
    let detect = |files: &[&'static str]| {
        let files = files.iter().copied().chain(["--key", "title.key", "--json"]);
        sandbox.run(std::iter::once("detect").chain(files))
    };
    assert_eq!(detect(&["marked.png", "marked.png"]).code, 0);
    assert_eq!(detect(&["marked.png", "in.png"]).code, 1);
    let run = detect(&["in.png", "empty.png", "absent.png", "marked.png"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.err.lines().count(), 2, "{}", run.err);
    let reports = run.json();
    let verdicts: Vec<&Value> = reports.iter().map(|report| &report["verdict"]).collect();
    assert_eq!(verdicts, [&"not_found".into(), &Value::Null, &Value::Null, &"found".into()]);
    for report in &reports {
        assert_eq!(fields(report), BTreeSet::from(FIELDS));
    }
    assert!(reports[1]["error"].as_str().unwrap().contains("empty.png"));
    assert_eq!(reports[1]["found"], false);
}

#[test]
fn pictures_too_small_or_flat_for_any_mark_are_not_found() {
    let sandbox = Sandbox::with_key();
    sandbox.write("tiny.png", pictures::tiny()).write("flat.png", pictures::flat());
    let run = sandbox.run(["detect", "tiny.png", "flat.png", "--key", "studio.key", "--json"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""));
    for report in run.json() {
        assert_eq!((&report["verdict"], &report["error"]), (&"not_found".into(), &Value::Null), "{report}");
    }
}

/// A rotation by 7 degrees is beyond a fast look, a mirror is not.
#[test]
fn effort_bounds_the_search() {
    let sandbox = sandbox();
    let marked = decode(&sandbox.read("marked.png"), &DecodeLimits::default()).unwrap();
    let marked = RgbImage::from_raw(marked.width() as u32, marked.height() as u32, marked.rgb8()).unwrap();
    for name in ["rotate-7", "flip-h"] {
        let copy = attacks::by_name(name).unwrap().apply(&marked, 0).unwrap();
        let (width, height) = (copy.width() as usize, copy.height() as usize);
        let copy = Picture::new(width, height, Layout::Rgb, PixelData::U8(copy.into_raw())).unwrap();
        sandbox.write(&format!("{name}.png"), encode(&copy, Format::Png).unwrap());
    }
    for (file, effort, reads) in [
        ("marked.png", "fast", true),
        ("flip-h.png", "fast", true),
        ("rotate-7.png", "fast", false),
        ("rotate-7.png", "normal", true),
        ("rotate-7.png", "thorough", true),
    ] {
        let detect = ["detect", file, "--key", "title.key", "--effort", effort, "--json"];
        let report = &sandbox.run(detect).json()[0];
        assert_eq!(report["payload"] == PAYLOAD, reads, "{file}, {effort}: {report}");
    }
}

/// What reads the objects must not have to guess why there are none.
#[test]
fn with_a_key_that_cannot_be_used_each_input_still_gives_its_object() {
    let sandbox = sandbox();
    let run = sandbox.run(["detect", "marked.png", "in.png", "--key", "absent.key", "--json"]);
    run.complains(2, &["absent.key", "no such file"]);
    let reports = run.json();
    assert_eq!(reports.iter().map(|report| &report["file"]).collect::<Vec<_>>(), ["marked.png", "in.png"]);
    for report in &reports {
        assert_eq!(fields(report), BTreeSet::from(FIELDS));
        assert!(report["verdict"].is_null() && report["found"] == false, "{report}");
        assert_eq!(format!("watermark: {}\n", report["error"].as_str().unwrap()), run.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_cannot_be_printed_are_trouble() {
    use std::process::Command;
    let sandbox = sandbox();
    let output = Command::new(env!("CARGO_BIN_EXE_watermark"))
        .args(["detect", "marked.png", "--key", "title.key"])
        .current_dir(sandbox.path(""))
        .stdout(std::fs::File::create("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("watermark: standard output cannot be written"));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    use std::process::{Command, Stdio};
    let sandbox = sandbox();
    let mut child = Command::new(env!("CARGO_BIN_EXE_watermark"))
        .args(["detect", "in.png", "in.png", "--key", "title.key", "--effort", "fast"])
        .current_dir(sandbox.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
