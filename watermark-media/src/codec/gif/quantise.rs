//! 256 colours for a frame, chosen by median cut and improved by k-means, and the frame in them by error diffusion.
//!
//! A mark is a change of 2 to 4 grey levels. The nearest colours swallow a part of it where the picture is flat;
//! diffused errors keep every local mean, and with it the mark. The figures: docs/decisions/gif-palettes.md.
//!
//! Median cut: P. Heckbert, Color image quantization for frame buffer display, SIGGRAPH 1982; here the box with the
//! largest sum of squares is cut at its mean. Error diffusion: R. Floyd, L. Steinberg, An adaptive algorithm for
//! spatial greyscale, 1976; here every other row runs backwards.

/// Rounds of k-means. The third changes the error by less than 1 %.
const ROUNDS: usize = 3;
/// Bits of a channel in a coarse histogram.
const BITS: u32 = 6;
/// Most colours that are told apart exactly. Flat pictures have fewer, and differences of a few levels in them are the
/// mark; in others cells of 4 levels are finer than any palette, and quicker.
const EXACT: usize = 1 << 14;
/// How much of an error is diffused: less than all leaves less noise, at the same mark.
const SHARE: f32 = 0.875;

/// Colours that fall into one cell of the histogram: their mean and their number.
#[derive(Clone, Copy)]
struct Cell {
    mean: [f32; 3],
    count: f32,
}

/// At most `most` colours for the pixels that are seen, of RGBA.
pub(super) fn palette(pixels: &[u8], most: usize) -> Vec<[u8; 3]> {
    let mut cells = histogram(pixels);
    let mut colours = median_cut(&mut cells, most);
    for _ in 0..ROUNDS {
        improve(&cells, &mut colours);
    }
    let mut palette: Vec<[u8; 3]> = colours.iter().map(|colour| colour.map(|v| v.round() as u8)).collect();
    palette.sort_unstable();
    palette.dedup();
    palette
}

/// The colours that are seen, each or in cells of some levels, with their numbers.
fn histogram(pixels: &[u8]) -> Vec<Cell> {
    let seen = pixels.chunks_exact(4).filter(|pixel| pixel[3] > 0);
    let mut colours: Vec<[u8; 3]> = seen.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    colours.sort_unstable();
    let groups = colours.chunk_by(|a, b| a == b);
    let cells: Vec<Cell> =
        groups.map(|group| Cell { mean: group[0].map(f32::from), count: group.len() as f32 }).collect();
    if cells.len() <= EXACT { cells } else { coarse(&cells) }
}

fn coarse(cells: &[Cell]) -> Vec<Cell> {
    let mut sums = vec![[0_f64; 4]; 1 << (3 * BITS)];
    for cell in cells {
        let index = cell.mean.iter().fold(0, |index, &v| index << BITS | v as usize >> (8 - BITS));
        let sum = &mut sums[index];
        (0..3).for_each(|c| sum[c] += f64::from(cell.mean[c] * cell.count));
        sum[3] += f64::from(cell.count);
    }
    let used = sums.iter().filter(|sum| sum[3] > 0.0);
    used.map(|sum| Cell { mean: [0, 1, 2].map(|c| (sum[c] / sum[3]) as f32), count: sum[3] as f32 }).collect()
}

/// A box of the cut.
struct Part<'a> {
    cells: &'a mut [Cell],
    mean: [f64; 3],
    /// The channel with the largest sum of squares, and that sum.
    widest: (usize, f64),
}

impl<'a> Part<'a> {
    fn new(cells: &'a mut [Cell]) -> Self {
        let (mean, widest) = spread(cells);
        Self { cells, mean, widest }
    }
}

fn spread(cells: &[Cell]) -> ([f64; 3], (usize, f64)) {
    let count: f64 = cells.iter().map(|cell| f64::from(cell.count)).sum();
    let mean = [0, 1, 2].map(|c| cells.iter().map(|cell| f64::from(cell.mean[c] * cell.count)).sum::<f64>() / count);
    let squares = [0, 1, 2].map(|c| {
        cells.iter().map(|cell| f64::from(cell.count) * (f64::from(cell.mean[c]) - mean[c]).powi(2)).sum::<f64>()
    });
    let widest = (0..3).fold(0, |best, c| if squares[c] > squares[best] { c } else { best });
    (mean, (widest, squares[widest]))
}

