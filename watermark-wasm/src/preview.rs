//! A small copy of a picture for the page, from the pixels that were looked at: upright, and there also for formats that
//! the browser cannot show.

use wasm_bindgen::prelude::wasm_bindgen;
use watermark_core::{ImageView, Samples};

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
    /// A copy whose longer side is at most `max_side`: means over whole blocks of pixels.
    pub(crate) fn new(image: &ImageView<'_>, max_side: u32) -> Self {
        let longest = image.width().max(image.height());
        let max_side = (max_side as usize).clamp(1, longest);
        let scaled = |side: usize| (side * max_side).div_ceil(longest).max(1);
        let (width, height) = (scaled(image.width()), scaled(image.height()));
        let mut pixels = Vec::with_capacity(width * height * 4);
        for row in 0..height {
            let rows = edges(row, height, image.height());
            for column in 0..width {
                let columns = edges(column, width, image.width());
                pixels.extend(mean(image, columns, rows));
            }
        }
        // Both are at most `max_side`, which came as 32 bits.
        Self { width: width as u32, height: height as u32, pixels }
    }
}

/// First and last but one sample of a block.
fn edges(index: usize, count: usize, samples: usize) -> (usize, usize) {
    let from = index * samples / count;
    (from, ((index + 1) * samples / count).max(from + 1))
}

fn mean(image: &ImageView<'_>, columns: (usize, usize), rows: (usize, usize)) -> [u8; 4] {
    let channels = image.layout().channels();
    let mut sums = [0_u64; 4];
    let mut add = |start: usize, value: &dyn Fn(usize) -> u64| {
        for at in start..start + (columns.1 - columns.0) * channels {
            sums[(at - start) % channels] += value(at);
        }
    };
    for row in rows.0..rows.1 {
        let start = row * image.stride() + columns.0 * channels;
        match image.samples() {
            Samples::U8(samples) => add(start, &|at| u64::from(samples[at])),
            Samples::U16(samples) => add(start, &|at| u64::from(samples[at] >> 8)),
            _ => {}
        }
    }
    let count = ((columns.1 - columns.0) * (rows.1 - rows.0)) as u64;
    let level = |channel: usize| (sums[channel] / count) as u8;
    match channels {
        1 => [level(0), level(0), level(0), 255],
        2 => [level(0), level(0), level(0), level(1)],
        3 => [level(0), level(1), level(2), 255],
        _ => [level(0), level(1), level(2), level(3)],
    }
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
