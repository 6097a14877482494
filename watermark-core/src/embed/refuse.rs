//! Pictures that cannot carry a mark.

use crate::spectrum::Plane;
use crate::{Error, Refusal, Result};

/// Largest share of samples at the ends of the range, percent.
const MOST_EXTREME: f64 = 97.0;
/// Smallest share of samples with any local activity, percent.
const LEAST_ACTIVE: f64 = 2.0;
/// Activity that counts, grey levels.
const ACTIVE: f32 = 0.4;

/// Refuses one-bit and flat pictures.
pub(crate) fn check(luma: &Plane) -> Result<()> {
    let percent = |count: usize| 100.0 * count as f64 / luma.len() as f64;
    let extreme = percent(luma.iter().filter(|&&v| !(1.0..=254.0).contains(&v)).count());
    if extreme > MOST_EXTREME {
        return Err(Error::Refused(Refusal::OneBit { percent: extreme, limit: MOST_EXTREME }));
    }
    let activity = crate::mask::activity(luma, 1.0);
    let active = percent(activity.iter().filter(|&&v| v > ACTIVE).count());
    if active < LEAST_ACTIVE {
        return Err(Error::Refused(Refusal::Flat { percent: active, needed: LEAST_ACTIVE }));
    }
    Ok(())
}
