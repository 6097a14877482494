//! Where copies go, and what is refused before any work.

use std::fs;

use watermark_media::Format;

use super::{embed, events, pictures_in, tree};
use crate::pictures;
use crate::sandbox::Sandbox;

/// A run that has to be refused before it does anything.
#[track_caller]
fn refused(sandbox: &Sandbox, arguments: &[&str], words: &[&str]) {
    let arguments = ["embed"].iter().chain(arguments).chain(&["--key", "studio.key"]).copied();
    sandbox.fails(2, arguments, words);
}

#[test]
fn an_output_tree_inside_an_input_tree() {
    let sandbox = tree();
    sandbox.folder("elsewhere");
    for out in ["in", "in/marked", "in/b", "elsewhere/../in/new/deep", "./in/"] {
        refused(&sandbox, &["in", "--out", out], &["lies in the input directory in", "outside"]);
    }
    refused(&sandbox, &["**/*.png", "--out", "in/marked"], &["marked again by the next run"]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../in/b", sandbox.path("elsewhere/b")).unwrap();
        refused(&sandbox, &["in", "--out", "elsewhere"], &["elsewhere/b", "lies in the input directory"]);
        refused(&sandbox, &["in", "--out", "elsewhere", "--force"], &["elsewhere/b", "lies in the input directory"]);
    }
    // The other way round there is no harm.
    sandbox.folder("all/in");
    fs::copy(sandbox.path("in/a.png"), sandbox.path("all/in/a.png")).unwrap();
    sandbox.run(["embed", "all/in", "--out", "all", "--key", "studio.key"]).succeeds();
    assert_eq!(pictures_in(&sandbox, "all"), ["a.png", "in/a.png"]);
}

#[test]
fn an_output_that_is_an_input() {
    let sandbox = tree();
    refused(&sandbox, &["in/a.png", "in/b/d.jpg", "--out", "in", "--force"], &["in/a.png", "same file as the input"]);
    // Here it is the copy of another input that would fall upon it.
    sandbox.folder("x").write("x/d.jpg", pictures::scene(7, Format::Jpeg));
    refused(&sandbox, &["x/d.jpg", "in/b/d.jpg", "--out", "y"], &["x/d.jpg and in/b/d.jpg", "y/d.jpg"]);
    sandbox.write("list.csv", "file,out\nx/d.jpg,b/d.jpg\nin/b/d.jpg,other.jpg\n");
    refused(
        &sandbox,
        &["--manifest", "list.csv", "--out", "in", "--force"],
        &["in/b/d.jpg", "is the same file as the input"],
    );
}

#[test]
fn two_inputs_for_one_output() {
    let sandbox = tree();
    sandbox.folder("other");
    sandbox
        .write("other/A.png", pictures::scene(7, Format::Png))
        .write("other/a.jpg", pictures::scene(7, Format::Jpeg));
    refused(&sandbox, &["in", "other/A.png", "--out", "out"], &["in/a.png and other/A.png", "capitals"]);
    refused(
        &sandbox,
        &["in/a.png", "other/a.jpg", "--out", "out", "--format", "png"],
        &["in/a.png and other/a.jpg", "out/a.png"],
    );
    sandbox.write("list.csv", "file,out\nin/a.png,x.png\nin/b/d.jpg,x.png/y.jpg\n");
    refused(&sandbox, &["--manifest", "list.csv", "--out", "out"], &["out/x.png would be a file", "directory"]);
}

#[test]
fn outputs_that_exist() {
    let sandbox = tree();
    sandbox.folder("out/b").write("out/a.png", "something dear");
    refused(&sandbox, &["in", "--out", "out"], &["out/a.png: exists already", "--resume", "--force"]);
    sandbox.write("out/b/d.jpg", "more").write("out/b/f.webp", "and more");
    refused(&sandbox, &["in", "--out", "out"], &["out/a.png: and 2 other outputs exist already"]);
    // With --resume the others are done, and what is not ours stays.
    let run = embed(&sandbox, &["--resume", "--json"]);
    assert_eq!(run.code, 2);
    assert_eq!((&events(&run).1["failed"], &events(&run).1["marked"]), (&3.into(), &1.into()));
    assert_eq!(sandbox.text("out/a.png"), "something dear");
    embed(&sandbox, &["--force"]).succeeds();
    assert_eq!(Format::sniff(&sandbox.read("out/a.png")), Some(Format::Png));
    sandbox.write("file", "");
    refused(&sandbox, &["in", "--out", "file"], &["file: is a file", "directory"]);
}

#[test]
fn another_format_is_written_on_request() {
    let sandbox = tree();
    // What one format has and the other has no place for is said.
    let run = embed(&sandbox, &["--format", "png"]);
    assert!(run.code == 0 && run.err.lines().all(|line| line.contains(": not kept: ")), "{}", run.err);
    assert_eq!(pictures_in(&sandbox, "out"), ["a.png", "b/c/e.png", "b/d.png", "b/f.png"]);
    assert!(
        pictures_in(&sandbox, "out")
            .iter()
            .all(|name| Format::sniff(&sandbox.read(&format!("out/{name}"))) == Some(Format::Png))
    );
    refused(&sandbox, &["in", "--out", "o", "--format", "bmp"], &["--format bmp", ".png"]);
    refused(&sandbox, &["in/a.png", "--out", "o.jpg", "--format", "png"], &["o.jpg", "JPEG", "--format", "PNG"]);
    sandbox.run(["embed", "in/b/f.webp", "--out", "bare", "--format", "png", "--key", "studio.key"]).succeeds();
    assert_eq!(Format::sniff(&sandbox.read("bare")), Some(Format::Png));
}

#[test]
fn one_input_and_a_directory() {
    let sandbox = tree();
    sandbox.folder("there");
    sandbox.run(["embed", "in/a.png", "--out", "there", "--key", "studio.key"]).succeeds();
    sandbox.run(["embed", "in/a.png", "--out", "new/", "--key", "studio.key"]).succeeds();
    assert!(sandbox.read("there/a.png") == sandbox.read("new/a.png"));
}

#[test]
fn one_run_at_a_time_in_a_directory() {
    let sandbox = tree();
    sandbox.folder("out");
    let lock = fs::File::create(sandbox.path("out/.watermark.lock")).unwrap();
    lock.lock().unwrap();
    embed(&sandbox, &[]).complains(2, &["out", "another run is marking files into this directory"]);
    drop(lock);
    embed(&sandbox, &[]).succeeds();
}
