//! The position: the peaks' phases say where the tile begins.
//!
//! Each octave alone gives its position modulo a tile by one inverse transform. All octaves share one origin, so the
//! position at octave `i` is `2^i` times the coarsest one: the best positions of each octave are carried over to all
//! octaves and scored together.

use super::placement::{Alignment, Matrix};
use super::refine::level_for;
use super::scene::Scene;
use super::search::Proposal;
use crate::pattern::{PEAKS, TILE, Template};
use crate::spectrum::{C32, Fft2};

/// Largest magnitude of one peak.
const CUT: f32 = 4.0;
/// Positions kept of each octave.
const KEPT: usize = 4;
/// Highest frequency looked at, cycles per sample.
const HIGHEST: f64 = 0.47;
/// Least side of the window in units of the coarsest octave that is looked at.
const LEAST_WINDOW: f64 = 96.0;
/// Most units to a sample of the working plane that the finest octave may have: the lower half of its band is sampled.
const FINEST_SCALE: f64 = 2.1;
/// Most octaves looked at.
const MOST_OCTAVES: usize = 3;

/// Positions on a tile, units.
type Positions = [(f64, f64); KEPT];

/// The peaks of one octave, turned back by their keyed phases.
struct Peaks {
    octave: usize,
    phasors: [C32; PEAKS],
}

/// The two alignments (as proposed, and turned by half a turn) with their best positions; the score is the joint
/// coherence of all peaks in standard deviations.
pub(crate) fn translate(scene: &Scene, template: &Template, fft: &Fft2, proposal: &Proposal) -> [Alignment; 2] {
    let upright = peaks(scene, template, &proposal.matrix, proposal.octaves);
    let turned: Vec<Peaks> = upright.iter().map(|octave| octave.turned(template)).collect();
    let pairs = upright.iter().zip(&turned).map(|(a, b)| best_positions(a, b, template, fft));
    let (first, second): (Vec<_>, Vec<_>) = pairs.unzip();
    let back = proposal.matrix.map(|row| row.map(|v| -v));
    [position(scene, template, &proposal.matrix, &upright, &first), position(scene, template, &back, &turned, &second)]
}

/// Coherence of the peaks when the position is known: for whole pictures in one of eight orientations.
pub(crate) fn coherence(scene: &Scene, template: &Template, alignment: &Alignment) -> f64 {
    let frequency = transposed(&alignment.matrix);
    let peaks = peaks(scene, template, &frequency, alignment.octaves);
    let centre = centre(scene);
    let at = alignment.units(0, centre.0, centre.1);
    joint(&peaks, template, at.0, at.1)
}

/// The alignment with every octave that the picture can show: finer ones as long as their band is sampled, coarser
/// ones as long as the window holds a good part of a tile. A coarser tile may begin at one of four places; the one
/// whose peaks agree best is taken.
pub(crate) fn extend(scene: &Scene, template: &Template, alignment: &Alignment) -> Alignment {
    let mut out = *alignment;
    let at = centre(scene);
    let mut position = out.units(0, at.0, at.1);
    let scale = |m: &Alignment| libm::sqrt(super::determinant(&m.matrix).abs());
    let window = 2.0 * at.0.min(at.1).min(scene.levels[0].reach());
    while scale(&out) / 2.0 * window >= LEAST_WINDOW && out.octaves < MOST_OCTAVES + 2 {
        out.matrix = out.matrix.map(|row| row.map(|v| v / 2.0));
        out.octaves += 1;
        let coarse = [peaks_of(scene, template, &transposed(&out.matrix), 0)];
        let half = TILE as f64 / 2.0;
        let places = [(0.0, 0.0), (half, 0.0), (0.0, half), (half, half)];
        let places = places.map(|(du, dv)| (position.0 / 2.0 + du, position.1 / 2.0 + dv));
        let sum = |&(u, v): &(f64, f64)| along(&coarse, template, u, v).0;
        position = places.into_iter().max_by(|a, b| sum(a).total_cmp(&sum(b))).unwrap_or(places[0]);
    }
    let finest = libm::floor(libm::log2(FINEST_SCALE / scale(&out))).max(0.0) as usize;
    out.octaves = (finest + 1).min(MOST_OCTAVES + 2);
    out.shift = [0, 1].map(|r: usize| [position.0, position.1][r] - out.matrix[r][0] * at.0 - out.matrix[r][1] * at.1);
    out.score = score(scene, template, &transposed(&out.matrix), out.octaves, position.0, position.1);
    out
}

