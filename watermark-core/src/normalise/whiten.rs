//! Whitening: the host is flattened in frequency by a band pass, and in place and direction by its own local strength,
//! and outliers are cut. What is left is noise with the mark in it, weighted in one of two ways ([`Weighting`]).
//!
//! Edges, hatching and fabric fill one direction of the local spectrum and leave the others free: each direction has
//! its own local strength, so that what is quiet is read beside what is loud. Worth 2 to 4 dB over one strength for all
//! directions (docs/decisions/whitening.md).

use std::ops::Range;

use super::oriented::{Buffers, Cut, FilterBank, ORIENTATIONS};
use crate::pattern::TILE;
use crate::spectrum::{C32, LocalPower, Plane};
use crate::vector::wide;
use crate::{mask, parallel};

/// Radius of the window of the local strength, samples, and of the reduced sampling, where three
/// samples cover four.
const WINDOW_RADIUS: usize = 2;
const REDUCED_RADIUS: usize = 1;
/// Variance added to the local strength of all directions together, grey levels squared: quiet areas are not blown up.
const FLOOR: f32 = 0.5;
/// The same for one direction.
const DIRECTION_FLOOR: f32 = FLOOR / ORIENTATIONS as f32;
/// Largest value kept, local standard deviations.
const CUT: f32 = 2.0;

/// Number of weightings.
pub(crate) const WEIGHTINGS: usize = 2;

/// Side of a tile in reduced samples.
pub(crate) const REDUCED_TILE: usize = Cut::REDUCED.reduced(TILE);

/// How places of different strength are weighted against each other. Which one reads better depends on what happened
/// to the picture and is seen from the template (docs/decisions/whitening.md).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weighting {
    /// The matched filter for a mark that the mask has shaped: quiet places, where the host disturbs least, count most.
    Matched = 0,
    /// All places alike: after strong compression the quiet places have lost the mark.
    Even = 1,
}

/// A plane whitened under each weighting, the weightings of a sample side by side: who looks up single places reads
/// all at once.
pub(crate) struct Pairs {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Row-major, for each sample its weightings in their order.
    pub(crate) values: Vec<f32>,
}

impl Pairs {
    /// The samples of row `y` from column `from` on under one weighting.
    pub(crate) fn row(&self, weighting: Weighting, y: usize, from: usize) -> impl Iterator<Item = f32> + '_ {
        let line = &self.values[WEIGHTINGS * (y * self.columns + from)..WEIGHTINGS * (y + 1) * self.columns];
        line.iter().skip(weighting as usize).step_by(WEIGHTINGS).copied()
    }
}

/// Prepared whitening.
pub(crate) struct Whitener {
    every: Stage,
    reduced: Stage,
}

/// Whitening at one sampling.
pub(crate) struct Stage {
    bank: FilterBank,
    cut: Cut,
    radius: usize,
}

/// Rows of both weightings, in the order of [`Weighting`].
type Band<'a> = [&'a mut [f32]; WEIGHTINGS];

impl Whitener {
    pub(crate) fn new() -> Self {
        Self { every: Stage::new(Cut::EVERY, WINDOW_RADIUS), reduced: Stage::new(Cut::REDUCED, REDUCED_RADIUS) }
    }

    /// A whitened sample for every sample.
    pub(crate) fn every(&self) -> &Stage {
        &self.every
    }

    /// Three whitened samples for every four: all that the band needs, at little more than half the cost.
    pub(crate) fn reduced(&self) -> &Stage {
        &self.reduced
    }
}

impl Stage {
    fn new(cut: Cut, radius: usize) -> Self {
        Self { bank: FilterBank::new(cut), cut, radius }
    }

    /// As many of `samples` samples of a plane along a side as there are once it is whitened.
    pub(crate) fn samples(&self, samples: usize) -> usize {
        self.cut.reduced(samples)
    }

    /// Whitens a plane of grey levels.
    pub(crate) fn pairs(&self, plane: &Plane) -> Pairs {
        let (rows, columns) = (self.samples(plane.nrows()), self.samples(plane.ncols()));
        let mut values = vec![0.0_f32; WEIGHTINGS * rows * columns];
        let bands = values.chunks_mut(WEIGHTINGS * self.cut.reduced_step() * columns).enumerate();
        parallel::for_each(bands.collect(), |(i, band)| {
            let samples = band.len() / WEIGHTINGS;
            let (mut matched, mut even) = (vec![0.0_f32; samples], vec![0.0_f32; samples]);
            self.band(plane, i, [&mut matched, &mut even], &mut self.work());
            let pairs = matched.iter().zip(&even);
            band.chunks_exact_mut(WEIGHTINGS).zip(pairs).for_each(|(pair, (&a, &b))| pair.copy_from_slice(&[a, b]));
        });
        Pairs { rows, columns, values }
    }

