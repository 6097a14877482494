//! What readers that are not ours say of a file.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use serde_json::Value;

use crate::materials::{CLEAR, HEIGHT};

/// Tags by group and name, as exiftool gives them.
pub(crate) type Tags = BTreeMap<String, String>;

/// What is known of a file besides its tags.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Facts {
    /// Hash of the samples of all alpha planes, where there are any.
    pub(crate) alpha: Option<String>,
    /// Hash of the colours of the columns that are fully transparent.
    pub(crate) beneath: Option<String>,
    /// Frames with their durations, where there are several, or pages.
    pub(crate) frames: Option<String>,
    /// How the samples are coded, where no tag says so.
    pub(crate) coding: Option<String>,
    /// Entries of the largest palette of a GIF.
    pub(crate) colours: Option<usize>,
    /// The quantisation tables of a JPEG.
    pub(crate) tables: BTreeSet<Vec<u8>>,
}

/// The standard output of a program, as text.
pub(crate) fn run<I: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = I>) -> Result<String, String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}

/// Whether all programs are on the search path.
pub(crate) fn missing(programs: &[&'static str]) -> Vec<&'static str> {
    let path = env::var_os("PATH").unwrap_or_default();
    let there = |program: &str| env::split_paths(&path).any(|folder| folder.join(program).is_file());
    programs.iter().copied().filter(|program| !there(program)).collect()
}

/// The tags of every file of a folder, by file name. Values are as stored, binary ones whole.
pub(crate) fn tags(folder: &Path) -> Result<BTreeMap<String, Tags>, String> {
    let whole = ["-ICC_Profile", "-EXIF", "-XMP", "-IPTC", "-Photoshop"].map(OsStr::new);
    let all = ["-j", "-G1:4", "-a", "-n", "-struct", "-b", "-q", "-q", "-m", "-all"].map(OsStr::new);
    let text = run("exiftool", all.into_iter().chain(whole).chain([folder.as_os_str()]))?;
    let files: Vec<BTreeMap<String, Value>> = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    Ok(files.into_iter().filter_map(named).collect())
}

fn named(tags: BTreeMap<String, Value>) -> Option<(String, Tags)> {
    let name = Path::new(tags.get("SourceFile")?.as_str()?).file_name()?.to_string_lossy().into_owned();
    let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut tags: Tags = tags.into_iter().map(|(tag, value)| (tag, text(value))).collect();
    // One is what a file without the tag has.
    tags.retain(|tag, value| !(tag.ends_with(":FillOrder") && value == "1"));
    Some((name, tags))
}

/// What else there is to say of a file.
pub(crate) fn facts(file: &Path) -> Result<Facts, String> {
    let mut facts = Facts::default();
    let bytes = fs::read(file).map_err(|error| error.to_string())?;
    match file.extension().and_then(OsStr::to_str) {
        Some("exr") => {
            facts.alpha = plane_by_ffmpeg(file);
            return Ok(facts);
        }
        Some("jpg") => {
            (facts.tables, facts.coding) = jpeg_tables(&bytes);
            return Ok(facts);
        }
        Some("webp") => {
            let (coding, durations) = webp(file)?;
            (facts.coding, facts.frames) = (Some(coding), durations);
        }
        Some("png") if bytes.windows(4).any(|four| four == b"acTL") => {
            facts.frames = Some(png_frames(file)?);
            facts.alpha = plane_by_ffmpeg(file);
            return Ok(facts);
        }
        _ => {}
    }
    let frames = run("identify", [OsStr::new("-format"), "%[channels] %T\n".as_ref(), file.as_os_str()])?;
    let (kinds, delays): (Vec<&str>, Vec<&str>) = frames.lines().filter_map(|line| line.split_once(' ')).unzip();
    match file.extension().and_then(OsStr::to_str) {
        Some("gif") if delays.len() > 1 => {
            let delays: Vec<String> = delays.iter().map(|delay| format!("{delay}0")).collect();
            facts.frames = Some(durations(&delays));
        }
        Some("tif") if kinds.len() > 1 => facts.frames = Some(format!("{} pages", kinds.len())),
        _ => {}
    }
    if file.extension() == Some(OsStr::new("gif")) {
        facts.colours = Some(largest_palette(file)?);
    }
    if delays.len() > 1 && is_animation(file) && is_opaque(file)? {
        return Ok(facts);
    }
    if kinds.iter().any(|kind| kind.ends_with('a')) {
        facts.alpha = Some(hash(file, &["-alpha", "extract"])?);
    }
    // Of pages without alpha nothing is hidden.
    if !kinds.is_empty() && kinds.iter().all(|kind| kind.ends_with('a')) {
        let columns = format!("{CLEAR}x{HEIGHT}+0+0");
        facts.beneath = Some(hash(file, &["-crop", &columns, "+repage", "-alpha", "off"])?);
    }
    Ok(facts)
}

fn is_animation(file: &Path) -> bool {
    ["gif", "webp"].map(OsStr::new).map(Some).contains(&file.extension())
}

/// Whether nothing is seen through an animation. ImageMagick lays each frame over the one before, also where it should
/// take its place, so that alpha planes are compared as they are stored.
fn is_opaque(file: &Path) -> Result<bool, String> {
    let shown = ["-coalesce", "-format", "%[opaque]\n", "info:"].map(OsStr::new);
    let frames = run("convert", std::iter::once(file.as_os_str()).chain(shown))?;
    Ok(frames.lines().all(|opaque| opaque.eq_ignore_ascii_case("true")))
}

fn largest_palette(file: &Path) -> Result<usize, String> {
    let text = run("identify", [OsStr::new("-verbose"), file.as_os_str()])?;
    let entries = text.lines().filter_map(|line| line.trim().strip_prefix("Colormap entries:")?.trim().parse().ok());
    entries.max().ok_or_else(|| "it has no palette".to_owned())
}

fn hash(file: &Path, operations: &[&str]) -> Result<String, String> {
    let operations = operations.iter().copied().chain(["-format", "%#\n", "info:"]).map(OsStr::new);
    run("convert", std::iter::once(file.as_os_str()).chain(operations))
}

/// Hash of each frame's alpha plane; nothing where there is none.
fn plane_by_ffmpeg(file: &Path) -> Option<String> {
    let shown = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=pix_fmt", "-of", "csv=p=0"];
    let format = run("ffprobe", shown.map(OsStr::new).into_iter().chain([file.as_os_str()])).ok()?;
    let format = format.trim();
    if !["rgba", "ya", "gbrap"].iter().any(|alpha| format.starts_with(alpha)) {
        return None;
    }
    let plane = ["-fps_mode", "passthrough", "-vf", "extractplanes=a", "-f", "framemd5", "-"].map(OsStr::new);
    run("ffmpeg", ["-v", "error", "-i"].map(OsStr::new).into_iter().chain([file.as_os_str()]).chain(plane)).ok()
}

/// Lossy or lossless, and the frames of an animation.
fn webp(file: &Path) -> Result<(String, Option<String>), String> {
    // It leaves with an error for flags that its own library writes.
    let output = Command::new("webpinfo").arg(file).stdin(Stdio::null()).output();
    let text = String::from_utf8_lossy(&output.map_err(|error| error.to_string())?.stdout).into_owned();
    let values = |name: &str| -> Vec<String> {
        let found = text.lines().filter_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix(':'));
        found.map(|value| value.trim().to_owned()).collect()
    };
    let kinds: BTreeSet<String> =
        values("Format").iter().filter_map(|kind| kind.split_whitespace().next().map(str::to_lowercase)).collect();
    let frames = values("Duration");
    Ok((kinds.into_iter().collect::<Vec<_>>().join(" and "), (frames.len() > 1).then(|| durations(&frames))))
}

fn png_frames(file: &Path) -> Result<String, String> {
    let shown = ["-v", "error", "-show_entries", "frame=pkt_duration_time", "-of", "csv=p=0"].map(OsStr::new);
    let text = run("ffprobe", shown.into_iter().chain([file.as_os_str()]))?;
    let seconds = text.lines().filter_map(|line| line.trim_matches(',').parse::<f64>().ok());
    Ok(durations(&seconds.map(|seconds| format!("{:.0}", 1000.0 * seconds)).collect::<Vec<_>>()))
}

/// Frames and their durations in milliseconds.
fn durations(milliseconds: &[String]) -> String {
    format!("{} frames of {} ms", milliseconds.len(), milliseconds.join(", "))
}

/// The quantisation tables, and the restart interval in words.
fn jpeg_tables(bytes: &[u8]) -> (BTreeSet<Vec<u8>>, Option<String>) {
    let (mut tables, mut restarts) = (BTreeSet::new(), None);
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let [0xff, marker, high, low, ..] = *rest {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let data = rest.get(4..2 + length).unwrap_or_default();
        match marker {
            0xdb => {
                let mut left = data;
                while let Some((&kind, values)) = left.split_first() {
                    let size = if kind >> 4 == 0 { 64 } else { 128 };
                    tables.insert(values.get(..size).unwrap_or_default().to_vec());
                    left = values.get(size..).unwrap_or_default();
                }
            }
            0xdd if data != [0, 0] => restarts = Some("restart intervals".to_owned()),
            0xda => break,
            _ => {}
        }
        rest = rest.get(2 + length..).unwrap_or_default();
    }
    (tables, restarts)
}

/// PSNR in dB of the last picture of a file against that of another, both on grey; infinite when they are equal.
pub(crate) fn psnr(before: &Path, after: &Path, scratch: &Path) -> Result<f64, String> {
    let (before, after) = (readable(before, scratch, "before")?, readable(after, scratch, "after")?);
    let last = ["-delete", "0--2", ")"];
    let of = |file: &str| -> Vec<String> {
        // An animation is made of canvases first; nothing is deleted from a single picture.
        let animated = is_animation(Path::new(file));
        let mut words = vec!["(".to_owned(), file.to_owned()];
        words.extend(animated.then(|| "-coalesce".to_owned()));
        words.extend(["(", "+clone", ")"].map(str::to_owned));
        words.extend(last.map(str::to_owned));
        words
    };
    let compare = [
        "-background",
        "gray50",
        "-alpha",
        "remove",
        "-metric",
        "PSNR",
        "-compare",
        "-format",
        "%[distortion]",
        "info:",
    ];
    let words = of(&before).into_iter().chain(of(&after)).chain(compare.map(str::to_owned));
    let text = run("convert", words)?;
    text.trim().parse().map_err(|_| format!("PSNR is {text:?}"))
}

/// The file, or where ImageMagick does not read it, its last picture as PNG: for OpenEXR in the encoding of sRGB.
fn readable(file: &Path, scratch: &Path, name: &str) -> Result<String, String> {
    let moving = file.extension() == Some(OsStr::new("png"));
    let linear = file.extension() == Some(OsStr::new("exr"));
    if !moving && !linear {
        return Ok(file.display().to_string());
    }
    let png = scratch.join(format!("{name}.png")).display().to_string();
    let file = file.display().to_string();
    let mut words = vec!["-v", "error", "-y"];
    if linear {
        words.extend(["-apply_trc", "iec61966_2_1", "-i", &file, "-pix_fmt", "rgb48be"]);
    } else {
        words.extend(["-i", &file]);
    }
    // Each frame once: a moving PNG counts time in units so small that frames would be repeated without end.
    words.extend(["-fps_mode", "passthrough", "-update", "1", &png]);
    run("ffmpeg", words).map(|_| png)
}
