//! Median filter per channel, borders mirrored.

use crate::samples::{Bordered, CHANNELS};
use image::RgbImage;

/// Median of `size` x `size` pixels; `size` is odd.
///
/// The window's histogram slides along each row, and the median moves from its last place (Huang's method).
pub fn median(picture: &RgbImage, size: usize) -> RgbImage {
    let radius = size / 2;
    let size = 2 * radius + 1;
    let bordered = Bordered::new(picture, radius);
    let half = size * size / 2;
    let row_len = picture.width() as usize * CHANNELS;
    let mut out = RgbImage::new(picture.width(), picture.height());
    for (y, row) in out.chunks_exact_mut(row_len).enumerate() {
        for channel in 0..CHANNELS {
            let sample = |column: usize, line: usize| {
                usize::from(bordered.samples[(y + line) * bordered.stride + column * CHANNELS + channel])
            };
            let mut counts = [0_u16; 256];
            for line in 0..size {
                (0..size - 1).for_each(|column| counts[sample(column, line)] += 1);
            }
            // `below` counts the window's samples that are smaller than `level`.
            let (mut level, mut below) = (0_usize, 0_usize);
            for (x, pixel) in row.chunks_exact_mut(CHANNELS).enumerate() {
                for line in 0..size {
                    let entering = sample(x + size - 1, line);
                    counts[entering] += 1;
                    below += usize::from(entering < level);
                }
                while below > half {
                    level -= 1;
                    below -= usize::from(counts[level]);
                }
                while below + usize::from(counts[level]) <= half {
                    below += usize::from(counts[level]);
                    level += 1;
                }
                pixel[channel] = level as u8;
                for line in 0..size {
                    let leaving = sample(x, line);
                    counts[leaving] -= 1;
                    below -= usize::from(leaving < level);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::mirrored;
    use crate::testing::scene;

    #[test]
    fn agrees_with_sorting_everywhere() {
        let picture = scene(23, 17);
        for size in [3_isize, 5] {
            let filtered = median(&picture, size as usize);
            for (x, y, pixel) in filtered.enumerate_pixels() {
                for channel in 0..3 {
                    let reach = -(size / 2)..=size / 2;
                    let mut values: Vec<u8> = reach
                        .clone()
                        .flat_map(|dy| reach.clone().map(move |dx| (dx, dy)))
                        .map(|(dx, dy)| {
                            let (u, v) = (mirrored(x as isize + dx, 23), mirrored(y as isize + dy, 17));
                            picture.get_pixel(u as u32, v as u32)[channel]
                        })
                        .collect();
                    values.sort_unstable();
                    assert_eq!(pixel[channel], values[values.len() / 2], "{x} {y} {channel}");
                }
            }
        }
    }
}
