//! What was done to the picture, from the alignment.

use super::Geometry;
use crate::demod::OctaveSoft;
use crate::pattern::{PILOT_OCTAVES, TILE};
use crate::sync::{Alignment, determinant, invert};

/// Margin from which on the pilots can be relied on, dB.
const CERTAIN_DB: f64 = 0.0;

/// Geometry of a whole picture that was at most resized.
pub(crate) fn untouched(short_side: f64) -> Geometry {
    Geometry { rotation_deg: 0.0, aspect: 1.0, mirrored: false, full_short_side_px: short_side, scale_certain: true }
}

/// Geometry of an alignment on a working plane of `size` (width, height) samples, `pitch` picture pixels each, that was read
/// with a margin of `margin_db`.
pub(crate) fn estimate(
    alignment: &Alignment,
    margin_db: f64,
    octaves: &[OctaveSoft],
    size: (f64, f64),
    pitch: f64,
) -> Geometry {
    // Pixels of the suspect = inverse x units: mirror, then aspect, then rotation.
    let mut forward = invert(&alignment.matrix);
    let mirrored = determinant(&forward) < 0.0;
    if mirrored {
        forward.iter_mut().for_each(|row| row[0] = -row[0]);
    }
    let width = libm::hypot(forward[0][0], forward[1][0]);
    let height = determinant(&forward) / width;
    // Rows grow downwards, so a positive angle of the matrix is clockwise as seen.
    let rotation_deg = -libm::atan2(forward[1][0], forward[0][0]).to_degrees();
    let rotation_deg = if rotation_deg <= -180.0 + 1e-9 { rotation_deg + 360.0 } else { rotation_deg };
    let units = TILE as f64 * libm::exp2(f64::from(coarsest_octave(octaves)));
    // Which side of the whole was the short one is not marked; it is taken to be that of what is left.
    let (low, high) = alignment.bounds(0, size.0, size.1);
    let short = if high.0 - low.0 < high.1 - low.1 { width } else { height };
    let scale_certain = margin_db >= CERTAIN_DB;
    Geometry {
        rotation_deg,
        aspect: width / height,
        mirrored,
        full_short_side_px: units * short * pitch,
        scale_certain,
    }
}

/// Number of the coarsest octave that was read, by its pilots. Negative where the search looked at octaves coarser than
/// any that a picture carries.
fn coarsest_octave(octaves: &[OctaveSoft]) -> i32 {
    let pilot =
        |octave: &OctaveSoft, number: i32| usize::try_from(number).ok().and_then(|n| octave.pilots.get(n)).copied();
    let score = |first: i32| -> f32 {
        let read = octaves.iter().zip(first..);
        read.map(|(octave, number)| octave.coherence.max(0.0) * pilot(octave, number).unwrap_or(0.0)).sum()
    };
    let candidates = 1 - octaves.len() as i32..PILOT_OCTAVES as i32;
    candidates.max_by(|&a, &b| score(a).total_cmp(&score(b))).unwrap_or(0)
}
