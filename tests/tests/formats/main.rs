//! Nothing lost: files of every kind, made by programs that are not ours, are marked by the `watermark` program, and
//! readers that are not ours say what differs. The result is docs/formats.md, and has to be that of the last commit.
//!
//! `FORMATS_WRITE=1` writes the page. Where the other programs are not installed the test passes with a message,
//! unless `FORMATS_REQUIRED=1`. `FORMATS_ONLY=text` looks at the rows whose name holds the text, and prints them.

// The sources are made by shell lines.
#![cfg(unix)]

mod describe;
mod materials;
mod readers;
mod sources;
mod table;

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process, thread};

use watermark_formats::KeyText;
use watermark_tests::{key, program, root};

use crate::readers::{Facts, Tags};
use crate::sources::{GROUPS, Group, PREPARE};

/// Everything that makes the sources or reads the files.
const PROGRAMS: [&str; 14] = [
    "cjpeg",
    "convert",
    "cwebp",
    "exiftool",
    "exrmaketiled",
    "exrmultipart",
    "exrstdattr",
    "ffmpeg",
    "ffprobe",
    "identify",
    "img2webp",
    "tiffcp",
    "webpinfo",
    "webpmux",
];
/// What the files carry.
const PAYLOAD: &str = "0123456789abcdef";
/// Least PSNR in dB between a source and its marked copy: less would not be the same picture. A mark of the default
/// strength has 40 and more, and what the format loses is added to that.
const LEAST_PSNR_DB: f64 = 35.0;
/// The same for 256 colours, which a marked frame may have to choose anew.
const LEAST_PSNR_DB_GIF: f64 = 30.0;
/// How many files are worked on at a time.
const THREADS: usize = 2;

/// What became of one source.
pub(crate) struct Outcome {
    pub(crate) group: &'static str,
    pub(crate) extension: &'static str,
    pub(crate) name: &'static str,
    /// What the program says when it refuses.
    pub(crate) refused: Option<String>,
    /// What else the program said.
    pub(crate) said: Vec<String>,
    pub(crate) before: (Tags, Facts),
    pub(crate) after: (Tags, Facts),
}

