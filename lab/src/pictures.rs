//! Pictures from folders, as 8-bit RGB.

use anyhow::Context as _;
use image::{DynamicImage, RgbImage, imageops};
use std::path::{Path, PathBuf};

/// Grey that shows through transparent parts, code value.
const BEHIND: f32 = 128.0;

/// Endings that the studies read.
const ENDINGS: [&str; 8] = ["png", "jpg", "jpeg", "webp", "tif", "tiff", "bmp", "gif"];

/// Pictures in the given folders (and the folders inside) or files, by name, at most `limit`.
pub(crate) fn list(places: &[PathBuf], limit: Option<usize>) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for place in places {
        let mut files = Vec::new();
        collect(place, &mut files).with_context(|| format!("reading {}", place.display()))?;
        files.sort();
        found.extend(files);
    }
    found.truncate(limit.unwrap_or(usize::MAX));
    anyhow::ensure!(!found.is_empty(), "no pictures in {places:?}");
    Ok(found)
}

fn collect(place: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if place.is_file() {
        files.push(place.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        let known = path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end.eq_ignore_ascii_case(known)));
        if path.is_dir() {
            collect(&path, files)?;
        } else if known {
            files.push(path);
        }
    }
    Ok(())
}

/// Folder and file name, which is enough to tell pictures apart in a table.
pub(crate) fn label(path: &Path) -> String {
    let name = |part: Option<&std::ffi::OsStr>| part.map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{}/{}", name(path.parent().and_then(Path::file_name)), name(path.file_name()))
}

/// The first frame as 8-bit RGB, transparent parts laid over mid grey.
pub(crate) fn load(path: &Path) -> anyhow::Result<RgbImage> {
    let reader = image::ImageReader::open(path)?.with_guessed_format()?;
    let picture = reader.decode().with_context(|| format!("decoding {}", path.display()))?;
    Ok(if picture.color().has_alpha() { flattened(&picture) } else { picture.into_rgb8() })
}

/// As [`load`], brought down to `megapixels` (0 for any size).
pub(crate) fn load_at(path: &Path, megapixels: f64) -> anyhow::Result<RgbImage> {
    let picture = load(path)?;
    let Some((width, height)) = reduced(picture.dimensions(), megapixels) else { return Ok(picture) };
    Ok(attacks::resize::to_size(&picture, width, height)?)
}

/// The size that a picture above `megapixels` is brought to; `None` for one that stays as it is.
pub(crate) fn reduced((width, height): (u32, u32), megapixels: f64) -> Option<(u32, u32)> {
    let factor = (megapixels * 1e6 / (f64::from(width) * f64::from(height))).sqrt();
    let side = |len: u32| ((f64::from(len) * factor) as u32).max(1);
    (megapixels > 0.0 && factor < 1.0).then(|| (side(width), side(height)))
}

fn flattened(picture: &DynamicImage) -> RgbImage {
    let with_alpha = picture.to_rgba8();
    let mut out = RgbImage::new(with_alpha.width(), with_alpha.height());
    for (to, from) in out.pixels_mut().zip(with_alpha.pixels()) {
        let alpha = f32::from(from[3]) / 255.0;
        (0..3).for_each(|c| to[c] = (alpha * f32::from(from[c]) + (1.0 - alpha) * BEHIND + 0.5) as u8);
    }
    out
}

/// Scaled and cut in the middle to fill an exact size.
pub(crate) fn fill(picture: &RgbImage, width: u32, height: u32) -> anyhow::Result<RgbImage> {
    let factor = (f64::from(width) / f64::from(picture.width())).max(f64::from(height) / f64::from(picture.height()));
    let side = |len: u32, least: u32| ((f64::from(len) * factor).round() as u32).max(least);
    let scaled = attacks::resize::to_size(picture, side(picture.width(), width), side(picture.height(), height))?;
    let (left, top) = ((scaled.width() - width) / 2, (scaled.height() - height) / 2);
    Ok(imageops::crop_imm(&scaled, left, top, width, height).to_image())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_above_the_bound_are_reduced() {
        assert_eq!(reduced((2000, 2000), 4.0), None);
        assert_eq!(reduced((9000, 9000), 0.0), None);
        assert_eq!(reduced((4000, 4000), 4.0), Some((2000, 2000)));
        let (width, height) = reduced((4224, 3168), 4.0).expect("13 MP");
        assert!(width * height <= 4_000_000 && width * height > 3_990_000);
    }
}
