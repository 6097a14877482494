//! What unmarked pictures give: tails of the two statistics, as base-ten logarithms.

/// log10 of the chance that a chi-squared variable with `2 half_dof` degrees of freedom exceeds `x`.
///
/// For even degrees of freedom the tail is a Poisson sum, `exp(-x/2) sum_{i < half_dof} (x/2)^i / i!`, evaluated in
/// the log domain so that it is exact far out.
pub(crate) fn log10_chi2_tail(x: f64, half_dof: usize) -> f64 {
    let half = x / 2.0;
    if half <= 0.0 {
        return 0.0;
    }
    let (mut term, mut largest) = (0.0_f64, 0.0_f64);
    let mut terms = Vec::with_capacity(half_dof);
    for i in 0..half_dof {
        if i > 0 {
            term += libm::log(half / i as f64);
        }
        largest = largest.max(term);
        terms.push(term);
    }
    let sum: f64 = terms.iter().map(|t| libm::exp(t - largest)).sum();
    ((largest + libm::log(sum) - half) * std::f64::consts::LOG10_E).min(0.0)
}

/// log10 of a bound on the chance that any of `2^message_bits` codewords correlates with the soft values by at least
/// `correlation` (of values with energy `energy`).
///
/// Without a mark of this key the sign of every soft value is fair and independent given its magnitude, because the
/// keyed phases of its carriers are uniform: Hoeffding's inequality (1963) and a union over the codewords.
pub(crate) fn log10_codeword_tail(correlation: f64, energy: f64, message_bits: usize) -> f64 {
    if correlation <= 0.0 || energy <= 0.0 {
        return 0.0;
    }
    let exponent = correlation * correlation / (2.0 * energy) * std::f64::consts::LOG10_E;
    (message_bits as f64 * std::f64::consts::LOG10_2 - exponent).min(0.0)
}

/// The smallest of `tried` probabilities, corrected: `1 - (1 - p)^tried` (Sidak), in logarithms.
pub(crate) fn log10_corrected(log10_p: f64, tried: u64) -> f64 {
    if log10_p >= 0.0 {
        return 0.0;
    }
    let p = libm::pow(10.0, log10_p);
    if p < 1e-12 {
        return (log10_p + libm::log10(tried as f64)).min(0.0);
    }
    let none = tried as f64 * libm::log1p(-p.min(1.0 - 1e-15));
    libm::log10(-libm::expm1(none)).min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chi2_tail_matches_known_values() {
        // Two degrees of freedom: exactly exp(-x/2).
        assert!((log10_chi2_tail(20.0, 1) + 10.0 * std::f64::consts::LOG10_E).abs() < 1e-12);
        // Ten degrees of freedom at 18.307: the 5 % point of the tables.
        assert!((log10_chi2_tail(18.307, 5) - libm::log10(0.05)).abs() < 1e-4);
        // 512 degrees of freedom at their mean: about one half.
        assert!((log10_chi2_tail(512.0, 256) - libm::log10(0.4917)).abs() < 1e-3);
        assert!(log10_chi2_tail(5000.0, 256) < -600.0);
    }

    #[test]
    fn correction_multiplies_small_and_saturates_large_probabilities() {
        assert!((log10_corrected(-15.0, 1000) + 12.0).abs() < 1e-9);
        assert!((log10_corrected(-3.0, 100) - libm::log10(1.0 - 0.999_f64.powi(100))).abs() < 1e-9);
        assert_eq!(log10_corrected(0.0, 5), 0.0);
    }

    #[test]
    fn codeword_tail_is_a_bound_for_one_fixed_word() {
        // 4 standard deviations: exp(-8), twice above the normal tail at least.
        let bound = log10_codeword_tail(4.0 * 8.0, 64.0, 0);
        assert!((bound + 8.0 * std::f64::consts::LOG10_E).abs() < 1e-12);
    }
}
