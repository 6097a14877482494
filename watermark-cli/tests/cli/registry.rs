//! What was marked, for whom: written by `embed`, asked by `registry`, `detect` and `report`.

use std::time::UNIX_EPOCH;

use watermark_media::Format;
use watermark_registry::{Entry, Filter, Page, Registry, path_to_text};

use crate::pictures;
use crate::sandbox::Sandbox;

const PAYLOAD: &str = "00c0ffee00c0ffee";

/// `in/a.png` and `in/b.png`, marked into `out` with `studio.key` and written down in `studio.db`.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_key();
    std::fs::create_dir(sandbox.path("in")).unwrap();
    sandbox.write("in/a.png", pictures::scene(5, Format::Png)).write("in/b.png", pictures::scene(6, Format::Png));
    let embed = ["embed", "in", "--out", "out", "--key", "studio.key", "--registry", "studio.db"];
    sandbox.run(embed.into_iter().chain(["--title", "Folge 12", "--label", "covers"])).succeeds();
    sandbox
}

#[test]
fn rows_are_listed_and_shown() {
    let sandbox = sandbox();
    let list = sandbox.run(["registry", "list", "--registry", "studio.db"]).succeeds().out;
    assert!(list.contains("covers") && list.contains("Folge 12") && list.contains("2 rows shown"), "{list}");
    let rows = sandbox.run(["registry", "list", "--registry", "studio.db", "--json"]).succeeds().json();
    assert_eq!(rows.len(), 2);
    // Files are marked side by side: either may be the first.
    let row = rows.iter().find(|row| row["source_path"].as_str().unwrap().ends_with("a.png")).unwrap();
    let payload = row["payload"].as_str().unwrap();
    for what in [payload, "out/a.png", "in/a.png", row["output_sha256"].as_str().unwrap()] {
        let shown = sandbox.run(["registry", "show", what, "--registry", "studio.db"]).succeeds().out;
        assert!(shown.contains(payload) && shown.contains("confirmed") && shown.contains("covers"), "{shown}");
    }
    let none = sandbox.run(["registry", "show", "0123456789abcdef", "--registry", "studio.db"]);
    assert_eq!((none.code, none.out.trim()), (1, "0123456789abcdef: is not in the registry"));
    let filtered = ["registry", "list", "--registry", "studio.db", "--json"];
    for (flag, value, rows) in [("--title", "Folge 12", 2), ("--title", "x", 0), ("--status", "pending", 0)] {
        let run = sandbox.run(filtered.into_iter().chain([flag, value])).succeeds();
        assert_eq!(run.json().len(), rows, "{flag} {value}");
    }
    assert_eq!(sandbox.run(filtered.into_iter().chain(["--until", "2020-01-01"])).succeeds().json().len(), 0);
    sandbox.fails(2, filtered.into_iter().chain(["--since", "yesterday"]), &["--since", "2026-12-31"]);
}

#[test]
fn a_mark_names_its_asset_and_the_content_is_compared() {
    let sandbox = sandbox();
    let args = ["detect", "out", "--key", "studio.key", "--registry", "studio.db"];
    let found = sandbox.run(args.into_iter().chain(["--json"])).succeeds().json();
    assert_eq!(found.len(), 2);
    for (report, file) in found.iter().zip(["out/a.png", "out/b.png"]) {
        assert_eq!(report["file"], file);
        let asset = &report["asset"];
        assert_eq!((&asset["label"], &asset["identical"]), (&"covers".into(), &true.into()), "{asset}");
        assert_eq!((&asset["fit"], &asset["confirmed"]), (&"fits".into(), &true.into()), "{asset}");
        assert!(asset["share"].as_f64().unwrap() > 0.9, "{asset}");
    }
    let words = sandbox.run(args).succeeds().out;
    for part in ["covers: in/a.png, of Folge 12", "byte for byte", "fits the registered original"] {
        assert!(words.contains(part), "{part:?} is not in {words}");
    }
    let table = sandbox.run(args.into_iter().chain(["--csv"])).succeeds().out;
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines.len() == 3 && lines[0].starts_with("file,verdict,payload") && lines[1].contains(",covers,"),
        "{table}"
    );
}

