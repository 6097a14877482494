//! How much more a busy place bears than a flat one. The embedder shapes the mark by this law and the reader weights
//! by it, at every sample, so the power is worked out with a handful of multiplications that the compiler makes
//! vector code of. Only sums, products and one division: the same bits on every platform.

/// Growth of the amplitude with activity: `1 + GROWTH * activity^EXPONENT` (design notes, row "k .35, e .9").
const GROWTH: f32 = 0.35;
/// Exponent of the growth.
const EXPONENT: f32 = 0.9;
/// Least activity that is looked at, grey levels: its growth is nothing in single precision.
const LEAST: f32 = 1e-9;

/// Relative amplitude that a place of this activity (grey levels) bears.
#[inline]
pub(crate) fn growth(activity: f32) -> f32 {
    1.0 + GROWTH * exp2(EXPONENT * log2(if activity > LEAST { activity } else { LEAST }))
}

/// Logarithm to base two of a positive normal number, to some 2e-7: the exponent's bits, and the series of the area
/// tangent for a mantissa in [sqrt(1/2), sqrt(2)).
#[inline]
fn log2(value: f32) -> f32 {
    const SQRT_HALF: i32 = 0x3f35_04f3;
    const SCALE: f32 = 2.0 * std::f32::consts::LOG2_E;
    let bits = value.to_bits() as i32;
    let exponent = (bits - SQRT_HALF) >> 23;
    let mantissa = f32::from_bits((bits - (exponent << 23)) as u32);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let s2 = s * s;
    let series = 1.0 + s2 * (1.0 / 3.0 + s2 * (1.0 / 5.0 + s2 * (1.0 / 7.0)));
    exponent as f32 + SCALE * s * series
}

/// Two to a power of -120 to 120, to some 2e-7 relative: the whole part goes to the exponent's bits, the rest (-0.5 to
/// 0.5) through the series of the exponential.
#[inline]
fn exp2(power: f32) -> f32 {
    /// Adding this leaves no bits for a fraction: 1.5 * 2^23.
    const ROUND: f32 = 12_582_912.0;
    let rounded = power + ROUND;
    let whole = rounded.to_bits() as i32 - ROUND.to_bits() as i32;
    let x = (power - (rounded - ROUND)) * std::f32::consts::LN_2;
    let series = 1.0 + x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x / 720.0)))));
    f32::from_bits((series.to_bits() as i32 + (whole << 23)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_power_function() {
        let activities = (0..4000).map(|i| 1e-4 * libm::exp2f(i as f32 / 200.0)).chain([0.0, 1.0, 2.0, 25.0]);
        for activity in activities {
            let exact = 1.0 + GROWTH * libm::powf(activity, EXPONENT);
            // Twenty roundings of 6e-8 each at the very most.
            assert!((growth(activity) - exact).abs() <= 1e-6 * exact, "{activity}: {} {exact}", growth(activity));
        }
    }
}
