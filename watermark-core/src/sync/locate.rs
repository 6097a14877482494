//! The search as a whole: proposals, refined, positioned, best first.

use super::placement::Alignment;
use super::polish::{Freedom, polish};
use super::refine::refine;
use super::scene::Scene;
use super::search::{Proposal, anisotropic, isotropic, upright};
use super::translate::{coherence, extend, translate};
use crate::order::descending;
use crate::pattern::{TILE, Template};
use crate::spectrum::Fft2;

/// Relative difference below which two linear parts are the same.
const SAME: f64 = 0.006;

/// Difference of scores (standard deviations) that fewer freedoms are worth.
const AS_GOOD: f64 = 0.4;

/// How much is searched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Proposals of each mirror and number of octaves that are looked at, 0 for none.
    pub(crate) proposals: usize,
    /// Proposals of each number of octaves that are not turned.
    pub(crate) upright: usize,
    /// Isotropic proposals refined.
    pub(crate) isotropic: usize,
    /// Anisotropic proposals refined.
    pub(crate) anisotropic: usize,
    /// Alignments made exact before they are handed on.
    pub(crate) polished: usize,
    /// Alignments handed on.
    pub(crate) alignments: usize,
    /// Units looked up for all of them together; when few are left, only coarse octaves are read.
    pub(crate) units: f64,
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
        proposals.extend(upright(&scene.fine, template, budget.upright));
        proposals.extend(anisotropic(&scene.coarse, template, 1).into_iter().take(budget.anisotropic));
    }
    for proposal in &proposals {
        let refined = refine(scene, template, proposal);
        if plausible(&refined) {
            found.extend(translate(scene, template, fft, &refined));
        }
    }
    let mut candidates: Vec<Alignment> = distinct(found);
    candidates.truncate(2 * budget.alignments);
    candidates.iter_mut().for_each(|alignment| *alignment = extend(scene, template, alignment));
    let mut candidates = distinct(candidates);
    candidates.truncate(budget.alignments);
    for alignment in candidates.iter_mut().take(budget.polished) {
        *alignment = best_polish(scene, template, alignment);
    }
    descending(&mut candidates, |alignment| alignment.score);
    candidates
}

/// An alignment made exact.
pub(crate) fn nearby(scene: &Scene, template: &Template, alignment: &Alignment) -> Alignment {
    best_polish(scene, template, alignment)
}

/// A whole picture's pattern that lies elsewhere, the picture neither turned nor scaled: where it fits best.
pub(crate) fn shifted(scene: &Scene, template: &Template, fft: &Fft2, whole: &Whole) -> Option<Alignment> {
    let upright = whole.upright();
    let octaves = upright.octaves.min(scene.levels.len());
    let proposal = Proposal { matrix: upright.matrix, octaves, score: 0.0 };
    let [mut best, _] = translate(scene, template, fft, &proposal);
    best = extend(scene, template, &best);
    Some(best_polish(scene, template, &best))
}

/// The polished alignment with the fewest freedoms that explains the picture about as well as any.
fn best_polish(scene: &Scene, template: &Template, start: &Alignment) -> Alignment {
    let freedoms = [Freedom::Axes, Freedom::Similarity, Freedom::Affine];
    let polished: Vec<Alignment> =
        freedoms.iter().filter_map(|&freedom| polish(scene, template, start, freedom)).collect();
    let best = polished.iter().map(|alignment| alignment.score).fold(f64::MIN, f64::max);
    polished.into_iter().find(|alignment| alignment.score >= best - AS_GOOD).unwrap_or(*start)
}

/// Best first, without the copies that differ by the number of octaves alone.
fn distinct(mut found: Vec<Alignment>) -> Vec<Alignment> {
    descending(&mut found, |alignment| alignment.score);
    let mut out: Vec<Alignment> = Vec::new();
    for alignment in found {
        if !out.iter().any(|other| same(other, &alignment)) {
            out.push(alignment);
        }
    }
    out
}

/// Whether two alignments are the same but for a whole number of octaves.
fn same(a: &Alignment, b: &Alignment) -> bool {
    let size = |m: &Alignment| libm::sqrt(super::determinant(&m.matrix).abs());
    let octaves = libm::round(libm::log2(size(a) / size(b)));
    let zoom = libm::exp2(octaves);
    let limit = SAME * size(a);
    a.matrix.iter().flatten().zip(b.matrix.iter().flatten()).all(|(x, y)| (x - y * zoom).abs() < limit)
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
    /// As it was marked.
    pub(crate) fn upright(&self) -> Alignment {
        let scale = TILE as f64 / self.size.0.min(self.size.1);
        Alignment { matrix: [[scale, 0.0], [0.0, scale]], shift: [0.0, 0.0], octaves: self.octaves, score: 0.0 }
    }

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
