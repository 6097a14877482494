//! Rows of the pattern over the whole picture, octave upon octave: each octave adds its own tile to the sum of the
//! coarser ones, enlarged twofold. Rows are made on demand, a few of each octave are kept.

use crate::pattern::{CELL, CellSigns, TILE, Tile, blend_row};
use crate::vector::wide;

/// Rows kept of each octave; the enlargement looks at six.
const KEPT: usize = 8;

/// One octave's share of the pattern.
pub(crate) struct Layer<'a> {
    /// Payload and pilots.
    pub(crate) tile: &'a Tile,
    /// Synchronisation peaks.
    pub(crate) peaks: &'a Tile,
    pub(crate) signs: &'a CellSigns,
    /// Amplitude of the payload, relative.
    pub(crate) payload: f32,
    /// Amplitude of the template, relative.
    pub(crate) template: f32,
}

/// Makes rows of the finest octave, in units.
pub(crate) struct Synth<'a> {
    octaves: Vec<Octave<'a>>,
}

struct Octave<'a> {
    layer: Layer<'a>,
    rows: usize,
    kept: [(usize, Vec<f32>); KEPT],
    signs: Vec<f32>,
    padded: Vec<f32>,
    kernel: [f32; 6],
}

/// Weights of a Lanczos window of three lobes for a sample a quarter behind its neighbour.
fn quarter_kernel() -> [f32; 6] {
    let lanczos = |x: f64| {
        let (a, b) = (std::f64::consts::PI * x, std::f64::consts::PI * x / 3.0);
        libm::sin(a) / a * libm::sin(b) / b
    };
    let raw: [f64; 6] = std::array::from_fn(|i| lanczos(i as f64 - 2.0 - 0.25));
    let total: f64 = raw.iter().sum();
    raw.map(|w| (w / total) as f32)
}

impl<'a> Synth<'a> {
    /// `layers` from the coarsest octave on, over a finest grid of `rows` x `columns` units.
    pub(crate) fn new(layers: Vec<Layer<'a>>, rows: usize, columns: usize) -> Self {
        let finest = layers.len() - 1;
        let octaves = layers.into_iter().enumerate().map(|(i, layer)| {
            let shrink = |n: usize| n.div_ceil(1 << (finest - i));
            Octave::new(layer, shrink(rows), shrink(columns))
        });
        Self { octaves: octaves.collect() }
    }

    /// Row `row` of the finest grid.
    pub(crate) fn row(&mut self, row: usize) -> &[f32] {
        let finest = self.octaves.len() - 1;
        prepare(&mut self.octaves, row);
        &self.octaves[finest].kept[row % KEPT].1
    }
}

/// Makes row `row` of the last of `octaves`, and of the coarser ones what it needs.
fn prepare(octaves: &mut [Octave<'_>], row: usize) {
    let Some((last, coarser)) = octaves.split_last_mut() else { return };
    if last.kept[row % KEPT].0 == row {
        return;
    }
    let mut out = std::mem::take(&mut last.kept[row % KEPT].1);
    wide(
        #[inline(always)]
        || last.own_row(row, &mut out),
    );
    if let Some(rows) = coarser.last().map(|octave| octave.rows) {
        // Even rows lie a quarter before coarse row row/2, odd rows a quarter behind it.
        let centre = (row / 2) as isize;
        let at: [usize; 6] = std::array::from_fn(|i| {
            let offset = if row.is_multiple_of(2) { 2 - i as isize } else { i as isize - 2 };
            (centre + offset).clamp(0, rows as isize - 1) as usize
        });
        at.iter().for_each(|&row| prepare(coarser, row));
        let source = &coarser[coarser.len() - 1];
        wide(
            #[inline(always)]
            || last.enlarge(at.map(|row| &source.kept[row % KEPT].1[..]), &mut out),
        );
    }
    last.kept[row % KEPT] = (row, out);
}

impl<'a> Octave<'a> {
    fn new(layer: Layer<'a>, rows: usize, columns: usize) -> Self {
        let kept = std::array::from_fn(|_| (usize::MAX, vec![0.0; columns]));
        let spread = layer.signs.columns * crate::pattern::CELL;
        let signs = vec![0.0; spread.max(columns)];
        Self { layer, rows, kept, signs, padded: vec![0.0; columns / 2 + 8], kernel: quarter_kernel() }
    }

    /// This octave's own signal along one of its rows.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn own_row(&mut self, row: usize, out: &mut [f32]) {
        let Layer { tile, peaks, signs, payload, template } = &self.layer;
        blend_row(&signs.signs, signs.columns, row, CELL, &mut self.signs);
        let line = row % TILE * TILE..(row % TILE + 1) * TILE;
        let (carriers, peaks) = (&tile[line.clone()], &peaks[line]);
        for (out, signs) in out.chunks_mut(TILE).zip(self.signs.chunks(TILE)) {
            for (((value, sign), carrier), peak) in out.iter_mut().zip(signs).zip(carriers).zip(peaks) {
                *value = payload * sign * carrier + template * peak;
            }
        }
    }

    /// Adds the coarser octave, enlarged twofold, from the six of its rows around this one, nearest last but two.
    #[cfg_attr(target_arch = "x86_64", inline(always))]
    fn enlarge(&mut self, rows: [&[f32]; 6], out: &mut [f32]) {
        let used = rows[0].len();
        sum_down(&mut self.padded[3..3 + used], rows, &self.kernel);
        let (first, last) = (self.padded[3], self.padded[2 + used]);
        self.padded[..3].fill(first);
        self.padded[3 + used..].fill(last);
        let (pairs, single) = out.as_chunks_mut::<2>();
        sum_across(pairs, &self.padded, &self.kernel);
        if let [value] = single {
            let mut pair = [[*value, 0.0]];
            sum_across(&mut pair, &self.padded[pairs.len()..], &self.kernel);
            *value = pair[0][0];
        }
    }
}

#[cfg_attr(target_arch = "x86_64", inline(always))]
fn sum_down(out: &mut [f32], rows: [&[f32]; 6], kernel: &[f32; 6]) {
    let rows = rows.map(|row| &row[..out.len()]);
    for (x, value) in out.iter_mut().enumerate() {
        *value = (0..6).map(|i| kernel[i] * rows[i][x]).sum();
    }
}

/// Adds to the two samples that lie a quarter before and behind each sample of a row padded by three.
#[cfg_attr(target_arch = "x86_64", inline(always))]
fn sum_across(pairs: &mut [[f32; 2]], padded: &[f32], kernel: &[f32; 6]) {
    let count = pairs.len();
    let taps: [&[f32]; 7] = std::array::from_fn(|i| &padded[i..i + count]);
    for (n, pair) in pairs.iter_mut().enumerate() {
        let (mut before, mut behind) = (0.0_f32, 0.0_f32);
        for i in 0..6 {
            before += kernel[i] * taps[5 - i][n];
            behind += kernel[i] * taps[1 + i][n];
        }
        *pair = [pair[0] + before, pair[1] + behind];
    }
}
