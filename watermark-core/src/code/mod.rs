//! Error correction: the framed payload to coded bits, and soft values back to payloads.

/// Coded bits of a mark, the same for every payload class.
pub(crate) const CODED_BITS: usize = 512;
