//! What marking a file adds to decoding and encoding it, for each format, in CPU time of one thread: hashes, thumbnail,
//! plan and apply, and reading back. `formats` prints docs/measurements-files.md; `cargo xtask measure-files` writes it.

mod clock;
mod steps;

use std::fmt::Write;
use std::process::ExitCode;

use watermark_benches::{SIZES, Size, commit, machine};
use watermark_core::Layout;
use watermark_media::{Document, EncodeOptions, Format, Picture, PixelData};

use clock::Clock;
use steps::{Marker, STEPS, Times};

/// Runs of each file; the median counts.
const RUNS: usize = 5;
/// What marking may add, ns of CPU a pixel.
const GOAL_NS: f64 = 40.0;
/// Sizes for which that is asked, megapixels.
const ASKED: std::ops::Range<f64> = 1.0..20.0;

/// A kind of source file.
struct Kind {
    name: &'static str,
    format: Format,
    sixteen: bool,
    jpeg_quality: Option<u8>,
}

const KINDS: [Kind; 6] = [
    Kind { name: "PNG, 8 bit", format: Format::Png, sixteen: false, jpeg_quality: None },
    Kind { name: "PNG, 16 bit", format: Format::Png, sixteen: true, jpeg_quality: None },
    Kind { name: "JPEG, quality 90", format: Format::Jpeg, sixteen: false, jpeg_quality: Some(90) },
    Kind { name: "WebP, lossless", format: Format::WebP, sixteen: false, jpeg_quality: None },
    Kind { name: "TIFF, plain, 8 bit", format: Format::Tiff, sixteen: false, jpeg_quality: None },
    Kind { name: "TIFF, plain, 16 bit", format: Format::Tiff, sixteen: true, jpeg_quality: None },
];

fn main() -> ExitCode {
    match page() {
        Ok(page) => {
            print!("{page}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("formats: {error}");
            ExitCode::from(2)
        }
    }
}

fn page() -> Result<String, Box<dyn std::error::Error>> {
    let marker = Marker::new()?;
    let mut text = String::new();
    writeln!(text, "# What marking adds to a file\n")?;
    writeln!(text, "Written by `cargo xtask measure-files` at {}; do not edit by hand.\n", commit())?;
    writeln!(
        text,
        "Machine: {}. CPU time of one thread, ns a pixel, medians of {RUNS}, all in one run. The pictures",
        machine()
    )?;
    writeln!(
        text,
        "are generated. Hashes: SHA-256 of source, pixels and output. Thumbnail: with the perceptual hash."
    )?;
    writeln!(
        text,
        "A registry's row takes about 0.13 ms a file beside that (watermark-registry, `registry-scale`).\n"
    )?;
    writeln!(text, "| picture | file | decode | encode | {} | **marking** | goal: {GOAL_NS:.0} |", STEPS.join(" | "))?;
    writeln!(text, "| --- | --- | ---: | ---: |{} ---: | --- |", " ---: |".repeat(STEPS.len()))?;
    for size in SIZES.iter().filter(|size| ASKED.contains(&size.megapixels())) {
        for kind in &KINDS {
            let file = source(*size, kind)?;
            let runs = (0..RUNS).map(|_| marker.run(&file, kind.format, &Clock)).collect::<Result<Vec<_>, _>>()?;
            row(&mut text, *size, kind.name, &Times::median(&runs))?;
        }
    }
    writeln!(
        text,
        "\nMarking is the sum of the columns between encoding and it. The written file is decoded again for reading"
    )?;
    writeln!(text, "back, which is counted as marking.")?;
    Ok(text)
}

fn source(size: Size, kind: &Kind) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let samples = size.picture();
    let pixels = match kind.sixteen {
        false => PixelData::U8(samples),
        true => PixelData::U16(samples.iter().map(|&sample| u16::from(sample) * 257).collect()),
    };
    let picture = Picture::new(size.width, size.height, Layout::Rgb, pixels)?;
    let mut options = EncodeOptions::default();
    options.jpeg_quality = kind.jpeg_quality;
    Ok(Document::from(picture).encode(kind.format, &options)?)
}

fn row(text: &mut String, size: Size, name: &str, times: &Times) -> std::fmt::Result {
    let pixels = (size.width * size.height) as f64;
    let per_pixel = |ns: f64| format!("{:.1}", ns / pixels);
    let steps: Vec<String> = times.steps.iter().map(|&ns| per_pixel(ns)).collect();
    let marking: f64 = times.steps.iter().sum::<f64>() / pixels;
    writeln!(
        text,
        "| {} | {name} | {} | {} | {} | **{marking:.1}** | {} |",
        size.name.replace("MP", " MP"),
        per_pixel(times.decode),
        per_pixel(times.encode),
        steps.join(" | "),
        if marking <= GOAL_NS { "met" } else { "not met" }
    )
}
