//! Octaves of several frames added up: the bins, before their power is taken.
//!
//! Frames of a clip share the keyed phases, and often most of their content. What is added are the flattened bins, each
//! turned back by its carrier's phase; whatever the frames have in common, the phase of a sum is as uniform without a
//! mark as that of one frame's bin, so that the variance that its own magnitude gives is exact.

use super::soft::{Heard, OctaveSoft, by_bit};
use crate::normalise::WEIGHTINGS;
use crate::pattern::PILOT_OCTAVES;
use crate::spectrum::C32;

/// One octave under one weighting, added over frames.
#[derive(Clone)]
pub(crate) struct OctaveSum {
    /// Coded bit and summed bin of every carrier.
    bins: Vec<(u16, C32)>,
    /// Sum of the frames' template coherences.
    coherence: f64,
    pilots: [f32; PILOT_OCTAVES],
    frames: usize,
}

/// One octave under each weighting.
#[derive(Clone)]
pub(crate) struct HeardSum([OctaveSum; WEIGHTINGS]);

impl OctaveSum {
    fn of(octave: OctaveSoft) -> Self {
        let coherence = f64::from(octave.coherence);
        Self { coherence, pilots: octave.pilots, frames: 1, bins: octave.bins }
    }

    fn add(&mut self, other: &Self) {
        add_bins(&mut self.bins, &other.bins, 1.0);
        self.coherence += other.coherence;
        self.pilots.iter_mut().zip(&other.pilots).for_each(|(sum, pilot)| *sum += pilot);
        self.frames += other.frames;
    }

    /// Mean template coherence of a frame.
    pub(crate) fn coherence(&self) -> f64 {
        self.coherence / self.frames.max(1) as f64
    }
}

impl HeardSum {
    /// Of one frame.
    pub(crate) fn of(heard: Heard) -> Self {
        Self(heard.map(OctaveSum::of))
    }

    /// Adds other frames.
    pub(crate) fn add(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(sum, other)| sum.add(other));
    }

    /// Under a weighting, by its number.
    pub(crate) fn under(&self, weighting: usize) -> &OctaveSum {
        &self.0[weighting]
    }

    /// Frames added.
    pub(crate) fn frames(&self) -> usize {
        self.0[0].frames
    }
}

fn add_bins(sum: &mut [(u16, C32)], bins: &[(u16, C32)], weight: f32) {
    sum.iter_mut().zip(bins).for_each(|((_, sum), (_, bin))| *sum += bin * weight);
}

/// What groups of frames say of an octave together, each with a weight that must not depend on the carriers.
/// `None` without groups.
pub(crate) fn weighted(groups: &[(&OctaveSum, f64)]) -> Option<OctaveSoft> {
    let (first, _) = groups.first()?;
    let mut bins: Vec<(u16, C32)> = first.bins.iter().map(|&(bit, _)| (bit, C32::new(0.0, 0.0))).collect();
    let (mut coherence, mut frames, mut weights) = (0.0, 0_usize, 0.0_f64);
    let mut pilots = [0.0_f32; PILOT_OCTAVES];
    for (group, weight) in groups {
        add_bins(&mut bins, &group.bins, *weight as f32);
        coherence += weight * group.coherence;
        weights += weight * group.frames as f64;
        frames += group.frames;
        pilots.iter_mut().zip(&group.pilots).for_each(|(sum, pilot)| *sum += pilot);
    }
    // Octaves are mixed by weights that suppose bins of like size.
    let scale = 1.0 / weights.max(1e-9);
    bins.iter_mut().for_each(|(_, bin)| *bin *= scale as f32);
    let (sums, variances) = by_bit(bins.iter().copied());
    let root = (frames.max(1) as f32).sqrt();
    let coherence = (coherence * scale) as f32;
    Some(OctaveSoft { sums, variances, bins, coherence, pilots: pilots.map(|pilot| pilot / root) })
}
