//! What marking a film costs beside decoding and encoding it, and how long reading one takes: the real program and the real
//! ffmpeg, in one run. `films PROGRAM` prints docs/measurements-films.md; `cargo xtask measure-films` writes it.

mod clip;

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use watermark_benches::process::{Outcome, Times, print_page, run, watched};
use watermark_benches::{commit, machine, median};

/// Runs of each; the median counts.
const RUNS: usize = 3;
/// What marking may add to decoding and encoding, per cent.
const GOAL_PERCENT: f64 = 25.0;
/// Rows of the first table.
const ROWS: usize = 7;
/// Lengths of the large films, s: memory must not grow with them.
const LARGE_S: [usize; 2] = [5, 15];
/// What the program may have resident with a large film, MB.
const GOAL_LARGE_MB: f64 = 500.0;
const MB: f64 = 1e6;
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
    let piped = |between: &str| {
        format!(
            "ffmpeg -v error -i \"$1\" -f rawvideo - | {between} \
             ffmpeg -v error -y -f rawvideo -pix_fmt yuv420p -s {size} -r {} -i - {} \"$2\"",
            clip::RATE,
            codec.join(" ")
        )
    };
    let (one_pipe, two_pipes) = (piped(""), piped("cat |"));
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
            run(&["sh", "-c", &one_pipe, "sh", &source, &at("piped.mp4")], &[0])?,
            run(&["sh", "-c", &two_pipes, "sh", &source, &at("piped.mp4")], &[0])?,
            run(&[&watermark, "detect", &marked, "--key", &key], &[0])?,
            run(&[&watermark, "detect", &plain, "--key", &key], &[1])?,
        ]);
    }
    let measured: [Times; ROWS] = std::array::from_fn(|which| {
        let of = |get: fn(&Times) -> f64| median(times.iter().map(|times| get(&times[which])));
        Times { cpu: of(|times| times.cpu), wall: of(|times| times.wall) }
    });
    let bytes = |path: &str| fs::metadata(path).map(|file| file.len() as f64);
    let bits = 100.0 * (bytes(&marked)? / bytes(&plain)? - 1.0);
    let mut text = document(&measured, bits)?;
    text += &large(&watermark, Path::new(&source), &key, &at)?;
    Ok(text)
}

/// Most memory that the program itself has with films of 4K; ffmpeg's is ffmpeg's.
fn large(watermark: &str, source: &Path, key: &str, at: &dyn Fn(&str) -> String) -> Outcome<String> {
    let (width, height) = clip::LARGE;
    let (large, marked) = (at("large.mp4"), at("large-marked.mp4"));
    let most = |command: &[&str], codes: &[i32]| -> Outcome<f64> {
        let mut most = 0.0_f64;
        watched(command, codes, |memory| most = most.max(memory.most))?;
        Ok(most / MB)
    };
    let (mut text, mut worst) = (String::new(), 0.0_f64);
    writeln!(text, "\n## Memory of large films\n")?;
    writeln!(
        text,
        "The same film at {width}x{height} px: most that `watermark` itself had resident, MB, without the ffmpeg that it starts.\n"
    )?;
    writeln!(text, "| length, s | `embed` | `detect`, marked | `detect`, not marked |\n| ---: | ---: | ---: | ---: |")?;
    for seconds in LARGE_S {
        clip::enlarge(source, Path::new(&large), seconds)?;
        let embed = [watermark, "embed", &large, "--out", &marked, "--force", "--key", key, "--preset", "ultrafast"];
        let detect = |file: &str, code| most(&[watermark, "detect", file, "--key", key], &[code]);
        let row = [most(&embed, &[0])?, detect(&marked, 0)?, detect(&large, 1)?];
        worst = row.into_iter().fold(worst, f64::max);
        writeln!(text, "| {seconds} | {:.0} | {:.0} | {:.0} |", row[0], row[1], row[2])?;
    }
    writeln!(
        text,
        "\nAt most {worst:.0} MB (goal: {GOAL_LARGE_MB:.0} MB whatever the length, {}).",
        if worst <= GOAL_LARGE_MB { "met" } else { "not met" }
    )?;
    Ok(text)
}

fn document(times: &[Times; ROWS], bits: f64) -> Result<String, std::fmt::Error> {
    let [plain, marked, decoding, piping, passing, reading, searching] = times;
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
    row("the same with a second pipe and a program between that passes every byte on (`cat`)", passing)?;
    row("`watermark detect`, marked", reading)?;
    row("`watermark detect`, not marked: the full search", searching)?;
    writeln!(
        text,
        "\nMarking adds **{percent:.0} %** of CPU to decoding and encoding (goal: {GOAL_PERCENT:.0} %, {}); the file has {bits:+.1} % \
         of the bytes.\nTwo pipes and nothing else add {:.0} %.\nReading takes {:.1} s, and {:.1} s where nothing is found (goal: {GOAL_READING_S:.0} s on two cores, {}).",
        met(percent <= GOAL_PERCENT),
        100.0 * (passing.cpu / plain.cpu - 1.0),
        reading.wall,
        searching.wall,
        met(reading.wall.max(searching.wall) <= GOAL_READING_S)
    )?;
    Ok(text)
}
