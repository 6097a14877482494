//! 16 bit samples as bytes and back.

/// From big-endian bytes; an odd last byte is ignored.
pub(super) fn u16_from_be(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// To big-endian bytes.
pub(super) fn be_from_u16(samples: &[u16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()
}
