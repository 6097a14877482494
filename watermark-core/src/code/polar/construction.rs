//! Which places of the transform carry information.

use crate::order::{ascending, descending};

/// 2^(1/4), the base of the polarisation weight; found by He et al. to serve all lengths and rates.
const BETA: f64 = 1.189_207_115_002_721;

/// The `information` most reliable of `length` places, ascending.
///
/// Reliability is the polarisation weight (He et al. 2017, "Beta-expansion: a theoretical framework for fast and
/// recursive construction of polar codes"): place i weighs the sum of BETA^j over the set bits j of i. It needs no
/// channel parameter and only additions and products, which are exact to the last bit on every platform; ties, of
/// which there are none at 512, would go to the larger place.
///
/// # Panics
/// When `length` is not a power of two, or `information` exceeds it.
pub(crate) fn information_set(length: usize, information: usize) -> Vec<usize> {
    assert!(length.is_power_of_two() && information <= length, "{information} places of {length}");
    let weight = |place: usize| {
        let (mut sum, mut power) = (0.0, 1.0);
        for j in 0..length.ilog2() {
            if place >> j & 1 == 1 {
                sum += power;
            }
            power *= BETA;
        }
        sum
    };
    // Of two places of one weight the later one is better.
    let mut places: Vec<usize> = (0..length).rev().collect();
    descending(&mut places, |&place| weight(place));
    places.truncate(information);
    ascending(&mut places, |&place| place as f64);
    places
}
