//! A small copy of a large picture in one pass over it: every pixel of the copy is the mean of the area it stands for,
//! borders weighted by the part of them that is inside. No second copy of the picture is made.

use watermark_core::{ImageView, Samples};

/// What transparent places are laid over, levels of 0 to 255: neither black nor white, so that neither hides in it.
const GROUND: f32 = 128.0;

/// A small picture: red, green and blue of 0 to 255, row by row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Small {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[f32; 3]>,
}

impl Small {
    /// The picture as `width` x `height` pixels, each side at least 1. Alpha is laid over mid grey.
    pub(crate) fn new(image: &ImageView<'_>, width: usize, height: usize) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        match image.samples() {
            Samples::U8(samples) => shrunk(image, samples, (width, height), 1.0, f32::from),
            Samples::U16(samples) => shrunk(image, samples, (width, height), 255.0 / 65_535.0, f32::from),
            Samples::F32(samples) => shrunk(image, samples, (width, height), 255.0, share_of_white),
            // Kinds of samples that are not known here are shown as nothing but their ground.
            _ => Self { width, height, pixels: vec![[GROUND; 3]; width * height] },
        }
    }

    /// Luma (BT.601 weights), 0 to 255.
    pub(crate) fn luma(&self) -> Vec<f32> {
        self.pixels.iter().map(|[r, g, b]| 0.299 * r + 0.587 * g + 0.114 * b).collect()
    }

    /// Interleaved 8-bit samples.
    pub(crate) fn to_rgb8(&self) -> Vec<u8> {
        self.pixels.iter().flatten().map(|level| level.round().clamp(0.0, 255.0) as u8).collect()
    }
}

/// A floating-point sample in its range; what is no number is black.
fn share_of_white(level: f32) -> f32 {
    if level > 0.0 { level.min(1.0) } else { 0.0 }
}

/// Samples along a side that stand for one pixel of the copy: whole ones, and the parts of those at its ends.
struct Span {
    first: usize,
    weights: (f32, f32),
    last: usize,
}

impl Span {
    fn new(index: usize, count: usize, samples: usize) -> Self {
        let edge = |index: usize| index as f64 * samples as f64 / count as f64;
        let (low, high) = (edge(index), edge(index + 1));
        let first = (low as usize).min(samples - 1);
        let last = ((high.ceil() as usize).max(1) - 1).clamp(first, samples - 1);
        let weights = if first == last {
            ((high - low) as f32, 0.0)
        } else {
            ((first as f64 + 1.0 - low) as f32, (high - last as f64) as f32)
        };
        Self { first, weights, last }
    }

    fn weight(&self, at: usize) -> f32 {
        if at == self.first {
            self.weights.0
        } else if at == self.last {
            self.weights.1
        } else {
            1.0
        }
    }
}

fn shrunk<T: Copy>(
    image: &ImageView<'_>,
    samples: &[T],
    (width, height): (usize, usize),
    to_levels: f32,
    number: impl Fn(T) -> f32 + Copy,
) -> Small {
    let columns: Vec<Span> = (0..width).map(|x| Span::new(x, width, image.width())).collect();
    let area = (image.width() as f32 / width as f32) * (image.height() as f32 / height as f32);
    let mut pixels = Vec::with_capacity(width * height);
    let mut sums = vec![[0.0_f32; 4]; width];
    for y in 0..height {
        sums.fill([0.0; 4]);
        let rows = Span::new(y, height, image.height());
        for row in rows.first..=rows.last {
            let line = &samples[row * image.stride()..][..image.width() * image.layout().channels()];
            let weight = rows.weight(row) * to_levels;
            match image.layout().channels() {
                1 => add(line, &columns, &mut sums, weight, |[l]: [T; 1]| [number(l); 3]),
                2 => add(
                    line,
                    &columns,
                    &mut sums,
                    weight,
                    over_ground(to_levels, |[l, a]: [T; 2]| ([number(l); 3], number(a))),
                ),
                3 => add(line, &columns, &mut sums, weight, |rgb: [T; 3]| rgb.map(number)),
                _ => add(
                    line,
                    &columns,
                    &mut sums,
                    weight,
                    over_ground(to_levels, |[r, g, b, a]: [T; 4]| ([r, g, b].map(number), number(a))),
                ),
            }
        }
        pixels.extend(sums.iter().map(|&[r, g, b, _]| [r, g, b].map(|sum| sum / area)));
    }
    Small { width, height, pixels }
}