#[test]
fn a_row_that_was_changed_is_told() {
    let sandbox = sandbox();
    let change = "UPDATE marks SET recipient = 'somebody else' WHERE output_path LIKE '%a.png'";
    let database = rusqlite::Connection::open(sandbox.path("studio.db")).unwrap();
    assert_eq!(database.execute(change, []).unwrap(), 1);
    drop(database);
    let args = ["detect", "out", "--key", "studio.key", "--registry", "studio.db"];
    let found = sandbox.run(args.into_iter().chain(["--json"])).succeeds().json();
    let fault = found[0]["asset"]["fault"].as_str().unwrap_or_default();
    assert!(fault.contains("not the row that was confirmed"), "{}", found[0]["asset"]);
    assert_eq!((&found[0]["asset"]["fit"], &found[1]["asset"]["fault"]), (&().into(), &().into()));
    let words = sandbox.run(args).succeeds().out;
    assert_eq!(words.matches("THE ROW WAS CHANGED").count(), 1, "{words}");
}

#[test]
fn a_mark_on_another_picture_is_warned_of() {
    let sandbox = sandbox();
    // What a forger with the key can do; without the key the detector itself has to refuse copies.
    let rows = sandbox.run(["registry", "list", "--registry", "studio.db", "--json"]).succeeds().json();
    let payload = rows[0]["payload"].as_str().unwrap();
    sandbox.write("other.png", pictures::scene(77, Format::Png));
    let embed = ["embed", "other.png", "--out", "forged.png", "--key", "studio.key", "--payload", payload];
    sandbox.run(embed).succeeds();
    let args = ["detect", "forged.png", "--key", "studio.key", "--registry", "studio.db"];
    let found = sandbox.run(args.into_iter().chain(["--json"])).succeeds().json();
    assert_ne!(found[0]["asset"]["fit"], "fits", "{}", found[0]["asset"]);
    assert_eq!(found[0]["asset"]["identical"], false);
}

#[test]
fn checked_exported_imported_and_merged() {
    let sandbox = sandbox();
    let check = sandbox.run(["registry", "check", "--registry", "studio.db", "--files", "--json"]).succeeds().json();
    assert_eq!((&check[0]["sound"], &check[0]["confirmed"]), (&true.into(), &2.into()));
    assert_eq!(check[0]["files"]["same"], 2);
    let head = check[0]["head"].as_str().unwrap().to_owned();
    for name in ["rows.csv", "rows.jsonl"] {
        sandbox.run(["registry", "export", "--registry", "studio.db", "--out", name]).succeeds();
        let copy = format!("{name}.db");
        let run = sandbox.run(["registry", "import", name, "--registry", &copy]).succeeds();
        assert!(run.out.contains("2 rows imported"), "{}", run.out);
        let merged = sandbox.run(["registry", "merge", &copy, "--registry", "studio.db"]).succeeds();
        assert!(merged.out.contains("0 rows merged, 2 were there"), "{}", merged.out);
    }
    let again = sandbox.run(["registry", "export", "--registry", "studio.db", "--out", "rows.csv"]);
    again.complains(2, &["rows.csv", "exists already", "--force"]);
    let noted = ["registry", "check", "--registry", "studio.db", "--noted", &head];
    assert!(sandbox.run(noted).succeeds().out.contains("noted head fits"));
    let wrong = format!("2:{}", "0".repeat(64));
    let run = sandbox.run(["registry", "check", "--registry", "studio.db", "--noted", &wrong]);
    assert!(run.code == 2 && run.out.contains("NOT SOUND") && run.out.contains("CHANGED"), "{}", run.out);
    sandbox.write("out/a.png", "something else");
    let run = sandbox.run(["registry", "check", "--registry", "studio.db", "--files"]);
    assert!(run.code == 2 && run.out.contains("1 changed") && run.out.contains("a.png"), "{}", run.out);
}

