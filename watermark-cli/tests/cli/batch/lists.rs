//! Manifests and lists of recipients.

use std::collections::BTreeSet;

use watermark_media::Format;

use super::{event, events, payload_of, pictures_in, tree};
use crate::sandbox::{Run, Sandbox};

fn with_list(sandbox: &Sandbox, name: &str, text: &str, options: &[&str]) -> Run {
    sandbox.write(name, text);
    let arguments = ["embed", "--manifest", name, "--out", "out", "--key", "studio.key", "--json"];
    sandbox.run(arguments.iter().chain(options).copied())
}

const CSV: &str = "file,payload,label,recipient,profile,out
in/a.png,00c0ffee00c0ffee,\"Cover, \"\"front\"\"\",,robust,cover.png
in/b/d.jpg,,,Alice,,
in/b/d.jpg,01234567,,Bob,subtle,
";

#[test]
fn a_manifest_says_what_each_file_carries() {
    let sandbox = tree();
    let run = with_list(&sandbox, "list.csv", CSV, &["--label", "Issue 5"]).succeeds();
    let (csv_events, _) = events(&run);
    assert_eq!(pictures_in(&sandbox, "out"), ["Alice/in/b/d.jpg", "Bob/in/b/d.jpg", "cover.png"]);
    let cover = event(&csv_events, "in/a.png");
    assert_eq!((&cover["payload"], &cover["payload_from"]), (&"00c0ffee00c0ffee".into(), &"given".into()));
    assert_eq!(cover["label"], "Cover, \"front\"");
    assert_eq!(payload_of(&sandbox, "out/cover.png"), "00c0ffee00c0ffee");
    assert_eq!(payload_of(&sandbox, "out/Bob/in/b/d.jpg"), "01234567");
    let alice = csv_events.iter().find(|event| event["recipient"] == "Alice").unwrap();
    assert_eq!((&alice["label"], &alice["payload_from"]), (&"Issue 5".into(), &"content".into()));
    let robust = cover["psnr_db"].as_f64().unwrap();
    let standard = sandbox.run(["embed", "in/a.png", "--out", "s.png", "--key", "studio.key", "--json"]).json();
    assert!(robust + 1.5 < standard[0]["psnr_db"].as_f64().unwrap(), "the profile of the list");
    // The same as JSON lines, with paths relative to the list.
    let json = r#"{"file":"../in/a.png","payload":"00c0ffee00c0ffee","profile":"robust","out":"cover.png"}"#;
    sandbox.folder("lists");
    let run = with_list(&sandbox, "lists/list.jsonl", json, &["--out", "out2"]);
    assert_eq!(run.code, 2, "clap takes one --out");
    sandbox.run(["embed", "--manifest", "lists/list.jsonl", "--out", "out2", "--key", "studio.key"]).succeeds();
    assert!(sandbox.read("out2/cover.png") == sandbox.read("out/cover.png"));
}

#[test]
fn every_fault_of_a_manifest_names_its_line() {
    let sandbox = tree();
    let before = sandbox.contents();
    let text = "file,payload,profile,recipient,out\nin/a.png,12,,,\nabsent.png,,,,\nin/b,,,,\nin/a.png,,loud,,\n\
                in/a.png,,,..,\nin/a.png,,,,../x.png\n,,,,\nin/a.png\n";
    let run = with_list(&sandbox, "list.csv", text, &[]);
    let words = [
        "list.csv: line 2: payload has 2 hexadecimal digits",
        "line 3: absent.png: there is no such file",
        "line 4: in/b: is a directory",
        "line 5: the profile \"loud\"",
        "line 6: the recipient \"..\"",
        "line 7: the output \"../x.png\"",
        "line 8: the column file is empty",
        "line 9: has 1 fields",
        "Nothing was marked",
    ];
    run.complains(2, &words);
    std::fs::remove_file(sandbox.path("list.csv")).unwrap();
    assert!(before == sandbox.contents());
    with_list(&sandbox, "l.jsonl", "{\"file\":\"in/a.png\",\"colour\":\"red\"}\nnot json\n", &[])
        .complains(2, &["line 1: the column \"colour\" is not known", "line 2: is no JSON object"]);
    with_list(&sandbox, "l.txt", "file\n", &[]).complains(2, &["l.txt", ".csv or .jsonl"]);
    with_list(&sandbox, "e.csv", "file\n", &[]).complains(2, &["e.csv", "nothing in the list"]);
    with_list(&sandbox, "a.csv", "file\nin/a.png\n", &["--payload", "12"]).complains(2, &["--payload"]);
}

#[test]
fn each_recipient_gets_a_copy_of_each_asset() {
    let sandbox = tree();
    sandbox.write("people.csv", "recipient,payload\nAlice,\nBob & Co,\n会社,0123456789abcdef\n");
    let arguments = ["embed", "in", "--out", "out", "--key", "studio.key", "--recipients", "people.csv", "--json"];
    let (events, summary) = events(&sandbox.run(arguments).succeeds());
    assert_eq!((&summary["marked"], &summary["skipped"]), (&12.into(), &3.into()));
    let payloads: BTreeSet<String> =
        events.iter().filter(|event| event["status"] == "marked").map(|event| event["payload"].to_string()).collect();
    assert_eq!(payloads.len(), 9, "one for each asset and recipient, and one that was given");
    for name in ["Alice/a.png", "Bob & Co/b/d.jpg", "会社/b/c/e.tif"] {
        let file = format!("out/{name}");
        let event = events.iter().find(|event| event["output"] == file.as_str()).unwrap();
        assert_eq!(payload_of(&sandbox, &file), event["payload"], "{name}");
    }
    assert_eq!(payload_of(&sandbox, "out/会社/a.png"), "0123456789abcdef");
}

