//! The demo: what it says, what it writes, what it leaves alone.

use watermark_media::{DecodeLimits, Format, decode};

use crate::sandbox::Sandbox;

#[test]
fn reads_every_copy_back_and_writes_two_pictures() {
    let sandbox = Sandbox::empty();
    let run = sandbox.run(["demo"]).succeeds();
    for words in ["the original, not marked", "JPEG, quality 40", "rotated by 7", "shrunk to 40 %", "social app"] {
        assert!(run.out.contains(words), "{words:?} is not in {}", run.out);
    }
    assert_eq!(run.out.matches(" exact ").count(), 5, "{}", run.out);
    assert_eq!(run.out.matches(" not_found ").count(), 1, "{}", run.out);
    let sheet = decode(&sandbox.read("demo-out/contact-sheet.png"), &DecodeLimits::default()).unwrap();
    assert!(sheet.width() > 3 * 512 && sheet.height() > 512 + 228);
    let marked = sandbox.read("demo-out/marked.png");
    assert_eq!(Format::sniff(&marked), Some(Format::Png));
    assert_eq!(sandbox.contents().len(), 3, "the directory and two files");
}

#[test]
fn a_second_run_replaces_its_own_files_only() {
    let sandbox = Sandbox::empty();
    std::fs::create_dir(sandbox.path("here")).unwrap();
    sandbox.write("here/notes.txt", "dear").write("here/marked.png", "from an earlier run");
    sandbox.run(["demo", "--out", "here"]).succeeds();
    let first = sandbox.contents();
    sandbox.run(["demo", "--out", "here"]).succeeds();
    assert!(first == sandbox.contents(), "two runs give the same files");
    assert_eq!(sandbox.text("here/notes.txt"), "dear");
    assert_ne!(sandbox.read("here/marked.png"), b"from an earlier run");
}

#[test]
fn a_place_that_is_no_directory_is_refused() {
    let sandbox = Sandbox::empty();
    sandbox.write("file", "");
    sandbox.fails(2, ["demo", "--out", "file"], &["file", "directory"]);
    sandbox.fails(2, ["demo", "--out", "file/in"], &["file/in", "directory"]);
}
