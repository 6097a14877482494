//! Products of numbers of 16 bits, sixteen at a time where registers are wide.

/// The high half of the product.
#[cfg_attr(target_arch = "x86_64", inline(always))]
pub(super) fn high(a: i16, b: i16) -> i16 {
    ((i32::from(a) * i32::from(b)) >> 16) as i16
}