/// Files that were marked again have a later row; the earlier one is no fault, and a changed file still is one.
#[test]
fn files_that_were_marked_again_are_no_fault() {
    let sandbox = sandbox();
    let embed = ["embed", "in", "--out", "out", "--key", "studio.key", "--registry", "studio.db", "--force"];
    let embed = embed.into_iter().chain(["--title", "Folge 12", "--label", "covers"]);
    let check = ["registry", "check", "--registry", "studio.db", "--files"];
    let counts = |code: i32| {
        let run = sandbox.run(check.into_iter().chain(["--json"]));
        assert_eq!(run.code, code, "{}", run.out);
        let files = run.json()[0]["files"].clone();
        ["same", "missing", "changed", "replaced"].map(|name| files[name].as_u64().unwrap())
    };
    sandbox.run(embed.clone().chain(["--profile", "robust"])).succeeds();
    assert_eq!(counts(0), [2, 0, 0, 2]);
    let words = sandbox.run(check).succeeds().out;
    assert!(words.contains("sound") && words.contains("0 changed, 2 replaced since"), "{words}");
    // As at first, which makes no new row: the first rows are those of the files again.
    sandbox.run(embed).succeeds();
    assert_eq!(counts(0), [2, 0, 0, 2]);
    sandbox.write("out/a.png", "something else");
    std::fs::remove_file(sandbox.path("out/b.png")).unwrap();
    assert_eq!(counts(2), [0, 1, 1, 2]);
    let words = sandbox.run(check).out;
    assert!(words.contains("NOT SOUND") && words.matches("a.png").count() == 1, "{words}");
}

/// Rows that a run at work may have are left alone; see the help of `--settle`.
#[test]
fn pending_rows_of_runs_at_work_are_not_settled() {
    let sandbox = sandbox();
    let mut registry = Registry::open(sandbox.path("studio.db")).unwrap();
    let template = registry.list(&Filter::default(), Page::default()).unwrap().remove(0).entry;
    let now_ms = i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
    let mut reserve = |number: u8, name: &str, minutes: i64| {
        let entry = Entry {
            payload: format!("00c0ffee000000{number:02x}"),
            output_path: path_to_text(&std::fs::canonicalize(sandbox.path(".")).unwrap().join(name)),
            output_sha256: <sha2::Sha256 as sha2::Digest>::digest(b"there").into(),
            content_sha256: [number; 32],
            created_unix_ms: now_ms - minutes * 60_000,
            ..template.clone()
        };
        registry.reserve(&entry).unwrap();
    };
    sandbox.write("there.png", "there");
    reserve(1, "there.png", 1);
    reserve(2, "young.png", 8);
    reserve(3, "old.png", 12);
    reserve(4, "out/deep/old.png", 12);
    let settle = |expected: [u64; 3]| {
        let check = ["registry", "check", "--registry", "studio.db", "--settle", "--json"];
        let answer = sandbox.run(check).succeeds().json().remove(0);
        let counts = ["confirmed", "withdrawn", "in_work"].map(|name| answer[format!("settled_{name}")].as_u64());
        assert_eq!(counts, expected.map(Some), "{answer}");
    };
    let lock = std::fs::File::create(sandbox.path("out/.watermark.lock")).unwrap();
    lock.lock().unwrap();
    // It is this lock that runs have.
    let embed = ["embed", "in", "--out", "out", "--key", "studio.key", "--force"];
    sandbox.run(embed).complains(2, &["another run is marking files into this directory"]);
    settle([1, 1, 2]);
    drop(lock);
    settle([0, 1, 1]);
    let words = sandbox.run(["registry", "check", "--registry", "studio.db", "--settle"]).succeeds().out;
    assert!(words.contains("0 withdrawn, 1 left as in work (younger than 10 minutes"), "{words}");
}

#[test]
fn nothing_is_made_where_nothing_was_asked_for_or_it_failed() {
    let sandbox = Sandbox::with_key();
    let settle = ["registry", "check", "--settle", "--registry", "typo.db"];
    sandbox.fails(2, settle, &["typo.db: there is no registry here", "embed --registry", "registry import"]);
    sandbox.write("bad.csv", "payload,no_such_column\n").write("worse.jsonl", "{}\n{}\n").write("other.db", "words");
    let import = |file, more: &[&'static str]| {
        ["registry", "import", file, "--registry", "new.db"].into_iter().chain(more.to_vec()).collect::<Vec<_>>()
    };
    sandbox.fails(2, import("bad.csv", &[]), &["bad.csv: line 1", "no_such_column"]);
    for more in [&[][..], &["--keep-good-lines"], &["--sign", "no.key"]] {
        let before = sandbox.contents();
        let run = sandbox.run(import("worse.jsonl", more));
        assert!(run.code == 2 && sandbox.contents() == before, "{more:?}: {}{}", run.out, run.err);
    }
    let merge = ["registry", "merge", "other.db", "--registry", "new.db"];
    sandbox.fails(2, merge, &["other.db", "not a registry"]);
}