/// A copy does not depend on the copies that are made beside it: a resumed run gives the same.
#[test]
fn copies_do_not_depend_on_each_other() {
    let sandbox = tree();
    let copies = |list: &str, out: &str, options: &[&str]| {
        sandbox.write("people.csv", list);
        let arguments = ["embed", "in/a.png", "--out", out, "--key", "studio.key", "--recipients", "people.csv"];
        sandbox.run(arguments.iter().chain(options).copied()).succeeds();
        sandbox.read(&format!("{out}/Bob/a.png"))
    };
    for options in [&[][..], &["--psnr", "42"]] {
        let out = |name: &str| format!("{name}{}", options.len());
        let both = copies("recipient\nAlice\nBob\n", &out("both"), options);
        let alone = copies("recipient\nBob\n", &out("alone"), options);
        assert!(both == alone, "{options:?}");
    }
}

#[test]
fn recipients_that_are_no_directories() {
    let sandbox = tree();
    let refused = |list: &str, options: &[&str], words: &[&str]| {
        sandbox.write("people.csv", list);
        let arguments = ["embed", "in", "--out", "out", "--key", "studio.key", "--recipients", "people.csv"];
        sandbox.fails(2, arguments.iter().chain(options).copied(), words);
    };
    refused("recipient\na/b\n../c\nnul\n", &[], &["line 2: ", "'/'", "line 3: ", "line 4: ", "device on Windows"]);
    refused("recipient\nAlice\nalice\n", &[], &["line 3", "that of line 2"]);
    refused("recipient,payload\na,00c0ffee\nb,00c0ffee\n", &[], &["line 3", "could not be told apart"]);
    refused("recipient\nAlice\n", &["--payload", "00c0ffee"], &["--payload", "same bits"]);
}

#[test]
fn the_name_of_a_copy_says_what_it_is_written_as() {
    let sandbox = tree();
    let list = "file,out\nin/a.png,page.jpg\nin/b/f.webp,cover.png\n";
    with_list(&sandbox, "list.csv", list, &[]).succeeds();
    let format = |name: &str| Format::sniff(&sandbox.read(name));
    assert_eq!((format("out/page.jpg"), format("out/cover.png")), (Some(Format::Jpeg), Some(Format::Png)));
    with_list(&sandbox, "list.csv", list, &["--resume"]).succeeds();
    with_list(&sandbox, "odd.csv", "file,out\nin/a.png,page.bmp\nin/a.png,page\n", &[])
        .complains(2, &["line 2: page.bmp: .bmp is no format", "line 3: page: has no extension"]);
}

#[test]
fn rules_hold_for_lists_and_for_one_file() {
    let sandbox = tree();
    let rules = "[[rule]]\nglob = \"**/*.png\"\nprofile = \"robust\"\n[[rule]]\nglob = \"**/*.jpg\"\nskip = true\n";
    sandbox.write("watermark.toml", rules);
    let psnr = |object: &serde_json::Value| object["psnr_db"].as_f64().unwrap();
    let one = |name: &str, options: &[&str]| {
        let arguments = ["embed", "in/a.png", "--out", name, "--key", "studio.key", "--json"];
        psnr(&sandbox.run(arguments.iter().chain(options).copied()).succeeds().json()[0])
    };
    let listed = with_list(&sandbox, "list.csv", "file\nin/a.png\nin/b/d.jpg\n", &[]).succeeds();
    let (objects, summary) = events(&listed);
    assert_eq!(summary["skipped"], 1);
    let listed = psnr(event(&objects, "in/a.png"));
    let (ruled, typed) = (one("one.png", &[]), one("two.png", &["--profile", "standard"]));
    assert!((listed - ruled).abs() < 1e-9 && ruled + 1.5 < typed, "{ruled} {typed}");
    sandbox.fails(3, ["embed", "in/b/d.jpg", "--out", "d.jpg", "--key", "studio.key"], &["d.jpg", "a rule"]);
    assert!(!sandbox.path("d.jpg").exists());
}

#[test]
fn copies_for_two_recipients_do_not_carry_the_same_bits() {
    let sandbox = tree();
    let text = "file,payload,recipient\nin/a.png,01234567,Alice\nin/b/d.jpg,01234567,Alice\nin/b/f.webp,01234567,Bob\n";
    let run = with_list(&sandbox, "list.csv", text, &[]);
    let told = "line 4: the payload is that of line 2, which is for another recipient";
    assert!(run.code == 2 && run.err.contains(told), "{}", run.err);
}

#[test]
fn a_path_may_begin_with_the_directory_that_it_is_in() {
    let sandbox = tree();
    sandbox.write("watermark.toml", "[[rule]]\nglob = \"in/b/**\"\nskip = true\n");
    let run = with_list(&sandbox, "list.csv", "file\n./in/a.png\n./in/b/d.jpg\n", &[]).succeeds();
    assert_eq!(pictures_in(&sandbox, "out"), ["in/a.png"]);
    assert_eq!(events(&run).1["skipped"], 1);
}
