//! How much more a busy place bears than a flat one. The embedder shapes the mark by this law and the reader weights
//! by it, at every sample: sums, products and roots, the same bits on every platform.

/// Activity at which the tolerance has grown by the root of two, grey levels. Below it a place counts as flat; far
/// above it the amplitude follows the activity: contrast masking as in structural similarity (Wang et al. 2004), whose
/// stabilising constant plays the same part. Chosen at equal SSIMULACRA2: docs/decisions/strength.md.
const KNEE: f32 = 6.0;

/// Relative amplitude that a place of this activity (grey levels) bears: 1 in a flat place.
#[inline]
pub(crate) fn growth(activity: f32) -> f32 {
    (1.0 + activity * activity * (1.0 / (KNEE * KNEE))).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_places_have_one_and_busy_ones_follow_their_activity() {
        assert_eq!(growth(0.0), 1.0);
        assert!((growth(KNEE) - std::f32::consts::SQRT_2).abs() < 1e-6);
        assert!((growth(100.0 * KNEE) / 100.0 - 1.0).abs() < 1e-4);
        assert!((0..200).all(|i| growth(i as f32 / 4.0) < growth((i + 1) as f32 / 4.0)));
    }
}
