//! Files that fail or are refused do not stop the others.

use std::fs;

use watermark_core::Layout;
use watermark_media::{Format, encode};

use super::{embed, event, events, pictures_in, tree};
use crate::pictures;

#[test]
fn failures_and_refusals_are_told_apart_and_repeated() {
    let sandbox = tree();
    sandbox
        .write("in/flat.png", pictures::flat())
        .write("in/empty.jpg", "")
        .write("in/c2pa.png", pictures::with_credentials());
    let run = embed(&sandbox, &["--json"]);
    assert_eq!(run.code, 2);
    let (events, summary) = events(&run);
    let state = |file| (event(&events, file)["status"].clone(), event(&events, file)["refused"].clone());
    assert_eq!(state("in/flat.png"), ("refused".into(), true.into()));
    assert_eq!(state("in/c2pa.png"), ("refused".into(), true.into()));
    assert_eq!(state("in/empty.jpg"), ("failed".into(), false.into()));
    let counts = ["marked", "refused", "failed", "skipped"].map(|name| summary[name].as_u64().unwrap());
    assert_eq!(counts, [4, 2, 1, 1]);
    for words in ["2 refused:", "1 failed:", "in/flat.png: ", "in/empty.jpg: the file is empty", "--c2pa strip"] {
        assert!(run.err.contains(words), "{words:?} is not in {}", run.err);
    }
    assert_eq!(run.err.matches("in/empty.jpg: ").count(), 2, "at once, and in the end");
    assert_eq!(pictures_in(&sandbox, "out").len(), 4);
}

#[test]
fn the_code_is_3_when_pictures_were_refused_and_nothing_failed() {
    let sandbox = tree();
    sandbox.write("in/flat.png", pictures::flat());
    assert_eq!(embed(&sandbox, &[]).code, 3);
    assert_eq!(embed(&sandbox, &["--force", "--quiet"]).err.lines().count(), 1);
}

#[test]
fn the_run_ends_after_so_many_failures() {
    let sandbox = tree();
    for number in 0..30 {
        sandbox.write(&format!("in/0{number:02}.png"), "no picture");
    }
    let run = embed(&sandbox, &["--json", "--jobs", "1", "--max-failures", "3"]);
    let summary = events(&run).1;
    assert_eq!((run.code, &summary["failed"], &summary["left"]), (2, &3.into(), &32.into()));
}

#[test]
fn what_is_lost_is_said_once_with_a_count() {
    let sandbox = tree();
    sandbox.write("in/c1.png", pictures::with_credentials()).write("in/c2.png", pictures::with_credentials());
    let run = embed(&sandbox, &["--json", "--c2pa", "strip"]);
    assert_eq!(run.code, 0);
    let (events, summary) = events(&run);
    for file in ["in/c1.png", "in/c2.png"] {
        assert!(event(&events, file)["losses"].to_string().contains("C2PA"));
    }
    assert_eq!(run.err.matches("C2PA").count(), 1, "{}", run.err);
    let counts: Vec<_> =
        summary["losses"].as_object().unwrap().iter().filter(|(what, _)| what.contains("C2PA")).collect();
    assert_eq!((counts.len(), counts[0].1), (1, &2.into()));
}

#[test]
fn content_credentials_are_kept_when_that_is_asked_for() {
    let sandbox = tree();
    sandbox.write("c.png", pictures::with_credentials());
    let run = sandbox.run(["embed", "c.png", "--out", "kept.png", "--key", "studio.key", "--c2pa", "keep"]);
    run.complains(0, &["c.png", "C2PA", "not fit"]);
    assert!(sandbox.read("kept.png").windows(10).any(|bytes| bytes == b"a manifest"));
}

/// A limit on the size of files stands in for a full disk: some copies fit and others do not.
#[cfg(unix)]
#[test]
fn a_disk_that_fills_up() {
    let sandbox = tree();
    let before = sandbox.contents();
    let run = sandbox.run_with_small_files(["embed", "in", "--out", "out", "--key", "studio.key", "--json"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("out/a.png: cannot be written (file too large); make room"), "{}", run.err);
    assert_eq!(events(&run).1["failed"], 4);
    let left = sandbox.files_in("out");
    assert_eq!(left, [".watermark-journal.jsonl"], "nothing half");
    assert!(before.iter().all(|(path, bytes)| sandbox.contents().get(path) == Some(bytes)));
}

/// A small file system that is really full; where mounting is not permitted there is nothing to see.
#[cfg(target_os = "linux")]
#[test]
fn a_file_system_that_is_full() {
    let sandbox = tree();
    sandbox.folder("out");
    let out = sandbox.path("out");
    let mount = ["-t", "tmpfs", "-o", "size=500k", "tmpfs"];
    let mounted =
        std::process::Command::new("mount").args(mount).arg(&out).stderr(std::process::Stdio::null()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        return;
    }
    let run = embed(&sandbox, &["--json", "--jobs", "1"]);
    let (copies, left) = (pictures_in(&sandbox, "out"), sandbox.files_in("out"));
    let whole = copies.iter().all(|name| {
        watermark_media::decode(&sandbox.read(&format!("out/{name}")), &watermark_media::DecodeLimits::default())
            .is_ok()
    });
    std::process::Command::new("umount").arg(&out).status().unwrap();
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("cannot be written (no storage space); make room"), "{}", run.err);
    assert!(whole && left.len() == copies.len() + 1, "{left:?}");
    assert_eq!(events(&run).1["marked"].as_u64().unwrap() as usize, copies.len());
}

#[cfg(unix)]
#[test]
fn inputs_that_cannot_be_read_and_outputs_that_cannot_be_written() {
    let sandbox = tree();
    sandbox.set_mode("in/a.png", 0o000);
    fs::create_dir(sandbox.path("in/shut")).unwrap();
    sandbox.set_mode("in/shut", 0o000);
    let superuser = fs::read(sandbox.path("in/a.png")).is_ok();
    if !superuser {
        let run = embed(&sandbox, &["--json"]);
        let (events, summary) = events(&run);
        assert_eq!((run.code, &summary["failed"]), (2, &2.into()));
        assert!(event(&events, "in/shut")["error"].as_str().unwrap().contains("cannot be looked through"));
    }
    sandbox.set_mode("in/a.png", 0o644).set_mode("in/shut", 0o755);
    // The superuser may write everywhere, except where the kernel itself says no.
    let out = if superuser { "/proc/self" } else { "shut" };
    sandbox.folder("shut").set_mode("shut", 0o555);
    if fs::metadata(sandbox.path(out)).is_ok() {
        let run = sandbox.run(["embed", "in", "--out", out, "--key", "studio.key"]);
        run.complains(2, &[out, "cannot be written to", "choose another place"]);
    }
    sandbox.set_mode("shut", 0o755);
}

#[test]
fn transparency_that_the_format_cannot_hold() {
    let sandbox = tree();
    let picture = pictures::scene_of(pictures::WIDTH, pictures::HEIGHT, 1, Layout::Rgba);
    sandbox.write("in/alpha.png", encode(&picture, Format::Png).unwrap());
    let run = embed(&sandbox, &["--format", "jpg", "--json"]);
    let (events, summary) = events(&run);
    assert_eq!((run.code, &summary["marked"]), (2, &4.into()));
    assert!(event(&events, "in/alpha.png")["error"].as_str().unwrap().contains("out/alpha.jpg: JPEG cannot hold"));
}
