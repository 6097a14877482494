use super::super::polar::{Polar, information_set};
use super::super::soft::Code;
use super::{antipodal, noise, received};
use crate::key::KeyStream;
use proptest::prelude::*;

mod naive {
    /// The transform from its matrix: entry (i, j) of the Kronecker power is 1 when j's bits are among i's.
    pub(super) fn encode(places: &[usize], information: &[u8], length: usize) -> Vec<u8> {
        let bit =
            |j: usize| places.iter().zip(information).filter(|(i, _)| **i & j == j).fold(0, |sum, (_, b)| sum ^ b);
        (0..length).map(bit).collect()
    }

    /// Sum of |llr| that a word contradicts.
    pub(super) fn metric(llr: &[f32], word: &[u8]) -> f32 {
        let wrong = llr.iter().zip(word).filter(|(x, bit)| (**x < 0.0) != (**bit == 1));
        wrong.map(|(x, _)| x.abs()).sum()
    }
}

fn random_bits(count: usize, stream: &mut KeyStream) -> Vec<u8> {
    (0..count).map(|_| (stream.next_u32() >> 31) as u8).collect()
}

#[test]
fn places_have_known_answers() {
    // The order of 8 is in every account of polar codes: 7, 6, 5, 3, then 4, 2, 1, 0.
    assert_eq!(information_set(8, 4), [3, 5, 6, 7]);
    assert_eq!(information_set(8, 5), [3, 4, 5, 6, 7]);
    let digest = |k: usize| information_set(512, k).iter().fold(0_u64, |d, &p| d.wrapping_mul(1_000_003) ^ p as u64);
    assert_eq!(
        [72, 104, 176].map(digest),
        [16_650_697_353_657_603_832, 8_855_847_391_188_237_863, 12_615_355_241_708_858_887]
    );
}

#[test]
fn a_long_list_is_maximum_likelihood() {
    // With 2^8 candidates none of 8 information bits is ever dropped: the list holds all words, best first, and its
    // metrics are those of a direct comparison.
    let code = Polar::new(32, 8);
    let mut stream = KeyStream::new(&[7; 32]);
    for _ in 0..20 {
        let llr: Vec<f32> = (0..32).map(|_| noise(&mut stream)).collect();
        let list = code.decode_list(&llr, 256);
        assert_eq!(list.len(), 256);
        assert!(list.is_sorted_by(|a, b| a.metric <= b.metric));
        for candidate in &list {
            assert_eq!(candidate.codeword, code.encode(&candidate.information));
            // Sums of at most 32 values of order 1 in another order: 32 * 30 * 2^-24.
            assert!((candidate.metric - naive::metric(&llr, &candidate.codeword)).abs() < 6e-5);
        }
        let mut words: Vec<_> = list.into_iter().map(|candidate| candidate.information).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 256, "no word twice");
    }
}

#[test]
fn lists_are_sorted_distinct_and_true_to_the_channel() {
    let mut stream = KeyStream::new(&[8; 32]);
    for information in [1, 2, 72, 104, 176, 511, 512] {
        let code = Polar::new(512, information);
        let word = code.encode(&random_bits(information, &mut stream));
        let llr = received(&word, 1.0, &mut stream);
        let list = code.decode_list(&llr, 8);
        assert_eq!(list.len(), 8.min(1 << information.min(3)));
        assert!(list.is_sorted_by(|a, b| a.metric <= b.metric));
        for (i, candidate) in list.iter().enumerate() {
            assert_eq!(candidate.codeword, code.encode(&candidate.information));
            let direct = naive::metric(&llr, &candidate.codeword);
            // 512 values of order 1, sums up to 500: rounding 500 * 2^-24 at each of about ten steps of the tree.
            assert!((candidate.metric - direct).abs() < 1e-3, "{} {direct}", candidate.metric);
            assert!(list[..i].iter().all(|other| other.codeword != candidate.codeword));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn encoder_agrees_with_its_matrix(log_length in 0_u32..10, share in 0.0_f64..1.0, seed: [u8; 32]) {
        let length = 1_usize << log_length;
        let code = Polar::new(length, 1 + (share * length as f64) as usize);
        let information = random_bits(code.information_bits(), &mut KeyStream::new(&seed));
        let places = information_set(length, information.len());
        prop_assert_eq!(code.encode(&information), naive::encode(&places, &information, length));
    }

    #[test]
    fn decoding_undoes_encoding(log_length in 0_u32..10, share in 0.0_f64..1.0, list in 1_usize..20, seed: [u8; 32]) {
        let length = 1_usize << log_length;
        let code = Polar::new(length, 1 + (share * length as f64) as usize);
        let information = random_bits(code.information_bits(), &mut KeyStream::new(&seed));
        let word = code.encode(&information);
        let best = code.decode_list(&antipodal(&word), list).swap_remove(0);
        prop_assert_eq!((best.metric, best.information, best.codeword), (0.0, information, word));
    }
}
