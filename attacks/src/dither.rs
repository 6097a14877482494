//! Few colours, as a GIF has: a palette of the picture's own (median cut) and error diffusion (Floyd & Steinberg).

use crate::samples::{CHANNELS, to_u8};
use image::RgbImage;

/// Bits of a channel in which colours are counted and looked up; finer differences the palette does not have.
const BITS: u32 = 5;

/// Reduces to `colours` (2 to 256) of the picture's own and spreads the error over the neighbours.
pub fn dither(picture: &RgbImage, colours: usize) -> RgbImage {
    let palette = palette(picture, colours.clamp(2, 256));
    let nearest = nearest_entries(&palette);
    let width = picture.width() as usize;
    // Errors that reach this row and the next, in sixteenths, with a pixel to spare on both sides.
    let mut here = vec![[0_i32; CHANNELS]; width + 2];
    let mut below = here.clone();
    let mut out = picture.clone();
    for row in out.chunks_exact_mut(width * CHANNELS) {
        for (x, pixel) in row.chunks_exact_mut(CHANNELS).enumerate() {
            let wanted: [i32; CHANNELS] =
                std::array::from_fn(|c| (i32::from(pixel[c]) + (here[x + 1][c] + 8).div_euclid(16)).clamp(0, 255));
            let entry = palette[usize::from(nearest[cell(wanted.map(|value| value as u8))])];
            for c in 0..CHANNELS {
                let error = wanted[c] - i32::from(entry[c]);
                here[x + 2][c] += 7 * error;
                below[x][c] += 3 * error;
                below[x + 1][c] += 5 * error;
                below[x + 2][c] += error;
            }
            pixel.copy_from_slice(&entry);
        }
        std::mem::swap(&mut here, &mut below);
        below.fill([0; CHANNELS]);
    }
    out
}

/// Number of a colour's cell in the table of all colours.
fn cell(colour: [u8; 3]) -> usize {
    colour.iter().fold(0, |cell, &value| cell << BITS | usize::from(value >> (8 - BITS)))
}

/// How often a cell's colours occur, and the sums of their channels.
type Count = (u64, [u64; 3]);

/// Median cut: the box of colours with the most pixels times its longest side is halved until there are enough.
fn palette(picture: &RgbImage, colours: usize) -> Vec<[u8; 3]> {
    let mut cells = vec![(0_u64, [0_u64; 3]); 1 << (3 * BITS)];
    for pixel in picture.chunks_exact(CHANNELS) {
        let (count, sums) = &mut cells[cell([pixel[0], pixel[1], pixel[2]])];
        *count += 1;
        (0..CHANNELS).for_each(|c| sums[c] += u64::from(pixel[c]));
    }
    cells.retain(|(count, _)| *count > 0);
    let mut boxes = vec![cells];
    while boxes.len() < colours {
        let score = |cells: &Vec<Count>| longest_side(cells).1 * cells.iter().map(|cell| cell.0).sum::<u64>();
        let Some((index, most)) = boxes.iter().map(score).enumerate().max_by_key(|(_, score)| *score) else { break };
        if most == 0 {
            break; // Every box is one cell: the picture has no more colours.
        }
        let halves = halved(boxes.swap_remove(index));
        boxes.extend([halves.0, halves.1]);
    }
    boxes.iter().map(|cells| mean(cells)).collect()
}

/// Mean colour of a cell in one channel.
fn level(cell: &Count, channel: usize) -> u64 {
    cell.1[channel] / cell.0
}

/// The channel in which a box is longest, and that length.
fn longest_side(cells: &[Count]) -> (usize, u64) {
    let side = |channel: usize| {
        let levels = cells.iter().map(|cell| level(cell, channel));
        levels.clone().max().unwrap_or(0) - levels.min().unwrap_or(0)
    };
    (0..CHANNELS).map(|channel| (channel, side(channel))).max_by_key(|(_, side)| *side).unwrap_or((0, 0))
}

/// Two boxes with about as many pixels each, cut across the longest side.
fn halved(mut cells: Vec<Count>) -> (Vec<Count>, Vec<Count>) {
    let (channel, _) = longest_side(&cells);
    cells.sort_by_key(|cell| level(cell, channel));
    let total: u64 = cells.iter().map(|cell| cell.0).sum();
    let mut below = 0;
    let middle = cells.iter().position(|cell| {
        below += cell.0;
        2 * below >= total
    });
    let cut = (middle.unwrap_or(0) + 1).min(cells.len() - 1);
    let upper = cells.split_off(cut);
    (cells, upper)
}

fn mean(cells: &[Count]) -> [u8; 3] {
    let total = cells.iter().map(|cell| cell.0).sum::<u64>().max(1) as f32;
    std::array::from_fn(|c| to_u8(cells.iter().map(|cell| cell.1[c]).sum::<u64>() as f32 / total))
}

/// The palette's nearest colour for the middle of every cell.
fn nearest_entries(palette: &[[u8; 3]]) -> Vec<u8> {
    let half = 1_i32 << (7 - BITS);
    let middle = |cell: usize, shift: u32| ((cell >> (shift * BITS) & ((1 << BITS) - 1)) << (8 - BITS)) as i32 + half;
    (0..1_usize << (3 * BITS))
        .map(|cell| {
            let colour = [middle(cell, 2), middle(cell, 1), middle(cell, 0)];
            let distance =
                |entry: &[u8; 3]| (0..CHANNELS).map(|c| (colour[c] - i32::from(entry[c])).pow(2)).sum::<i32>();
            let nearest = palette.iter().enumerate().min_by_key(|(_, entry)| distance(entry));
            nearest.map_or(0, |(index, _)| index as u8)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::scene;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_as_many_colours_as_asked() {
        let picture = scene(120, 90);
        for colours in [2, 8, 60] {
            let found: BTreeSet<_> = dither(&picture, colours).pixels().map(|p| p.0).collect();
            assert!(found.len() <= colours && found.len() + 2 >= colours, "{} for {colours}", found.len());
        }
        let flat = RgbImage::from_pixel(20, 20, image::Rgb([10, 200, 77]));
        assert_eq!(dither(&flat, 8), flat);
    }

    #[test]
    fn areas_keep_their_mean() {
        let ramp = RgbImage::from_fn(160, 120, |x, y| image::Rgb([60 + x as u8 / 2, 150, 90 + y as u8 / 2]));
        let dithered = dither(&ramp, 8);
        let mean = |picture: &RgbImage, left: u32, channel: usize| {
            let sum: u32 = (left..left + 40)
                .flat_map(|x| (40..80).map(move |y| (x, y)))
                .map(|(x, y)| u32::from(picture.get_pixel(x, y)[channel]))
                .sum();
            f64::from(sum) / 1600.0
        };
        for left in [40, 80] {
            for channel in 0..3 {
                let (before, after) = (mean(&ramp, left, channel), mean(&dithered, left, channel));
                assert!((before - after).abs() < 2.0, "{left} {channel}: {before} {after}");
            }
        }
    }
}
