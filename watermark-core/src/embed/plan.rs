//! Planning: mask, content signs, strength, and the host's own interference taken into account.

use std::sync::Arc;

use super::change::Change;
use super::strength::{self, Calibration};
use crate::code::{CODED_BITS, encode};
use crate::demod::{Demodulator, Listened, OctaveSoft, base_pitch, blocks_direct, direct_octaves, listen};
use crate::normalise::{Whitener, halve, resample_owned, working_luma};
use crate::pattern::{BLOCK, CELL, CellSigns, Pattern, TILE, Tile, TileSynth, even_gains, octaves};
use crate::spectrum::Plane;
use crate::vector::wide;
use crate::{ImageView, Key, Payload, Refusal, Result, Strength, parallel};

/// Smallest side that carries a mark, pixels.
pub(crate) const MIN_SIDE: usize = 128;
/// Energy of an octave over that of the next coarser one. Eyes and SSIMULACRA2 see coarse change sooner, strong
/// reduction leaves nothing but the coarse octaves (docs/decisions/octaves.md).
const FINER_ENERGY: f64 = 2.0;
/// Pixels to a unit below which an octave has no more energy than the next coarser one: compression takes it first, and
/// readers of a whole picture do not look at it.
pub(super) const FULL_PITCH: f64 = 0.95;
/// Share of an octave's energy in the template.
const TEMPLATE_SHARE: f64 = 0.20;
/// Share of the host's interference on a coded bit that is cancelled (improved spread spectrum, Malvar & Florencio
/// 2003; their optimum is just below one).
const CANCEL: f32 = 0.8;
/// Smallest and largest amplitude of a coded bit relative to the mean.
const GAINS: (f32, f32) = (0.4, 2.0);

/// The keyed pattern and the mask for one picture or one shot, reusable over frames and recipients.
#[derive(Clone)]
pub struct Plan {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Pixels to a unit of the finest octave.
    pub(crate) pitch: f64,
    /// Pixels to a sample of the mask.
    pub(crate) mask_pitch: f64,
    pub(crate) layers: Vec<PlanLayer>,
    /// The synchronisation peaks of every octave.
    pub(crate) peaks: Arc<Tile>,
    pub(crate) mask: Arc<Plane>,
    /// Grey levels to a unit of pattern times mask.
    pub(crate) gain: f32,
    pub(super) key: Key,
    pub(super) pattern: Arc<Pattern>,
    /// The host's own soft values for each octave that a reader looks at, coarsest first.
    pub(super) host: Arc<Vec<OctaveSoft>>,
    /// Amplitude that the mark's soft values have in each of these octaves.
    pub(super) response: Vec<f32>,
}

/// One octave of a plan.
#[derive(Clone)]
pub(crate) struct PlanLayer {
    pub(crate) octave: usize,
    pub(crate) tile: Arc<Tile>,
    pub(crate) signs: Arc<CellSigns>,
    pub(crate) payload: f32,
    pub(crate) template: f32,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plan({}x{} px, {} octaves)", self.width, self.height, self.layers.len())
    }
}

/// What planning needs besides the picture.
pub(crate) struct Planner<'a> {
    pub(crate) key: &'a Key,
    pub(crate) pattern: &'a Arc<Pattern>,
    pub(crate) whitener: &'a Whitener,
    pub(crate) demodulator: &'a Demodulator,
    pub(crate) strength: Strength,
}

/// The plane that a plan is made from, of a picture that can carry a mark, and pixels to a sample of it.
pub(super) fn base(image: &ImageView<'_>) -> Result<(Plane, f64)> {
    let (width, height) = (image.width(), image.height());
    let short = width.min(height);
    if short < MIN_SIDE {
        return Err(crate::Error::Refused(Refusal::TooSmall { width, height, min_side: MIN_SIDE }));
    }
    super::refuse::check_pixels(image)?;
    let (working, working_pitch) = working_luma(image)?;
    let pitch = base_pitch(short, direct_octaves(short));
    let base = resample_owned(working, pitch / working_pitch);
    super::refuse::check_activity(&base)?;
    Ok((base, pitch))
}

