//! Colour changes without any geometry: saturation, hue, temperature, fewer levels, negative.

use crate::samples::{CHANNELS, luma, mapped, table, to_u8};
use image::RgbImage;

/// Multiplies the distance of every sample from its pixel's luma; 1.3 is 30 % more colour, 0 is grey.
pub fn saturation(picture: &RgbImage, factor: f32) -> RgbImage {
    let mut out = picture.clone();
    for pixel in out.chunks_exact_mut(CHANNELS) {
        let grey = luma(pixel);
        pixel.iter_mut().for_each(|sample| *sample = to_u8(grey + factor * (f32::from(*sample) - grey)));
    }
    out
}

/// Turns the colours by `degrees` in the plane of Cb and Cr (BT.601); luma stays.
pub fn hue(picture: &RgbImage, degrees: f64) -> RgbImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (sin, cos) = (sin as f32, cos as f32);
    let mut out = picture.clone();
    for pixel in out.chunks_exact_mut(CHANNELS) {
        let grey = luma(pixel);
        let blue = (f32::from(pixel[2]) - grey) / 1.772;
        let red = (f32::from(pixel[0]) - grey) / 1.402;
        let (blue, red) = (blue * cos - red * sin, blue * sin + red * cos);
        pixel[0] = to_u8(grey + 1.402 * red);
        pixel[1] = to_u8(grey - 0.344_136 * blue - 0.714_136 * red);
        pixel[2] = to_u8(grey + 1.772 * blue);
    }
    out
}

/// Makes the light warmer: red over blue grows by `factor`, half of it each; below 1 is colder. Luma changes along.
pub fn temperature(picture: &RgbImage, factor: f32) -> RgbImage {
    let gain = factor.sqrt();
    let (warm, cold) = (table(|value| value * gain), table(|value| value / gain));
    let mut out = picture.clone();
    for pixel in out.chunks_exact_mut(CHANNELS) {
        pixel[0] = warm[usize::from(pixel[0])];
        pixel[2] = cold[usize::from(pixel[2])];
    }
    out
}

/// Keeps `bits` (1 to 8) bits of every sample: 2^bits levels spread over the whole range, black and white among them.
pub fn posterise(picture: &RgbImage, bits: u32) -> RgbImage {
    let bits = bits.clamp(1, 8);
    let last = ((1_u32 << bits) - 1) as f32;
    mapped(picture, &table(|value| (value as u32 >> (8 - bits)) as f32 * 255.0 / last))
}

/// The negative.
pub fn invert(picture: &RgbImage) -> RgbImage {
    mapped(picture, &table(|value| 255.0 - value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{largest, scene};
    use image::Rgb;

    fn one(pixel: [u8; 3], attack: impl Fn(&RgbImage) -> RgbImage) -> [u8; 3] {
        attack(&RgbImage::from_pixel(1, 1, Rgb(pixel))).get_pixel(0, 0).0
    }

    #[test]
    fn saturation_goes_from_grey_to_more_than_there_was() {
        assert_eq!(one([100, 128, 250], |p| saturation(p, 0.0)), [134; 3]);
        assert_eq!(one([100, 128, 150], |p| saturation(p, 1.0)), [100, 128, 150]);
        // Luma is 122.1.
        assert_eq!(one([100, 128, 150], |p| saturation(p, 2.0)), [78, 134, 178]);
    }

    #[test]
    fn hues_turn_and_luma_stays() {
        let picture = saturation(&scene(50, 40), 0.5);
        assert!(largest(&hue(&picture, 360.0), &picture) <= 1);
        assert!(largest(&hue(&hue(&picture, 77.0), -77.0), &picture) <= 2);
        let turned = hue(&picture, 30.0);
        for (before, after) in picture.chunks_exact(3).zip(turned.chunks_exact(3)) {
            assert!((luma(before) - luma(after)).abs() < 1.0);
        }
        // Red lies at 108 degrees of (Cb, Cr), green at 232: half a turn makes red cyan.
        let cyan = one([200, 100, 100], |p| hue(p, 180.0));
        assert!(cyan[0] < cyan[1] && cyan[0] < cyan[2], "{cyan:?}");
    }

    #[test]
    fn tables_do_what_their_names_say() {
        assert_eq!(one([100, 100, 100], |p| temperature(p, 1.44)), [120, 100, 83]);
        assert_eq!(one([0, 17, 255], invert), [255, 238, 0]);
        assert_eq!(one([0, 127, 128], |p| posterise(p, 1)), [0, 0, 255]);
        assert_eq!(one([70, 17, 255], |p| posterise(p, 8)), [70, 17, 255]);
        let ramp = RgbImage::from_fn(256, 1, |x, _| Rgb([x as u8; 3]));
        let levels: std::collections::BTreeSet<u8> = posterise(&ramp, 4).iter().copied().collect();
        assert_eq!(levels.len(), 16);
        assert!(levels.contains(&0) && levels.contains(&255));
    }
}
