//! Sums over rows and along rows, shaped so that the compiler makes vector code of them.

use super::Plane;

/// A plane's rows, the first and last repeated beyond its borders.
#[derive(Clone, Copy)]
pub(crate) struct RowsOf<'a> {
    values: &'a [f32],
    width: usize,
    height: usize,
}

impl<'a> RowsOf<'a> {
    pub(crate) fn new(plane: &'a Plane) -> Self {
        let (height, width) = plane.dim();
        Self { values: plane.as_slice().expect("planes are contiguous"), width, height }
    }

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn clamped(&self, y: isize) -> &'a [f32] {
        let y = y.clamp(0, self.height as isize - 1) as usize;
        &self.values[y * self.width..][..self.width]
    }
}

/// The last few rows of something that is made from the top down.
pub(crate) struct Ring {
    values: Vec<f32>,
    width: usize,
    kept: usize,
}

impl Ring {
    pub(crate) fn new(width: usize, kept: usize) -> Self {
        Self { values: vec![0.0; width * kept], width, kept }
    }

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn row(&self, y: usize) -> &[f32] {
        &self.values[y % self.kept * self.width..][..self.width]
    }

    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn row_mut(&mut self, y: usize) -> &mut [f32] {
        &mut self.values[y % self.kept * self.width..][..self.width]
    }
}

/// `out += sum of taps[i] * (above(i) + below(i))`, four pairs of rows at a time.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn add_pairs<'a>(out: &mut [f32], taps: &[f32], pair: impl Fn(usize) -> (&'a [f32], &'a [f32])) {
    let mut at = 0;
    while taps.len() - at >= 4 {
        add_pairs_of(
            out,
            [at, at + 1, at + 2, at + 3].map(&pair),
            [taps[at], taps[at + 1], taps[at + 2], taps[at + 3]],
        );
        at += 4;
    }
    if taps.len() - at >= 2 {
        add_pairs_of(out, [at, at + 1].map(&pair), [taps[at], taps[at + 1]]);
        at += 2;
    }
    if at < taps.len() {
        add_pairs_of(out, [pair(at)], [taps[at]]);
    }
}

#[expect(clippy::needless_range_loop, reason = "one index into many slices of one length; iterators would nest")]
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn add_pairs_of<const N: usize>(out: &mut [f32], pairs: [(&[f32], &[f32]); N], taps: [f32; N]) {
    let length = out.len();
    let pairs = pairs.map(|(a, b)| (&a[..length], &b[..length]));
    for x in 0..length {
        let mut sum = out[x];
        for i in 0..N {
            sum += taps[i] * (pairs[i].0[x] + pairs[i].1[x]);
        }
        out[x] = sum;
    }
}

/// `out = sum of row(i)` for `i` in `0..count`, four rows at a time.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn sum_rows<'a>(out: &mut [f32], count: usize, row: impl Fn(usize) -> &'a [f32]) {
    out.copy_from_slice(row(0));
    let mut at = 1;
    while count - at >= 4 {
        add_rows_of(out, [at, at + 1, at + 2, at + 3].map(&row));
        at += 4;
    }
    for i in at..count {
        add_rows_of(out, [row(i)]);
    }
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn add_rows_of<const N: usize>(out: &mut [f32], rows: [&[f32]; N]) {
    let length = out.len();
    let rows = rows.map(|row| &row[..length]);
    for x in 0..length {
        let mut sum = out[x];
        for row in rows {
            sum += row[x];
        }
        out[x] = sum;
    }
}

/// Fills the margins of a row that stands in the middle of `padded`, `reach` samples from either end.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(crate) fn repeat_ends(padded: &mut [f32], reach: usize) {
    let last = padded.len() - reach - 1;
    let (first, end) = (padded[reach], padded[last]);
    padded[..reach].fill(first);
    padded[last + 1..].fill(end);
}

/// Sums over windows that slide along a row: windows of 1, 2, 4 ... samples are made of pairs of the shorter ones,
/// and the window asked for is put together of them. No sum is carried along, so the result does not depend on where
/// a row starts, and all of it is vector code.
pub(crate) struct WindowSum {
    count: usize,
    doubled: Vec<f32>,
    next: Vec<f32>,
}

impl WindowSum {
    /// Windows of `2 * radius + 1` samples.
    pub(crate) fn new(radius: usize) -> Self {
        Self { count: 2 * radius + 1, doubled: Vec::new(), next: Vec::new() }
    }

    /// Sums over the windows around each sample; borders replicated.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    pub(crate) fn apply(&mut self, row: &[f32], out: &mut [f32]) {
        let radius = self.count / 2;
        let length = row.len() + 2 * radius;
        self.doubled.resize(length, 0.0);
        self.next.resize(length, 0.0);
        self.doubled[radius..radius + row.len()].copy_from_slice(row);
        repeat_ends(&mut self.doubled, radius);
        out.fill(0.0);
        let (mut offset, mut size) = (0, 1);
        loop {
            if self.count & size != 0 {
                out.iter_mut().zip(&self.doubled[offset..]).for_each(|(sum, value)| *sum += value);
                offset += size;
            }
            if 2 * size > self.count {
                return;
            }
            let pairs = self.doubled.iter().zip(&self.doubled[size..]);
            self.next.iter_mut().zip(pairs).for_each(|(sum, (a, b))| *sum = a + b);
            std::mem::swap(&mut self.doubled, &mut self.next);
            size *= 2;
        }
    }
}
