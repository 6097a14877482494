//! Which files are meant, and what is said of them.

use watermark_media::Format;

use super::{embed, event, events, payload_of, pictures_in, tree};
use crate::pictures;
use crate::sandbox::Sandbox;

const COPIES: [&str; 4] = ["a.png", "b/c/e.tif", "b/d.jpg", "b/f.webp"];

#[test]
fn a_directory_keeps_its_tree_and_its_formats() {
    let sandbox = tree();
    let before = sandbox.contents();
    let run = embed(&sandbox, &["--json"]).succeeds();
    let (events, summary) = events(&run);
    assert_eq!(pictures_in(&sandbox, "out"), COPIES);
    for copy in COPIES {
        let format = Format::from_extension(copy.split_once('.').unwrap().1);
        let output = format!("out/{copy}");
        assert_eq!(Format::sniff(&sandbox.read(&output)), format);
        let event = event(&events, &format!("in/{copy}"));
        assert_eq!((&event["output"], &event["status"]), (&output.as_str().into(), &"marked".into()));
        assert_eq!(payload_of(&sandbox, &output), event["payload"]);
    }
    let skipped = event(&events, "in/b/notes.txt");
    assert_eq!((&skipped["status"], &skipped["error"]), (&"skipped".into(), &serde_json::Value::Null));
    let counts = ["files", "marked", "skipped", "failed", "refused", "unchanged", "left"]
        .map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts, [5, 4, 1, 0, 0, 0, 0]);
    assert!(summary["megapixels"].as_f64().unwrap() > 0.5 && summary["bytes"].as_u64().unwrap() > 100_000, "{summary}");
    let after = sandbox.contents();
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)), "an input was changed");
    assert_eq!(sandbox.files_in("out").len(), 5, "copies and journal: no lock, no temporary file");
}

#[test]
fn says_in_words_what_was_done() {
    let sandbox = tree();
    let run = embed(&sandbox, &[]).succeeds();
    assert!(run.out.contains("out/a.png: marked copy of in/a.png, payload "), "{}", run.out);
    let last = "out: 4 marked, 1 skipped (not a picture, or by a rule)\n  0.6 MP, ";
    assert!(run.out.contains(last) && run.out.trim_end().ends_with("MP/s"), "{}", run.out);
    let quiet = embed(&sandbox, &["--force", "--quiet"]).succeeds();
    assert_eq!(quiet.out, "");
}

#[test]
fn the_number_of_workers_and_the_memory_change_nothing() {
    let sandbox = tree();
    let outputs: Vec<_> =
        [&["--jobs", "1"][..], &["--jobs", "3", "--memory", "1M"], &["--jobs", "16", "--memory", "2G"]]
            .iter()
            .map(|options| {
                embed(&sandbox, &[options, &["--force"][..]].concat()).succeeds();
                COPIES.map(|copy| sandbox.read(&format!("out/{copy}")))
            })
            .collect();
    assert!(outputs[0] == outputs[1] && outputs[0] == outputs[2]);
    // One file alone gives the same, too.
    sandbox.run(["embed", "in/a.png", "--out", "one.png", "--key", "studio.key"]).succeeds();
    assert!(sandbox.read("one.png") == outputs[0][0]);
    sandbox.fails(2, ["embed", "in", "--out", "o", "--key", "studio.key", "--memory", "much"], &["--memory", "500M"]);
}

#[test]
fn patterns_are_expanded_where_no_shell_does() {
    let sandbox = tree();
    sandbox.write("in/b/[x].png", pictures::scene(5, Format::Png));
    let embed = |pattern: &str, out: &str| sandbox.run(["embed", pattern, "--out", out, "--key", "studio.key"]);
    embed("in/**/*.[jt]*", "one").succeeds();
    assert_eq!(pictures_in(&sandbox, "one"), ["b/c/e.tif", "b/d.jpg"], "the tree below the pattern's fixed part");
    embed("in/b/[x].png", "two/").succeeds();
    assert_eq!(pictures_in(&sandbox, "two"), ["[x].png"], "a file of that name comes first");
    embed("in/*.gif", "three").complains(2, &["in/*.gif", "fits none"]);
}

#[test]
fn what_is_named_and_is_no_picture_is_an_error() {
    let sandbox = tree();
    let run = sandbox.run(["embed", "in/a.png", "in/b/notes.txt", "--out", "out", "--key", "studio.key", "--json"]);
    assert_eq!(run.code, 2);
    let (events, summary) = events(&run);
    assert_eq!(event(&events, "in/b/notes.txt")["status"], "failed");
    assert_eq!((&summary["marked"], &summary["failed"]), (&1.into(), &1.into()));
    assert_eq!(pictures_in(&sandbox, "out"), ["a.png"]);
}

