//! Adding the mark to a frame: signs times payloads plus template, times the mask, rounded to code values. Sixteen-bit
//! products and sums in loops over rows, which compilers make vector code of.

use super::Grid;
use super::between::Between;
use super::fixed::high;
use super::grid::PATCH;
use super::ground::Ground;
use super::signs::Signs;
use super::spread::Spread;
use super::view::{Luma, LumaFrame, LumaRange};
use super::warp::Warp;
use crate::embed::Applied;
use crate::embed::samples::{Sample, Scratch};
use crate::motion::Step;
use crate::spectrum::Plane;
use crate::vector::wide;
use crate::{ImageViewMut, Layout, SamplesMut};

/// Binary digits of a change behind the point, at 8 bits a sample.
const DIGITS: u32 = 4;
/// One row in so many is looked at for the squared error.
const ERROR_ROWS: usize = 8;

/// What the change to one frame is composed of.
pub(super) struct Parts<'a> {
    pub(super) ground: &'a Ground,
    pub(super) signs: &'a [Signs],
    pub(super) mask: &'a Plane,
    /// Code values of 8 bits to a unit of pattern times mask.
    pub(super) gain: f32,
    /// Pixels of the frame to pixels of the pattern.
    pub(super) pose: Step,
}

/// How the rows of a picture lie in its samples.
struct Lines {
    rows: usize,
    stride: usize,
    layout: Layout,
}

/// Prepared composition for frames of one size.
pub(super) struct Composer {
    /// Multiplier of the template, and the largest of each payload.
    template: i16,
    payloads: Vec<f32>,
    /// Multiplier of the mask: a sum of the parts times a mask, over 2^16, is a change of [`DIGITS`] digits.
    to_digits: f32,
    spread: Vec<Spread>,
    /// Pixels after which the pattern repeats, where it does not lie as in a still.
    period: usize,
    warp: Warp,
    mask: MaskRows,
    sum: Vec<i16>,
    range: LumaRange,
}

impl Composer {
    pub(super) fn new(ground: &Ground, signs: &[Signs], grid: &Grid, range: LumaRange) -> Self {
        let total = ground.payloads.iter().map(|part| part.step).sum::<f32>() + ground.template.step;
        // The largest sum that all parts can give is the largest number of 16 bits.
        let unit = f32::from(i16::MAX) / (total * f32::from(i8::MAX));
        Self {
            template: (ground.template.step * unit) as i16,
            payloads: ground.payloads.iter().map(|part| part.step * unit).collect(),
            to_digits: (1 << DIGITS) as f32 * 65_536.0 / unit,
            spread: signs.iter().map(|signs| Spread::new(signs, grid)).collect(),
            period: grid.width.min(grid.height),
            warp: Warp::default(),
            mask: MaskRows::new(grid),
            sum: vec![0; grid.width],
            range,
        }
    }

    /// Adds the mark to a plane, whose code values are those of the composer's range. The squared error is that of one row
    /// in eight.
    pub(super) fn add(&mut self, frame: &mut LumaFrame<'_>, parts: &Parts<'_>) -> Applied {
        self.begin(parts, frame.height);
        let (width, stride, bits) = (frame.width, frame.stride, frame.bits);
        let mut applied = Applied::default();
        for y in 0..frame.height {
            self.row(y, parts);
            let errors = y % ERROR_ROWS == ERROR_ROWS / 2;
            let (change, range) = (&self.sum, self.range);
            let error = wide(
                #[inline(always)]
                || match &mut frame.luma {
                    Luma::Bytes(samples) => add_bytes(&mut samples[y * stride..][..width], change, range, errors),
                    Luma::Words(samples) => add_words(&mut samples[y * stride..][..width], change, range, bits, errors),
                },
            );
            if errors {
                applied.add(Applied { squared_error: error, samples: width as u64 });
            }
        }
        applied
    }

    /// Adds the mark to the colours of a picture, as that of stills is added.
    pub(super) fn add_to_picture(&mut self, picture: &mut ImageViewMut<'_>, parts: &Parts<'_>) -> Applied {
        self.begin(parts, picture.height());
        let (width, height, layout) = (picture.width(), picture.height(), picture.layout());
        let lines = Lines { rows: height, stride: picture.stride(), layout };
        let squared_error = match picture.samples_mut() {
            SamplesMut::U8(samples) => self.add_samples(samples, &lines, parts),
            SamplesMut::U16(samples) => self.add_samples(samples, &lines, parts),
            SamplesMut::F32(samples) => self.add_samples(samples, &lines, parts),
        };
        Applied { squared_error, samples: (width * height * layout.colours()) as u64 }
    }

