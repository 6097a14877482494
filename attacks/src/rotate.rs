//! Rotation by any angle about the middle, counter-clockwise as seen, bicubic (Catmull-Rom), black outside.

use crate::samples::{CHANNELS, to_u8};
use image::{RgbImage, imageops};

/// Steps in which the cubic's weights are tabulated: a quarter of a percent of a pixel is far below what 8 bits show.
const PHASES: usize = 512;

/// Same canvas: the corners are lost, black fills the gaps.
pub fn same_canvas(picture: &RgbImage, degrees: f64) -> RgbImage {
    rotated(picture, degrees, picture.width(), picture.height())
}

/// Grown canvas: every pixel is kept, black corners come in.
pub fn grown_canvas(picture: &RgbImage, degrees: f64) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    // The small number keeps an exact quarter turn from growing by a pixel of rounding error.
    let side = |a: f64, b: f64| (a * cos.abs() + b * sin.abs() - 1e-9).ceil().max(1.0) as u32;
    rotated(picture, degrees, side(width, height), side(height, width))
}

/// Rotated and cut to the largest upright rectangle without black.
pub fn inner_crop(picture: &RgbImage, degrees: f64) -> RgbImage {
    let (inner_width, inner_height) = inner_rectangle(f64::from(picture.width()), f64::from(picture.height()), degrees);
    // A pixel off each side: the cubic reaches over the edge of the picture.
    let side = |len: f64| ((len - 2.0).floor().max(1.0)) as u32;
    let (width, height) = (side(inner_width), side(inner_height));
    rotated(picture, degrees, width, height)
}

/// Sides of the upright rectangle of largest area inside a rotated one.
fn inner_rectangle(width: f64, height: f64, degrees: f64) -> (f64, f64) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (sin, cos) = (sin.abs(), cos.abs());
    let (long, short) = (width.max(height), width.min(height));
    if short <= 2.0 * sin * cos * long || (sin - cos).abs() < 1e-10 {
        // Two corners touch the long sides: half of the short side limits both.
        let half = 0.5 * short;
        let (along, across) = if width >= height { (half / sin, half / cos) } else { (half / cos, half / sin) };
        return (along, across);
    }
    let double = cos * cos - sin * sin;
    ((width * cos - height * sin) / double, (height * cos - width * sin) / double)
}

/// Weights of the four neighbours for every tabulated phase.
fn cubic_weights() -> Vec<[f32; 4]> {
    (0..=PHASES)
        .map(|phase| {
            let t = phase as f32 / PHASES as f32;
            let near = |d: f32| 1.5 * d * d * d - 2.5 * d * d + 1.0;
            let far = |d: f32| -0.5 * d * d * d + 2.5 * d * d - 4.0 * d + 2.0;
            [far(1.0 + t), near(t), near(1.0 - t), far(2.0 - t)]
        })
        .collect()
}

fn rotated(picture: &RgbImage, degrees: f64, width: u32, height: u32) -> RgbImage {
    if degrees == 0.0 && (width, height) == picture.dimensions() {
        return picture.clone();
    }
    // Two black pixels around let the cubic run over the edge without a test for each neighbour.
    let mut framed = RgbImage::new(picture.width() + 4, picture.height() + 4);
    imageops::replace(&mut framed, picture, 2, 2);
    let stride = framed.width() as usize * CHANNELS;
    let source = framed.as_raw();
    let (last_x, last_y) = (f64::from(framed.width()) - 3.0, f64::from(framed.height()) - 3.0);
    let (middle_x, middle_y) = (f64::from(framed.width() - 1) / 2.0, f64::from(framed.height() - 1) / 2.0);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let weights = cubic_weights();
    let mut out = RgbImage::new(width, height);
    for (y, row) in out.chunks_exact_mut(width as usize * CHANNELS).enumerate() {
        let down = y as f64 - f64::from(height - 1) / 2.0;
        for (x, pixel) in row.chunks_exact_mut(CHANNELS).enumerate() {
            let right = x as f64 - f64::from(width - 1) / 2.0;
            let u = middle_x + right * cos - down * sin;
            let v = middle_y + right * sin + down * cos;
            if u < 1.0 || v < 1.0 || u >= last_x || v >= last_y {
                continue;
            }
            let at = (v as usize - 1) * stride + (u as usize - 1) * CHANNELS;
            let across = &weights[(u.fract() * PHASES as f64 + 0.5) as usize];
            let along = &weights[(v.fract() * PHASES as f64 + 0.5) as usize];
            let mut sums = [0.0_f32; CHANNELS];
            for (line, &weight) in along.iter().enumerate() {
                let taps = &source[at + line * stride..][..4 * CHANNELS];
                for (channel, sum) in sums.iter_mut().enumerate() {
                    let mut value = 0.0;
                    for tap in 0..4 {
                        value += across[tap] * f32::from(taps[tap * CHANNELS + channel]);
                    }
                    *sum += weight * value;
                }
            }
            (0..CHANNELS).for_each(|channel| pixel[channel] = to_u8(sums[channel]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mirror::quarter_turns;
    use crate::testing::{largest, rms, scene};

    #[test]
    fn a_quarter_turn_agrees_with_the_exact_one() {
        let picture = scene(64, 40);
        let turned = grown_canvas(&picture, 90.0);
        let exact = quarter_turns(&picture, 1);
        let inner = |p: &RgbImage| crate::crop::margins(p, 2, 2, 2, 2);
        assert!(largest(&inner(&turned), &inner(&exact)) <= 1);
    }

    #[test]
    fn there_and_back_is_nearly_the_same() {
        let smooth = crate::blur::gaussian(&scene(120, 120), 2.0);
        let back = same_canvas(&same_canvas(&smooth, 17.0), -17.0);
        let inner = |p: &RgbImage| crate::crop::margins(p, 35, 35, 35, 35);
        assert!(rms(&inner(&back), &inner(&smooth)) < 1.5);
        assert!(rms(&inner(&same_canvas(&smooth, 17.0)), &inner(&smooth)) > 3.0);
    }

    #[test]
    fn canvases_differ_in_what_they_keep() {
        let white = RgbImage::from_pixel(200, 120, image::Rgb([255; 3]));
        let same = same_canvas(&white, 10.0);
        assert_eq!(same.dimensions(), (200, 120));
        assert_eq!(same.get_pixel(0, 0)[0], 0);
        let grown = grown_canvas(&white, 10.0);
        assert_eq!(grown.dimensions(), (218, 153)); // 200 cos + 120 sin, 120 cos + 200 sin
        let bright = grown.pixels().filter(|p| p[0] > 127).count() as f64;
        assert!((bright / 24_000.0 - 1.0).abs() < 0.01, "{bright}");
        for degrees in [3.0, 30.0, 45.0, 77.0, 110.0] {
            let inner = inner_crop(&white, degrees);
            assert!(inner.iter().all(|&value| value > 250), "black at {degrees}");
            assert!(inner.width() > 50 && inner.height() > 30, "{degrees}: {:?}", inner.dimensions());
        }
    }

    #[test]
    fn positive_angles_are_counter_clockwise() {
        let mut picture = RgbImage::new(101, 101);
        for (x, y) in [(79, 49), (80, 49), (81, 49), (79, 50), (80, 50), (81, 50), (79, 51), (80, 51), (81, 51)] {
            picture.put_pixel(x, y, image::Rgb([255; 3]));
        }
        let turned = same_canvas(&picture, 30.0);
        // 30 px to the right becomes 26 px right, 15 px up.
        assert!(turned.get_pixel(76, 35)[0] > 200);
    }
}
