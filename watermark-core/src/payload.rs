//! The user's bits and their three lengths. How they are framed for the code is in `code::framing`.

use crate::{Error, Result};

/// How many user bits a mark carries. Fewer bits survive more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PayloadClass {
    /// 32 user bits.
    Bits32,
    /// 64 user bits, the default.
    #[default]
    Bits64,
    /// 128 user bits.
    Bits128,
}

impl PayloadClass {
    /// Every class, in the order in which a reader tries them.
    pub const ALL: [Self; 3] = [Self::Bits64, Self::Bits32, Self::Bits128];

    /// Number of user bits.
    pub const fn bits(self) -> usize {
        match self {
            Self::Bits32 => 32,
            Self::Bits64 => 64,
            Self::Bits128 => 128,
        }
    }
}

/// The user's bits: 4, 8 or 16 bytes.
///
/// Written and read as hexadecimal digits, the first byte first:
///
/// ```
/// use watermark_core::{Payload, PayloadClass};
/// let payload: Payload = "00c0ffee12345678".parse()?;
/// assert_eq!(payload.class(), PayloadClass::Bits64);
/// assert_eq!(payload.as_bytes()[1], 0xc0);
/// assert_eq!(payload.to_string(), "00c0ffee12345678");
/// # Ok::<(), watermark_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Payload {
    bytes: Vec<u8>,
}

impl Payload {
    /// A payload of 4, 8 or 16 bytes.
    ///
    /// # Errors
    /// [`Error::Input`] for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        match bytes.len() {
            4 | 8 | 16 => Ok(Self { bytes: bytes.to_vec() }),
            n => Err(Error::input(format!("the payload has {n} bytes; it must have 4, 8 or 16 (32, 64 or 128 bits)"))),
        }
    }

    /// The user's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The class that the length gives.
    pub fn class(&self) -> PayloadClass {
        match self.bytes.len() {
            4 => PayloadClass::Bits32,
            8 => PayloadClass::Bits64,
            _ => PayloadClass::Bits128,
        }
    }
}

impl std::fmt::Display for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload({self})")
    }
}

impl std::str::FromStr for Payload {
    type Err = Error;

    /// Reads 8, 16 or 32 hexadecimal digits of either case, and nothing else: no prefix, space or separator.
    ///
    /// # Errors
    /// [`Error::Input`] for another number of digits, or naming the first character that is not one.
    fn from_str(text: &str) -> Result<Self> {
        if let Some((at, other)) = text.chars().enumerate().find(|(_, c)| !c.is_ascii_hexdigit()) {
            let at = at + 1;
            return Err(Error::input(format!("character {at} of the payload, {other:?}, is not a hexadecimal digit")));
        }
        if !matches!(text.len(), 8 | 16 | 32) {
            let n = text.len();
            return Err(Error::input(format!(
                "the payload has {n} hexadecimal digits; it must have 8, 16 or 32 (32, 64 or 128 bits)"
            )));
        }
        let digit = |c: u8| (c as char).to_digit(16).expect("checked above") as u8;
        Self::from_bytes(&text.as_bytes().chunks_exact(2).map(|c| digit(c[0]) << 4 | digit(c[1])).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use super::{Payload, PayloadClass};
    use proptest::prelude::*;

    fn message(text: &str) -> String {
        text.parse::<Payload>().unwrap_err().to_string()
    }

    #[test]
    fn wrong_text_is_refused_with_a_reason() {
        assert!(message("").contains("has 0 hexadecimal digits"));
        assert!(message("1234567").contains("has 7 hexadecimal digits"));
        assert!(message(&"0".repeat(64)).contains("has 64 hexadecimal digits"));
        assert!(message("0x123456").contains("character 2 of the payload, 'x'"));
        assert!(message("1234 5678").contains("character 5 of the payload, ' '"));
        assert!(message("12345é78").contains("character 6 of the payload, 'é'"));
    }

    #[test]
    fn wrong_lengths_are_refused() {
        for n in (0..40).filter(|n| ![4, 8, 16].contains(n)) {
            assert!(Payload::from_bytes(&vec![0; n]).is_err(), "{n} bytes");
        }
        for class in PayloadClass::ALL {
            assert_eq!(Payload::from_bytes(&vec![0; class.bits() / 8]).unwrap().class(), class);
        }
    }

    proptest! {
        #[test]
        fn text_round_trip(bytes in prop::collection::vec(any::<u8>(), 16), class in 0_usize..3, upper: bool) {
            let payload = Payload::from_bytes(&bytes[..PayloadClass::ALL[class].bits() / 8]).unwrap();
            let text = if upper { payload.to_string().to_uppercase() } else { payload.to_string() };
            prop_assert_eq!(text.parse::<Payload>().unwrap(), payload);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,40}") {
            let _ = text.parse::<Payload>();
        }
    }
}