/// The point to which all phases refer: the centre of the finest level's window, working samples.
pub(crate) fn centre(scene: &Scene) -> (f64, f64) {
    scene.levels[0].centre_in_level
}

/// Frequencies are the transpose of the map from pixels to units.
pub(crate) fn transposed(m: &Matrix) -> Matrix {
    [[m[0][0], m[1][0]], [m[0][1], m[1][1]]]
}

/// Sum of all peaks along the phases predicted for a position at [`centre`]; larger is better.
pub(crate) fn coherent_sum(
    scene: &Scene,
    template: &Template,
    frequency: &Matrix,
    octaves: usize,
    u: f64,
    v: f64,
) -> f64 {
    let (sum, _) = along(&peaks(scene, template, frequency, octaves), template, u, v);
    sum
}

/// [`coherent_sum`] in standard deviations of random phases.
pub(crate) fn score(scene: &Scene, template: &Template, frequency: &Matrix, octaves: usize, u: f64, v: f64) -> f64 {
    joint(&peaks(scene, template, frequency, octaves), template, u, v)
}

/// The best joint position among those that one octave alone prefers.
fn position(scene: &Scene, template: &Template, frequency: &Matrix, peaks: &[Peaks], best: &[Positions]) -> Alignment {
    let mut top = (f64::MIN, 0.0, 0.0);
    for (one, positions) in peaks.iter().zip(best) {
        let zoom = (1_usize << one.octave) as f64;
        for &(u, v) in positions {
            for i in 0..1_usize << (2 * one.octave) {
                let (column, row) = (i & ((1 << one.octave) - 1), i >> one.octave);
                let coarse = |t: f64, n: usize| (t + (n * TILE) as f64) / zoom;
                let (u, v) = (coarse(u, column), coarse(v, row));
                let score = joint(peaks, template, u, v);
                if score > top.0 {
                    top = (score, u, v);
                }
            }
        }
    }
    let (score, u, v) = climb(peaks, template, top.1, top.2);
    let matrix = transposed(frequency);
    let at = centre(scene);
    let shift = [0, 1].map(|row: usize| [u, v][row] - matrix[row][0] * at.0 - matrix[row][1] * at.1);
    Alignment { matrix, shift, octaves: peaks.len(), score }
}

impl Peaks {
    /// The same picture turned by half a turn: the spectrum is conjugated, the keyed phases are not.
    fn turned(&self, template: &Template) -> Self {
        let phasors = std::array::from_fn(|i| {
            let angle = -2.0 * template.phases[i];
            self.phasors[i].conj() * C32::new(libm::cos(angle) as f32, libm::sin(angle) as f32)
        });
        Self { octave: self.octave, phasors }
    }
}

/// Phasors of all octaves at the predicted frequencies, phases as at the centre of the finest level.
fn peaks(scene: &Scene, template: &Template, frequency: &Matrix, octaves: usize) -> Vec<Peaks> {
    (0..octaves).map(|octave| peaks_of(scene, template, frequency, octave)).collect()
}

fn peaks_of(scene: &Scene, template: &Template, frequency: &Matrix, octave: usize) -> Peaks {
    let reference = centre(scene);
    let j = level_for(frequency, octave, scene.levels.len());
    let level = &scene.levels[j];
    let halvings = (1_u64 << j) as f64;
    let zoom = (1_u64 << octave) as f64 * halvings;
    // From the level's own centre to the reference, samples of the level.
    let back = (reference.0 / halvings - level.centre_in_level.0, reference.1 / halvings - level.centre_in_level.1);
    let phasors = std::array::from_fn(|i| {
        let (x, y) = template.points[i];
        let k = [f64::from(x) / TILE as f64, f64::from(y) / TILE as f64];
        let f = [0, 1].map(|row: usize| (frequency[row][0] * k[0] + frequency[row][1] * k[1]) * zoom);
        if f.iter().any(|v| v.abs() > HIGHEST) {
            return C32::default();
        }
        let angle = std::f64::consts::TAU * (f[0] * back.0 + f[1] * back.1) - template.phases[i];
        let (sin, cos) = libm::sincos(angle);
        let value = level.phasor(f[0], f[1]) * C32::new(cos as f32, sin as f32);
        let norm = value.norm_sqr();
        if norm > CUT * CUT { value * (CUT / norm.sqrt()) } else { value }
    });
    Peaks { octave, phasors }
}

