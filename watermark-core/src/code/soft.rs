//! What every code offers: bits to coded bits, and soft values to a list of candidates.

/// A linear block code with a list decoder. Bits are bytes of value 0 or 1.
pub(crate) trait Code {
    /// Number of information bits.
    fn information_bits(&self) -> usize;

    /// Number of coded bits.
    fn coded_bits(&self) -> usize;

    /// The code word of `information`.
    ///
    /// # Panics
    /// When the number of bits is not [`information_bits`](Self::information_bits).
    fn encode(&self, information: &[u8]) -> Vec<u8>;

    /// At most `list` distinct candidates for the code word behind `llr`, best first; never none.
    ///
    /// `llr` holds ln(P(bit = 0) / P(bit = 1)) for each coded bit, up to a common positive factor; 0 is an erasure.
    ///
    /// # Panics
    /// When the number of values is not [`coded_bits`](Self::coded_bits), or `list` is 0.
    fn decode_list(&self, llr: &[f32], list: usize) -> Vec<Candidate>;
}

/// One word that a list decoder considers likely.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Candidate {
    /// Sum of |llr| over the coded bits whose sign the word contradicts: smaller is better, 0 is perfect agreement.
    /// Comparable between codes for the same `llr`.
    pub(crate) metric: f32,
    /// The information bits.
    pub(crate) information: Vec<u8>,
    /// The coded bits.
    pub(crate) codeword: Vec<u8>,
}
