//! What the search needs of a picture and no key has to do with.

use crate::normalise::{Pairs, Weighting, Whitener, halve};
use crate::spectrum::{C32, HalfSpectrum, LogPolar, LogPolarGrid, Plane, RealFft2, box_mean};

/// Side of the transforms, samples.
pub(crate) const SPECTRUM_SIDE: usize = 1024;
/// Most levels of the pyramid.
const LEVELS: usize = 5;
/// Smallest side of a level, samples.
const LEAST_SIDE: usize = 24;
/// Radius of the window over which a spectrum is flattened, bins.
const FLATTEN_RADIUS: usize = 20;
/// Largest flattened power that counts in the map: one host line does not outvote the other peaks.
const POWER_CUT: f32 = 14.0;
/// Share of a window's length that its ramps take.
const TAPER: f64 = 0.15;
/// The map: quarter degrees, radii from 1/64 to 0.42 cycles per sample in steps of 0.6 %, about one bin at the
/// radius of the peaks.
const GRID: LogPolarGrid = LogPolarGrid { angles: 720, log_first: -4.160_444, log_step: 0.006, radii: 549 };
/// Octave of frequencies for which a level of the pyramid speaks, cycles per sample of that level.
const LEVEL_BAND: (f64, f64) = (0.125, 0.25);
/// Highest frequency that the finest level speaks for.
const FINEST_HIGH: f64 = 0.45;
/// Lowest frequency that the coarsest level speaks for.
const COARSEST_LOW: f64 = 0.02;

/// One level of the pyramid.
pub(crate) struct Level {
    pub(crate) luma: Plane,
    pub(crate) white: Pairs,
    /// Spectrum over the root of its local mean power, phases as at the window's centre.
    spectrum: HalfSpectrum<C32>,
    /// Half the sides of the transformed window, samples.
    centre: (f64, f64),
    /// Centre of the transformed window in edge coordinates of the level.
    pub(crate) centre_in_level: (f64, f64),
}

/// The keyless part of the search, shared by all keys.
pub(crate) struct Scene {
    pub(crate) levels: Vec<Level>,
    /// Log-polar map at full resolution.
    pub(crate) fine: LogPolar,
    /// The same at half resolution, for the many anisotropic hypotheses.
    pub(crate) coarse: LogPolar,
}

/// The levels of a plane, finest first.
pub(crate) fn pyramid(working: Plane) -> Vec<Plane> {
    let mut levels = Vec::new();
    let mut luma = working;
    while levels.len() < LEVELS && luma.nrows().min(luma.ncols()) >= LEAST_SIDE {
        let next = halve(&luma);
        levels.push(luma);
        luma = next;
    }
    levels
}

impl Scene {
    pub(crate) fn new(working: Plane, whitener: &Whitener, fft: &RealFft2) -> Self {
        let mut levels = Vec::new();
        let mut luma = working;
        while levels.len() < LEVELS && luma.nrows().min(luma.ncols()) >= LEAST_SIDE {
            let next = halve(&luma);
            let white = whitener.every().pairs(&luma);
            levels.push(Level::new(luma, white, fft));
            luma = next;
        }
        Self::of_levels(levels)
    }

    /// Of planes, finest first, that were whitened already: those of one picture, or the means over the frames of a clip.
    pub(crate) fn of_planes(planes: Vec<(Plane, Pairs)>, fft: &RealFft2) -> Self {
        Self::of_levels(planes.into_iter().map(|(luma, white)| Level::new(luma, white, fft)).collect())
    }

    fn of_levels(levels: Vec<Level>) -> Self {
        let fine = map(&levels);
        let coarse = fine.coarser();
        Self { levels, fine, coarse }
    }
}

fn map(levels: &[Level]) -> LogPolar {
    let mut map = LogPolar::zeros(GRID);
    for (j, level) in levels.iter().enumerate() {
        let zoom = (1_u64 << j) as f64;
        let low = if j + 1 == levels.len() { COARSEST_LOW } else { LEVEL_BAND.0 };
        let high = if j == 0 { FINEST_HIGH } else { LEVEL_BAND.1 };
        let inside = |column: &usize| {
            let f = GRID.radius(*column) * zoom;
            f > low && f <= high
        };
        let columns: Vec<usize> = (0..GRID.radii).filter(inside).collect();
        if let (Some(&first), Some(&last)) = (columns.first(), columns.last()) {
            map.fill(first..last + 1, zoom, &spread(&level.spectrum));
        }
    }
    map
}

/// Largest of four neighbouring bins, cut: a peak between bins or beside its cell of the map is not missed.
fn spread(spectrum: &HalfSpectrum<C32>) -> HalfSpectrum<f32> {
    let side = spectrum.side;
    let power: Vec<f32> = spectrum.values.iter().map(C32::norm_sqr).collect();
    let mut values = power.clone();
    for x in 0..=side / 2 {
        let next = (x + 1).min(side / 2);
        for y in 0..side {
            let after = if y + 1 == side { 0 } else { y + 1 };
            let at = |x: usize, y: usize| power[x * side + y];
            let largest = at(x, y).max(at(x, after)).max(at(next, y)).max(at(next, after));
            values[x * side + y] = largest.min(POWER_CUT);
        }
    }
    HalfSpectrum { side, values }
}