    fn add_samples<S: Sample>(&mut self, samples: &mut [S], lines: &Lines, parts: &Parts<'_>) -> f64 {
        let (mut change, mut scratch) = (vec![0.0_f32; self.sum.len()], Scratch::default());
        let used = self.sum.len() * lines.layout.channels();
        let mut squares = 0.0;
        for (y, line) in samples.chunks_mut(lines.stride).take(lines.rows).enumerate() {
            self.row(y, parts);
            for (change, &sum) in change.iter_mut().zip(&self.sum) {
                *change = f32::from(sum) / (1 << DIGITS) as f32;
            }
            squares += S::add(&mut line[..used], lines.layout, &change, &mut scratch);
        }
        squares
    }

    fn begin(&mut self, parts: &Parts<'_>, height: usize) {
        self.mask.forget();
        self.warp.begin(&parts.pose, (self.sum.len(), height));
        let (left, width) = self.warp.span();
        for (spread, signs) in self.spread.iter_mut().zip(parts.signs) {
            spread.lay(signs, left, width);
        }
    }

    /// Composes the change along row `y`, with [`DIGITS`] digits behind the point.
    fn row(&mut self, y: usize, parts: &Parts<'_>) {
        wide(
            #[inline(always)]
            || {
                if parts.pose == Step::NONE {
                    let width = self.sum.len();
                    let still = Canvas { left: 0, rows: parts.ground.rows(), columns: width };
                    compose(&mut self.sum, y as i64, &still, &mut self.spread, (self.template, &self.payloads), parts);
                } else {
                    let (left, _) = self.warp.span();
                    let moving = Canvas { left, rows: self.period, columns: self.period };
                    let (spread, scales) = (&mut self.spread, (self.template, self.payloads.as_slice()));
                    self.warp.row(
                        y,
                        &mut self.sum,
                        #[inline(always)]
                        |row, line| compose(line, row, &moving, spread, scales, parts),
                    );
                }
                shape(&mut self.sum, self.mask.row(y, parts.mask, parts.gain * self.to_digits));
            },
        );
    }
}

/// Which pixels of the pattern are composed: from `left` on, and after how many rows and columns the parts repeat.
struct Canvas {
    left: i64,
    rows: usize,
    columns: usize,
}

