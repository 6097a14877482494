//! The documents promise what the program does: every example in README.md and docs/*.md that is typed at a shell is
//! run, and has to leave with code 0 and print what the document shows.
//!
//! An example is a fenced block tagged `console`. Lines that start with `$ ` are typed, one shell for each; a line
//! that ends with a backslash goes on in the next. What follows is what is printed, on either stream: a line of `...`
//! stands for any lines, and `...` within a line for any text. Where nothing is shown, anything may be printed. The
//! examples of one document share a directory, in order. At first it holds `photo.png`, and as soon as an example has
//! written `marked.jpg` there is `found.jpg`, the copy that somebody made of it.
//!
//! Blocks tagged `console film` are run where there is ffmpeg. Then there is `episode.mov`, and as soon as an example has
//! written `marked.mp4` there is `clip.webm`, the copy that somebody made of it.

// The examples are written for a Unix shell.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::{env, fs, process};

use watermark_core::Layout;
use watermark_media::{DecodeLimits, Format, Picture, PixelData};
use watermark_tests::{program, root};

/// How the documents start the program from a clone; it is built already.
const FROM_CLONE: &str = "cargo run --release --";
/// Commands that are shown and not run here: this test is a part of the first, and the browser tests run the others.
const NOT_RUN: [&str; 3] = ["cargo xtask test", "cargo xtask web", "watermark verify-page"];
/// Copy of `marked.jpg` that documents call `found.jpg`. The keys are new at each run, so it must never be a close
/// thing: over five keys it was read with margins of 9.8 to 10.9 dB, and with detect-only keys at log10 p = -87 or less.
const FOUND: &str = "resize-150+jpeg-60";

/// Two seconds of a camera that comes nearer, and the copy of `marked.mp4` that documents call `clip.webm`.
const EPISODE: &str = "-loop 1 -i photo.png -t 2 -r 25 -vf zoompan=z=1+on/200:d=1:s=640x480:fps=25 -pix_fmt yuv420p -c:v libx264 \
                       -preset veryfast -crf 12 episode.mov";
const CLIP: &str = "-i marked.mp4 -vf scale=720:-2 -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 2M clip.webm";

/// One typed command and what the document shows.
#[derive(Debug, PartialEq)]
struct Example {
    line: usize,
    /// Whether it needs ffmpeg.
    film: bool,
    command: String,
    shown: Vec<String>,
}

#[test]
fn readme() {
    run_document("README.md");
}

#[test]
fn user_documents() {
    let folder = root().join("docs");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("docs")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".md"))
        .collect();
    names.sort();
    names.iter().for_each(|name| run_document(&format!("docs/{name}")));
}

#[test]
fn links_lead_somewhere() {
    let text = fs::read_to_string(root().join("README.md")).expect("README.md");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let dead: Vec<&str> = targets
        .map(|target| target.split('#').next().unwrap_or_default())
        .filter(|path| !path.is_empty() && !path.contains("://") && !root().join(path).exists())
        .collect();
    assert!(dead.is_empty(), "README.md links to files that are not there: {dead:?}");
}

fn run_document(name: &str) {
    let text = fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let examples = examples(&text);
    if examples.is_empty() {
        assert!(name != "README.md", "README.md shows no examples");
        return;
    }
    let folder = Folder::new(&name.replace('/', "-"));
    fs::copy(root().join("watermark-cli/assets/astronaut.png"), folder.0.join("photo.png")).expect("a picture");
    let films = examples.iter().any(|example| example.film) && folder.ffmpeg(EPISODE);
    let is_run = |example: &&Example| !NOT_RUN.contains(&example.command.as_str()) && (films || !example.film);
    for example in examples.iter().filter(is_run) {
        let (code, printed) = folder.run(&example.command);
        let at = format!("{name}:{}: `{}`", example.line, example.command);
        assert_eq!(code, Some(0), "{at} prints:\n{printed}");
        let lines: Vec<&str> = printed.lines().collect();
        let shown: Vec<&str> = example.shown.iter().map(String::as_str).collect();
        assert!(shown.is_empty() || lines_match(&shown, &lines), "{at} prints:\n{printed}");
        folder.copy_by_somebody();
    }
}

