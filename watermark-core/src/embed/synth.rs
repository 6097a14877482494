//! Rows of the pattern over the whole picture, octave upon octave: each octave adds its own tile to the sum of the
//! coarser ones, enlarged twofold. Rows are made on demand, a few of each octave are kept.

use crate::pattern::{CellSigns, TILE, Tile, blend_row};

/// Rows kept of each octave; the enlargement looks at six.
const KEPT: usize = 8;

/// One octave's share of the pattern.
pub(crate) struct Layer<'a> {
    pub(crate) tile: &'a Tile,
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
    columns: usize,
    kept: [(usize, Vec<f32>); KEPT],
    signs: Vec<f32>,
    padded: Vec<f32>,
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
    last.own_row(row, &mut out);
    if let Some(rows) = coarser.last().map(|octave| octave.rows) {
        // Even rows lie a quarter before coarse row row/2, odd rows a quarter behind it.
        let centre = (row / 2) as isize;
        let kernel = quarter_kernel();
        last.padded.fill(0.0);
        for (i, _) in kernel.iter().enumerate() {
            let offset = i as isize - 2;
            let at = if row % 2 == 0 { centre - offset } else { centre + offset };
            let at = at.clamp(0, rows as isize - 1) as usize;
            prepare(coarser, at);
            let source = &coarser[coarser.len() - 1].kept[at % KEPT].1;
            for (sum, value) in last.padded[3..].iter_mut().zip(source) {
                *sum += kernel[i] * value;
            }
        }
        let used = coarser[coarser.len() - 1].columns;
        last.enlarge(used, &kernel, &mut out);
    }
    last.kept[row % KEPT] = (row, out);
}

impl<'a> Octave<'a> {
    fn new(layer: Layer<'a>, rows: usize, columns: usize) -> Self {
        let kept = std::array::from_fn(|_| (usize::MAX, vec![0.0; columns]));
        let spread = layer.signs.columns * crate::pattern::CELL;
        let signs = vec![0.0; spread.max(columns)];
        Self { layer, rows, columns, kept, signs, padded: vec![0.0; columns / 2 + 8] }
    }

    /// This octave's own signal along one of its rows.
    fn own_row(&mut self, row: usize, out: &mut [f32]) {
        let Layer { tile, signs, payload, template } = &self.layer;
        blend_row(&signs.signs, signs.columns, row, &mut self.signs);
        let line = row % TILE * TILE..(row % TILE + 1) * TILE;
        let (carriers, peaks) = (&tile.payload[line.clone()], &tile.template[line]);
        for (out, signs) in out.chunks_mut(TILE).zip(self.signs.chunks(TILE)) {
            for (((value, sign), carrier), peak) in out.iter_mut().zip(signs).zip(carriers).zip(peaks) {
                *value = payload * sign * carrier + template * peak;
            }
        }
    }

    /// Adds the coarse row in `padded[3..3 + used]`, enlarged twofold, to `out`.
    fn enlarge(&mut self, used: usize, kernel: &[f32; 6], out: &mut [f32]) {
        let (first, last) = (self.padded[3], self.padded[2 + used]);
        self.padded[..3].fill(first);
        let end = (6 + used).min(self.padded.len());
        self.padded[3 + used..end].fill(last);
        for (n, pair) in out.chunks_mut(2).enumerate() {
            // Taps -2..=3 around n for the odd sample, mirrored for the even one.
            let around = &self.padded[n..n + 7];
            let mut sums = [0.0_f32; 2];
            for (i, &weight) in kernel.iter().enumerate() {
                sums[0] += weight * around[5 - i];
                sums[1] += weight * around[1 + i];
            }
            for (value, sum) in pair.iter_mut().zip(sums) {
                *value += sum;
            }
        }
    }
}