impl Level {
    fn new(luma: Plane, white: Pairs, fft: &RealFft2) -> Self {
        let side = fft.side();
        let (height, width) = luma.dim();
        let (h, w) = (height.min(side), width.min(side));
        let (top, left) = ((height - h) / 2, (width - w) / 2);
        let mut data = vec![0.0_f32; side * side];
        let (wy, wx) = (window(h), window(w));
        for (y, line) in data.chunks_exact_mut(side).enumerate().take(h) {
            let row = white.row(Weighting::Matched, top + y, left);
            line.iter_mut().zip(row.zip(&wx)).for_each(|(out, (value, wx))| *out = value * wy[y] * wx);
        }
        let mut spectrum = fft.forward(&mut data, h);
        flatten(&mut spectrum);
        let centre = (w as f64 / 2.0, h as f64 / 2.0);
        refer_to(&mut spectrum, centre);
        let centre_in_level = (left as f64 + centre.0, top as f64 + centre.1);
        Self { luma, white, spectrum, centre, centre_in_level }
    }

    /// Flattened spectrum at a frequency (cycles per sample of the level), phase as at the window's centre.
    pub(crate) fn phasor(&self, fx: f64, fy: f64) -> C32 {
        let side = self.spectrum.side as f64;
        let (bx, by) = (fx * side, fy * side);
        let (x0, y0) = (libm::floor(bx), libm::floor(by));
        let (tx, ty) = ((bx - x0) as f32, (by - y0) as f32);
        let at = |dx: i32, dy: i32| {
            let (value, conjugate) = self.spectrum.at(x0 as i32 + dx, y0 as i32 + dy);
            if conjugate { value.conj() } else { value }
        };
        (at(0, 0) * (1.0 - ty) + at(0, 1) * ty) * (1.0 - tx) + (at(1, 0) * (1.0 - ty) + at(1, 1) * ty) * tx
    }

    /// Half the longer side of the transformed window, samples.
    pub(crate) fn reach(&self) -> f64 {
        self.centre.0.max(self.centre.1)
    }

    /// Power over its local mean at a bin, any sign.
    pub(crate) fn power_at(&self, x: i32, y: i32) -> f32 {
        self.spectrum.at(x, y).0.norm_sqr()
    }
}

/// Turns phases to what they are at `centre` (edge coordinates; sample `n` lies at `n + 0.5`).
fn refer_to(spectrum: &mut HalfSpectrum<C32>, centre: (f64, f64)) {
    let side = spectrum.side;
    let turns = |count: usize, at: f64| -> Vec<C32> {
        let signed = |k: usize| if k > side / 2 { k as f64 - side as f64 } else { k as f64 };
        let angle = |k: usize| std::f64::consts::TAU * (signed(k) * (at - 0.5) / side as f64).rem_euclid(1.0);
        (0..count).map(|k| C32::new(libm::cos(angle(k)) as f32, libm::sin(angle(k)) as f32)).collect()
    };
    let (across, down) = (turns(side / 2 + 1, centre.0), turns(side, centre.1));
    for (line, x) in spectrum.values.chunks_exact_mut(side).zip(across) {
        line.iter_mut().zip(&down).for_each(|(value, y)| *value *= x * y);
    }
}

/// Flat, with a cosine ramp at either end (Tukey 1967; Harris 1978). Whitened noise has no strong lines that could leak
/// far, so what a stronger taper takes from the peaks buys nothing (docs/decisions/synchronisation.md).
fn window(length: usize) -> Vec<f32> {
    let ramp = (TAPER * length as f64 / 2.0).max(1e-9);
    let weight = |i: usize| {
        let from_edge = (i as f64 + 0.5).min((length - i) as f64 - 0.5);
        0.5 - 0.5 * libm::cos(std::f64::consts::PI * (from_edge / ramp).min(1.0))
    };
    (0..length).map(|i| weight(i) as f32).collect()
}

/// Divides the spectrum by the root of its local mean power.
fn flatten(spectrum: &mut HalfSpectrum<C32>) {
    let side = spectrum.side;
    let (half, pad) = (side / 2 + 1, FLATTEN_RADIUS);
    // Rows are column frequencies -pad..half + pad, columns are row frequencies with a wrap of pad on both sides.
    let mut padded = Plane::zeros((half + 2 * pad, side + 2 * pad));
    for (i, mut line) in padded.rows_mut().into_iter().enumerate() {
        for (k, value) in line.iter_mut().enumerate() {
            let (fx, fy) = (i as i32 - pad as i32, k as i32 - pad as i32);
            *value = spectrum.at(fx, fy).0.norm_sqr();
        }
    }
    let mean = box_mean(&padded, pad);
    for (x, line) in spectrum.values.chunks_exact_mut(side).enumerate() {
        for (y, value) in line.iter_mut().enumerate() {
            *value /= (mean[(x + pad, y + pad)].max(0.0) + 1e-9).sqrt();
        }
    }
}