#[test]
fn bad_lines_are_named_and_nothing_is_imported() {
    let sandbox = sandbox();
    sandbox.run(["registry", "export", "--registry", "studio.db", "--out", "rows.csv"]).succeeds();
    let text = sandbox.text("rows.csv");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[2] = lines[2].replacen(|c: char| c.is_ascii_hexdigit(), "z", 1);
    for end in ["\n", "\r\n"] {
        sandbox.write("bad.csv", lines.join(end));
        let run = sandbox.run(["registry", "import", "bad.csv", "--registry", "new.db"]);
        assert!(run.code == 2 && run.err.contains("bad.csv: line 3: payload"), "{}", run.err);
        assert!(!sandbox.path("new.db").exists());
    }
    let run = sandbox.run(["registry", "import", "bad.csv", "--registry", "new.db", "--keep-good-lines"]);
    assert!(run.code == 2 && run.out.contains("1 rows imported"), "{}{}", run.out, run.err);
}

#[test]
fn signed_rows_say_by_whom() {
    let sandbox = Sandbox::with_key();
    let made = sandbox.run(["registry", "signer", "--out", "sign.key"]).succeeds().out;
    let public = made.split_whitespace().find(|word| word.len() == 64).unwrap().to_owned();
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    let embed = ["embed", "a.png", "--out", "b.png", "--key", "studio.key", "--registry", "r.db", "--sign", "sign.key"];
    sandbox.run(embed).succeeds();
    let check = sandbox.run(["registry", "check", "--registry", "r.db"]).succeeds().out;
    assert!(check.contains(&format!("1 rows by {public}")), "{check}");
    let secret = sandbox.text("sign.key");
    let secret = secret.lines().last().unwrap().strip_prefix("secret: ").unwrap();
    assert!(!made.contains(secret) && !check.contains(secret));

    // Elsewhere the signature is still shown, and whether it fits.
    sandbox.run(["registry", "export", "--registry", "r.db", "--out", "rows.csv"]).succeeds();
    sandbox.run(["registry", "import", "rows.csv", "--registry", "there.db"]).succeeds();
    let check = ["registry", "check", "--registry", "there.db"];
    let words = sandbox.run(check).succeeds().out;
    assert!(words.contains(&format!("1 rows by {public}, in the registry they came from")), "{words}");
    let answer = sandbox.run(check.into_iter().chain(["--json"])).succeeds().json();
    assert_eq!(answer[0]["signed_at_origin"], serde_json::json!([[public, 1]]));
    let shown = sandbox.run(["registry", "show", "b.png", "--registry", "there.db"]).succeeds().out;
    assert!(shown.contains(&format!("signed there by {public}; the row fits")), "{shown}");
}

#[test]
fn a_signing_key_needs_a_registry_and_an_owner() {
    let sandbox = Sandbox::with_key();
    sandbox.run(["registry", "signer", "--out", "sign.key"]).succeeds();
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    let embed = ["embed", "a.png", "--key", "studio.key", "--sign", "sign.key", "--out"];
    sandbox.fails(2, embed.into_iter().chain(["b.png"]), &["--sign", "--registry DB", "--no-registry"]);
    sandbox.run(embed.into_iter().chain(["b.png", "--no-registry"])).succeeds();
    sandbox.run(embed.into_iter().chain(["c.png", "--registry", "r.db"])).succeeds();
    #[cfg(unix)]
    {
        sandbox.set_mode("sign.key", 0o644);
        sandbox.run(["registry", "export", "--registry", "r.db", "--out", "rows.csv"]).succeeds();
        let embed = embed.into_iter().chain(["d.png", "--registry", "r.db"]);
        let import = ["registry", "import", "rows.csv", "--registry", "new.db", "--sign", "sign.key"];
        let merge = ["registry", "merge", "r.db", "--registry", "merged.db", "--sign", "sign.key"];
        for command in [embed.collect(), import.to_vec(), merge.to_vec()] {
            sandbox.fails(2, command.iter().copied(), &["sign.key", "chmod 600", "--allow-open-key"]);
            sandbox.run(command.iter().copied().chain(["--allow-open-key"])).succeeds();
        }
    }
}

/// As on a full disk.
#[cfg(unix)]
#[test]
fn an_export_that_finds_no_room_names_its_file() {
    let sandbox = sandbox();
    sandbox
        .run_with_small_files(["registry", "export", "--registry", "studio.db", "--thumbnails", "--out", "rows.csv"])
        .complains(2, &["rows.csv: cannot be written", "make room"]);
    assert!(!sandbox.path("rows.csv").exists());
}

