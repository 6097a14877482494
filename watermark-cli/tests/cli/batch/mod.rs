//! Many files at once.

mod failures;
mod films;
mod inputs;
mod kills;
mod lists;
mod outputs;
mod registry;
mod resume;
mod signals;

use serde_json::Value;
use watermark_media::Format;

use crate::pictures;
use crate::sandbox::{Run, Sandbox};

/// A tree `in` of four pictures of three formats, with a file that is none.
fn tree() -> Sandbox {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in/b/c");
    sandbox.write("in/a.png", pictures::scene(1, Format::Png)).write("in/b/d.jpg", pictures::scene(2, Format::Jpeg));
    sandbox
        .write("in/b/c/e.tif", pictures::scene(3, Format::Tiff))
        .write("in/b/f.webp", pictures::scene(4, Format::WebP));
    sandbox.write("in/b/notes.txt", "words");
    sandbox
}

/// What `embed in --out out` with these options gives.
fn embed(sandbox: &Sandbox, options: &[&str]) -> Run {
    sandbox.run(["embed", "in", "--out", "out", "--key", "studio.key"].iter().chain(options).copied())
}

/// The objects of the files, and the summary.
#[track_caller]
fn events(run: &Run) -> (Vec<Value>, Value) {
    let mut objects = run.json();
    let last = objects.pop().expect("a summary");
    assert!(last["summary"].is_object(), "{last}");
    (objects, last["summary"].clone())
}

/// The object of a file.
#[track_caller]
fn event<'a>(events: &'a [Value], file: &str) -> &'a Value {
    events.iter().find(|event| event["file"] == file).unwrap_or_else(|| panic!("no {file} in {events:?}"))
}

/// The pictures among the names, without what the program keeps for itself.
fn pictures_in(sandbox: &Sandbox, folder: &str) -> Vec<String> {
    let mut names = sandbox.files_in(folder);
    names.retain(|name| !name.contains(".watermark"));
    names
}

/// What `detect` reads in a file.
fn payload_of(sandbox: &Sandbox, file: &str) -> Value {
    sandbox.run(["detect", file, "--key", "studio.key", "--json"]).json().remove(0)["payload"].clone()
}
