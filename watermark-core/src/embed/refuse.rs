//! Pictures that cannot carry a mark.

use crate::spectrum::Plane;
use crate::{Error, Refusal, Result};

/// Largest share of samples at the ends of the range, percent.
const MOST_EXTREME: f64 = 97.0;
/// Smallest share of samples with any local activity, percent.
const LEAST_ACTIVE: f64 = 2.0;
/// Activity that counts, grey levels.
const ACTIVE: f32 = 0.4;

/// Rows after which it is asked whether enough was seen.
const ROWS_AT_ONCE: usize = 32;

/// Refuses one-bit and flat pictures.
pub(crate) fn check(luma: &Plane) -> Result<()> {
    let samples = luma.as_slice().expect("planes are contiguous");
    let percent = |count: usize| 100.0 * count as f64 / luma.len() as f64;
    let extreme = percent(samples.iter().filter(|&&v| !(1.0..=254.0).contains(&v)).count());
    if extreme > MOST_EXTREME {
        return Err(Error::Refused(Refusal::OneBit { percent: extreme, limit: MOST_EXTREME }));
    }
    // Most pictures show enough in their first rows.
    let mut active = 0;
    for first in (0..luma.nrows()).step_by(ROWS_AT_ONCE) {
        let rows = first..(first + ROWS_AT_ONCE).min(luma.nrows());
        crate::mask::activity_rows(luma, 1.0, rows, |_, activity| {
            active += activity.iter().filter(|&&v| v > ACTIVE).count();
        });
        if percent(active) >= LEAST_ACTIVE {
            return Ok(());
        }
    }
    Err(Error::Refused(Refusal::Flat { percent: percent(active), needed: LEAST_ACTIVE }))
}
