//! What all frames of one size share: the pattern's parts, rendered once over the whole frame.
//!
//! A frame's mark is `mask * (template + sum over octaves of sign * payload)`. The signs and the mask follow the frame's
//! content; template and payloads do not, and are kept as planes of small integers. A frame is then marked by a few
//! products and sums a pixel, and nothing is rendered when content moves. Signs multiply the rendered payload and not
//! its samples before enlargement: the same but for the ramps between cells, where nothing is read.

use std::sync::Arc;

use super::Grid;
use crate::embed::Plan;
use crate::embed::change::Change;
use crate::embed::plan::{FULL_PITCH, PlanLayer};
use crate::pattern::{CellSigns, Pattern, TILE, TileSynth, even_gains, octaves};
use crate::spectrum::Plane;
use crate::{Key, parallel};

/// Energy of an octave of a frame over that of the next coarser one: video codecs take the fine ones first
/// (docs/decisions/frames.md).
const FINER_ENERGY: f64 = 0.5;
/// Share of an octave's energy in the template, as in stills.
const TEMPLATE_SHARE: f64 = 0.20;

/// One part of the pattern over the whole frame: `values` times `step` is its value.
pub(super) struct Part {
    pub(super) values: Vec<i8>,
    pub(super) step: f32,
}

/// The parts of the pattern for frames of one size.
pub(super) struct Ground {
    /// Pixels of a row.
    pub(super) width: usize,
    /// Of all octaves together.
    pub(super) template: Part,
    /// Of each octave, coarsest first.
    pub(super) payloads: Vec<Part>,
}

impl Ground {
    /// Rows of pixels.
    pub(super) fn rows(&self) -> usize {
        self.template.values.len() / self.width
    }

    pub(super) fn new(key: &Key, pattern: &Arc<Pattern>, codeword: &[u8], grid: &Grid) -> Self {
        let short = grid.width.min(grid.height);
        let range: Vec<usize> = octaves(short).collect();
        let energies = energies(range.len(), grid.pitch);
        let total: f64 = energies.iter().sum();
        let synth = TileSynth::new();
        let amplitudes: Vec<_> = range.iter().map(|&octave| (octave, even_gains())).collect();
        let tiles = synth.payloads(pattern, codeword, &amplitudes).into_iter().map(Arc::new);
        let layers = range.iter().zip(tiles).zip(&energies).map(|((&octave, tile), energy)| PlanLayer {
            octave,
            tile,
            signs: Arc::new(all_ones(grid.cells(octave))),
            payload: libm::sqrt(energy / total * (1.0 - TEMPLATE_SHARE)) as f32,
            template: libm::sqrt(energy / total * TEMPLATE_SHARE) as f32,
        });
        let layers: Vec<PlanLayer> = layers.collect();
        let plan = Plan {
            width: grid.width,
            height: grid.height,
            pitch: grid.pitch,
            mask_pitch: TILE as f64,
            layers: Vec::new(),
            peaks: Arc::new(synth.template(pattern)),
            mask: Arc::new(Plane::ones((grid.height / TILE + 1, grid.width / TILE + 1))),
            gain: 1.0,
            key: key.clone(),
            pattern: Arc::clone(pattern),
            host: Arc::default(),
            response: Vec::new(),
        };
        let without = |layer: &PlanLayer, payload: bool, template: bool| PlanLayer {
            payload: if payload { layer.payload } else { 0.0 },
            template: if template { layer.template } else { 0.0 },
            ..layer.clone()
        };
        let template = layers.iter().map(|layer| without(layer, false, true)).collect();
        let payloads = (0..layers.len()).map(|wanted| {
            let alone = layers.iter().enumerate().map(|(i, layer)| without(layer, i == wanted, false)).collect();
            render(&Plan { layers: alone, ..plan.clone() })
        });
        Self {
            width: grid.width,
            payloads: payloads.collect(),
            template: render(&Plan { layers: template, ..plan.clone() }),
        }
    }
}

/// Relative energies of so many octaves, coarsest first; the finest has `pitch` pixels to a unit.
fn energies(octaves: usize, pitch: f64) -> Vec<f64> {
    let mut energies: Vec<f64> = (0..octaves).map(|i| libm::pow(FINER_ENERGY, i as f64)).collect();
    if let [.., coarser, finest] = &mut energies[..]
        && pitch < FULL_PITCH
    {
        *finest = finest.min(*coarser);
    }
    energies
}

fn all_ones((rows, columns): (usize, usize)) -> CellSigns {
    CellSigns { columns, rows, signs: vec![1.0; rows * columns], weights: vec![1.0; rows * columns] }
}

/// The plan's change, brought to the range of 8 bits.
fn render(plan: &Plan) -> Part {
    let change = Change::new(plan);
    let mut plane = Plane::zeros((plan.height, plan.width));
    parallel::for_each(parallel::strips(&mut plane), |(first, strip)| {
        let mut rows = change.rows();
        strip.chunks_exact_mut(plan.width).enumerate().for_each(|(y, line)| rows.row(first + y, line));
    });
    let largest = plane.iter().fold(1e-6_f32, |most, v| most.max(v.abs()));
    let step = largest / f32::from(i8::MAX);
    let values = plane.iter().map(|v| libm::roundf(v / step) as i8);
    Part { values: values.collect(), step }
}
