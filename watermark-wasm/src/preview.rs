//! A small copy of a picture for the page, from the pixels that were looked at: upright, and there also for formats that
//! the browser cannot show.

use wasm_bindgen::prelude::wasm_bindgen;
use watermark_core::{ImageView, Samples};

/// Longest side of a preview, pixels. More than twice what the page shows, for screens with small pixels.
pub(crate) const PREVIEW_SIDE: u32 = 800;

/// Pixels for an `ImageData`: RGBA, 8 bits.
#[wasm_bindgen]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

#[wasm_bindgen]
impl Preview {
    /// Width in pixels.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixels; the preview is empty afterwards.
    pub fn take_pixels(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.pixels)
    }
}

impl Preview {
    /// A copy whose longer side is at most `max_side`: each pixel the mean of a few places in its block.
    pub(crate) fn new(image: &ImageView<'_>, max_side: u32) -> Self {
        let longest = image.width().max(image.height());
        let max_side = (max_side as usize).clamp(1, longest);
        let scaled = |side: usize| (side * max_side).div_ceil(longest).max(1);
        let (width, height) = (scaled(image.width()), scaled(image.height()));
        let columns: Vec<[usize; PLACES]> = (0..width).map(|column| places(column, width, image.width())).collect();
        let pixels = match image.samples() {
            Samples::U8(samples) => shrunk(image, samples, &columns, height, u32::from),
            Samples::U16(samples) => shrunk(image, samples, &columns, height, |level| u32::from(level >> 8)),
            _ => vec![0; width * height * 4],
        };
        // Both are at most `max_side`, which came as 32 bits.
        Self { width: width as u32, height: height as u32, pixels }
    }
}

/// Rows, and columns, of a block that are looked at: enough that lines of one pixel do not vanish by halves.
const PLACES: usize = 2;

/// Samples of a side that stand for one pixel of the copy, spread over its block.
fn places(index: usize, count: usize, samples: usize) -> [usize; PLACES] {
    std::array::from_fn(|place| ((index * PLACES + place) * samples / (count * PLACES)).min(samples - 1))
}

fn shrunk<T: Copy>(
    image: &ImageView<'_>,
    samples: &[T],
    columns: &[[usize; PLACES]],
    height: usize,
    level: impl Fn(T) -> u32,
) -> Vec<u8> {
    let channels = image.layout().channels();
    let mut pixels = Vec::with_capacity(columns.len() * height * 4);
    for row in 0..height {
        let rows = places(row, height, image.height()).map(|y| &samples[y * image.stride()..]);
        for places in columns {
            let mut sums = [0_u32; 4];
            for line in rows {
                for &x in places {
                    let pixel = &line[x * channels..][..channels];
                    sums.iter_mut().zip(pixel).for_each(|(sum, &sample)| *sum += level(sample));
                }
            }
            let [a, b, c, d] = sums.map(|sum| (sum / (PLACES * PLACES) as u32) as u8);
            pixels.extend(match channels {
                1 => [a, a, a, 255],
                2 => [a, a, a, b],
                3 => [a, b, c, 255],
                _ => [a, b, c, d],
            });
        }
    }
    pixels
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::Layout;

    #[test]
    fn blocks_are_averaged_and_small_pictures_stay() {
        let samples: Vec<u8> = (0..8 * 4 * 3).map(|i| (i % 3) as u8 * 10 + 100).collect();
        let view = ImageView::new(8, 4, 24, Layout::Rgb, Samples::U8(&samples)).unwrap();
        let mut small = Preview::new(&view, 4);
        assert_eq!((small.width(), small.height()), (4, 2));
        assert!(small.take_pixels().chunks_exact(4).all(|pixel| pixel == [100, 110, 120, 255]));
        assert_eq!((Preview::new(&view, 99).width(), Preview::new(&view, 99).height()), (8, 4));
    }

    #[test]
    fn deep_and_grey_pictures_are_shown() {
        let samples = [0xabcd_u16, 0xffff, 0x1234, 0];
        let view = ImageView::new(2, 1, 4, Layout::LumaAlpha, Samples::U16(&samples)).unwrap();
        assert_eq!(Preview::new(&view, 2).pixels, [0xab, 0xab, 0xab, 0xff, 0x12, 0x12, 0x12, 0]);
    }
}
