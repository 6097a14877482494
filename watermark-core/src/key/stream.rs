//! The way from a sub-key to numbers: ChaCha20's words and our own steps from words to what a stage needs.
//!
//! The steps are part of the signal: another order of words, or another rounding, is another pattern. They are
//! therefore written out here and pinned by known answers, and no sampling of another crate is used.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A deterministic stream of numbers from 32 secret bytes; the same on every platform.
pub(crate) struct KeyStream {
    words: ChaCha20Rng,
}

#[allow(dead_code, reason = "each stage uses what it needs")]
impl KeyStream {
    /// The stream of `seed`: ChaCha20 with that key, block counter 0, nonce 0.
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        Self { words: ChaCha20Rng::from_seed(*seed) }
    }

    /// The next word of the key stream, little-endian as RFC 8439 writes it.
    pub(crate) fn next_u32(&mut self) -> u32 {
        self.words.next_u32()
    }

    /// A number in `0..n`, each with the same probability. One word, and another for each rejection.
    ///
    /// The product of a word and `n` has its answer in the upper half. Of the 2^32 words, 2^32 mod n are one too many
    /// for an even share; those are the products with the smallest lower halves, and they are drawn again (Lemire
    /// 2019, "Fast random integer generation in an interval").
    ///
    /// # Panics
    /// When `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        assert!(n > 0, "there is no number below 0");
        let surplus = n.wrapping_neg() % n;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(n);
            if product as u32 >= surplus {
                return (product >> 32) as u32;
            }
        }
    }

    /// A multiple of 2^-53 in [0, 1). Two words, the upper one first; the lowest 11 bits are dropped.
    pub(crate) fn unit_f64(&mut self) -> f64 {
        let upper = u64::from(self.next_u32());
        let lower = u64::from(self.next_u32());
        const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
        ((upper << 32 | lower) >> 11) as f64 * STEP
    }

    /// +1 or -1: the sign of the next word's top bit (1 means -1).
    pub(crate) fn sign(&mut self) -> f32 {
        if self.next_u32() >> 31 == 0 { 1.0 } else { -1.0 }
    }

    /// Any order of the items with the same probability (Fisher and Yates, from the end to the front).
    ///
    /// # Panics
    /// When there are 2^32 items or more.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u32::try_from(last + 1).expect("fewer than 2^32 items");
            items.swap(last, self.below(bound) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KeyStream;

    // Known answers under the key 01 01 .. 01, in the order of the calls below, from a separate program.
    const BELOW: [u32; 8] = [1, 7, 1, 6, 7, 7, 7, 2];
    const BELOW_MAX: u32 = 2_251_738_141;
    const UNIT: [f64; 2] = [0.722_214_622_003_311_8, 0.753_256_804_633_269_2];
    const SIGNS: [f32; 8] = [-1.0, -1.0, 1.0, -1.0, -1.0, -1.0, 1.0, 1.0];
    const SHUFFLED: [u32; 12] = [10, 6, 2, 5, 3, 8, 11, 7, 4, 1, 0, 9];

    #[test]
    fn words_are_those_of_the_standard() {
        // RFC 8439, appendix A.1, test vector 1: key 0, nonce 0, block counter 0.
        let mut stream = KeyStream::new(&[0; 32]);
        let words: Vec<u32> = (0..4).map(|_| stream.next_u32()).collect();
        assert_eq!(words, [0xade0_b876, 0x903d_f1a0, 0xe56a_5d40, 0x28bd_8653]);
    }

    #[test]
    fn numbers_have_known_answers() {
        let mut stream = KeyStream::new(&[1; 32]);
        let small: Vec<u32> = (0..8).map(|_| stream.below(10)).collect();
        assert_eq!(small, BELOW);
        assert_eq!(stream.below(u32::MAX), BELOW_MAX);
        assert_eq!([stream.unit_f64(), stream.unit_f64()], UNIT);
        let signs: Vec<f32> = (0..8).map(|_| stream.sign()).collect();
        assert_eq!(signs, SIGNS);
        let mut items: Vec<u32> = (0..12).collect();
        stream.shuffle(&mut items);
        assert_eq!(items, SHUFFLED);
    }

    #[test]
    fn below_is_even_where_rejection_matters() {
        // With n = 3 * 2^30 a plain product or remainder gives one third of the numbers twice as often. 30,000 draws,
        // thirds counted within 5 standard deviations: false failure below 2e-6, and the seed is fixed.
        let mut stream = KeyStream::new(&[2; 32]);
        let mut thirds = [0_i32; 3];
        let mut remainders = [0_i32; 3];
        for _ in 0..30_000 {
            let number = stream.below(3 << 30);
            assert!(number < 3 << 30);
            thirds[(number >> 30) as usize] += 1;
            remainders[(number % 3) as usize] += 1;
        }
        for count in thirds.into_iter().chain(remainders) {
            assert!((count - 10_000).abs() < 5 * 82, "{thirds:?} {remainders:?}");
        }
    }

    #[test]
    fn edges() {
        let mut stream = KeyStream::new(&[3; 32]);
        assert_eq!(stream.below(1), 0);
        stream.shuffle::<u8>(&mut []);
        let mut one = [5];
        stream.shuffle(&mut one);
        assert_eq!(one, [5]);
        assert!((0..1000).map(|_| stream.unit_f64()).all(|x| (0.0..1.0).contains(&x)));
    }
}
