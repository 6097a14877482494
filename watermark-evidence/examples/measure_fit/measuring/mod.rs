//! Pictures, readings, pairs, tables.

pub(crate) mod pairs;
pub(crate) mod readings;
pub(crate) mod tables;

use std::path::{Path, PathBuf};

use anyhow::Context;
use image::RgbImage;
use watermark_core::{EmbedOptions, Embedder, Key, KeyRole, Layout, Payload};
use watermark_media::{DecodeLimits, Picture, PixelData, decode};

/// Pictures are brought down to this many pixels, so that a run takes minutes.
const MOST_PIXELS: f64 = 7e5;

/// A marked picture.
pub(crate) struct Marked {
    pub(crate) name: String,
    pub(crate) pixels: RgbImage,
}

pub(crate) fn key() -> anyhow::Result<Key> {
    Ok(Key::from_secret(KeyRole::Master, [21; 32]).derive_title("thumbnail fit")?)
}

/// Every picture of the three folders that can be marked, marked.
pub(crate) fn pictures(images: &Path) -> anyhow::Result<Vec<Marked>> {
    let embedder = Embedder::new(&key()?, EmbedOptions::default())?;
    let payload: Payload = "00c0ffee00c0ffee".parse()?;
    let mut marked = Vec::new();
    for path in files(images)? {
        let mut picture = to_picture(&load(&path)?)?;
        if embedder.embed(&mut picture.view_mut(), &payload).is_ok() {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            marked.push(Marked { name, pixels: to_rgb(&picture)? });
        }
    }
    Ok(marked)
}

fn files(images: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for folder in ["photo", "art", "ai"] {
        let folder = images.join(folder);
        let entries = std::fs::read_dir(&folder).with_context(|| format!("listing {}", folder.display()))?;
        files.extend(entries.collect::<Result<Vec<_>, _>>()?.into_iter().map(|entry| entry.path()));
    }
    files.sort();
    Ok(files)
}

/// 8-bit RGB, transparent parts over mid grey.
fn load(path: &Path) -> anyhow::Result<RgbImage> {
    let bytes = std::fs::read(path)?;
    let picture = decode(&bytes, &DecodeLimits::default()).with_context(|| format!("decoding {}", path.display()))?;
    let PixelData::U8(samples) = picture.pixels() else { anyhow::bail!("{}: not 8 bits", path.display()) };
    let over = |level: u8, alpha: u8| {
        ((u32::from(level) * u32::from(alpha) + 128 * (255 - u32::from(alpha)) + 127) / 255) as u8
    };
    let rgb: Vec<u8> = match picture.layout() {
        Layout::Luma => samples.iter().flat_map(|&l| [l; 3]).collect(),
        Layout::LumaAlpha => samples.chunks_exact(2).flat_map(|p| [over(p[0], p[1]); 3]).collect(),
        Layout::Rgb => samples.clone(),
        Layout::Rgba => samples.chunks_exact(4).flat_map(|p| [0, 1, 2].map(|c| over(p[c], p[3]))).collect(),
    };
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let image = RgbImage::from_raw(width, height, rgb).context("samples do not fill the picture")?;
    let factor = (MOST_PIXELS / f64::from(width * height)).sqrt();
    Ok(if factor < 1.0 { attacks::resize::by_factor(&image, factor)? } else { image })
}

pub(crate) fn to_picture(image: &RgbImage) -> anyhow::Result<Picture> {
    let samples = PixelData::U8(image.as_raw().clone());
    Ok(Picture::new(image.width() as usize, image.height() as usize, Layout::Rgb, samples)?)
}

fn to_rgb(picture: &Picture) -> anyhow::Result<RgbImage> {
    let PixelData::U8(samples) = picture.pixels() else { anyhow::bail!("not 8 bits") };
    RgbImage::from_raw(picture.width() as u32, picture.height() as u32, samples.clone()).context("samples are missing")
}