impl Planner<'_> {
    pub(crate) fn plan(&self, image: &ImageView<'_>, payload: &Payload) -> Result<Plan> {
        let (width, height) = (image.width(), image.height());
        let short = width.min(height);
        let (base, mask_pitch) = base(image)?;
        let scale = (TILE << (direct_octaves(short) - 1)) as f64 / 512.0;
        let mask = crate::mask::amplitude(&base, scale);
        let gain = strength::gain(&mask, width * height, self.strength);
        let range = octaves(short);
        let pitch = short as f64 / (TILE << range.end()) as f64;
        let signs = content_signs(&base, mask_pitch, (width, height), short, self.pattern);
        let host = Vec::new();
        let mut plan = Plan {
            width,
            height,
            pitch,
            mask_pitch,
            layers: Vec::new(),
            peaks: Arc::new(TileSynth::new().template(self.pattern)),
            mask: Arc::new(mask),
            gain,
            key: self.key.clone(),
            pattern: Arc::clone(self.pattern),
            host: Arc::new(host),
            response: Vec::new(),
        };
        plan.layers = new_layers(range.zip(signs).collect(), pitch);
        let codeword = encode(payload, self.key)?;
        plan.retile(&codeword);
        let mut calibration = match self.strength {
            Strength::PsnrDb(psnr_db) => Some(Calibration::new(&plan, psnr_db)),
            Strength::Profile(_) => None,
        };
        if let Some(calibration) = &mut calibration {
            calibration.approach(&mut plan, image);
        }
        self.listen(&mut plan, base, &codeword);
        if let Some(calibration) = &mut calibration {
            calibration.settle(&mut plan, image);
        }
        Ok(plan)
    }

    /// Reads the host alone and with a first version of the mark, of even amplitudes, and sets the amplitudes by what was heard.
    fn listen(&self, plan: &mut Plan, base: Plane, codeword: &[u8]) {
        let octaves = direct_octaves(plan.width.min(plan.height));
        let tools = (self.whitener, self.demodulator);
        let listened = listen(base, octaves, self.pattern, tools, |base| plan.add_to_base(base, octaves));
        let (host, response) = listened.into_iter().map(|octave| answer(octave, codeword)).unzip();
        (plan.host, plan.response) = (Arc::new(host), response);
        plan.retile(codeword);
    }
}

/// The host and the mark's amplitude under the weighting that a reader of the marked picture will choose: in which the
/// template stands out most. Signal grows with the area and noise with its root, so the whole has more than the sample.
fn answer(octave: Listened, codeword: &[u8]) -> (OctaveSoft, f32) {
    let Listened { host, before, after, share } = octave;
    let weightings = host.into_iter().zip(before).zip(after);
    let best = weightings.reduce(|a, b| if b.1.coherence > a.1.coherence { b } else { a });
    let ((host, before), after) = best.expect("there are weightings");
    (host, response(&before, &after, codeword) / share.sqrt())
}

/// Mean growth of the soft values along the codeword, in standard deviations.
fn response(host: &OctaveSoft, heard: &OctaveSoft, codeword: &[u8]) -> f32 {
    let growth = codeword.iter().enumerate().map(|(bit, &value)| {
        let z = |soft: &OctaveSoft| soft.sums[bit] / soft.variances[bit].sqrt();
        (z(heard) - z(host)) * if value == 0 { 1.0 } else { -1.0 }
    });
    growth.sum::<f32>() / codeword.len() as f32
}

pub(super) fn content_signs(
    base: &Plane,
    base_pitch: f64,
    size: (usize, usize),
    short: usize,
    pattern: &Pattern,
) -> Vec<Arc<CellSigns>> {
    let finest_read = direct_octaves(short) - 1;
    let mut coarser: Vec<Plane> = Vec::new();
    for _ in 0..finest_read {
        coarser.push(halve(coarser.last().unwrap_or(base)));
    }
    let signs = octaves(short).map(|octave| {
        let pitch = short as f64 / (TILE << octave) as f64;
        let units = |n: usize| libm::ceil(n as f64 / pitch - 1e-6) as usize;
        let covered = (units(size.1), units(size.0));
        let grid = if octave <= finest_read {
            let level = finest_read - octave;
            blocks_direct(if level == 0 { base } else { &coarser[level - 1] }, BLOCK, covered)
        } else {
            // A block of a finer octave is a few samples of the base plane.
            let side = libm::round(BLOCK as f64 * pitch / base_pitch) as usize;
            blocks_direct(base, side.max(1), covered)
        };
        Arc::new(pattern.cells.signs(&grid))
    });
    signs.collect()
}

