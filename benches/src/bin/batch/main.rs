//! What a batch takes: both cores, memory over thousands of files, and memory for very large ones; the real program with a
//! registry. `batch PROGRAM` prints docs/measurements-batch.md; `cargo xtask measure-batch` writes it.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use watermark_benches::process::{Outcome, Times, print_page, run, watched};
use watermark_benches::{commit, machine, photograph};
use watermark_core::Layout;
use watermark_media::{Document, EncodeOptions, Format, Picture, PixelData};

/// Files of the batch, and pixels of each.
const FILES: usize = 2000;
const SIZE: (usize, usize) = (816, 612);
/// Parts of the run whose memory is compared.
const PARTS: usize = 4;
/// Pixels of the large picture, and what may be resident beyond its decoded samples, bytes a pixel.
const LARGE: (usize, usize) = (20_000, 10_000);
const GOAL_LARGE: f64 = 8.0;
const MB: f64 = 1e6;

fn main() -> ExitCode {
    print_page("batch", page)
}

/// A folder to work in, and the program with its key.
struct Desk {
    folder: tempfile::TempDir,
    program: String,
}

impl Desk {
    fn new(program: &Path) -> Outcome<Self> {
        let desk = Self { folder: tempfile::tempdir()?, program: program.to_string_lossy().into_owned() };
        let (master, key) = (desk.at("m.key"), desk.at("t.key"));
        run(&[&desk.program, "keygen", "--out", &master], &[0])?;
        run(&[&desk.program, "key", "derive", &master, "--title", "batch", "--out", &key], &[0])?;
        Ok(desk)
    }

    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Marks `input`, and says how much was resident when, s and bytes, and at most.
    fn mark(&self, input: &str, output: &str) -> Outcome<Marked> {
        let (input, output, key, registry) = (self.at(input), self.at(output), self.at("t.key"), self.at("r.db"));
        let command =
            [&self.program, "embed", &input, "--out", &output, "--key", &key, "--registry", &registry, "--quiet"];
        let (begun, mut seen, mut most) = (Instant::now(), Vec::new(), 0.0_f64);
        // A picture in which this run's key reads too thinly is refused (3).
        let times = watched(&command, &[0, 3], |memory| {
            seen.push((begun.elapsed().as_secs_f64(), memory.now));
            most = most.max(memory.most);
        })?;
        Ok(Marked { times, seen, most })
    }
}

struct Marked {
    times: Times,
    seen: Vec<(f64, f64)>,
    most: f64,
}

impl Marked {
    /// Most that was resident in each part of the run, bytes.
    fn parts(&self) -> [f64; PARTS] {
        let mut parts = [0.0_f64; PARTS];
        for &(time, bytes) in &self.seen {
            let part = ((time / self.times.wall * PARTS as f64) as usize).min(PARTS - 1);
            parts[part] = parts[part].max(bytes);
        }
        parts
    }
}

fn page(program: &Path) -> Outcome<String> {
    let desk = Desk::new(program)?;
    let mut text = String::new();
    writeln!(text, "# What a batch takes\n")?;
    writeln!(text, "Written by `cargo xtask measure-batch` at {}; do not edit by hand.\n", commit())?;
    writeln!(text, "Machine: {}. The pictures are generated.\n", machine())?;
    many(&desk, &mut text)?;
    writeln!(text, "\n## Very large pictures\n")?;
    writeln!(
        text,
        "{} x {} px, RGB of 8 bits, from file to file with a registry: most memory that the program had beyond the decoded\nsamples.\n",
        LARGE.0, LARGE.1
    )?;
    writeln!(text, "| file | clock, s | CPU, s | beyond the samples, bytes a pixel | goal: {GOAL_LARGE:.0} |")?;
    writeln!(text, "| --- | ---: | ---: | ---: | --- |")?;
    for (format, name) in [(Format::Png, "PNG"), (Format::Tiff, "TIFF, plain")] {
        large(&desk, format, name, &mut text)?;
    }
    Ok(text)
}

/// Thousands of files.
fn many(desk: &Desk, text: &mut String) -> Outcome<()> {
    fs::create_dir(desk.at("in"))?;
    let formats = [Format::Png, Format::Jpeg, Format::Tiff, Format::WebP];
    for number in 0..FILES {
        let format = formats[number % formats.len()];
        let path = desk.at(&format!("in/{number:04}.{}", format.extension()));
        fs::write(path, file(SIZE, photograph(SIZE.0, SIZE.1, number as u64), format)?)?;
    }
    let marked = desk.mark("in", "out")?;
    let made =
        fs::read_dir(desk.at("out"))?.flatten().filter(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
    let refused = FILES - made.count();
    if refused > FILES / 200 {
        return Err(format!("{refused} of {FILES} files were not marked").into());
    }
    let Times { cpu, wall } = marked.times;
    writeln!(
        text,
        "{FILES} files of {} x {} px, PNG, JPEG, TIFF and lossless WebP in turns, `watermark embed in --out out --registry r.db`",
        SIZE.0, SIZE.1
    )?;
    writeln!(
        text,
        "in its defaults: {wall:.0} s, {:.0} files a second, {:.0} s of CPU, **{:.2} cores** busy on the mean; {refused} refused.\n",
        FILES as f64 / wall,
        cpu,
        cpu / wall
    )?;
    writeln!(text, "| quarter of the run | most that was resident, MB |\n| --- | ---: |")?;
    for (part, bytes) in marked.parts().into_iter().enumerate() {
        writeln!(text, "| {} | {:.0} |", part + 1, bytes / MB)?;
    }
    Ok(())
}

/// One picture of hundreds of megapixels.
fn large(desk: &Desk, format: Format, name: &str, text: &mut String) -> Outcome<()> {
    let (width, height) = LARGE;
    let source = format!("large.{}", format.extension());
    fs::write(desk.at(&source), file(LARGE, photograph(width, height, 7), format)?)?;
    let output = format!("large-marked.{}", format.extension());
    let marked = desk.mark(&source, &output)?;
    if fs::metadata(desk.at(&output)).is_err() {
        return Err(format!("{source} was refused").into());
    }
    let pixels = (width * height) as f64;
    let beyond = marked.most / pixels - 3.0;
    writeln!(
        text,
        "| {name} | {:.0} | {:.0} | {beyond:.1} | {} |",
        marked.times.wall,
        marked.times.cpu,
        if beyond <= GOAL_LARGE { "met" } else { "not met" }
    )?;
    Ok(())
}

fn file((width, height): (usize, usize), samples: Vec<u8>, format: Format) -> Outcome<Vec<u8>> {
    let picture = Picture::new(width, height, Layout::Rgb, PixelData::U8(samples))?;
    Ok(Document::from(picture).encode(format, &EncodeOptions::default())?)
}