#[test]
fn a_dry_run_touches_nothing() {
    let sandbox = tree();
    let before = sandbox.contents();
    let run = embed(&sandbox, &["--dry-run", "--payload", "00c0ffee"]).succeeds();
    assert!(run.out.contains("out/b/d.jpg: would be a marked copy of in/b/d.jpg, payload 00c0ffee"), "{}", run.out);
    let run = embed(&sandbox, &["--dry-run", "--json", "--registry", "marks.db"]).succeeds();
    let (events, summary) = events(&run);
    let planned = event(&events, "in/a.png");
    assert_eq!((&planned["status"], &planned["output"]), (&"planned".into(), &"out/a.png".into()));
    assert_eq!((&planned["payload_from"], &planned["payload"]), (&"content".into(), &serde_json::Value::Null));
    assert_eq!((&summary["planned"], &summary["skipped"]), (&4.into(), &1.into()));
    let one = sandbox.run(["embed", "in/a.png", "--out", "one.png", "--key", "studio.key", "--dry-run"]).succeeds();
    assert!(one.out.starts_with("one.png: would be"), "{}", one.out);
    assert!(before == sandbox.contents());
}

#[cfg(unix)]
#[test]
fn links_loops_and_special_files() {
    use std::os::unix::fs::symlink;
    let sandbox = tree();
    symlink("..", sandbox.path("in/b/loop")).unwrap();
    symlink("../a.png", sandbox.path("in/b/link.png")).unwrap();
    symlink("nowhere.png", sandbox.path("in/broken.png")).unwrap();
    sandbox.write("in/.hidden.png", pictures::scene(9, Format::Png));
    // Opening it would wait for ever.
    for name in ["in/pipe", "in/pipe.png"] {
        std::process::Command::new("mkfifo").arg(sandbox.path(name)).status().unwrap();
    }
    let run = embed(&sandbox, &["--json"]);
    assert_eq!(run.code, 2);
    let (events, summary) = events(&run);
    assert!(event(&events, "in/broken.png")["error"].as_str().unwrap().contains("no such file"));
    assert!(event(&events, "in/pipe.png")["error"].as_str().unwrap().contains("no regular file"));
    assert_eq!((&summary["marked"], &summary["skipped"], &summary["failed"]), (&5.into(), &2.into(), &2.into()));
    assert_eq!(pictures_in(&sandbox, "out"), ["a.png", "b/c/e.tif", "b/d.jpg", "b/f.webp", "b/link.png"]);
    assert!(!sandbox.path("out/b/link.png").is_symlink());
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_unicode_or_as_long_as_can_be() {
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::with_key();
    sandbox.folder("in");
    let picture = pictures::scene(1, Format::Png);
    let long = format!("{}.png", "x".repeat(251));
    let odd = std::path::Path::new("in").join(std::ffi::OsStr::from_bytes(b"\xff\xfe.png"));
    let other = std::path::Path::new("in").join(std::ffi::OsStr::from_bytes(b"\xff\xfd.png"));
    for name in [std::path::Path::new("in").join(&long), odd, other] {
        std::fs::write(sandbox.path("").join(name), &picture).unwrap();
    }
    embed(&sandbox, &[]).succeeds();
    assert_eq!(pictures_in(&sandbox, "out").len(), 3);
    assert!(sandbox.path("out").join(&long).is_file());
    let run = embed(&sandbox, &["--resume", "--json"]).succeeds();
    assert_eq!(events(&run).1["unchanged"], 3);
}

/// A tree whose pictures are left unmarked must not look as if all was done.
#[test]
fn pictures_of_kinds_that_are_not_read_are_refused_by_name() {
    let sandbox = tree();
    let bmp = [&b"BM"[..], &[0x36, 0, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0]].concat();
    sandbox.write("in/old.bmp", bmp).write("in/scan.dpx", b"SDPX\0\0\x20\0".repeat(9));
    sandbox.write("in/b/photo.heic", b"\0\0\0\x18ftypheic\0\0\0\0".repeat(2));
    // Words that begin like a picture, and documents, are passed over.
    sandbox.write("in/bm.txt", "BM is not a picture but two letters").write("in/paper.pdf", "%PDF-1.7 and so on");
    let run = embed(&sandbox, &["--json"]);
    assert_eq!(run.code, 3);
    let (events, summary) = events(&run);
    assert_eq!((&summary["marked"], &summary["refused"], &summary["skipped"]), (&4.into(), &3.into(), &3.into()));
    for (file, kind) in [("in/old.bmp", "BMP"), ("in/scan.dpx", "DPX"), ("in/b/photo.heic", "HEIC")] {
        let error = event(&events, file)["error"].as_str().unwrap().to_owned();
        assert!(error.contains(kind) && error.contains("convert it"), "{error}");
    }
    let run = embed(&sandbox, &["--dry-run", "--resume"]);
    assert!(run.code == 3 && run.err.contains("in/old.bmp: BMP"), "{} {}", run.code, run.err);
}
