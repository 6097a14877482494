//! A canvas as a palette and one index a pixel: exactly where it has few colours, else by the quantiser.

use std::collections::{HashMap, HashSet};

use super::quantise;
use crate::{Picture, PixelData};

/// A frame as GIF holds it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Indexed {
    /// Red, green, blue, one after the other.
    pub(super) palette: Vec<u8>,
    /// The index of what is not seen.
    pub(super) transparent: Option<u8>,
    pub(super) numbers: Vec<u8>,
}

/// RGBA pixels, whose alpha is 0 or 255, as palette and indices. The same pixels always give the same. With `clear`
/// there is an index for nothing even when all is seen, if there is room: some decoders clear a frame to nothing only
/// if it has one, and to a colour otherwise.
pub(super) fn indexed(pixels: &[u8], width: usize, clear: bool) -> Indexed {
    let mut indexed = exact(pixels).unwrap_or_else(|| quantised(pixels, width, clear));
    let colours = indexed.palette.len() / 3;
    if clear && indexed.transparent.is_none() && colours < 256 {
        indexed.transparent = Some(colours as u8);
        indexed.palette.extend([0; 3]);
    }
    indexed
}

/// With every colour as it is; nothing when there are more than 256 with transparency as one.
fn exact(pixels: &[u8]) -> Option<Indexed> {
    let mut numbers_of = HashMap::new();
    let mut palette = Vec::new();
    let mut transparent = None;
    let mut numbers = Vec::with_capacity(pixels.len() / 4);
    for pixel in pixels.chunks_exact(4) {
        let colour = if pixel[3] == 0 { [0; 4] } else { [pixel[0], pixel[1], pixel[2], 255] };
        let number = match numbers_of.get(&colour) {
            Some(&number) => number,
            None => {
                let number = u8::try_from(numbers_of.len()).ok()?;
                if colour[3] == 0 {
                    transparent = Some(number);
                }
                palette.extend(&colour[..3]);
                numbers_of.insert(colour, number);
                number
            }
        };
        numbers.push(number);
    }
    Some(Indexed { palette, transparent, numbers })
}

/// Whether a picture of 8 bits has few enough colours.
pub(super) fn fits(picture: &Picture) -> bool {
    let PixelData::U8(samples) = &picture.pixels else { return false };
    let mut seen = HashSet::new();
    samples.chunks_exact(picture.layout.channels()).all(|pixel| {
        seen.insert(if pixel.get(3) == Some(&0) { [0; 4] } else { [pixel[0], pixel[1], pixel[2], 255] });
        seen.len() <= 256
    })
}

fn quantised(pixels: &[u8], width: usize, clear: bool) -> Indexed {
    let clear = clear || pixels.chunks_exact(4).any(|pixel| pixel[3] == 0);
    let palette = quantise::palette(pixels, if clear { 255 } else { 256 });
    let transparent = clear.then_some(palette.len() as u8);
    let numbers = quantise::dithered(pixels, width, &palette, transparent.unwrap_or(0));
    let mut palette: Vec<u8> = palette.concat();
    if clear {
        palette.extend([0; 3]);
    }
    Indexed { palette, transparent, numbers }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(indexed: &Indexed, n: usize) -> [u8; 4] {
        let number = indexed.numbers[n];
        let at = usize::from(number) * 3;
        let alpha = if indexed.transparent == Some(number) { 0 } else { 255 };
        [indexed.palette[at], indexed.palette[at + 1], indexed.palette[at + 2], alpha]
    }

    #[test]
    fn few_colours_are_exact() {
        let pixels: Vec<u8> = (0..255_u8).flat_map(|n| [n, 255 - n, 7, 255]).chain([9, 9, 9, 0]).collect();
        let indexed = indexed(&pixels, 16, false);
        for (n, pixel) in pixels.chunks_exact(4).enumerate() {
            let expected = if pixel[3] == 0 { [0; 4] } else { [pixel[0], pixel[1], pixel[2], 255] };
            assert_eq!(colour(&indexed, n), expected);
        }
    }

    #[test]
    fn many_colours_come_near_and_transparency_stays() {
        let pixels: Vec<u8> = (0..64_u32 * 64)
            .flat_map(|n| [(n % 64 * 4) as u8, (n / 64 * 4) as u8, 80, if n % 7 == 0 { 0 } else { 255 }])
            .collect();
        let result = indexed(&pixels, 64, false);
        assert!(result.palette.len() <= 768);
        let mut sum = 0;
        for (n, pixel) in pixels.chunks_exact(4).enumerate() {
            let seen = colour(&result, n);
            assert_eq!(seen[3], pixel[3]);
            if pixel[3] > 0 {
                sum += (0..3).map(|c| u32::from(seen[c].abs_diff(pixel[c])).pow(2)).sum::<u32>();
            }
        }
        // 256 colours over this plane lie 16 apart: an error of about 5 in two channels, and the dither's.
        assert!(f64::from(sum) / (64.0 * 64.0 * 3.0) < 60.0, "{sum}");
        assert_eq!(indexed(&pixels, 64, false), result);
    }
}
