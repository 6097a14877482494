//! Small help shared by the families: rounding, mirrored borders, luma.

use image::RgbImage;

/// Channels of a pixel.
pub(crate) const CHANNELS: usize = 3;

/// The nearest 8-bit code value.
pub(crate) fn to_u8(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// Index mirrored at the ends without repeating the end itself (`cb|abc|ba`), the usual border of filters.
pub(crate) fn mirrored(index: isize, len: usize) -> usize {
    if len == 1 {
        return 0;
    }
    let last = len as isize - 1;
    let folded = index.rem_euclid(2 * last);
    (if folded > last { 2 * last - folded } else { folded }) as usize
}

/// Luma of BT.601, as JPEG and most tools have it, 0 to 255.
pub(crate) fn luma(pixel: &[u8]) -> f32 {
    0.299 * f32::from(pixel[0]) + 0.587 * f32::from(pixel[1]) + 0.114 * f32::from(pixel[2])
}

/// Applies one table to all samples.
pub(crate) fn mapped(picture: &RgbImage, table: &[u8; 256]) -> RgbImage {
    let mut out = picture.clone();
    out.iter_mut().for_each(|sample| *sample = table[usize::from(*sample)]);
    out
}

/// Table of a function from code value to code value, clamped and rounded.
pub(crate) fn table(function: impl Fn(f32) -> f32) -> [u8; 256] {
    std::array::from_fn(|value| to_u8(function(value as f32)))
}

/// Interleaved samples with a mirrored border of `radius` pixels around.
pub(crate) struct Bordered {
    pub(crate) samples: Vec<u8>,
    /// Samples from row to row.
    pub(crate) stride: usize,
}

impl Bordered {
    pub(crate) fn new(picture: &RgbImage, radius: usize) -> Self {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let stride = (width + 2 * radius) * CHANNELS;
        let mut samples = Vec::with_capacity(stride * (height + 2 * radius));
        let reach = radius as isize;
        for y in -reach..height as isize + reach {
            let start = mirrored(y, height) * width * CHANNELS;
            let row = &picture.as_raw()[start..start + width * CHANNELS];
            for x in -reach..0 {
                let at = mirrored(x, width) * CHANNELS;
                samples.extend_from_slice(&row[at..at + CHANNELS]);
            }
            samples.extend_from_slice(row);
            for x in width as isize..width as isize + reach {
                let at = mirrored(x, width) * CHANNELS;
                samples.extend_from_slice(&row[at..at + CHANNELS]);
            }
        }
        Self { samples, stride }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn borders_mirror_without_repeating_the_end() {
        let indices: Vec<usize> = (-3..7).map(|i| mirrored(i, 4)).collect();
        assert_eq!(indices, [3, 2, 1, 0, 1, 2, 3, 2, 1, 0]);
        assert_eq!(mirrored(-5, 1), 0);
    }

    #[test]
    fn a_bordered_row_holds_the_mirrored_pixels() {
        let picture = RgbImage::from_fn(4, 3, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let bordered = Bordered::new(&picture, 2);
        assert_eq!(bordered.stride, 24);
        assert_eq!(&bordered.samples[..6], &[2, 2, 7, 1, 2, 7]);
        assert_eq!(bordered.samples.len(), 24 * 7);
    }
}