impl Plan {
    /// The same plan for another payload (another recipient); the class may differ.
    ///
    /// # Errors
    /// None that a plan's key can cause; kept fallible for the encoder.
    pub fn with_payload(&self, payload: &Payload) -> Result<Self> {
        let mut plan = self.clone();
        plan.retile(&encode(payload, &self.key)?);
        Ok(plan)
    }

    /// Rows and columns of the finest octave's grid.
    pub(crate) fn units(&self) -> (usize, usize) {
        let units = |n: usize| libm::ceil(n as f64 / self.pitch - 1e-6) as usize;
        (units(self.height), units(self.width))
    }

    /// Sets the amplitude of every coded bit in the octaves that a reader hears: more where the host speaks against
    /// the bit, less where it speaks for it.
    fn retile(&mut self, codeword: &[u8]) {
        let first = self.layers[0].octave;
        let amplitudes = self.layers.iter().enumerate().map(|(i, layer)| {
            let gains = match (self.host.get(first + i), self.response.get(first + i)) {
                (Some(host), Some(&response)) if response > 0.5 => gains(host, response, codeword),
                _ => even_gains(),
            };
            (layer.octave, gains)
        });
        let tiles = TileSynth::new().payloads(&self.pattern, codeword, &amplitudes.collect::<Vec<_>>());
        for (layer, tile) in self.layers.iter_mut().zip(tiles) {
            layer.tile = Arc::new(tile);
        }
    }

    /// Adds the mark of the octaves that a reader hears to the base plane.
    fn add_to_base(&self, base: &mut Plane, octaves: usize) {
        let small = Self {
            width: base.ncols(),
            height: base.nrows(),
            pitch: 1.0,
            mask_pitch: 1.0,
            layers: self.layers.iter().filter(|layer| layer.octave < octaves).cloned().collect(),
            ..self.clone()
        };
        let columns = base.ncols();
        let change = Change::new(&small);
        parallel::for_each(parallel::strips(base), |(first, strip)| {
            let (mut rows, mut row_change) = (change.rows(), vec![0.0_f32; columns]);
            for (y, line) in strip.chunks_exact_mut(columns).enumerate() {
                wide(
                    #[inline(always)]
                    || rows.row(first + y, &mut row_change),
                );
                line.iter_mut().zip(&row_change).for_each(|(value, d)| *value += d);
            }
        });
    }
}

/// Layers that share the energy, coarsest first, without tiles as yet; the finest has `pitch` pixels to a unit.
fn new_layers(octaves: Vec<(usize, Arc<CellSigns>)>, pitch: f64) -> Vec<PlanLayer> {
    let energies = energies(octaves.len(), pitch);
    let total: f64 = energies.iter().sum();
    let layers = octaves.into_iter().zip(energies).map(|((octave, signs), energy)| PlanLayer {
        octave,
        tile: Arc::default(),
        signs,
        payload: libm::sqrt(energy / total * (1.0 - TEMPLATE_SHARE)) as f32,
        template: libm::sqrt(energy / total * TEMPLATE_SHARE) as f32,
    });
    layers.collect()
}

/// Relative energies of so many octaves, coarsest first; the finest has `pitch` pixels to a unit.
fn energies(octaves: usize, pitch: f64) -> Vec<f64> {
    let mut energies: Vec<f64> = (0..octaves).map(|i| libm::pow(FINER_ENERGY, i as f64)).collect();
    if let [.., coarser, finest] = &mut energies[..]
        && pitch < FULL_PITCH
    {
        *finest = *coarser;
    }
    energies
}

/// Amplitudes of the coded bits: the host's value along the codeword, in units of the mark's, is partly cancelled.
fn gains(host: &OctaveSoft, response: f32, codeword: &[u8]) -> Vec<f32> {
    let z = |bit: usize| host.sums[bit] / host.variances[bit].sqrt();
    let gain = |bit: usize| {
        let along = if codeword[bit] == 0 { z(bit) } else { -z(bit) };
        (1.0 - CANCEL * along / response).clamp(GAINS.0, GAINS.1)
    };
    (0..CODED_BITS).map(gain).collect()
}

const _: () = assert!(TILE.is_multiple_of(CELL));