/// Everything typed in the `console` blocks of a document.
fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut fence = None;
    let mut goes_on = false;
    for (at, line) in text.lines().enumerate() {
        if let Some(tag) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_none() { Some(tag.trim()) } else { None };
            goes_on = false;
            continue;
        }
        // `sh` is what a shell would be fed, without what it prints; nothing would check it.
        assert!(!matches!(fence, Some("sh" | "bash" | "shell")), "line {}: use a `console` block", at + 1);
        let film = fence == Some("console film");
        if fence != Some("console") && !film {
            continue;
        }
        let typed = if goes_on { Some(line.trim_start()) } else { line.strip_prefix("$ ") };
        match (typed, examples.last_mut()) {
            (Some(typed), last) => {
                let (typed, more) = typed.strip_suffix('\\').map_or((typed, false), |typed| (typed, true));
                match last.filter(|_| goes_on) {
                    Some(last) => last.command.push_str(typed),
                    None => examples.push(Example { line: at + 1, film, command: typed.to_owned(), shown: Vec::new() }),
                }
                goes_on = more;
            }
            (None, Some(last)) => last.shown.push(line.to_owned()),
            (None, None) => panic!("line {}: a console block starts with a command", at + 1),
        }
    }
    for example in &mut examples {
        while example.shown.last().is_some_and(|line| line.trim().is_empty()) {
            example.shown.pop();
        }
    }
    examples
}

/// Whether the printed lines are those shown.
fn lines_match(shown: &[&str], printed: &[&str]) -> bool {
    match (shown, printed) {
        ([], []) => true,
        (["...", rest @ ..], _) => (0..=printed.len()).any(|skipped| lines_match(rest, &printed[skipped..])),
        ([first, rest @ ..], [line, further @ ..]) => line_matches(first, line) && lines_match(rest, further),
        _ => false,
    }
}

/// Whether a printed line is the one shown, spaces at its end aside.
fn line_matches(shown: &str, line: &str) -> bool {
    let mut parts = shown.trim_end().split("...");
    let Some(mut rest) = parts.next().and_then(|first| line.trim_end().strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A directory in which the examples of a document run; removed at the end, kept when the test fails.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("watermark-docs-{}-{name}", process::id()));
        fs::create_dir_all(&path).expect("a temporary directory");
        Self(path)
    }

    /// Runs a command line and gives its exit code and what it printed.
    fn run(&self, command: &str) -> (Option<i32>, String) {
        let command = command.replace(FROM_CLONE, "watermark");
        assert!(!command.contains("cargo"), "`{command}` is nothing that can be run here");
        let folder = program().parent().expect("a program in a directory");
        let old = env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(folder.to_owned()).chain(env::split_paths(&old));
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{command}")])
            .env("PATH", env::join_paths(path).expect("a search path"))
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .expect("a shell");
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs ffmpeg; whether it is there and did it.
    fn ffmpeg(&self, arguments: &str) -> bool {
        let mut command = Command::new("ffmpeg");
        command.args(["-nostdin", "-loglevel", "error"]).args(arguments.split_whitespace()).current_dir(&self.0);
        command.status().is_ok_and(|status| status.success())
    }

    /// What happens to a marked picture or film out there.
    fn copy_by_somebody(&self) {
        if self.0.join("marked.mp4").exists() && !self.0.join("clip.webm").exists() {
            assert!(self.ffmpeg(CLIP), "clip.webm");
        }
        let (marked, found) = (self.0.join("marked.jpg"), self.0.join("found.jpg"));
        if !marked.exists() || found.exists() {
            return;
        }
        let bytes = fs::read(marked).expect("the marked file");
        let picture = watermark_media::decode(&bytes, &DecodeLimits::default()).expect("a picture");
        let (width, height) = (picture.width() as u32, picture.height() as u32);
        let pixels = image::RgbImage::from_raw(width, height, picture.rgb8()).expect("all pixels");
        let copy = attacks::by_name(FOUND).expect("an attack").apply(&pixels, 1).expect("a copy");
        let (width, height) = (copy.width() as usize, copy.height() as usize);
        let copy = Picture::new(width, height, Layout::Rgb, PixelData::U8(copy.into_raw())).expect("a picture");
        fs::write(found, watermark_media::encode(&copy, Format::Jpeg).expect("a file")).expect("found.jpg");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

#[test]
fn examples_are_recognised() {
    let text = "# A\n```rust\n$ no\n```\n```console\n$ one \\\n    two\nout\n\n$ three\n```\n$ no\n";
    let example = |line, command: &str, shown: &[&str]| Example {
        line,
        film: false,
        command: command.to_owned(),
        shown: shown.iter().map(|&line| line.to_owned()).collect(),
    };
    assert_eq!(examples(text), [example(6, "one two", &["out"]), example(10, "three", &[])]);
}

#[test]
fn wildcards_stand_for_what_they_should() {
    assert!(line_matches("a ... c", "a b c") && line_matches("...", "") && line_matches("a", "a  "));
    assert!(!line_matches("a ... c", "a b d") && !line_matches("a", "ab") && !line_matches("a...ba", "aba c"));
    // What two wildcards stand for may not overlap.
    assert!(!line_matches("ab...b", "ab"));
    assert!(lines_match(&["a", "...", "d"], &["a", "b", "c", "d"]) && lines_match(&["..."], &[]));
    assert!(!lines_match(&["a", "...", "d"], &["a", "b"]) && !lines_match(&["a"], &["a", "b"]));
}
