//! What marking a film costs beside decoding and encoding it, and how long reading one takes: the real program and the real
//! ffmpeg, in one run. `films PROGRAM` prints docs/measurements-films.md; `cargo xtask measure-films` writes it.

mod clip;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use watermark_benches::process::{Outcome, Times, print_page, run};
use watermark_benches::{commit, machine, median};

/// Runs of each; the median counts.
const RUNS: usize = 3;
/// What marking may add to decoding and encoding, per cent.
const GOAL_PERCENT: f64 = 25.0;
/// How long reading may take, s.
const GOAL_READING_S: f64 = 10.0;

fn main() -> ExitCode {
    print_page("films", page)
}

fn page(program: &Path) -> Outcome<String> {
    let folder = tempfile::tempdir()?;
    let at = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (source, plain, marked, master, key) =
        (at("source.mp4"), at("plain.mp4"), at("marked.mp4"), at("m.key"), at("t.key"));
    clip::write(Path::new(&source))?;
    let watermark = program.to_string_lossy().into_owned();
    run(&[&watermark, "keygen", "--out", &master], &[0])?;
    run(&[&watermark, "key", "derive", &master, "--title", "films", "--out", &key], &[0])?;
    let codec = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23"];
    let size = format!("{}x{}", clip::WIDTH, clip::HEIGHT);
    let piped = format!(
        "ffmpeg -v error -i \"$1\" -f rawvideo - | \
         ffmpeg -v error -y -f rawvideo -pix_fmt yuv420p -s {size} -r {} -i - {} \"$2\"",
        clip::RATE,
        codec.join(" ")
    );
    let encode = [&["ffmpeg", "-v", "error", "-y", "-i", &source][..], &codec, &[&plain]].concat();
    let embed =
        [&watermark, "embed", &source, "--out", &marked, "--force", "--key", &key, "--payload", "0011223344556677"];
    let embed = [&embed[..], &["--codec", "h264", "--preset", "veryfast", "--crf", "23"]].concat();
    let mut times = Vec::new();
    for _ in 0..RUNS {
        times.push([
            run(&encode, &[0])?,
            run(&embed, &[0])?,
            run(&["ffmpeg", "-v", "error", "-i", &source, "-f", "null", "-"], &[0])?,
            run(&["sh", "-c", &piped, "sh", &source, &at("piped.mp4")], &[0])?,
            run(&[&watermark, "detect", &marked, "--key", &key], &[0])?,
            run(&[&watermark, "detect", &plain, "--key", &key], &[1])?,
        ]);
    }
    let [plain_cpu, marked_cpu, decoding, piping, reading, searching] = std::array::from_fn(|which| {
        let of = |get: fn(&Times) -> f64| median(times.iter().map(|times| get(&times[which])));
        Times { cpu: of(|times| times.cpu), wall: of(|times| times.wall) }
    });
    let bytes = |path: &str| fs::metadata(path).map(|file| file.len() as f64);
    let bits = 100.0 * (bytes(&marked)? / bytes(&plain)? - 1.0);
    Ok(document(&[plain_cpu, marked_cpu, decoding, piping, reading, searching], bits)?)
}

fn document(times: &[Times; 6], bits: f64) -> Result<String, std::fmt::Error> {
    let [plain, marked, decoding, piping, reading, searching] = times;
    let percent = 100.0 * (marked.cpu / plain.cpu - 1.0);
    let met = |good: bool| if good { "met" } else { "not met" };
    let mut text = String::new();
    writeln!(text, "# What marking and reading a film costs\n")?;
    writeln!(text, "Written by `cargo xtask measure-films` at {}; do not edit by hand.\n", commit())?;
    writeln!(
        text,
        "Machine: {}. A generated film of {} s, {}x{} px, {} frames a second: shots of 2.5 s that pan by 6 px\na frame, \
         stand still, pan by 1 px, and move by 6 px on twos. CPU time of a program with all that it starts,\nand time by the \
         clock; medians of {RUNS}, all in one run. Encoding: x264 `veryfast`, CRF 23.\n",
        machine(),
        clip::FRAMES / clip::RATE,
        clip::WIDTH,
        clip::HEIGHT,
        clip::RATE
    )?;
    writeln!(text, "| | CPU, s | CPU a frame, ms | clock, s |\n| --- | ---: | ---: | ---: |")?;
    let mut row = |what: &str, times: &Times| {
        let frame = 1000.0 * times.cpu / clip::FRAMES as f64;
        writeln!(text, "| {what} | {:.1} | {frame:.1} | {:.1} |", times.cpu, times.wall)
    };
    row("ffmpeg: decode and encode", plain)?;
    row("**`watermark embed`**: decode, mark, encode, read back", marked)?;
    row("ffmpeg: decode, and throw away", decoding)?;
    row("ffmpeg: decode in one process, encode in another, a pipe between them", piping)?;
    row("`watermark detect`, marked", reading)?;
    row("`watermark detect`, not marked: the full search", searching)?;
    writeln!(
        text,
        "\nMarking adds **{percent:.0} %** of CPU to decoding and encoding (goal: {GOAL_PERCENT:.0} %, {}); the file has {bits:+.1} % \
         of the bytes.\nReading takes {:.1} s, and {:.1} s where nothing is found (goal: {GOAL_READING_S:.0} s on two cores, {}).",
        met(percent <= GOAL_PERCENT),
        reading.wall,
        searching.wall,
        met(reading.wall.max(searching.wall) <= GOAL_READING_S)
    )?;
    Ok(text)
}
