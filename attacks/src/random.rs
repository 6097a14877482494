//! Numbers from a seed, by our own steps from ChaCha's words: the same on every platform and with every version.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of choices.
pub(crate) struct Random(ChaCha8Rng);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A whole number from 0 to `last`, both included.
    pub(crate) fn up_to(&mut self, last: u32) -> u32 {
        ((u64::from(self.0.next_u32()) * (u64::from(last) + 1)) >> 32) as u32
    }

    /// At least `low`, below `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// A colour, every channel from the whole range.
    pub(crate) fn colour(&mut self) -> [u8; 3] {
        std::array::from_fn(|_| self.up_to(255) as u8)
    }

    /// Two independent standard normal numbers (Box and Muller).
    pub(crate) fn normal_pair(&mut self) -> (f32, f32) {
        // In (0, 1], so that the logarithm is finite.
        let uniform = (f64::from(self.0.next_u32()) + 1.0) / 4_294_967_296.0;
        let radius = (-2.0 * uniform.ln()).sqrt() as f32;
        let turn = self.0.next_u32() as f32 / 4_294_967_296.0 * std::f32::consts::TAU;
        (radius * turn.cos(), radius * turn.sin())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_reach_both_ends_and_nothing_else() {
        let mut random = Random::new(1);
        let values: Vec<u32> = (0..200).map(|_| random.up_to(3)).collect();
        assert!((0..=3).all(|value| values.contains(&value)) && values.iter().all(|&value| value <= 3));
        assert!((0..200).map(|_| random.between(-2.0, 5.0)).all(|value| (-2.0..5.0).contains(&value)));
        assert_eq!(random.up_to(0), 0);
    }

    #[test]
    fn a_seed_gives_its_own_stream() {
        let words = |seed| (0..4).map(|_| Random::new(seed).up_to(u32::MAX)).collect::<Vec<_>>();
        assert_eq!(words(7), words(7));
        assert_ne!(words(7), words(8));
    }
}
