//! Batches with a registry.

use watermark_registry::{Entry, Registry, path_to_text};

use super::{embed, event, events, tree};
use crate::pictures;
use crate::sandbox::Sandbox;

fn rows(sandbox: &Sandbox) -> Vec<watermark_registry::Stored> {
    let registry = Registry::open_read_only(sandbox.path("marks.db")).unwrap();
    registry.list(&watermark_registry::Filter::default(), watermark_registry::Page::default()).unwrap()
}

#[test]
fn every_copy_has_a_row_that_names_it() {
    let sandbox = tree();
    let options = ["--registry", "marks.db", "--title", "Episode 12", "--label", "stills", "--json"];
    let (events, _) = events(&embed(&sandbox, &options).succeeds());
    let rows = rows(&sandbox);
    assert_eq!(rows.len(), 4);
    for row in rows {
        let entry = &row.entry;
        let event = event(&events, &entry.source_path);
        let output = event["output"].as_str().unwrap();
        assert!(row.place.is_some(), "confirmed");
        assert_eq!(entry.output_path, path_to_text(&std::fs::canonicalize(sandbox.path(output)).unwrap()));
        assert_eq!(
            (entry.payload.as_str(), entry.key_id.as_str()),
            (event["payload"].as_str().unwrap(), event["key_id"].as_str().unwrap())
        );
        assert_eq!((entry.title.as_deref(), entry.label.as_deref()), (Some("Episode 12"), Some("stills")));
        let hash = |name: &str| <[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(sandbox.read(name)));
        assert_eq!((entry.source_sha256, entry.output_sha256), (hash(&entry.source_path), hash(output)));
        assert_eq!((entry.width, entry.height, entry.frames), (pictures::WIDTH as u32, pictures::HEIGHT as u32, 1));
        assert_eq!((entry.profile.as_str(), entry.psnr_db), ("standard", event["psnr_db"].as_f64()));
        assert!(row.thumbnail_sha256.is_some() && entry.perceptual_hash != 0);
    }
    assert!(!sandbox.path("out/.watermark-journal.jsonl").exists());
}

#[test]
fn one_file_is_written_down_as_well() {
    let sandbox = tree();
    let run =
        |out: &str| sandbox.run(["embed", "in/a.png", "--out", out, "--key", "studio.key", "--registry", "marks.db"]);
    run("one.png").succeeds();
    run("two.png").succeeds();
    assert_eq!(rows(&sandbox).len(), 2, "two files of one mark");
}

#[test]
fn an_id_that_another_asset_has_is_refused() {
    let sandbox = tree();
    let options = ["--registry", "marks.db", "--payload", "00c0ffee", "--jobs", "1", "--json"];
    let run = embed(&sandbox, &options);
    let (events, summary) = events(&run);
    assert_eq!((run.code, &summary["marked"], &summary["refused"]), (3, &1.into(), &3.into()));
    assert_eq!(event(&events, "in/a.png")["status"], "marked");
    let refused = event(&events, "in/b/d.jpg");
    assert!(refused["error"].as_str().unwrap().contains("32-bit ids collide"), "{refused}");
    assert!(refused["output"].is_null());
    assert_eq!(super::pictures_in(&sandbox, "out"), ["a.png"]);
    assert_eq!(rows(&sandbox).len(), 1);
}

/// What a kill between the row and the file's name leaves, and between the name and the confirmation.
#[test]
fn pending_rows_are_settled_first() {
    let sandbox = tree();
    embed(&sandbox, &["--registry", "marks.db"]).succeeds();
    let template: Entry = rows(&sandbox).remove(0).entry;
    let pending = |name: &str, content: u8, bytes: &[u8]| Entry {
        payload: format!("00c0ffee000000{content:02x}"),
        output_path: path_to_text(&std::fs::canonicalize(sandbox.path(".")).unwrap().join(name)),
        output_sha256: <sha2::Sha256 as sha2::Digest>::digest(bytes).into(),
        content_sha256: [content; 32],
        ..template.clone()
    };
    let mut registry = Registry::open(sandbox.path("marks.db")).unwrap();
    sandbox.write("out/there.png", "there").write("elsewhere.png", "elsewhere");
    registry.reserve(&pending("out/there.png", 1, b"there")).unwrap();
    registry.reserve(&pending("out/absent.png", 2, b"absent")).unwrap();
    registry.reserve(&pending("out/there.png", 3, b"another")).unwrap();
    registry.reserve(&pending("elsewhere.png", 4, b"elsewhere")).unwrap();
    drop(registry);
    let run = embed(&sandbox, &["--registry", "marks.db", "--resume", "--json"]).succeeds();
    let earlier = &events(&run).1["earlier"];
    assert_eq!((&earlier["rows_confirmed"], &earlier["rows_withdrawn"]), (&1.into(), &2.into()));
    let states: Vec<bool> = rows(&sandbox).iter().map(|row| row.place.is_some()).collect();
    assert_eq!(states, [true, true, true, true, true, false], "another run may be at work elsewhere");
}

