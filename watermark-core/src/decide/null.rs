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

/// log10 of a bound on the chance that any of `2^message_bits` codewords correlates with the soft values `z` by at
/// least `correlation`.
///
/// Without a mark of this key the sign of every soft value is fair and independent given its magnitude, because the
/// keyed phases of its carriers are uniform. The chance for one word is bounded by `exp(-s t) prod cosh(s |z_i|)`, for
/// whatever s (Chernoff 1952; Hoeffding's inequality of 1963 replaces cosh x by exp(x^2 / 2), which costs some six
/// powers of ten near the threshold); the best s is approached by Newton's method. Then a union over the codewords.
pub(crate) fn log10_codeword_tail(correlation: f64, z: &[f32], message_bits: usize) -> f64 {
    let energy: f64 = z.iter().map(|&z| f64::from(z) * f64::from(z)).sum();
    if correlation <= 0.0 || energy <= 0.0 {
        return 0.0;
    }
    let words = message_bits as f64 * std::f64::consts::LOG10_2;
    (words + log_sign_tail(correlation, energy, z) * std::f64::consts::LOG10_E).min(0.0)
}

/// Natural logarithm of the bound for one word.
fn log_sign_tail(correlation: f64, energy: f64, z: &[f32]) -> f64 {
    /// Any s gives a bound; from the normal tail's s these are enough for the best one.
    const STEPS: usize = 12;
    let mut s = correlation / energy;
    let mut best = 0.0_f64;
    for _ in 0..STEPS {
        let (mut bound, mut slope, mut curvature) = (-s * correlation, -correlation, 0.0);
        for &z in z {
            let a = f64::from(z).abs();
            let decay = libm::exp(-2.0 * s * a);
            let tanh = (1.0 - decay) / (1.0 + decay);
            bound += s * a + libm::log1p(decay) - std::f64::consts::LN_2;
            slope += a * tanh;
            curvature += a * a * (1.0 - tanh * tanh);
        }
        best = best.min(bound);
        if slope.abs() < 1e-6 * correlation || curvature < 1e-9 * energy {
            break;
        }
        s = (s - slope / curvature).clamp(s / 2.0, s * 3.0);
    }
    best
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
    fn the_bound_on_one_word_holds_and_is_tighter_than_hoeffdings() {
        let z: Vec<f32> = (0..14).map(|i| 0.3 + 0.17 * (i * 5 % 7) as f32 + 0.02 * i as f32).collect();
        let energy: f64 = z.iter().map(|&z| f64::from(z * z)).sum();
        let sum = |signs: u32| -> f64 {
            z.iter().enumerate().map(|(i, &z)| if signs >> i & 1 == 0 { f64::from(z) } else { -f64::from(z) }).sum()
        };
        let all = 1_u32 << z.len();
        for share in [0.2, 0.5, 0.8, 0.99] {
            let correlation = share * sum(0);
            let exact = (0..all).filter(|&signs| sum(signs) >= correlation).count() as f64 / f64::from(all);
            let bound = log10_codeword_tail(correlation, &z, 0);
            let hoeffding = -correlation * correlation / (2.0 * energy) * std::f64::consts::LOG10_E;
            assert!(bound >= libm::log10(exact), "{share}: {bound} under the exact {}", libm::log10(exact));
            assert!(bound < hoeffding, "{share}: {bound} over {hoeffding}");
        }
        // All signs agree: the chance is 2^-14 exactly.
        let bound = log10_codeword_tail(sum(0), &z, 0);
        assert!((bound + 14.0 * std::f64::consts::LOG10_2).abs() < 0.05, "{bound}");
    }

    #[test]
    fn every_message_bit_doubles_the_words() {
        let z = [1.0_f32; 100];
        let [none, ten] = [0, 10].map(|bits| log10_codeword_tail(70.0, &z, bits));
        assert!((ten - none - 10.0 * std::f64::consts::LOG10_2).abs() < 1e-12);
        assert_eq!(log10_codeword_tail(70.0, &z, 500), 0.0);
        assert_eq!(log10_codeword_tail(-1.0, &z, 0), 0.0);
    }
}
