//! Art-like pictures: flat colours, outlines, gradients, no grain.

use super::noise::{at, smooth};
use image::{Rgb, RgbImage};

/// Samples along each side of a pixel, for smooth edges.
const FINE: u32 = 3;
/// Colour of outlines.
const INK: [f64; 3] = [28.0, 22.0, 34.0];

/// Every pixel the mean of several samples of a colour function.
fn drawn(width: u32, height: u32, colour: impl Fn(f64, f64) -> [f64; 3]) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let mut sum = [0.0; 3];
        for sample in 0..FINE * FINE {
            let place = |at: u32, part: u32| f64::from(at) + (f64::from(part) + 0.5) / f64::from(FINE);
            let here = colour(place(x, sample % FINE), place(y, sample / FINE));
            (0..3).for_each(|c| sum[c] += here[c]);
        }
        Rgb(sum.map(|v| (v / f64::from(FINE * FINE) + 0.5).clamp(0.0, 255.0) as u8))
    })
}

/// Distance to a circle's edge, negative inside.
fn circle(x: f64, y: f64, centre: (f64, f64), radius: f64) -> f64 {
    ((x - centre.0) * (x - centre.0) + (y - centre.1) * (y - centre.1)).sqrt() - radius
}

/// A flat colour, one of the palette's.
fn palette(index: u32) -> [f64; 3] {
    let colours =
        [[226.0, 72.0, 66.0], [250.0, 196.0, 58.0], [70.0, 158.0, 214.0], [112.0, 186.0, 92.0], [168.0, 96.0, 190.0]];
    colours[(index % 5) as usize]
}

/// Balloons with two tones and outlines in a sky that grows lighter, over a flat meadow.
pub(crate) fn balloons(width: u32, height: u32, seed: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    drawn(width, height, |x, y| {
        let mut colour = [120.0 + 80.0 * y / h, 190.0 + 40.0 * y / h, 245.0];
        let meadow = h * (0.8 + 0.1 * smooth(seed, x / 160.0, 0.5));
        if y > meadow {
            colour = if y < meadow + 4.0 { INK } else { [116.0, 182.0, 84.0] };
        }
        for index in 0..9_u32 {
            let place = |part: i32| at(seed + 1, index as i32, part);
            let centre = (w * (0.06 + 0.88 * place(0)), h * (0.08 + 0.6 * place(1)));
            let radius = 26.0 + 60.0 * place(2);
            let distance = circle(x, y, centre, radius);
            let lit = circle(x, y, (centre.0 - 0.3 * radius, centre.1 - 0.3 * radius), 0.8 * radius) < 0.0;
            if distance < 0.0 {
                let base = palette(index);
                colour = if distance > -3.5 {
                    INK
                } else if lit {
                    base
                } else {
                    base.map(|v| 0.72 * v)
                };
            }
        }
        colour
    })
}

/// Windows in dark houses under a moon; most of the picture is nearly black.
pub(crate) fn night(width: u32, height: u32, seed: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    drawn(width, height, |x, y| {
        let moon = circle(x, y, (0.75 * w, 0.2 * h), 60.0);
        let glow = (1.0 - moon.max(0.0) / 300.0).max(0.0);
        let mut colour = [18.0 + 40.0 * glow, 20.0 + 44.0 * glow, 52.0 + 50.0 * glow];
        if moon < 0.0 {
            colour = [246.0, 240.0, 206.0];
        }
        let house = (x / 90.0).floor();
        let top = h * (0.4 + 0.35 * at(seed, house as i32, 0));
        if y > top {
            let (u, v) = ((x - 90.0 * house) / 30.0, (y - top) / 44.0);
            let window = u.fract() > 0.3 && u.fract() < 0.75 && v.fract() > 0.3 && v.fract() < 0.7;
            let lit = at(seed + 2, (3.0 * house + u.floor()) as i32, v.floor() as i32) < 0.35;
            let shade = 24.0 + 16.0 * at(seed + 4, house as i32, 1);
            colour = match (window, lit) {
                (true, true) => [250.0, 206.0, 108.0],
                (true, false) => [12.0, 14.0, 26.0],
                _ => [shade, shade * 0.9, shade * 1.3],
            };
        }
        colour
    })
}

/// A comic page: panels on white, each with a gradient, a face and hatching.
pub(crate) fn panels(width: u32, height: u32, seed: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    drawn(width, height, |x, y| {
        let (columns, rows) = (2.0, 3.0);
        let (u, v) = (x / w * columns, y / h * rows);
        let index = (v.floor() * columns + u.floor()) as u32;
        let (px, py) = (u.fract() * w / columns, v.fract() * h / rows);
        let (pw, ph) = (w / columns, h / rows);
        let border = px.min(pw - px).min(py.min(ph - py));
        if border < 14.0 {
            return [255.0; 3];
        }
        if border < 18.0 {
            return INK;
        }
        let centre = (pw * (0.35 + 0.3 * at(seed, index as i32, 3)), 0.62 * ph);
        let face = circle(px, py, centre, 0.3 * ph);
        if face < 0.0 {
            let eye = |side: f64| circle(px, py, (centre.0 + side * 0.1 * ph, centre.1 - 0.05 * ph), 0.035 * ph) < 0.0;
            let ink = face > -4.0 || eye(-1.0) || eye(1.0);
            return if ink {
                INK
            } else if px > centre.0 + 0.12 * ph {
                [224.0, 170.0, 140.0]
            } else {
                [252.0, 208.0, 178.0]
            };
        }
        let hatched = index % 2 == 1 && ((px + py) / 9.0).fract() < 0.2;
        let base = palette(index);
        if hatched { base.map(|c| 0.6 * c) } else { base.map(|c| c * (0.7 + 0.3 * py / ph)) }
    })
}

/// Line art with two flat fills on saturated white.
pub(crate) fn white_page(width: u32, height: u32, seed: u32) -> RgbImage {
    let (w, h) = (f64::from(width), f64::from(height));
    drawn(width, height, |x, y| {
        let mut colour = [255.0; 3];
        for index in 0..14_u32 {
            let place = |part: i32| at(seed, index as i32, part);
            let centre = (w * (0.15 + 0.7 * place(0)), h * (0.15 + 0.7 * place(1)));
            let wobble = 1.0 + 0.25 * smooth(seed + index, (x - centre.0) / 60.0, (y - centre.1) / 60.0);
            let distance = circle(x, y, centre, (24.0 + 90.0 * place(2)) * wobble);
            if distance < 0.0 {
                let filled = index % 3 == 0;
                colour = if distance > -3.0 {
                    INK
                } else if filled {
                    palette(index / 3)
                } else {
                    [255.0; 3]
                };
                if !filled && distance < -12.0 && distance > -14.5 {
                    colour = [90.0; 3];
                }
            }
        }
        colour
    })
}