#[test]
fn a_registry_that_is_not_there_or_not_one() {
    let sandbox = Sandbox::with_key();
    sandbox.write("a.png", pictures::scene(5, Format::Png)).write("words.db", "not a registry at all");
    sandbox.fails(2, ["registry", "list"], &["--registry", "WATERMARK_REGISTRY"]);
    sandbox.fails(2, ["registry", "list", "--registry", "no.db"], &["no.db", "no registry"]);
    sandbox.fails(2, ["registry", "list", "--registry", "words.db"], &["words.db", "not a registry"]);
    let detect = ["detect", "a.png", "--key", "studio.key", "--registry", "no.db"];
    sandbox.fails(2, detect, &["no.db", "no registry"]);
    // The configuration names it: a mark is still read by who says so.
    sandbox.write("watermark.toml", "key = \"studio.key\"\nregistry = \"words.db\"\n");
    sandbox.run(["embed", "a.png", "--no-registry", "--out", "marked.png"]).succeeds();
    sandbox.fails(2, ["detect", "marked.png"], &["words.db", "not a registry", "--no-registry"]);
    sandbox.run(["detect", "marked.png", "--no-registry"]).succeeds();
    sandbox.run(["report", "marked.png", "--no-registry", "--out", "report.html"]).succeeds();
}

#[test]
fn a_report_is_one_page_that_stands_alone() {
    let sandbox = sandbox();
    sandbox.write("unmarked.png", pictures::scene(9, Format::Png)).write("broken.png", "no picture");
    let inputs = ["report", "out/a.png", "unmarked.png", "--key", "studio.key", "--registry", "studio.db"];
    sandbox.run(inputs.into_iter().chain(["--out", "report.html"])).succeeds();
    let page = sandbox.text("report.html");
    for part in ["<!DOCTYPE html>", "a.png", "unmarked.png", "covers", "Folge 12", "data:image/jpeg;base64,"] {
        assert!(page.contains(part), "{part:?} is not in the page");
    }
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    sandbox.fails(2, inputs.into_iter().chain(["--out", "report.html"]), &["report.html", "exists already"]);
    sandbox.run(inputs.into_iter().chain(["--out", "bericht.html", "--lang", "ja"])).succeeds();
    assert!(sandbox.text("bericht.html").contains("lang=\"ja\""));
    let broken = ["report", "broken.png", "--key", "studio.key", "--out", "broken.html"];
    let run = sandbox.run(broken);
    assert!(run.code == 2 && run.err.contains("broken.png") && sandbox.text("broken.html").contains("broken.png"));
}

#[test]
fn a_key_ring_chooses_the_key_and_warns_of_a_revoked_one() {
    let sandbox = Sandbox::with_key();
    sandbox.run(["keygen", "--out", "old.key"]).succeeds();
    sandbox.write(
        "ring.toml",
        "[[key]]\nfile = \"old.key\"\nstatus = \"revoked\"\nrevoked = 2026-01-31\n[[key]]\nfile = \"studio.key\"\n",
    );
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    let embed = ["embed", "a.png", "--payload", PAYLOAD, "--out"];
    sandbox.run(embed.into_iter().chain(["new.png", "--key-ring", "ring.toml"])).succeeds();
    sandbox.run(embed.into_iter().chain(["old.png", "--key", "old.key"])).succeeds();
    let detect = ["detect", "new.png", "old.png", "--key-ring", "ring.toml"];
    let found = sandbox.run(detect.into_iter().chain(["--json"])).succeeds().json();
    assert_eq!((&found[0]["key"]["status"], &found[1]["key"]["status"]), (&"active".into(), &"revoked".into()));
    let words = sandbox.run(detect).succeeds().out;
    assert!(words.contains("this key was revoked on 2026-01-31"), "{words}");
}

