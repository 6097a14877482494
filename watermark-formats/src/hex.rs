//! Hexadecimal text to bytes and back, for secrets: buffers are wiped, errors do not repeat what was read.

use zeroize::Zeroizing;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Lower-case digits of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> Zeroizing<String> {
    // Reserved at once: a growing string would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(2 * bytes.len()));
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes that exactly `2 * N` digits of either case stand for.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = Zeroizing::new([0_u8; N]);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = value(pair[0])? << 4 | value(pair[1])?;
    }
    Some(bytes)
}

fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        let bytes: [u8; 256] = std::array::from_fn(|i| i as u8);
        assert_eq!(*decode::<256>(&encode(&bytes)).unwrap(), bytes);
        assert_eq!(*decode::<3>("00fFaB").unwrap(), [0x00, 0xff, 0xab]);
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "0", "000", "0g", "+1", " 1", "00", "éé"] {
            assert_eq!(decode::<3>(text), None, "{text:?}");
        }
    }
}
