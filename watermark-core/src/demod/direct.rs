//! The untouched geometry: the working plane's grid is the tile's grid, so no interpolation is needed.

use super::fold::{fold_sample, fold_sample_only};
use super::{Demodulator, Heard, blocks_direct, fold_direct};
use crate::normalise::{Whitener, halve};
use crate::parallel;
use crate::pattern::{BLOCK, CellSigns, Pattern, TILE};
use crate::spectrum::Plane;

/// Keys whose tiles are folded together: the whitening is made once for so many.
const KEYS_AT_ONCE: usize = 4;

/// Finest octave that a reader looks at when the whole picture is there: 1024 units on the short side.
pub(crate) const FINEST_READ: usize = 2;

/// Smallest pitch of an octave that is worth reading, pixels to a unit.
const SMALLEST_PITCH: f64 = 0.62;

/// Octaves marked and read directly in a picture of this short side, counted from the coarsest.
pub(crate) fn direct_octaves(short_side: usize) -> usize {
    crate::pattern::octaves(short_side).end().min(&FINEST_READ) + 1
}

/// Octaves that a reader looks at in a picture of this short side that may have been made smaller: one more than it
/// would have been marked with, as long as that octave's band is sampled.
pub(crate) fn readable_octaves(short_side: usize) -> usize {
    let marked = direct_octaves(short_side);
    let finer = (TILE << marked) as f64 * SMALLEST_PITCH <= short_side as f64;
    if finer && marked <= FINEST_READ { marked + 1 } else { marked }
}

/// Pixels of the picture to a sample of the base plane with `octaves` octaves.
pub(crate) fn base_pitch(short_side: usize, octaves: usize) -> f64 {
    short_side as f64 / (TILE << (octaves - 1)) as f64
}

/// Soft values of every octave, coarsest first, for each of some keys, from a base plane of `octaves` octaves. Whitened
/// rows are folded as they are made; no whitened plane is held.
pub(crate) fn read_direct(
    base: &Plane,
    octaves: usize,
    patterns: &[&Pattern],
    whitener: &Whitener,
    demodulator: &Demodulator,
) -> Vec<Vec<Heard>> {
    let mut heard: Vec<Vec<Heard>> = patterns.iter().map(|_| Vec::with_capacity(octaves)).collect();
    finest_first(base, octaves, |plane| {
        let blocks = blocks_direct(plane, BLOCK, plane.dim());
        for (heard, patterns) in heard.chunks_mut(KEYS_AT_ONCE).zip(patterns.chunks(KEYS_AT_ONCE)) {
            let signs: Vec<CellSigns> = patterns.iter().map(|pattern| pattern.cells.signs(&blocks)).collect();
            let folded = fold_direct(plane, whitener, &signs);
            let jobs = folded.into_iter().zip(patterns).collect();
            let read = parallel::map(jobs, |(tiles, pattern)| demodulator.read(tiles, pattern));
            heard.iter_mut().zip(read).for_each(|(heard, octave)| heard.push(octave));
        }
    });
    heard.iter_mut().for_each(|octaves| octaves.reverse());
    heard
}

/// What the embedder hears of an octave before it sets amplitudes.
pub(crate) struct Listened {
    /// The unmarked picture, all of it.
    pub(crate) host: Heard,
    /// A sample of the unmarked picture.
    pub(crate) before: Heard,
    /// The same sample with the mark in it.
    pub(crate) after: Heard,
    /// Share of the picture that the sample is.
    pub(crate) share: f32,
}

/// Listens to each octave of a base plane, coarsest first, before and after `mark` adds the mark to it. With the mark,
/// and the more so in large planes, a sample says enough: half the rows tell the mark's amplitude to a few percent.
pub(crate) fn listen(
    mut base: Plane,
    octaves: usize,
    pattern: &Pattern,
    (whitener, demodulator): (&Whitener, &Demodulator),
    mark: impl FnOnce(&mut Plane),
) -> Vec<Listened> {
    let signs = |plane: &Plane| [pattern.cells.signs(&blocks_direct(plane, BLOCK, plane.dim()))];
    let read = |folded: Vec<_>| folded.into_iter().map(|tiles| demodulator.read(tiles, pattern)).next();
    let one = "one key was given";
    let mut hosts = Vec::with_capacity(octaves);
    finest_first(&base, octaves, |plane| {
        let (sample, whole) = fold_sample(plane, whitener, &signs(plane));
        let before = read(sample).expect(one);
        hosts.push((whole.map_or_else(|| before.clone(), |whole| read(whole).expect(one)), before));
    });
    mark(&mut base);
    let mut marked = Vec::with_capacity(octaves);
    finest_first(&base, octaves, |plane| {
        let (sample, share) = fold_sample_only(plane, whitener, &signs(plane));
        marked.push((read(sample).expect(one), share));
    });
    let octaves = hosts.into_iter().zip(marked).rev();
    octaves.map(|((host, before), (after, share))| Listened { host, before, after, share }).collect()
}

/// Calls `each` with a plane and its halvings.
fn finest_first(base: &Plane, octaves: usize, mut each: impl FnMut(&Plane)) {
    let mut coarser: Option<Plane> = None;
    for octave in 0..octaves {
        if octave > 0 {
            coarser = Some(halve(coarser.as_ref().unwrap_or(base)));
        }
        each(coarser.as_ref().unwrap_or(base));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Key, KeyRole, SECRET_BYTES};

    #[test]
    fn a_key_reads_the_same_alone_and_in_a_ring() {
        let plane = Plane::from_shape_fn((600, 520), |(y, x)| (((y * 89) ^ (x * 57)) % 211) as f32);
        let patterns: Vec<Pattern> =
            (0..6).map(|i| Pattern::new(&Key::from_secret(KeyRole::Master, [i; SECRET_BYTES]))).collect();
        let (whitener, demodulator) = (Whitener::new(), Demodulator::new());
        let read = |patterns: &[&Pattern]| read_direct(&plane, 2, patterns, &whitener, &demodulator);
        let ring = read(&patterns.iter().collect::<Vec<_>>());
        for (pattern, heard) in patterns.iter().zip(&ring) {
            let alone = &read(&[pattern])[0];
            for (a, b) in alone.iter().flatten().zip(heard.iter().flatten()) {
                assert_eq!((&a.sums, a.coherence), (&b.sums, b.coherence));
            }
        }
    }
}
