//! Working memory of a large picture from file to file: `cargo run --release -p watermark-media --example memory`, with
//! `png` or `tiff` and two sides in pixels to measure one kind alone.
//!
//! Each file is 20,000 x 10,000 px of RGB, 8 bits, made of texture and noise. A process of its own for each format
//! decodes it, marks it, encodes it and decodes the result, and after each stage asks the kernel how large it was at
//! most (`VmHWM`, set back before each stage). What is printed is that peak beyond the decoded picture, in bytes a
//! pixel; the bytes of the source file are given up after decoding.

use std::process::{Command, ExitCode};
use std::{env, fs};

use watermark_core::{EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format, Picture, PixelData};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let result = match arguments.as_slice() {
        [] => all(),
        [format, width, height] => one(format, width, height),
        _ => Err("give nothing, or png or tiff, a width and a height".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> Result<()> {
    for format in ["png", "tiff"] {
        let status = Command::new(env::current_exe()?).args([format, "20000", "10000"]).status()?;
        if !status.success() {
            return Err(format!("{format} failed").into());
        }
    }
    Ok(())
}

fn one(format: &str, width: &str, height: &str) -> Result<()> {
    let format = Format::from_extension(format).ok_or("no such format")?;
    let (width, height) = (width.parse::<usize>()?, height.parse::<usize>()?);
    let path = env::temp_dir().join(format!("watermark-memory-{}.{}", std::process::id(), format.extension()));
    fs::write(&path, Document::from(picture(width, height)?).encode(format, &EncodeOptions::default())?)?;
    let stages = stages(&path, format, width * height);
    fs::remove_file(&path)?;
    stages
}

fn stages(path: &std::path::Path, format: Format, pixels: usize) -> Result<()> {
    let picture = (pixels * 3) as u64;
    let say = |stage: &str, started: std::time::Instant| -> Result<()> {
        let beyond = status("VmHWM")? as f64 - picture as f64;
        let per_pixel = beyond / pixels as f64;
        println!(
            "{format} {stage:14} {per_pixel:6.2} bytes a pixel at the peak, {:.1} s",
            started.elapsed().as_secs_f64()
        );
        fs::write("/proc/self/clear_refs", "5")?;
        Ok(())
    };
    fs::write("/proc/self/clear_refs", "5")?;
    let started = std::time::Instant::now();
    let file = fs::read(path)?;
    println!("{format} file {:.2} bytes a pixel", file.len() as f64 / pixels as f64);
    let mut document = Document::decode(&file, &DecodeLimits::default())?;
    drop(file);
    say("decode", started)?;

    let started = std::time::Instant::now();
    let mut options = EmbedOptions::default();
    options.limits.max_side = 65_535;
    let embedder = Embedder::new(&Key::from_secret(KeyRole::Master, [7; 32]), options)?;
    let payload = Payload::from_bytes(&[1, 2, 3, 4, 5, 6, 7, 8])?;
    embedder.embed(&mut document.pictures_mut()[0].view_mut(), &payload)?;
    say("embed", started)?;

    let started = std::time::Instant::now();
    let written = document.encode(format, &EncodeOptions::default())?;
    say("encode", started)?;

    let started = std::time::Instant::now();
    let again = Document::decode(&written, &DecodeLimits::default())?;
    say("decode again", started)?;
    if again.content_sha256() != document.content_sha256() {
        return Err("the file reads back differently".into());
    }
    Ok(())
}

/// Waves and grain, which carry a mark and compress as badly as a photograph does.
fn picture(width: usize, height: usize) -> Result<Picture> {
    let mut state = 0x9e37_79b9_u32;
    let mut samples = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            let wave = 40.0 * ((x as f32 * 0.013).sin() + (y as f32 * 0.009).cos());
            let grey = 120.0 + wave + (state >> 28) as f32;
            samples.extend([grey, grey * 0.9, grey * 0.8].map(|v| v as u8));
        }
    }
    Ok(Picture::new(width, height, Layout::Rgb, PixelData::U8(samples))?)
}

/// A line of the process's status, bytes.
fn status(name: &str) -> Result<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.trim().strip_suffix(" kB"));
    Ok(value.ok_or("the status has no such line")?.parse::<u64>()? * 1024)
}