    /// Calls `each` with the number of every row of `wanted` and the whitened row under each weighting, in the order
    /// of [`Weighting`], from the top down. A row is the same whichever others are wanted; ranges that
    /// [`Self::parts`] gives need no row twice.
    pub(crate) fn rows(&self, plane: &Plane, wanted: Range<usize>, mut each: impl FnMut(usize, [&[f32]; WEIGHTINGS])) {
        let (height, width, step) = (self.samples(plane.nrows()), self.samples(plane.ncols()), self.cut.reduced_step());
        let (mut matched, mut even) = (vec![0.0_f32; step * width], vec![0.0_f32; step * width]);
        let mut work = self.work();
        for band in wanted.start / step..wanted.end.div_ceil(step) {
            let top = band * step;
            let rows = step.min(height - top) * width;
            self.band(plane, band, [&mut matched[..rows], &mut even[..rows]], &mut work);
            for y in wanted.start.max(top)..wanted.end.min(top + step) {
                let line = (y - top) * width..(y - top + 1) * width;
                each(y, [&matched[line.clone()], &even[line]]);
            }
        }
    }

    /// At most `most` ranges of whitened rows that together are those of a plane of `rows` rows.
    pub(crate) fn parts(&self, rows: usize, most: usize) -> Vec<Range<usize>> {
        let (rows, step) = (self.samples(rows), self.cut.reduced_step());
        let bands = rows.div_ceil(step);
        let parts = bands.clamp(1, most);
        (0..parts).map(|part| part * bands / parts * step..((part + 1) * bands / parts * step).min(rows)).collect()
    }

    /// The rows of band `band`, as many as `out` holds.
    fn band(&self, plane: &Plane, band: usize, mut out: Band<'_>, work: &mut Work) {
        let (step, reduced) = (self.cut.step(), self.cut.reduced_step());
        let width = self.samples(plane.ncols());
        for block in (0..plane.ncols().div_ceil(step)).step_by(2) {
            let lefts = [block * step, (block + 1) * step];
            let second = lefts[1] < plane.ncols();
            let Work { sums, samples, buffers } = work;
            sums.iter_mut().for_each(Sums::clear);
            self.bank.channels(plane, band * step, lefts, buffers, |channel| {
                for (sums, part) in sums.iter_mut().zip([0, 1]).take(1 + usize::from(second)) {
                    wide(
                        #[inline(always)]
                        || {
                            part_of(channel, part, samples);
                            sums.add(samples);
                        },
                    );
                }
            });
            for (sums, left) in sums.iter().zip([block * reduced, (block + 1) * reduced]) {
                if left < width {
                    wide(
                        #[inline(always)]
                        || sums.write(left, width, &mut out),
                    );
                }
            }
        }
    }

    fn work(&self) -> Work {
        let zeros = || vec![0.0; self.cut.side * self.cut.side];
        let power = LocalPower::new(self.radius);
        let sums = || Sums { cut: self.cut, power, band: zeros(), even: zeros(), matched: zeros() };
        Work { sums: [sums(), sums()], samples: Vec::new(), buffers: Buffers::default() }
    }
}

/// What one pair of blocks needs; kept from pair to pair.
struct Work {
    sums: [Sums; 2],
    /// A channel of one block.
    samples: Vec<f32>,
    buffers: Buffers,
}

/// The real (0) or the imaginary part (1) of complex numbers.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn part_of(numbers: &[C32], part: usize, out: &mut Vec<f32>) {
    out.resize(numbers.len(), 0.0);
    let pairs = out.iter_mut().zip(numbers);
    match part {
        0 => pairs.for_each(|(out, value)| *out = value.re),
        _ => pairs.for_each(|(out, value)| *out = value.im),
    }
}

/// What the channels of one block have added up to.
struct Sums {
    cut: Cut,
    power: LocalPower,
    /// The band-passed block, over all directions.
    band: Vec<f32>,
    /// Values over their local strength.
    even: Vec<f32>,
    /// The same over the local strength once more.
    matched: Vec<f32>,
}

impl Sums {
    fn clear(&mut self) {
        [&mut self.band, &mut self.even, &mut self.matched].into_iter().for_each(|sum| sum.fill(0.0));
    }