fn median_cut(cells: &mut [Cell], most: usize) -> Vec<[f32; 3]> {
    let mut boxes = vec![Part::new(cells)];
    while boxes.len() < most {
        let largest = boxes.iter().enumerate().max_by(|a, b| a.1.widest.1.total_cmp(&b.1.widest.1));
        let Some((n, _)) = largest.filter(|(_, b)| b.cells.len() > 1 && b.widest.1 > 0.0) else { break };
        let Part { cells, mean, widest: (c, _) } = boxes.swap_remove(n);
        cells.sort_by(|a, b| a.mean[c].total_cmp(&b.mean[c]));
        let middle = cells.partition_point(|cell| f64::from(cell.mean[c]) < mean[c]).clamp(1, cells.len() - 1);
        let (low, high) = cells.split_at_mut(middle);
        boxes.extend([Part::new(low), Part::new(high)]);
    }
    boxes.iter().map(|b| b.mean.map(|v| v as f32)).collect()
}

/// Moves every colour to the mean of the cells that are nearest to it.
fn improve(cells: &[Cell], colours: &mut [[f32; 3]]) {
    let mut sums = vec![[0_f64; 4]; colours.len()];
    for cell in cells {
        let sum = &mut sums[nearest(colours, cell.mean)];
        (0..3).for_each(|c| sum[c] += f64::from(cell.mean[c] * cell.count));
        sum[3] += f64::from(cell.count);
    }
    for (colour, sum) in colours.iter_mut().zip(sums) {
        if sum[3] > 0.0 {
            *colour = [0, 1, 2].map(|c| (sum[c] / sum[3]) as f32);
        }
    }
}

/// The first of the nearest colours.
fn nearest(colours: &[[f32; 3]], wanted: [f32; 3]) -> usize {
    let mut best = (f32::INFINITY, 0);
    for (n, colour) in colours.iter().enumerate() {
        let distance: f32 = (0..3).map(|c| (colour[c] - wanted[c]).powi(2)).sum();
        if distance < best.0 {
            best = (distance, n);
        }
    }
    best.1
}

/// An index for each pixel, errors diffused; `clear` for what is not seen, over which no error passes.
pub(super) fn dithered(pixels: &[u8], width: usize, palette: &[[u8; 3]], clear: u8) -> Vec<u8> {
    let colours: Vec<[f32; 3]> = palette.iter().map(|colour| colour.map(f32::from)).collect();
    let mut numbers = vec![clear; pixels.len() / 4];
    // The errors of this row and the next, with a place more on each side.
    let mut errors = [vec![[0_f32; 3]; width + 2], vec![[0_f32; 3]; width + 2]];
    for (y, row) in pixels.chunks_exact(width * 4).enumerate() {
        let [this, next] = &mut errors;
        next.fill([0.0; 3]);
        for step in 0..width {
            let backwards = y % 2 == 1;
            let x = if backwards { width - 1 - step } else { step };
            let pixel = &row[x * 4..][..4];
            if pixel[3] == 0 {
                continue;
            }
            let wanted = [0, 1, 2].map(|c| (f32::from(pixel[c]) + this[x + 1][c]).clamp(0.0, 255.0));
            let number = nearest(&colours, wanted);
            numbers[y * width + x] = number as u8;
            // The next pixel takes 7/16, those below 3, 5 and 1.
            let (ahead, behind) = if backwards { (x, x + 2) } else { (x + 2, x) };
            for c in 0..3 {
                let error = (wanted[c] - colours[number][c]) * SHARE / 16.0;
                this[ahead][c] += error * 7.0;
                next[behind][c] += error * 3.0;
                next[x + 1][c] += error * 5.0;
                next[ahead][c] += error;
            }
        }
        errors.swap(0, 1);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_region_between_two_colours_keeps_its_mean_but_for_what_is_not_diffused() {
        let pixels = [101, 101, 101, 255].repeat(64 * 64);
        let numbers = dithered(&pixels, 64, &[[96; 3], [104; 3]], 0);
        let mean = numbers.iter().map(|&n| if n == 0 { 96.0 } else { 104.0 }).sum::<f64>() / (64.0 * 64.0);
        assert!((mean - 101.0).abs() < 0.5, "{mean}");
    }

    #[test]
    fn well_separated_colours_are_all_found() {
        let corners: Vec<[u8; 3]> =
            (0..8_u8).map(|n| [0, 1, 2].map(|c| if n >> c & 1 == 1 { 250 } else { 10 })).collect();
        let pixels: Vec<u8> = corners.iter().flat_map(|c| [c[0], c[1], c[2], 255].repeat(5)).collect();
        let mut expected = corners;
        expected.sort_unstable();
        assert_eq!(palette(&pixels, 8), expected);
    }
}
