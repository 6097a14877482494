//! How far two pictures are apart.

use image::{RgbImage, imageops};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

/// Pixels above which SSIMULACRA2 is taken on tiles: a 13-megapixel picture would need several gigabytes.
const WHOLE_PIXELS: u64 = 4_000_000;
/// Side of such a tile, pixels.
const TILE: u32 = 1024;

/// PSNR over all samples, dB.
pub(crate) fn psnr_db(a: &RgbImage, b: &RgbImage) -> f64 {
    let squared: u64 = a.iter().zip(b.iter()).map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2)).sum();
    if squared == 0 { f64::INFINITY } else { 10.0 * (65_025.0 * a.len() as f64 / squared as f64).log10() }
}

/// How alike two pictures look, and how much of them was compared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Similarity {
    /// SSIMULACRA2; 90 is hard to tell apart side by side. The mean over tiles for a large picture.
    pub(crate) ssimulacra2: f64,
    /// Butteraugli's maximum norm; below 1 is hardly visible. The largest over tiles.
    pub(crate) butteraugli: f64,
    /// Butteraugli's 3-norm, which weighs the whole picture. The largest over tiles.
    pub(crate) butteraugli_3: f64,
    /// Structural similarity of luma, of the whole picture.
    pub(crate) ssim: f64,
    /// Number of tiles, 0 for the whole picture.
    pub(crate) tiles: u32,
}

/// The perceptual figures, above 4 megapixels from four tiles around the middles of the quarters.
pub(crate) fn similarity(original: &RgbImage, marked: &RgbImage) -> anyhow::Result<Similarity> {
    let (width, height) = original.dimensions();
    let ssim = crate::ssim::ssim(original, marked);
    if u64::from(width) * u64::from(height) <= WHOLE_PIXELS {
        let (ssimulacra2, norms) = (ssimulacra2(original, marked)?, butteraugli(original, marked)?);
        return Ok(Similarity { ssimulacra2, butteraugli: norms[0], butteraugli_3: norms[1], ssim, tiles: 0 });
    }
    let (tile_width, tile_height) = (TILE.min(width / 2), TILE.min(height / 2));
    let (mut sum, mut largest) = (0.0, [0.0_f64; 2]);
    for (x, y) in [(1, 1), (3, 1), (1, 3), (3, 3)] {
        let (left, top) = (width / 4 * x - tile_width / 2, height / 4 * y - tile_height / 2);
        let tile = |picture| imageops::crop_imm(picture, left, top, tile_width, tile_height).to_image();
        let (original, marked) = (tile(original), tile(marked));
        sum += ssimulacra2(&original, &marked)?;
        let norms = butteraugli(&original, &marked)?;
        largest = std::array::from_fn(|i| largest[i].max(norms[i]));
    }
    Ok(Similarity { ssimulacra2: sum / 4.0, butteraugli: largest[0], butteraugli_3: largest[1], ssim, tiles: 4 })
}

/// Maximum norm and 3-norm.
fn butteraugli(original: &RgbImage, marked: &RgbImage) -> anyhow::Result<[f64; 2]> {
    let frame = |picture: &RgbImage| {
        let pixels = picture.pixels().map(|p| butteraugli::RGB8::new(p[0], p[1], p[2])).collect::<Vec<_>>();
        butteraugli::Img::new(pixels, picture.width() as usize, picture.height() as usize)
    };
    let parameters = butteraugli::ButteraugliParams::default();
    let norms = butteraugli::butteraugli(frame(original).as_ref(), frame(marked).as_ref(), &parameters)?;
    Ok([norms.score, norms.pnorm_3])
}

/// SSIMULACRA2 of whole pictures.
pub(crate) fn ssimulacra2(original: &RgbImage, marked: &RgbImage) -> anyhow::Result<f64> {
    let frame = |picture: &RgbImage| {
        let pixels = picture.pixels().map(|p| p.0.map(|v| f32::from(v) / 255.0)).collect();
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        Rgb::new(pixels, width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709)
    };
    Ok(compute_frame_ssimulacra2(frame(original)?, frame(marked)?)?)
}