    /// Adds one channel.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn add(&mut self, samples: &[f32]) {
        let Self { cut, power, band, even, matched } = self;
        let (side, margin) = (cut.side, cut.reduced_margin());
        power.stream(
            (side, side),
            margin..side - margin,
            #[inline(always)]
            |y, row| {
                let line = &mut band[y * side..][..side];
                row.copy_from_slice(&samples[y * side..][..side]);
                line.iter_mut().zip(&*row).for_each(|(sum, value)| *sum += value);
            },
            #[inline(always)]
            |y, values, power| {
                let line = y * side..(y + 1) * side;
                let sums = even[line.clone()].iter_mut().zip(&mut matched[line]);
                for ((&value, &power), (even, matched)) in values.iter().zip(power).zip(sums) {
                    let inverse = 1.0 / (power + DIRECTION_FLOOR).sqrt();
                    let cut = (value * inverse).clamp(-CUT, CUT);
                    *even += cut;
                    *matched += cut * inverse;
                }
            },
        );
    }

    /// Writes the used part to the columns from `left` on of rows of `width` samples.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn write(&self, left: usize, width: usize, out: &mut Band<'_>) {
        let (side, margin) = (self.cut.side, self.cut.reduced_margin());
        let columns = self.cut.reduced_step().min(width - left);
        let rows = out[0].len() / width;
        let [matched, even] = out;
        self.power.stream(
            (side, side),
            margin..margin + rows,
            #[inline(always)]
            |y, row| row.copy_from_slice(&self.band[y * side..][..side]),
            #[inline(always)]
            |y, _, power| {
                let from = y * side + margin..y * side + margin + columns;
                let to = (y - margin) * width + left..(y - margin) * width + left + columns;
                even[to.clone()].copy_from_slice(&self.even[from.clone()]);
                let values = matched[to].iter_mut().zip(&self.matched[from]).zip(&power[margin..]);
                values.for_each(|((out, value), power)| *out = value * mask::growth((power + FLOOR).sqrt()));
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waves in several directions, an edge, and grain.
    fn light(y: usize, x: usize) -> f32 {
        let (fx, fy) = (x as f64, y as f64);
        let waves = 30.0 * libm::sin(0.9 * fx + 0.2 * fy) + 12.0 * libm::sin(0.5 * fx - 0.8 * fy);
        let edge = if 3 * x + y > 1100 { 60.0 } else { 0.0 };
        let grain = ((x * 7919 + y * 104_729) % 61) as f64 / 10.0;
        (90.0 + waves + edge + grain) as f32
    }

    const STEP: usize = Cut::EVERY.step();

    #[test]
    fn rows_and_parts_give_what_the_whole_gives() {
        let plane = Plane::from_shape_fn((2 * STEP + 37, 330), |(y, x)| light(y, x));
        let whitener = Whitener::new();
        [whitener.every(), whitener.reduced()].into_iter().for_each(|stage| rows_and_parts(stage, &plane));
    }

    fn rows_and_parts(whitener: &Stage, plane: &Plane) {
        let whole = whitener.pairs(plane);
        let (rows, step) = (whole.rows, whitener.cut.reduced_step());
        let same = |wanted: Range<usize>| {
            let mut seen = Vec::new();
            whitener.rows(plane, wanted.clone(), |y, rows| {
                for (row, weighting) in rows.iter().zip([Weighting::Matched, Weighting::Even]) {
                    assert!(whole.row(weighting, y, 0).eq(row.iter().copied()), "row {y} of {wanted:?}");
                }
                seen.push(y);
            });
            assert!(seen.iter().copied().eq(wanted), "{seen:?}");
        };
        [0..1, 5..step + 9, step..2 * step, 2 * step + 15..rows].into_iter().for_each(same);
        for most in [1, 2, 4] {
            let parts = whitener.parts(plane.nrows(), most);
            assert!(parts.len() <= most && parts.iter().cloned().flatten().eq(0..rows), "{parts:?}");
        }
    }

    /// The same content seen from another corner lies elsewhere in the blocks; clear of the picture's own border it is
    /// whitened alike. The filters reach a little beyond the margin: up to four hundredths of a deviation here.
    #[test]
    fn where_blocks_are_cut_does_not_show() {
        const SHIFT: (usize, usize) = (101, 57);
        const CLEAR: usize = 24;
        let (height, width) = (STEP + 150, 2 * STEP + 90);
        let whitener = Whitener::new();
        let whitener = whitener.every();
        let whole = whitener.pairs(&Plane::from_shape_fn((height, width), |(y, x)| light(y, x)));
        let (rows, columns) = (height - SHIFT.0, width - SHIFT.1);
        let part = whitener.pairs(&Plane::from_shape_fn((rows, columns), |(y, x)| light(y + SHIFT.0, x + SHIFT.1)));
        let mut worst = 0.0_f32;
        for weighting in [Weighting::Matched, Weighting::Even] {
            for y in CLEAR..rows - CLEAR {
                let (whole, part) = (whole.row(weighting, y + SHIFT.0, SHIFT.1), part.row(weighting, y, 0));
                let clear = whole.zip(part).skip(CLEAR).take(columns - 2 * CLEAR);
                worst = clear.fold(worst, |worst, (a, b)| worst.max((a - b).abs()));
            }
        }
        assert!(worst < 0.05, "{worst}");
    }

    /// A strong wave in one direction leaves what lies across it as it is; one strength for all would take it away.
    #[test]
    fn what_lies_across_a_strong_wave_is_kept() {
        let weak = |y: usize| libm::sin(1.0 * y as f64);
        let read = |strong: f64| {
            let light = |y: usize, x: usize| (120.0 + strong * libm::sin(1.0 * x as f64) + 4.0 * weak(y)) as f32;
            let white = Whitener::new().every().pairs(&Plane::from_shape_fn((STEP, STEP), |(y, x)| light(y, x)));
            let inside = 40..STEP - 40;
            let row = |y: usize| white.row(Weighting::Even, y, 40).take(inside.len()).map(f64::from).sum::<f64>();
            inside.clone().map(|y| row(y) * weak(y)).sum::<f64>() / (inside.len() * inside.len()) as f64
        };
        let (alone, beside) = (read(0.0), read(60.0));
        assert!(beside > 0.5 * alone && alone > 0.1, "{alone} alone, {beside} beside a strong wave");
    }
}
