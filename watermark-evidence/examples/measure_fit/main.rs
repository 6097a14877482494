//! Measures how altered copies of marked pictures fit their own thumbnails and those of other pictures.
//!
//! ```text
//! cargo run --release -p watermark-evidence --example measure_fit -- ../shared/images [--side 96] [--readings FILE]
//!     [--pairs FILE]
//! ```
//!
//! Every picture of `photo`, `art` and `ai` is marked, altered and read by the real detector, and the geometry that was
//! read is what the fit is given. `--readings` keeps the geometries in a file, so that a second run with other thumbnails
//! need not read again. `--pairs` writes every pair as a line, for looking closer.

mod measuring;

use std::path::PathBuf;

use anyhow::{Context, bail};
use measuring::{pairs, readings, tables};

/// What was typed.
struct Arguments {
    images: PathBuf,
    side: usize,
    readings: Option<PathBuf>,
    pairs: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let arguments = arguments()?;
    let pictures = measuring::pictures(&arguments.images)?;
    let read = readings::of(&pictures, arguments.readings.as_deref())?;
    let found = pairs::of(&pictures, &read, arguments.side)?;
    if let Some(path) = &arguments.pairs {
        std::fs::write(path, pairs::lines(&found)).with_context(|| format!("writing {}", path.display()))?;
    }
    print!("{}", tables::all(&found, arguments.side));
    Ok(())
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut typed = std::env::args().skip(1);
    let images = typed.next().context("the folder of pictures is missing")?.into();
    let mut arguments = Arguments { images, side: 96, readings: None, pairs: None };
    while let Some(option) = typed.next() {
        let value = typed.next().with_context(|| format!("{option} needs a value"))?;
        match option.as_str() {
            "--side" => arguments.side = value.parse()?,
            "--readings" => arguments.readings = Some(value.into()),
            "--pairs" => arguments.pairs = Some(value.into()),
            _ => bail!("unknown option {option}"),
        }
    }
    Ok(arguments)
}