/// Positions (units of this octave) at which the peaks of one octave, and those of its half turn, add up best.
fn best_positions(upright: &Peaks, turned: &Peaks, template: &Template, fft: &Fft2) -> (Positions, Positions) {
    let mut data = vec![C32::default(); TILE * TILE];
    let index = |x: i32, y: i32| {
        let wrap = |v: i32| v.rem_euclid(TILE as i32) as usize;
        wrap(y) * TILE + wrap(x)
    };
    // Each sum, of Re(conj(p) exp(+i k t)), is a real field: both travel through one transform.
    let i = C32::new(0.0, 1.0);
    for ((a, b), &(x, y)) in upright.phasors.iter().zip(&turned.phasors).zip(&template.points) {
        data[index(x, y)] = a.conj() + b.conj() * i;
        data[index(-x, -y)] = a + b * i;
    }
    fft.inverse_transposed(&mut data);
    (largest(&data, |v| v.re), largest(&data, |v| v.im))
}

/// Places of the largest values of a ring of columns, each clear of the larger ones.
fn largest(data: &[C32], part: impl Fn(&C32) -> f32) -> Positions {
    const CLEAR: usize = 3;
    let ring = |a: usize, b: usize| a.abs_diff(b).min(TILE - a.abs_diff(b));
    let mut taken: Vec<(usize, usize)> = Vec::with_capacity(KEPT);
    let best_of = |x: usize, taken: &[(usize, usize)]| {
        let near: Vec<usize> = taken.iter().filter(|t| ring(t.0, x) <= CLEAR).map(|t| t.1).collect();
        let column = &data[x * TILE..(x + 1) * TILE];
        let mut best = (f32::MIN, 0);
        for (y, value) in column.iter().map(&part).enumerate() {
            if value > best.0 && (near.is_empty() || near.iter().all(|&t| ring(t, y) > CLEAR)) {
                best = (value, y);
            }
        }
        best
    };
    let mut columns: Vec<(f32, usize)> = (0..TILE).map(|x| best_of(x, &taken)).collect();
    std::array::from_fn(|_| {
        let best = columns.iter().enumerate().max_by(|a, b| a.1.0.total_cmp(&b.1.0));
        let (x, y) = best.map_or((0, 0), |(x, &(_, y))| (x, y));
        taken.push((x, y));
        for step in 0..=2 * CLEAR {
            let near = (x + TILE + step - CLEAR) % TILE;
            columns[near] = best_of(near, &taken);
        }
        (x as f64, y as f64)
    })
}

/// Sum of all peaks along the phases that the position `u`, `v` (units of the coarsest octave) predicts, in standard
/// deviations of random phases.
fn joint(peaks: &[Peaks], template: &Template, u: f64, v: f64) -> f64 {
    let (sum, power) = along(peaks, template, u, v);
    sum / libm::sqrt(power)
}

/// Sum along the predicted phases, and its variance for random ones.
fn along(peaks: &[Peaks], template: &Template, u: f64, v: f64) -> (f64, f64) {
    let (mut sum, mut power) = (0.0_f64, 1e-9_f64);
    for octave in peaks {
        let zoom = (1_u64 << octave.octave) as f64 / TILE as f64;
        for (phasor, &(x, y)) in octave.phasors.iter().zip(&template.points) {
            let turns = (f64::from(x) * u + f64::from(y) * v) * zoom;
            let angle = std::f64::consts::TAU * (turns - libm::floor(turns));
            let (sin, cos) = libm::sincos(angle);
            sum += f64::from(phasor.re) * cos + f64::from(phasor.im) * sin;
            power += f64::from(phasor.norm_sqr()) / 2.0;
        }
    }
    (sum, power)
}

/// Climbs to the top of the joint coherence by ever smaller steps.
fn climb(peaks: &[Peaks], template: &Template, u: f64, v: f64) -> (f64, f64, f64) {
    let finest = (1_u64 << peaks.last().map_or(0, |p| p.octave)) as f64;
    let mut best = (joint(peaks, template, u, v), u, v);
    let mut step = 0.5;
    while step > 0.03 / finest {
        let around = [(-step, 0.0), (step, 0.0), (0.0, -step), (0.0, step)];
        let next = around
            .map(|(du, dv)| (joint(peaks, template, best.1 + du, best.2 + dv), best.1 + du, best.2 + dv))
            .into_iter()
            .max_by(|a, b| a.0.total_cmp(&b.0));
        match next {
            Some(next) if next.0 > best.0 => best = next,
            _ => step /= 2.0,
        }
    }
    best
}