#[test]
fn flags_go_before_the_environment_and_that_before_the_file() {
    let sandbox = Sandbox::with_key();
    sandbox.run(["keygen", "--out", "other.key"]).succeeds();
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    sandbox.write("watermark.toml", "key = \"studio.key\"\nprofile = \"subtle\"\n");
    let psnr = |extra: &[&str]| {
        let embed = ["embed", "a.png", "--out", "b.png", "--force", "--json"];
        let run = sandbox.run(embed.into_iter().chain(extra.iter().copied())).succeeds();
        let report = run.json().swap_remove(0);
        (report["psnr_db"].as_f64().unwrap(), report["key_id"].as_str().unwrap().to_owned())
    };
    let (subtle, studio) = psnr(&[]);
    let (robust, other) = psnr(&["--profile", "robust", "--key", "other.key"]);
    assert!(subtle > robust + 4.0, "{subtle} {robust}");
    assert_ne!(studio, other);
    let run = sandbox.run_with_variable("WATERMARK_KEY", "other.key", ["detect", "b.png", "--json"]).succeeds();
    assert_eq!(run.json()[0]["key_id"], other, "the variable goes before the file");
    sandbox.write("watermark.toml", "keys = 3\n");
    sandbox.fails(2, ["detect", "b.png"], &["watermark.toml", "line 1", "keys"]);
    sandbox.write("watermark.toml", "key = \"studio.key\"\n[[rule]]\nglob = \"wip/**\"\nskip = true\n");
    std::fs::create_dir_all(sandbox.path("in/wip")).unwrap();
    sandbox.write("in/wip/a.png", pictures::scene(5, Format::Png)).write("in/b.png", pictures::scene(6, Format::Png));
    sandbox.run(["embed", "in", "--out", "out"]).succeeds();
    assert!(sandbox.path("out/b.png").exists() && !sandbox.path("out/wip/a.png").exists());
}

#[test]
fn pictures_go_through_pipes() {
    let sandbox = Sandbox::with_key();
    sandbox.write("a.png", pictures::scene(5, Format::Png));
    let shell = "\"$0\" embed - --out - --key studio.key --payload 00c0ffee00c0ffee --format webp < a.png | \
                 \"$0\" detect - --key studio.key --json";
    let run = sandbox.run_shell(shell).succeeds();
    assert_eq!(run.json()[0]["payload"], PAYLOAD);
    let mixed = ["embed", "-", "a.png", "--out", "-", "--key", "studio.key"];
    sandbox.fails(2, mixed, &["one picture"]);
    // A picture that cannot carry a mark has the same code as a file.
    sandbox.write("flat.png", pictures::flat());
    let run = sandbox.run_shell("\"$0\" embed - --out - --key studio.key < flat.png");
    assert!(run.code == 3 && run.out.is_empty() && run.err.contains("nothing was written"), "{}", run.err);
    let run = sandbox.run_shell("\"$0\" embed - --out x.png --json --key studio.key < flat.png");
    assert_eq!((run.code, &run.json()[0]["status"]), (3, &"refused".into()));
    let run = sandbox.run_shell("echo words | \"$0\" embed - --out x.png --json --key studio.key");
    assert_eq!((run.code, &run.json()[0]["status"]), (2, &"failed".into()));
    sandbox.fails(2, ["embed", "-", "--out", "-", "--json", "--key", "studio.key"], &["--json", "standard output"]);
    let registered = ["embed", "-", "--out", "-", "--key", "studio.key", "--registry", "r.db"];
    sandbox.fails(2, registered, &["--registry", "names"]);
}

