//! What was marked, for whom: written by `embed`, asked by `registry`, `detect` and `report`.

use watermark_media::Format;

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

#[test]
fn bad_lines_are_named_and_nothing_is_imported() {
    let sandbox = sandbox();
    sandbox.run(["registry", "export", "--registry", "studio.db", "--out", "rows.csv"]).succeeds();
    let text = sandbox.text("rows.csv");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[2] = lines[2].replacen(|c: char| c.is_ascii_hexdigit(), "z", 1);
    sandbox.write("bad.csv", lines.join("\n"));
    let run = sandbox.run(["registry", "import", "bad.csv", "--registry", "new.db"]);
    assert!(run.code == 2 && run.err.contains("bad.csv: line 3: payload"), "{}", run.err);
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
