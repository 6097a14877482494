//! `demo`: marks a picture that ships with the program, attacks copies of it, reads every copy back, shows the result.
//!
//! The key is fixed and public, so that two runs give the same sheet; it protects nothing.

mod copies;
mod evidence;
mod sheet;
mod table;

use anyhow::{Context, Result, anyhow};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use sha2::{Digest, Sha256};
use watermark_core::{DetectOptions, Detector, EmbedOptions, Embedder, Key, KeyRole, PayloadClass, Verdict};
use watermark_media::{DecodeLimits, Format, Picture};

use crate::args::DemoArgs;
use crate::files::Target;
use crate::{exit, output};

use copies::Copy;

/// Origin and licence: `assets/SOURCES.toml`.
const PICTURE: &[u8] = include_bytes!("../../../assets/astronaut.png");
const KEY_TEXT: &[u8] = b"the public key of the demo, which protects nothing";
const SHEET: &str = "contact-sheet.png";
const MARKED: &str = "marked.png";

/// Runs the demo; the code is as that of `detect` over the marked copies.
pub(crate) fn run(args: &DemoArgs) -> Result<u8> {
    let folder = args.out.display();
    std::fs::create_dir_all(&args.out)
        .map_err(|error| anyhow!("{folder}: the directory cannot be made ({}); choose another place", error.kind()))?;
    let sheet_target = Target::own(&args.out.join(SHEET))?;
    let marked_target = Target::own(&args.out.join(MARKED))?;

    let key = Key::from_secret(KeyRole::Master, Sha256::digest(KEY_TEXT).into());
    let original = watermark_media::decode(PICTURE, &DecodeLimits::default()).context("the demo's own picture")?;
    let payload = key.content_payload(PayloadClass::Bits64, &original.content_sha256())?;
    let mut marked = original.clone();
    let report = Embedder::new(&key, EmbedOptions::default())?.embed(&mut marked.view_mut(), &payload)?;
    marked_target.write(&watermark_media::encode(&marked, Format::Png)?)?;

    output::say(&format!(
        "A portrait of {}x{} px, marked with the public demo key {}: payload {payload}, PSNR {:.1} dB.\n",
        original.width(),
        original.height(),
        key.id(),
        report.psnr_db
    ))?;
    let detector = Detector::new(&[key], DetectOptions::default())?;
    let (original, marked) = (rgb(&original)?, rgb(&marked)?);
    let copies = copies::all(&detector, &original, &marked)?;
    output::say(&table::of(&copies, &payload))?;
    let drawn = sheet::draw(&original, &marked, report.psnr_db, &copies, &payload);
    sheet_target.write(&png(&drawn)?)?;
    output::say(&format!("\n{folder}: wrote {SHEET} and {MARKED}"))?;
    Ok(if copies.iter().all(as_expected) { exit::DONE } else { exit::NOT_FOUND })
}

fn as_expected(copy: &Copy) -> bool {
    (copy.detection.verdict() == Verdict::Found) == copy.is_marked
}

fn rgb(picture: &Picture) -> Result<RgbImage> {
    // The sides come from a decoded picture and fit.
    RgbImage::from_raw(picture.width() as u32, picture.height() as u32, picture.rgb8())
        .ok_or_else(|| anyhow!("internal fault: the demo picture has too few samples"))
}

fn png(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Best, FilterType::Adaptive).write_image(
        picture.as_raw(),
        picture.width(),
        picture.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(file)
}
