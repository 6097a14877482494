//! Native figures for the studies, and the files that the browser is then given. What the browser says is gathered and
//! written down by Node: `watermark-wasm/tests/agreement-study.mjs` and `measure.mjs`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;
use watermark_benches::SIZES;
use watermark_core::Key;
use watermark_formats::{DetectReport, KeyText};
use watermark_media::Format;

use crate::marking::{Native, attacked, file, marked, pixels, public_title};
use crate::paths::{bindings, clear, files, read, root, scratch, write};

/// Folders that are compared when none is named, from the root of the workspace.
const FOLDERS: [&str; 2] = ["../shared/images/photo", "../shared/images/art"];
const KEY: &str = "the public key of the comparison, which protects nothing";

/// What happens to a marked picture before it is compared: a name, the attack, and the file that is made of it.
const VARIANTS: [(&str, &str, Format, Option<u8>); 4] = [
    ("marked", "none", Format::Png, None),
    ("jpeg-70", "none", Format::Jpeg, Some(70)),
    ("webp-60", "none", Format::WebP, Some(60)),
    ("rotate-inner-8+crop-60+jpeg-75", "rotate-inner-8+crop-60", Format::Jpeg, Some(75)),
];

/// A file with what the native detector says of it.
#[derive(Debug, Serialize)]
pub(crate) struct Case {
    file: String,
    picture: String,
    variant: &'static str,
    native: DetectReport,
}

/// Cases of one picture: the file as it is, and marked copies. A picture that cannot carry the mark has the first only.
pub(crate) fn cases_of(
    folder: &Path,
    name: &str,
    bytes: &[u8],
    key: &Key,
    native: &Native,
) -> Result<Vec<Case>, String> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let mut cases = Vec::new();
    let mut add = |variant: &'static str, extension: &str, bytes: &[u8]| {
        let file = format!("{stem}--{variant}.{extension}");
        write(&folder.join(&file), bytes)?;
        let (native, _) = native.report(&file, bytes);
        cases.push(Case { file, picture: name.to_owned(), variant, native });
        Ok::<(), String>(())
    };
    add("as it is", extension, bytes)?;
    let Ok(copy) = pixels(bytes).and_then(|picture| marked(&picture, key)) else { return Ok(cases) };
    for (variant, attack, format, quality) in VARIANTS {
        add(variant, format.extension(), &file(&attacked(&copy, attack)?, format, quality)?)?;
    }
    Ok(cases)
}

/// Writes cases and key where Node finds them.
pub(crate) fn write_cases(folder: &Path, cases: &[Case], key: &Key) -> Result<(), String> {
    let json = serde_json::to_string_pretty(cases).map_err(|error| error.to_string())?;
    write(&folder.join("cases.json"), json.as_bytes())?;
    write(&folder.join("title.key"), KeyText::open(key).to_text().as_bytes())
}

/// Every picture of the folders, marked and attacked, natively and in the browser.
pub(crate) fn agreement(folders: &[&str]) -> Result<(), String> {
    let folders: Vec<PathBuf> = match folders {
        [] => FOLDERS.iter().map(|name| root().join(name)).collect(),
        named => named.iter().map(PathBuf::from).collect(),
    };
    let key = public_title(KEY, "Comparison")?;
    let native = Native::new(&key)?;
    let target = scratch("agreement");
    clear(&target)?;
    let mut cases = Vec::new();
    for folder in &folders {
        for name in files(folder)? {
            eprintln!("xtask-web: {name}");
            cases.extend(cases_of(&target, &name, &read(&folder.join(&name))?, &key, &native)?);
        }
    }
    write_cases(&target, &cases, &key)?;
    node("agreement-study.mjs", &[&commit()])
}

/// Times of one file, native.
#[derive(Debug, Serialize)]
struct Timed {
    file: String,
    what: &'static str,
    megapixels: f64,
    native_ms: f64,
}

/// Runs of which the median counts.
const RUNS: usize = 9;

/// Native times on one core, and the files for the browser.
pub(crate) fn measure() -> Result<(), String> {
    let key = public_title(KEY, "Comparison")?;
    let native = Native::new(&key)?;
    let target = scratch("measure");
    clear(&target)?;
    let mut timed = Vec::new();
    for size in SIZES.iter().filter(|size| size.name != "0.5MP") {
        let (width, height) = (size.width as u32, size.height as u32);
        let picture = image::RgbImage::from_raw(width, height, size.picture()).ok_or("too few samples")?;
        for (what, picture) in [("untouched, marked", marked(&picture, &key)?), ("unmarked: the full search", picture)]
        {
            let kind = what.split([',', ':']).next().unwrap_or_default();
            let file_name = format!("{}-{kind}.jpg", size.name);
            let bytes = file(&picture, Format::Jpeg, Some(90))?;
            write(&target.join(&file_name), &bytes)?;
            let mut times: Vec<f64> = (0..RUNS).map(|_| native.report(&file_name, &bytes).1).collect();
            times.sort_by(f64::total_cmp);
            timed.push(Timed { file: file_name, what, megapixels: size.megapixels(), native_ms: times[RUNS / 2] });
        }
    }
    let json = serde_json::to_string_pretty(&timed).map_err(|error| error.to_string())?;
    write(&target.join("native.json"), json.as_bytes())?;
    write(&target.join("title.key"), KeyText::open(&key).to_text().as_bytes())?;
    node("measure.mjs", &[&commit(), &machine(), &RUNS.to_string()])
}

fn node(script: &str, arguments: &[&str]) -> Result<(), String> {
    let script = bindings().join("tests").join(script);
    let status =
        Command::new("node").arg(&script).args(arguments).status().map_err(|error| format!("node: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", script.display())) }
}

/// The commit, and whether code was changed since.
fn commit() -> String {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(root()).args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned()).filter(|_| output.status.success())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else { return "an unknown commit".to_owned() };
    match git(&["status", "--porcelain", "--", "*.rs", "*.js", "Cargo.lock"]) {
        Some(changes) if changes.is_empty() => format!("commit {commit}"),
        _ => format!("commit {commit} **with changes that are not committed**"),
    }
}

/// The processor, as it calls itself, and how many of it there are.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let facts = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = facts.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    format!("{}, {cores} cores", model.map_or("unknown processor", |(_, name)| name.trim()))
}
