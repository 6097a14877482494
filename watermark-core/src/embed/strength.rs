//! Strength: from a profile or a PSNR target to grey levels.

use crate::spectrum::Plane;
use crate::{Profile, Strength};

/// Amplitude of the standard profile where the mask is 1, grey levels (standard deviation of the change).
const STANDARD_GAIN: f64 = 0.62;
/// PSNR that no profile goes below or above, dB: very busy and very quiet pictures.
const PSNR_RANGE: (f64, f64) = (41.4, 47.0);

/// Grey levels to a unit of pattern times mask. The pattern has unit variance, so the mean square of the mask gives
/// the mean squared change.
pub(crate) fn gain(mask: &Plane, strength: Strength) -> f32 {
    let power = mask.iter().map(|&m| f64::from(m) * f64::from(m)).sum::<f64>() / mask.len() as f64;
    let for_psnr = |psnr: f64| libm::sqrt(255.0 * 255.0 / libm::pow(10.0, psnr / 10.0) / power);
    let gain = match strength {
        Strength::PsnrDb(psnr) => for_psnr(psnr),
        Strength::Profile(profile) => {
            let offset_db = match profile {
                Profile::Subtle => 4.0,
                Profile::Standard => 0.0,
                Profile::Robust => -3.0,
            };
            let wanted = STANDARD_GAIN * libm::pow(10.0, -offset_db / 20.0);
            wanted.clamp(for_psnr(PSNR_RANGE.1 + offset_db), for_psnr(PSNR_RANGE.0 + offset_db))
        }
    };
    gain as f32
}
