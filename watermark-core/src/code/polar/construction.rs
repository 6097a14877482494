//! Which places of the transform carry information.

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
    let mut places: Vec<(f64, usize)> = (0..length).map(|place| (weight(place), place)).collect();
    places.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)));
    let mut best: Vec<usize> = places.into_iter().take(information).map(|(_, place)| place).collect();
    best.sort_unstable();
    best
}
