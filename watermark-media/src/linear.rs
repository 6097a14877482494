//! Between scene-linear light and the display's encoding, in which the mark is planned and added.
//!
//! A step of the mark has to be as visible in a shadow as in a highlight, which no step in linear light is. Up to white
//! (1.0) the encoding is sRGB's curve, in the variant whose two pieces meet with one slope (IEC 61966-2-1 rounds the
//! numbers so that they miss each other by a little, and then the curve would not be monotone). Above white it goes on
//! as a logarithm with the slope that the curve has there: a step then changes a highlight by the same share of its
//! value as it changes white, 40.0 stays about 40.0, and the brightest half-precision value is 5.9 in the encoding,
//! which the analysis of the picture still takes as it is. Continuing sRGB's power law was the other choice: there the
//! share gets smaller with the value, until half precision rounds the mark away, and a single hot pixel weighs as much
//! as hundreds of white ones. Below black the curve is mirrored.
//!
//! Arithmetic is in 64 bits: there and back misses a value by less than one part in a million, a half-precision unit
//! is one in two thousand.

use std::sync::OnceLock;

use half::f16;

/// Where the straight piece ends, in the encoding: 0.055 / (2.4 - 1), the only place with one slope on both sides.
const KNEE: f64 = 0.055 / 1.4;
/// Slope of the straight piece, from linear to encoded: the knee over the power law's value there.
const RISE: f64 = 12.923_210_180_787_853;
/// Slope of the curve at white.
const WHITE_SLOPE: f64 = 1.055 / 2.4;

/// Scene-linear to the display's encoding; finite for every finite value.
pub(crate) fn encode(linear: f32) -> f32 {
    let value = f64::from(linear).abs();
    let encoded = if value <= KNEE / RISE {
        value * RISE
    } else if value <= 1.0 {
        1.055 * value.powf(1.0 / 2.4) - 0.055
    } else {
        1.0 + WHITE_SLOPE * value.ln()
    };
    encoded.copysign(linear.into()) as f32
}

/// The display's encoding to scene-linear, not rounded to 32 bits yet.
fn decode(encoded: f64) -> f64 {
    let value = encoded.abs();
    let linear = if value <= KNEE {
        value / RISE
    } else if value <= 1.0 {
        ((value + 0.055) / 1.055).powf(2.4)
    } else {
        ((value - 1.0) / WHITE_SLOPE).exp()
    };
    linear.copysign(encoded)
}

/// The display's encoding to scene-linear.
pub(crate) fn light(encoded: f32) -> f32 {
    f32::nearest(decode(encoded.into()))
}

/// A sample of a scene-linear file. What is done to it is done in the display's encoding.
pub(crate) trait Linear: Copy {
    /// In the display's encoding, as it is worked on: 0 for what is no finite number.
    fn encoded(self) -> f32;

    /// As it is: alpha, which is no light. 0 for what is no finite number.
    fn plain(self) -> f32;

    /// The nearest to a linear value, the largest finite one for what is beyond.
    fn nearest(linear: f64) -> Self;

    /// This sample after its encoded value became `now`; the sample itself, bit for bit, where it did not change or
    /// was no finite number. `share` of the change is taken: that of a premultiplied colour is as weak as the colour.
    /// Light that was not negative does not become negative.
    fn changed(self, now: f32, share: f32) -> Self {
        let before = self.encoded();
        if !self.is_finite() || before.to_bits() == now.to_bits() || share <= 0.0 {
            return self;
        }
        let moved = f64::from(before) + (f64::from(now) - f64::from(before)) * f64::from(share.min(1.0));
        let linear = decode(moved);
        Self::nearest(if self.plain() >= 0.0 { linear.max(0.0) } else { linear })
    }

    /// Whether it is a number at all.
    fn is_finite(self) -> bool;
}

impl Linear for f32 {
    fn encoded(self) -> f32 {
        encode(self.plain())
    }