/// Composes template and signed payloads along a row of the pattern.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn compose(
    sum: &mut [i16],
    row: i64,
    canvas: &Canvas,
    spread: &mut [Spread],
    (template_scale, scales): (i16, &[f32]),
    parts: &Parts<'_>,
) {
    let stride = parts.ground.width;
    let line = row.rem_euclid(canvas.rows as i64) as usize * stride;
    let signs = spread.iter_mut().zip(parts.signs).zip(scales);
    let signs: Vec<&[i16]> = signs.map(|((spread, signs), &scale)| spread.row(row, signs, scale)).collect();
    let mut done = 0;
    while done < sum.len() {
        let first = (canvas.left + done as i64).rem_euclid(canvas.columns as i64) as usize;
        let count = (canvas.columns - first).min(sum.len() - done);
        let (target, from) = (&mut sum[done..done + count], line + first..line + first + count);
        template(target, &parts.ground.template.values[from.clone()], template_scale);
        for (part, signs) in parts.ground.payloads.iter().zip(&signs) {
            payload(target, &part.values[from.clone()], &signs[done..done + count]);
        }
        done += count;
    }
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn template(sum: &mut [i16], values: &[i8], scale: i16) {
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum = scale.wrapping_mul(i16::from(value)));
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn payload(sum: &mut [i16], values: &[i8], signs: &[i16]) {
    for ((sum, &value), &sign) in sum.iter_mut().zip(values).zip(signs) {
        *sum = sum.wrapping_add(sign.wrapping_mul(i16::from(value)));
    }
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn shape(sum: &mut [i16], mask: &[i16]) {
    sum.iter_mut().zip(mask).for_each(|(sum, &mask)| *sum = high(*sum, mask));
}

/// Black and white at 8 bits.
fn ends(range: LumaRange) -> (i16, i16) {
    match range {
        LumaRange::Limited => (16, 235),
        LumaRange::Full => (0, 255),
    }
}

/// Adds rounded changes. What is beyond black or white already does not go further. Returns the squared error, if it is
/// wanted, in grey levels.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn add_bytes(samples: &mut [u8], change: &[i16], range: LumaRange, errors: bool) -> f64 {
    let (black, white) = ends(range);
    let moved = |old: u8, change: i16| {
        let old = i16::from(old);
        let new = old + ((change + (1 << (DIGITS - 1))) >> DIGITS);
        new.max(black.min(old)).min(white.max(old))
    };
    let error = if errors {
        squares(samples.iter().zip(change).map(|(&old, &d)| i32::from(moved(old, d)) - i32::from(old)))
    } else {
        0.0
    };
    samples.iter_mut().zip(change).for_each(|(sample, &d)| *sample = moved(*sample, d) as u8);
    error
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn add_words(samples: &mut [u16], change: &[i16], range: LumaRange, bits: u32, errors: bool) -> f64 {
    let (black, white) = ends(range);
    let deep = bits - 8;
    let (black, white) = match range {
        LumaRange::Limited => (i32::from(black) << deep, i32::from(white) << deep),
        LumaRange::Full => (0, (1_i32 << bits) - 1),
    };
    // Digits behind the point that are left at this depth.
    let most = (1_i32 << bits) - 1;
    let moved = |old: u16, change: i16| {
        let old = i32::from(old).min(most);
        let change = i32::from(change) << deep;
        let new = old + ((change + (1 << (DIGITS - 1))) >> DIGITS);
        new.max(black.min(old)).min(white.max(old))
    };
    let error = if errors {
        squares(samples.iter().zip(change).map(|(&old, &d)| moved(old, d) - i32::from(old).min(most)))
    } else {
        0.0
    };
    samples.iter_mut().zip(change).for_each(|(sample, &d)| *sample = moved(*sample, d) as u16);
    error / f64::from(1_i32 << (2 * deep).min(30))
}

fn squares(differences: impl Iterator<Item = i32>) -> f64 {
    differences.map(|d| i64::from(d) * i64::from(d)).sum::<i64>() as f64
}

/// The mask along rows of pixels, from that of patches, by straight lines.
struct MaskRows {
    /// Two rows of patches spread over pixels, by their number.
    wide: [(usize, Vec<i16>); 2],
    /// The patch before every pixel's centre and the share of the next.
    places: Vec<(u32, f32)>,
    patches: (usize, usize),
    pixels: f64,
    row: Vec<i16>,
}

impl MaskRows {
    fn new(grid: &Grid) -> Self {
        let (pixels, patches) = (PATCH as f64 * grid.pitch, grid.patches());
        let places = (0..grid.width).map(|x| {
            let (before, rest) = locate(x, pixels, patches.1);
            (before as u32, rest)
        });
        let wide = [(usize::MAX, vec![0; grid.width]), (usize::MAX, vec![0; grid.width])];
        Self { wide, places: places.collect(), patches, pixels, row: vec![0; grid.width] }
    }

    fn forget(&mut self) {
        self.wide.iter_mut().for_each(|wide| wide.0 = usize::MAX);
    }

    /// The mask times `scale` along row `y`.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn row(&mut self, y: usize, mask: &Plane, scale: f32) -> &[i16] {
        let (first, rest) = locate(y, self.pixels, self.patches.0);
        for row in [first, (first + 1).min(self.patches.0 - 1)] {
            let (held, wide) = &mut self.wide[row % 2];
            if *held != row {
                let line = mask.row(row);
                let line = line.as_slice().expect("planes are contiguous");
                for (value, &(before, rest)) in wide.iter_mut().zip(&self.places) {
                    let before = before as usize;
                    let next = line[(before + 1).min(line.len() - 1)];
                    *value = (scale * (line[before] + rest * (next - line[before]))) as i16;
                }
                *held = row;
            }
        }
        let (above, below) = (&self.wide[first % 2].1, &self.wide[(first + 1) % 2].1);
        if first + 1 == self.patches.0 {
            return above;
        }
        // Half a difference has room for a sign; a share of one is 2^15.
        let share = (rest * f32::from(i16::MAX)) as i16;
        for ((value, &a), &b) in self.row.iter_mut().zip(above).zip(below) {
            *value = a + (high((b >> 1) - (a >> 1), share) << 2);
        }
        &self.row
    }
}

/// The patch whose centre lies before a pixel's, and the share of the next.
fn locate(pixel: usize, pixels: f64, patches: usize) -> (usize, f32) {
    let place = Between::new((pixel as f64 + 0.5) / pixels - 0.5, patches);
    (place.first, place.share)
}
