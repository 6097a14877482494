//! Photograph-like pictures.

use super::noise::{at, fractal, smooth};
use image::{Rgb, RgbImage};

/// Code values from a linear colour, with grain as a sensor has it.
fn pixel(colour: [f64; 3], seed: u32, x: u32, y: u32) -> Rgb<u8> {
    let grain =
        |c: u32| 4.0 * (at(seed ^ (77 + c), x as i32, y as i32) + at(seed ^ (99 + c), x as i32, y as i32) - 1.0);
    Rgb(std::array::from_fn(|c| (colour[c] + grain(c as u32) + 0.5).clamp(0.0, 255.0) as u8))
}

fn mixed(a: [f64; 3], b: [f64; 3], share: f64) -> [f64; 3] {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|c| a[c] + share * (b[c] - a[c]))
}

/// Clouds over three rows of hills with growing texture.
pub(crate) fn hills(width: u32, height: u32, seed: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    RgbImage::from_fn(width, height, |x, y| {
        let (px, py) = (f64::from(x), f64::from(y));
        let cloud = 0.5 + fractal(seed, px, 2.0 * py, w / 3.0, 0.55);
        let mut colour = mixed([92.0, 140.0, 205.0], [238.0, 240.0, 243.0], cloud - 0.3 + 0.5 * py / h);
        for row in 0..3_u32 {
            let depth = f64::from(row);
            let top = h * (0.4 + 0.17 * depth) + h * 0.22 * fractal(seed + 31 * row, px, 0.0, w / (2.0 + depth), 0.45);
            if py > top {
                let grass = fractal(seed + 7 + row, px, py, 90.0, 0.75);
                let light = 0.5 + 0.9 * grass + 0.2 * smooth(seed + 3, px / 200.0, py / 200.0);
                let far = [95.0 - 22.0 * depth, 118.0 - 14.0 * depth, 112.0 - 36.0 * depth];
                colour = mixed(far.map(|v| 0.35 * v), far.map(|v| 1.5 * v), light);
            }
        }
        pixel(colour, seed, x, y)
    })
}

/// A rough wall in slanting light, dark in one corner.
pub(crate) fn stone(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (px, py) = (f64::from(x), f64::from(y));
        let relief = |x: f64, y: f64| fractal(seed, x, y, 160.0, 0.68);
        let slope = relief(px + 1.0, py + 1.0) - relief(px, py);
        let light = 118.0 + 260.0 * slope + 70.0 * relief(px, py);
        let shade = 1.0 - 0.55 * (px / f64::from(width)) * (py / f64::from(height));
        let moss = 18.0 * fractal(seed + 50, px, py, 220.0, 0.5);
        pixel([(light + 8.0 - moss) * shade, (light + moss) * shade, (light - 14.0) * shade], seed, x, y)
    })
}

/// A sharp textured ball before a blurred background.
pub(crate) fn out_of_focus(width: u32, height: u32, seed: u32) -> RgbImage {
    let (cx, cy, radius) = (0.42 * f64::from(width), 0.55 * f64::from(height), 0.33 * f64::from(height));
    RgbImage::from_fn(width, height, |x, y| {
        let (px, py) = (f64::from(x), f64::from(y));
        let behind = |c: u32| 70.0 + 130.0 * smooth(seed + c, px / 140.0, py / 140.0);
        let mut colour = [behind(0), behind(1) * 0.9, behind(2) * 0.7];
        let (dx, dy) = ((px - cx) / radius, (py - cy) / radius);
        let inside = 1.0 - dx * dx - dy * dy;
        if inside > 0.0 {
            let height = inside.sqrt();
            let light = (0.25 + 0.75 * (0.6 * height - 0.5 * dx - 0.5 * dy)).clamp(0.1, 1.0);
            let skin = 1.0 + 0.5 * fractal(seed + 9, px, py, 40.0, 0.8);
            let edge = (inside * radius * 0.5).min(1.0);
            colour = mixed(colour, [228.0 * light * skin, 128.0 * light * skin, 46.0 * light], edge);
        }
        pixel(colour, seed, x, y)
    })
}
