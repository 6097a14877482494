//! Samples in other forms: 16 bits as bytes, packed bits, planes.

/// To big-endian bytes.
pub(super) fn be_from_u16(samples: &[u16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_be_bytes()).collect()
}

/// Grey of 1, 2 or 4 bits, rows starting at whole bytes and most significant bits first, as 8 bits full range.
pub(super) fn unpack(packed: &[u8], width: usize, height: usize, bits: u8) -> Vec<u8> {
    let per_byte = usize::from(8 / bits);
    let most = (1_u16 << bits) - 1;
    let mut samples = Vec::with_capacity(width * height);
    for row in packed.chunks_exact(width.div_ceil(per_byte)).take(height) {
        samples.extend((0..width).map(|x| {
            let shift = 8 - usize::from(bits) * (x % per_byte + 1);
            let value = u16::from(row[x / per_byte]) >> shift & most;
            (value * (255 / most)) as u8
        }));
    }
    samples
}

/// Whole planes one after the other as interleaved pixels.
pub(super) fn interleave<T: Copy>(planes: &[T], channels: usize) -> Vec<T> {
    let pixels = planes.len() / channels;
    (0..pixels).flat_map(|n| (0..channels).map(move |c| planes[c * pixels + n])).collect()
}