#[test]
fn manual_pages_and_completions_come_from_the_definitions() {
    let sandbox = Sandbox::empty();
    let said = sandbox.run(["man", "--out", "man"]).succeeds().out;
    for page in ["watermark.1", "watermark-embed.1", "watermark-registry-check.1"] {
        assert!(said.contains(page) && sandbox.text(&format!("man/{page}")).starts_with(".ie"), "{page}");
    }
    assert!(sandbox.text("man/watermark-embed.1").contains("recipients"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(sandbox.run(["completions", shell]).succeeds().out.contains("registry"), "{shell}");
    }
}

#[test]
fn every_mark_that_is_read_is_looked_up() {
    let sandbox = sandbox();
    sandbox.run(["keygen", "--out", "other.key"]).succeeds();
    sandbox.write(
        "ring.toml",
        "[[key]]\nfile = \"studio.key\"\n[[key]]\nfile = \"other.key\"\nstatus = \"revoked\"\nrevoked = 2026-01-31\n",
    );
    let again = ["embed", "out/a.png", "--out", "twice.png", "--key", "other.key", "--profile", "robust"];
    sandbox.run(again).succeeds();
    let args = ["twice.png", "--key-ring", "ring.toml", "--registry", "studio.db"];
    let found = sandbox.run(["detect"].into_iter().chain(args).chain(["--json"])).succeeds().json().remove(0);
    // Which of the two is the stronger is no matter of this test.
    let (first, other) = (&found, &found["others"][0]);
    let ours = if first["asset"].is_null() { other } else { first };
    let theirs = if first["asset"].is_null() { first } else { other };
    assert_eq!((&ours["asset"]["source"], &theirs["asset"]), (&"in/a.png".into(), &serde_json::Value::Null), "{found}");
    assert_eq!(theirs["key"]["status"], "revoked", "{found}");
    let words = sandbox.run(["detect"].into_iter().chain(args)).succeeds().out;
    for part in ["and of", "covers: in/a.png, of Folge 12", "revoked on 2026-01-31", "not in the registry"] {
        assert!(words.contains(part), "{part:?} is not in {words}");
    }
    for (lang, words) in [("en", "What the registry says of the other mark"), ("ja", "もう一つの透かし")] {
        let page = sandbox.run(["report"].into_iter().chain(args).chain(["--out", "-", "--lang", lang])).succeeds().out;
        assert!(page.contains("in/a.png") && (first["asset"].is_object() || page.contains(words)), "{lang}");
    }
}

#[test]
fn what_a_command_works_with_is_never_replaced() {
    let sandbox = sandbox();
    sandbox.write("watermark.toml", "registry = \"studio.db\"\n");
    for (command, what) in [
        (&["registry", "export", "--format", "csv", "--out", "studio.db"][..], "registry"),
        (&["report", "out/a.png", "--key", "studio.key", "--out", "studio.key"], "key"),
        (&["report", "out/a.png", "--key", "studio.key", "--out", "out/a.png"], "suspect"),
        (&["report", "out/a.png", "--key", "studio.key", "--out", "studio.db"], "registry"),
        (&["report", "out/a.png", "--key", "studio.key", "--out", "watermark.toml"], "configuration"),
        (&["embed", "in/a.png", "--key", "studio.key", "--format", "png", "--out", "studio.db"], "registry"),
        (&["embed", "in/a.png", "--key", "studio.key", "--format", "png", "--out", "studio.key"], "key"),
    ] {
        sandbox.fails(2, command.iter().copied().chain(["--force"]), &[what, "never replaced"]);
    }
    // Below a directory, and under another name.
    std::fs::create_dir(sandbox.path("o")).unwrap();
    std::fs::rename(sandbox.path("studio.db"), sandbox.path("o/a.png")).unwrap();
    let tree = ["embed", "in", "--key", "studio.key", "--registry", "o/a.png", "--out", "o", "--force"];
    sandbox.fails(2, tree, &["o/a.png", "registry", "never replaced"]);
}

#[test]
fn what_the_ring_says_holds_of_a_key_that_was_typed() {
    let sandbox = sandbox();
    sandbox.write("watermark.toml", "key-ring = \"ring.toml\"\n");
    sandbox.write("ring.toml", "[[key]]\nfile = \"studio.key\"\nstatus = \"revoked\"\nrevoked = 2026-01-31\n");
    let detect = ["detect", "out/a.png", "--key", "studio.key"];
    assert!(sandbox.run(detect).succeeds().out.contains("revoked on 2026-01-31"));
    let variable = sandbox.run_with_variable("WATERMARK_KEY", "studio.key", ["detect", "out/a.png"]).succeeds();
    assert!(variable.out.contains("revoked on 2026-01-31"));
    sandbox.fails(
        2,
        ["embed", "in/a.png", "--out", "x.png", "--key", "studio.key"],
        &["studio.key: is revoked", "ring.toml"],
    );
    // A ring that cannot be read says nothing, which is said.
    sandbox.write("ring.toml", "[[key]]\nfile = \"absent.key\"\n");
    let run = sandbox.run(detect);
    assert!(run.code == 0 && run.err.contains("whether a key was revoked is not known"), "{}", run.err);
}

#[test]
fn rules_hold_for_a_named_file_that_goes_to_standard_output() {
    let sandbox = sandbox();
    let embed = ["embed", "in/a.png", "--out", "-", "--key", "studio.key"];
    sandbox.write("watermark.toml", "[[rule]]\nglob = \"a.*\"\nskip = true\n");
    sandbox.fails(3, embed, &["in/a.png", "a rule of the configuration"]);
    sandbox.fails(2, embed.into_iter().chain(["--label", "x"]), &["--label"]);
}
