//! The keyed pattern: which frequencies of a tile carry what, and the keyed directions that bind it to content.
//!
//! One tile of [`TILE`] x [`TILE`] units holds everything. Copies of it are laid over the picture at pitches
//! 1 : 2 : 4 ... so that each copy fills one octave of frequencies (self-similar, design note "octaves"): a
//! thumbnail reads the coarse copies, a small crop the fine ones, an untouched file adds all of them up. The
//! short side of the picture is `TILE * 2^octave` units of that octave.

mod carriers;
mod cells;
mod template;
#[cfg(test)]
mod tests;
mod tile;

pub(crate) use carriers::{Carrier, Carriers, PILOT_OCTAVES, sampled_phasor};
pub(crate) use cells::{BLOCK, BLOCKS_PER_CELL, CELL, CellGrid, CellKeys, CellSigns, blend_row};
pub(crate) use template::{PEAKS, Template};
pub(crate) use tile::{Tile, TileSynth, even_gains};

use crate::Key;
use crate::key::{KeyStream, SubKey};

/// Side of a tile, units.
pub(crate) const TILE: usize = 256;

/// Lower edge of the band, cycles per unit. One octave wide, so that copies at pitches 1 : 2 : 4 tile the spectrum.
pub(crate) const BAND_LOW: f64 = 0.11;

/// Upper edge of the band, cycles per unit: below a quarter of the sampling rate, where strong compression and
/// neural autoencoders still pass energy.
pub(crate) const BAND_HIGH: f64 = 0.22;

/// Everything that a key determines about the pattern.
pub(crate) struct Pattern {
    /// Peaks for synchronisation.
    pub(crate) template: Template,
    /// Frequencies that carry the code.
    pub(crate) carriers: Carriers,
    /// Keyed directions of the content signs.
    pub(crate) cells: CellKeys,
}

impl Pattern {
    pub(crate) fn new(key: &Key) -> Self {
        let stream = |label| KeyStream::new(&key.sub_key(label).expect("every role has the pattern's sub-keys"));
        let template = Template::new(&mut stream(SubKey::Template));
        let carriers = Carriers::new(&mut stream(SubKey::Carriers), &template);
        Self { template, carriers, cells: CellKeys::new(&mut stream(SubKey::Cells)) }
    }
}

/// Octaves that a picture carries: the finest has a pitch of 0.67 to 1.33 px (its band ends below a third of a cycle
/// per pixel), at most five of them.
pub(crate) fn octaves(short_side: usize) -> std::ops::RangeInclusive<usize> {
    /// Most octaves in one picture: a fifth of the energy each is the least that measured well.
    const MOST: usize = 5;
    /// Least pixels to a unit (docs/decisions/octaves.md).
    const SMALLEST_PITCH: f64 = 0.67;
    let mut finest = 0_usize;
    while (TILE << (finest + 1)) as f64 * SMALLEST_PITCH <= short_side as f64 {
        finest += 1;
    }
    (finest + 1).saturating_sub(MOST)..=finest
}
