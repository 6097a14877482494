//! Polar codes with successive-cancellation list decoding.
//!
//! A polar code (Arikan 2009) is the butterfly transform of a word that holds information in the places which that
//! transform makes reliable and zeros ("frozen") elsewhere. A list decoder (Tal and Vardy 2015) decides the places
//! one after another and keeps the best few histories; check bits inside the information tell which of the last
//! candidates is the right one. Why this code and not another: `docs/decisions/error-correction.md`.

mod construction;
mod list;

use super::soft::{Candidate, Code};

pub(crate) use construction::information_set;

/// A polar code, prepared.
#[derive(Debug, Clone)]
pub(crate) struct Polar {
    /// Base-2 logarithm of the number of coded bits.
    log_length: usize,
    /// Places of the information bits, ascending.
    places: Vec<usize>,
    /// `before[i]`: how many information places lie before place `i`.
    before: Vec<usize>,
}

impl Polar {
    /// The code of `length` coded bits that carries `information` bits in the places of [`information_set`].
    ///
    /// # Panics
    /// When `length` is not a power of two, or `information` is not in `1..=length`.
    pub(crate) fn new(length: usize, information: usize) -> Self {
        Self::with_places(length, information_set(length, information))
    }

    /// The code of `length` coded bits that carries information in the given ascending places.
    pub(crate) fn with_places(length: usize, places: Vec<usize>) -> Self {
        assert!(length.is_power_of_two(), "{length} is not a power of two");
        assert!(!places.is_empty(), "a code without information");
        assert!(places.is_sorted_by(|a, b| a < b) && places.last().is_some_and(|&last| last < length));
        let before = (0..=length).map(|i| places.partition_point(|&place| place < i)).collect();
        Self { log_length: length.ilog2() as usize, places, before }
    }

    /// Number of information places among `2^log_size` places from `start`.
    fn information_in(&self, start: usize, log_size: usize) -> usize {
        self.before[start + (1 << log_size)] - self.before[start]
    }
}

impl Code for Polar {
    fn information_bits(&self) -> usize {
        self.places.len()
    }

    fn coded_bits(&self) -> usize {
        1 << self.log_length
    }

    fn encode(&self, information: &[u8]) -> Vec<u8> {
        assert_eq!(information.len(), self.information_bits(), "information bits");
        let mut word = vec![0; self.coded_bits()];
        self.places.iter().zip(information).for_each(|(&place, &bit)| word[place] = bit);
        transform(&mut word);
        word
    }

    fn decode_list(&self, llr: &[f32], list: usize) -> Vec<Candidate> {
        assert_eq!(llr.len(), self.coded_bits(), "soft values");
        assert!(list > 0, "a list of none");
        list::decode(self, llr, list)
            .into_iter()
            .map(|(metric, codeword)| {
                let mut word = codeword.clone();
                transform(&mut word); // it is its own inverse
                let information = self.places.iter().map(|&place| word[place]).collect();
                Candidate { metric, information, codeword }
            })
            .collect()
    }
}

/// The butterfly transform, in place and in natural order: halves (a, b) become (a + b, b), at every scale.
fn transform(word: &mut [u8]) {
    let mut half = word.len() / 2;
    while half > 0 {
        for block in word.chunks_exact_mut(2 * half) {
            let (a, b) = block.split_at_mut(half);
            a.iter_mut().zip(b).for_each(|(a, b)| *a ^= *b);
        }
        half /= 2;
    }
}
