//! The search as a whole: proposals, refined, positioned, best first.

use super::placement::Alignment;
use super::refine::refine;
use super::scene::Scene;
use super::search::{Proposal, anisotropic, isotropic};
use super::translate::{coherence, translate};
use crate::pattern::{TILE, Template};
use crate::spectrum::Fft2;

/// How much is searched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Proposals of each mirror and number of octaves that are looked at, 0 for none.
    pub(crate) proposals: usize,
    /// Isotropic proposals refined.
    pub(crate) isotropic: usize,
    /// Anisotropic proposals refined.
    pub(crate) anisotropic: usize,
    /// Alignments handed on.
    pub(crate) alignments: usize,
}

/// Alignments to try, best first. `short_side` is the picture's, `pitch` its pixels to a sample of the working plane,
/// `octaves` what a whole picture of this size would show.
pub(crate) fn locate(scene: &Scene, template: &Template, fft: &Fft2, whole: &Whole, budget: &Budget) -> Vec<Alignment> {
    let mut found: Vec<Alignment> = whole.orientations();
    for alignment in &mut found {
        alignment.score = coherence(scene, template, alignment);
    }
    let mut proposals: Vec<Proposal> = Vec::new();
    if budget.proposals > 0 {
        proposals.extend(isotropic(&scene.fine, template, budget.proposals).into_iter().take(budget.isotropic));
        proposals.extend(anisotropic(&scene.coarse, template, 1).into_iter().take(budget.anisotropic));
    }
    for proposal in &proposals {
        let refined = refine(scene, template, proposal);
        if plausible(&refined) {
            found.extend(translate(scene, template, fft, &refined));
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(budget.alignments);
    found
}

/// Keeps the fit within what is searched.
fn plausible(proposal: &Proposal) -> bool {
    let scale = libm::sqrt(super::determinant(&proposal.matrix).abs());
    (0.05..4.0).contains(&scale)
}

/// A picture that is taken to be whole: its tile begins at a corner and its short side is a known number of units.
pub(crate) struct Whole {
    /// Width and height of the working plane, samples.
    pub(crate) size: (f64, f64),
    /// Octaves that a whole picture shows.
    pub(crate) octaves: usize,
}

impl Whole {
    /// The seven orientations other than upright: quarter turns and mirrors.
    fn orientations(&self) -> Vec<Alignment> {
        let (width, height) = self.size;
        let scale = TILE as f64 / width.min(height);
        let mut out = Vec::new();
        for (a, b, c, d) in [
            (-1.0, 0.0, 0.0, 1.0),
            (1.0, 0.0, 0.0, -1.0),
            (-1.0, 0.0, 0.0, -1.0),
            (0.0, 1.0, 1.0, 0.0),
            (0.0, -1.0, 1.0, 0.0),
            (0.0, 1.0, -1.0, 0.0),
            (0.0, -1.0, -1.0, 0.0),
        ] {
            let matrix = [[a * scale, b * scale], [c * scale, d * scale]];
            // The corner that becomes the origin is where the largest negative contributions end.
            let shift = matrix.map(|row| (-row[0] * width).max(0.0) + (-row[1] * height).max(0.0));
            out.push(Alignment { matrix, shift, octaves: self.octaves, score: 0.0 });
        }
        out
    }
}