#[test]
fn a_registry_that_cannot_be_used() {
    let sandbox = tree();
    sandbox.write("text.db", "no database at all, and long enough to be looked at as one: ".repeat(20));
    let run = embed(&sandbox, &["--registry", "text.db"]);
    run.complains(2, &["text.db", "not a registry"]);
    embed(&sandbox, &["--registry", "absent/marks.db"]).complains(2, &["absent/marks.db"]);
    assert!(super::pictures_in(&sandbox, "out").is_empty());
}

#[test]
fn marking_again_under_another_label_has_a_row_of_its_own() {
    let sandbox = tree();
    embed(&sandbox, &["--registry", "marks.db", "--label", "draft"]).succeeds();
    let other = ["--registry", "marks.db", "--label", "final"];
    let run = embed(&sandbox, &[&other[..], &["--resume"]].concat());
    assert!(run.code == 2 && run.err.contains("other options (key, label and title among them)"), "{}", run.err);
    embed(&sandbox, &[&other[..], &["--resume", "--force"]].concat()).succeeds();
    assert_eq!(rows(&sandbox).iter().filter(|row| row.entry.label.as_deref() == Some("final")).count(), 4);
    let run = embed(&sandbox, &[&other[..], &["--resume", "--json"]].concat()).succeeds();
    assert_eq!((&events(&run).1["unchanged"], rows(&sandbox).len()), (&4.into(), 8));
}

/// Rows would go into a file that nobody finds.
#[cfg(unix)]
#[test]
fn a_registry_that_is_moved_meanwhile_ends_the_run() {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in");
    for number in 0..30 {
        sandbox.write(&format!("in/{number:02}.png"), pictures::scene(number, watermark_media::Format::Png));
    }
    let child = sandbox.start(["embed", "in", "--out", "out", "--key", "studio.key", "--registry", "marks.db"]);
    let begun = std::time::Instant::now();
    while super::pictures_in(&sandbox, "out").is_empty() {
        assert!(begun.elapsed().as_secs() < 120, "nothing is marked");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::fs::rename(sandbox.path("marks.db"), sandbox.path("away.db")).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("was moved, deleted or replaced"), "{said}");
    assert!(super::pictures_in(&sandbox, "out").len() < 30, "it was moved too late to tell");
    std::fs::rename(sandbox.path("away.db"), sandbox.path("marks.db")).unwrap();
    embed(&sandbox, &["--registry", "marks.db", "--resume"]).succeeds();
    assert_eq!(rows(&sandbox).iter().filter(|row| row.place.is_some()).count(), 30);
}

#[test]
fn the_title_of_the_ring_goes_into_the_row() {
    let sandbox = tree();
    sandbox.write("ring.toml", "[[key]]\nfile = \"studio.key\"\ntitle = \"Episode 12\"\n");
    let ring = ["embed", "in/a.png", "--key-ring", "ring.toml", "--registry", "marks.db", "--out"];
    sandbox.run(ring.into_iter().chain(["a.png"])).succeeds();
    // A variable that is set to nothing names nothing.
    for (variable, out) in [("WATERMARK_TITLE", "b.png"), ("WATERMARK_SIGN", "c.png"), ("WATERMARK_CONFIG", "d.png")] {
        sandbox.run_with_variable(variable, "", ring.into_iter().chain([out])).succeeds();
    }
    let plain = ["embed", "in/a.png", "--key-ring", "ring.toml", "--out", "e.png"];
    sandbox.run_with_variable("WATERMARK_REGISTRY", "", plain).succeeds();
    assert!(rows(&sandbox).iter().all(|row| row.entry.title.as_deref() == Some("Episode 12")));
}
