//! Payloads (skeleton: signatures fixed, bodies to come).

use crate::{Error, Result};

/// How many user bits a mark carries.
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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Payload {
    bytes: Vec<u8>,
}

impl Payload {
    /// A payload of 4, 8 or 16 bytes.
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
    /// Reads 8, 16 or 32 hexadecimal digits.
    fn from_str(_text: &str) -> Result<Self> {
        Err(Error::input("not yet"))
    }
}