#[test]
fn the_page_says_what_is_kept() {
    let missing = readers::missing(&PROGRAMS);
    if !missing.is_empty() {
        assert!(env::var_os("FORMATS_REQUIRED").is_none(), "not installed: {missing:?}");
        println!("not run: {missing:?} are not installed");
        return;
    }
    let only = env::var("FORMATS_ONLY").unwrap_or_default();
    let (outcomes, faults) = Folder::new().outcomes(&only);
    let page = table::page(&outcomes);
    let committed = root().join("docs/formats.md");
    if !only.is_empty() {
        println!("{page}");
    } else if env::var_os("FORMATS_WRITE").is_some() {
        fs::write(&committed, &page).expect("docs/formats.md");
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    if only.is_empty() {
        let old = fs::read_to_string(committed).expect("docs/formats.md");
        let lines = || page.lines().zip(old.lines()).find(|(new, old)| new != old);
        assert!(page == old, "docs/formats.md is not what is seen now; the first line that differs: {:?}", lines());
    }
}

/// Where the files are made; removed at the end, kept when the test fails.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("watermark-formats-{}", process::id()));
        for part in ["materials", "before", "after", "scratch"] {
            fs::create_dir_all(path.join(part)).expect("a temporary directory");
        }
        let folder = Self(path);
        materials::write(&folder.at("materials")).expect("materials");
        write_secret(&folder.at("test.key"), KeyText::open(&key(7)).to_text().as_bytes());
        shell(PREPARE, &folder.at("materials"), &[]).expect("materials");
        folder
    }

    fn at(&self, part: &str) -> PathBuf {
        self.0.join(part)
    }

    /// Every row of the table, in order, and what went wrong.
    fn outcomes(&self, only: &str) -> (Vec<Outcome>, Vec<String>) {
        let sources: Vec<(usize, &Group, usize)> = GROUPS
            .iter()
            .flat_map(|group| (0..group.variants.len()).map(move |at| (group, at)))
            .enumerate()
            .map(|(number, (group, at))| (number, group, at))
            .filter(|(_, group, at)| format!("{}: {}", group.title, group.variants[*at].0).contains(only))
            .collect();
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let program = program();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while let Some(&(number, group, at)) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let outcome = self.outcome(program, number, group, at);
                        done.lock().expect("the list").push((number, outcome));
                    }
                });
            }
        });
        let mut done = done.into_inner().expect("the list");
        done.sort_by_key(|(number, _)| *number);
        let mut before = readers::tags(&self.at("before")).expect("tags");
        let mut after = readers::tags(&self.at("after")).unwrap_or_default();
        let (mut outcomes, mut faults) = (Vec::new(), Vec::new());
        for (number, outcome) in done {
            match outcome {
                Ok(mut outcome) => {
                    let name = file_name(number, outcome.extension);
                    outcome.before.0 = before.remove(&name).unwrap_or_default();
                    outcome.after.0 = after.remove(&name).unwrap_or_default();
                    outcomes.push(outcome);
                }
                Err(fault) => faults.push(fault),
            }
        }
        (outcomes, faults)
    }

    /// Makes a source, marks it, reads the mark, and asks what the readers say but for tags.
    fn outcome(&self, program: &Path, number: usize, group: &Group, at: usize) -> Result<Outcome, String> {
        let (name, script) = group.variants[at];
        let fault = |what: &str| format!("{}: {name} ({number}): {what}", group.title);
        let file = file_name(number, group.extension);
        let (before, after) = (self.at("before").join(&file), self.at("after").join(&file));
        let scratch = self.at("scratch").join(number.to_string());
        fs::create_dir_all(&scratch).map_err(|error| fault(&error.to_string()))?;
        shell(script, &scratch, &[("B", &self.at("materials")), ("OUT", &before)]).map_err(|e| fault(&e))?;
        let mut outcome = Outcome {
            group: group.title,
            extension: group.extension,
            name,
            refused: None,
            said: Vec::new(),
            before: (Tags::new(), readers::facts(&before).map_err(|e| fault(&e))?),
            after: Default::default(),
        };
        let (marked, said) = self.watermark(program, &before, &after);
        if !marked {
            outcome.refused = Some(said.join(" "));
            return Ok(outcome);
        }
        outcome.said = said;
        outcome.after.1 = readers::facts(&after).map_err(|e| fault(&e))?;
        let psnr_db = readers::psnr(&before, &after, &scratch).map_err(|e| fault(&e))?;
        let least = if group.extension == "gif" { LEAST_PSNR_DB_GIF } else { LEAST_PSNR_DB };
        if !psnr_db.is_finite() || psnr_db < least {
            return Err(fault(&format!("{psnr_db} dB from its source")));
        }
        self.read_mark(program, &after).map_err(|e| fault(&e))?;
        Ok(outcome)
    }

    /// Marks a file: whether that was done, and what was said about it.
    fn watermark(&self, program: &Path, before: &Path, after: &Path) -> (bool, Vec<String>) {
        let output = Command::new(program)
            .args(["embed", "--payload", PAYLOAD, "--key"])
            .arg(self.at("test.key"))
            .arg(before)
            .arg("--out")
            .arg(after)
            .current_dir(&self.0)
            .stdin(Stdio::null())
            .output()
            .expect("the program");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let known = [(before, "the source"), (after, "the output")];
        let text = known.iter().fold(text, |text, (path, name)| text.replace(&path.display().to_string(), name));
        let sentence =
            |line: &str| line.trim_start_matches("watermark: ").trim_start_matches("the source: ").to_owned();
        (output.status.success(), text.lines().filter(|line| !line.is_empty()).map(sentence).collect())
    }

    fn read_mark(&self, program: &Path, file: &Path) -> Result<(), String> {
        let output = Command::new(program)
            .args(["detect", "--json", "--key"])
            .arg(self.at("test.key"))
            .arg(file)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout);
        let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))?;
        let read = json["verdict"] == "found" && json["payload"] == PAYLOAD;
        if read { Ok(()) } else { Err(format!("the mark is not read: {}", text.trim())) }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// Writes a file that nobody else can read, as the program wants its keys.
fn write_secret(path: &Path, bytes: &[u8]) {
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(bytes)).expect("a key file");
}

fn file_name(number: usize, extension: &str) -> String {
    format!("{number:03}.{extension}")
}

/// Runs shell lines in a folder, up to the first that fails.
fn shell(script: &str, folder: &Path, variables: &[(&str, &Path)]) -> Result<(), String> {
    let output = Command::new("sh")
        .args(["-ec", script])
        .envs(variables.iter().copied())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