    fn plain(self) -> f32 {
        if f32::is_finite(self) { self } else { 0.0 }
    }

    fn nearest(linear: f64) -> Self {
        (linear as f32).clamp(f32::MIN, f32::MAX)
    }

    fn is_finite(self) -> bool {
        f32::is_finite(self)
    }
}

impl Linear for f16 {
    fn encoded(self) -> f32 {
        // There are few of them, and a logarithm or a power for each sample of a picture takes its time.
        static TABLE: OnceLock<Vec<f32>> = OnceLock::new();
        let table = TABLE.get_or_init(|| (0..=u16::MAX).map(|bits| encode(f16::from_bits(bits).plain())).collect());
        table[usize::from(self.to_bits())]
    }

    fn plain(self) -> f32 {
        f32::from(self).plain()
    }

    fn nearest(linear: f64) -> Self {
        f16::from_f64(linear.clamp(f16::MIN.to_f64(), f16::MAX.to_f64()))
    }

    fn is_finite(self) -> bool {
        f16::is_finite(self)
    }
}

/// The share of a change that a premultiplied colour of this alpha takes.
pub(crate) fn share(alpha: f32) -> f32 {
    if alpha.is_finite() { alpha.clamp(0.0, 1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_comes_back() {
        for bits in 0..=u16::MAX {
            let half = f16::from_bits(bits);
            if !half.is_finite() {
                assert_eq!(half.encoded(), 0.0);
                continue;
            }
            let back = f16::nearest(decode(half.encoded().into()));
            assert_eq!(back.to_bits(), bits, "{half}");
        }
    }

    #[test]
    fn monotone_odd_and_smooth_at_white() {
        let finite = |bits: &u16| f16::from_bits(*bits).is_finite();
        let halves: Vec<f16> = (0..0x7c00_u16).filter(finite).map(f16::from_bits).collect();
        assert!(halves.windows(2).all(|two| two[0].encoded() < two[1].encoded()));
        assert!(halves.iter().all(|&half| (-half).encoded() == -half.encoded()));
        for join in [1.0, (KNEE / RISE) as f32] {
            let step = join / 1024.0;
            let (below, above) = (encode(join) - encode(join - step), encode(join + step) - encode(join));
            assert!((below / above - 1.0).abs() < 2e-3, "{join}: {below} {above}");
        }
        assert_eq!((encode(0.0), encode(1.0)), (0.0, 1.0));
        assert!(encode(f16::MAX.into()) < 6.0 && encode(f32::MAX).is_finite());
        // sRGB's own curve, to its own precision.
        assert!((encode(0.18) - 0.461_356).abs() < 1e-4);
    }

    #[test]
    fn a_highlight_moves_by_the_share_of_white() {
        let moved = |value: f32| f64::from(value.changed(value.encoded() + 0.01, 1.0)) / f64::from(value);
        assert!((moved(40.0) - moved(1.0)).abs() < 1e-5, "{} {}", moved(40.0), moved(1.0));
        assert!((moved(40.0) - 1.0).abs() < 0.03);
    }

    #[test]
    fn what_did_not_change_keeps_its_bits() {
        for value in [0.0, -0.0, 1e-30, 0.3, -2.5, 40.0, f32::NAN, f32::INFINITY, f32::from_bits(0x7fc0_1234)] {
            assert_eq!(value.changed(value.encoded(), 1.0).to_bits(), value.to_bits());
            assert_eq!(value.changed(value.encoded() + 0.1, 0.0).to_bits(), value.to_bits());
        }
        assert_eq!(f32::NAN.changed(0.3, 1.0).to_bits(), f32::NAN.to_bits());
        assert_eq!(0.001_f32.changed(-0.2, 1.0), 0.0);
        assert!((-0.5_f32).changed(-0.9, 1.0) < -0.5);
        assert_eq!(f32::MAX.changed(100.0, 1.0), f32::MAX);
        assert_eq!(f16::MAX.changed(7.0, 1.0), f16::MAX);
    }
}
