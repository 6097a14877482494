//! The 16 check bits that tell a decoded word from noise.

/// x^16 + x^14 + x^12 + x^11 + x^8 + x^5 + x^4 + x^2 + 1 (0x5935; 0xac9a in Koopman's notation).
///
/// Chosen from Koopman and Chakravarty's survey (2004, "Cyclic redundancy code polynomial selection for embedded
/// networks") because any two words of up to 241 data bits differ in at least 5 places, and ours have 56, 88 and 160.
/// A test recounts it. Against what a list decoder gets wrong, which is many bits at once, every polynomial lets
/// 2^-16 through.
const POLYNOMIAL: u16 = 0x5935;

/// Number of check bits.
pub(crate) const CRC_BITS: usize = 16;

/// The check of `bits` (each 0 or 1), most significant bit first; the register starts with ones, so that leading
/// zeros count.
pub(crate) fn crc16(bits: &[u8]) -> u16 {
    bits.iter().fold(u16::MAX, |register, &bit| {
        let feedback = (register >> 15) ^ u16::from(bit);
        register << 1 ^ if feedback == 1 { POLYNOMIAL } else { 0 }
    })
}
