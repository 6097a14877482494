//! Filters in floating point, one channel of one tile at a time: their planes stay in the cache and small in memory.

use crate::samples::{CHANNELS, mirrored, to_u8};
use image::RgbImage;

/// Side of a tile without its margin. Four planes of a tile are then about 5 MB.
pub(crate) const TILE: usize = 512;

/// A channel of a tile, code values.
pub(crate) struct Plane {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) samples: Vec<f32>,
}

/// Filters all channels. A tile has `margin` pixels around it, mirrored at the picture's borders: when nothing farther
/// away has an influence, the result does not depend on the tiles.
pub(crate) fn filtered(picture: &RgbImage, tile: usize, margin: usize, mut filter: impl FnMut(&mut Plane)) -> RgbImage {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut out = RgbImage::new(picture.width(), picture.height());
    let places = |start: usize, len: usize, end: usize| -> Vec<usize> {
        (0..len + 2 * margin).map(|at| mirrored((start + at) as isize - margin as isize, end)).collect()
    };
    for top in (0..height).step_by(tile) {
        let inner_height = tile.min(height - top);
        let rows = places(top, inner_height, height);
        for left in (0..width).step_by(tile) {
            let inner_width = tile.min(width - left);
            let columns = places(left, inner_width, width);
            for channel in 0..CHANNELS {
                let samples = rows.iter().flat_map(|&y| {
                    let row = &picture.as_raw()[y * width * CHANNELS..][..width * CHANNELS];
                    columns.iter().map(move |&x| f32::from(row[x * CHANNELS + channel]))
                });
                let mut plane = Plane { width: columns.len(), height: rows.len(), samples: samples.collect() };
                filter(&mut plane);
                for y in 0..inner_height {
                    let from = &plane.samples[(y + margin) * plane.width + margin..][..inner_width];
                    let to = &mut out.as_mut()[((top + y) * width + left) * CHANNELS..][..inner_width * CHANNELS];
                    let pixels = to.chunks_exact_mut(CHANNELS).zip(from);
                    pixels.for_each(|(pixel, &value)| pixel[channel] = to_u8(value));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;

    #[test]
    fn tiles_make_up_the_picture() {
        let picture = scene(70, 45);
        let mut sizes = Vec::new();
        let same = filtered(&picture, 32, 5, |plane| sizes.push((plane.width, plane.height)));
        assert_eq!(same, picture);
        assert_eq!((sizes.len(), sizes[0], sizes[17]), (18, (42, 42), (16, 23)));
    }

    #[test]
    fn margins_hold_the_neighbours() {
        let picture = scene(70, 45);
        // Everything moves by three to the left.
        let moved = filtered(&picture, 16, 3, |plane| plane.samples.rotate_left(3));
        assert!((0..45).all(|y| (0..67).all(|x| moved.get_pixel(x, y) == picture.get_pixel(x + 3, y))));
        assert_eq!(moved.get_pixel(69, 0), picture.get_pixel(66, 0));
    }
}