/// Lays a pixel with alpha over the ground.
fn over_ground<P>(to_levels: f32, split: impl Fn(P) -> ([f32; 3], f32)) -> impl Fn(P) -> [f32; 3] {
    let opaque = 1.0 / (255.0 / to_levels);
    move |pixel| {
        let (colour, alpha) = split(pixel);
        let share = alpha * opaque;
        colour.map(|level| level * share + GROUND / to_levels * (1.0 - share))
    }
}

/// Adds a row of samples to the sums of the copy's pixels.
fn add<T: Copy, const N: usize>(
    line: &[T],
    columns: &[Span],
    sums: &mut [[f32; 4]],
    weight: f32,
    colour: impl Fn([T; N]) -> [f32; 3],
) {
    let (line, _) = line.as_chunks::<N>();
    for (span, sum) in columns.iter().zip(sums) {
        let pixels = &line[span.first..=span.last];
        let mut total = [0.0_f32; 3];
        let mut put = |pixel: [T; N], weight: f32| {
            let levels = colour(pixel);
            total.iter_mut().zip(levels).for_each(|(total, level)| *total += weight * level);
        };
        match pixels {
            [first, middle @ .., last] => {
                put(*first, span.weights.0);
                middle.iter().for_each(|&pixel| put(pixel, 1.0));
                put(*last, span.weights.1);
            }
            [only] => put(*only, span.weights.0),
            [] => {}
        }
        sum.iter_mut().zip(total).for_each(|(sum, total)| *sum += weight * total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use watermark_core::Layout;

    #[test]
    fn means_are_those_of_the_areas() {
        // Five columns to two: the middle one is shared.
        let samples = [0_u8, 10, 100, 20, 40];
        let view = ImageView::new(5, 1, 5, Layout::Luma, Samples::U8(&samples)).unwrap();
        let small = Small::new(&view, 2, 1);
        assert!((small.pixels[0][0] - 60.0 / 2.5).abs() < 1e-3 && (small.pixels[1][0] - 110.0 / 2.5).abs() < 1e-3);
        // Larger than the picture: samples are repeated.
        let large = Small::new(&view, 10, 3);
        assert!((0..30).all(|i| (large.pixels[i][2] - f32::from(samples[i % 10 / 2])).abs() < 1e-3));
    }

    #[test]
    fn the_mean_of_a_picture_stays() {
        let samples: Vec<u16> = (0..37 * 23 * 3_u32).map(|i| (i * 7919 % 65_536) as u16).collect();
        let view = ImageView::new(37, 23, 37 * 3, Layout::Rgb, Samples::U16(&samples)).unwrap();
        let mean = |small: &Small| small.luma().iter().sum::<f32>() / small.luma().len() as f32;
        let whole = mean(&Small::new(&view, 1, 1));
        for (width, height) in [(7, 5), (37, 23), (50, 11)] {
            assert!((mean(&Small::new(&view, width, height)) - whole).abs() < 0.05, "{width}x{height}");
        }
    }

    #[test]
    fn transparent_places_are_mid_grey_at_every_depth() {
        let bytes = [255_u8, 0, 0, 0, 255, 0, 0, 255];
        let words: Vec<u16> = bytes.iter().map(|&b| u16::from(b) * 257).collect();
        let floats: Vec<f32> = bytes.iter().map(|&b| f32::from(b) / 255.0).collect();
        for samples in [Samples::U8(&bytes), Samples::U16(&words), Samples::F32(&floats)] {
            let view = ImageView::new(2, 1, 8, Layout::Rgba, samples).unwrap();
            assert_eq!(Small::new(&view, 2, 1).to_rgb8(), [128, 128, 128, 255, 0, 0]);
        }
    }
}
