//! Intervals and tests that tables rest on.

/// Standard normal quantile of a two-sided 95 % interval.
const Z95: f64 = 1.959_964;

/// The Wilson interval (95 %) of a share of `successes` in `trials`; everything when nothing was tried.
pub(crate) fn wilson(successes: usize, trials: usize) -> (f64, f64) {
    if trials == 0 {
        return (0.0, 1.0);
    }
    let (n, share) = (trials as f64, successes as f64 / trials as f64);
    let z2 = Z95 * Z95;
    let middle = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // At the ends the formula is exact but its rounding is not.
    let low = if successes == 0 { 0.0 } else { middle - half };
    let high = if successes == trials { 1.0 } else { middle + half };
    (low.max(0.0), high.min(1.0))
}

/// McNemar's exact test: the two-sided chance that `lost` and `won` trials among those that changed come of a fair coin.
pub(crate) fn mcnemar(lost: usize, won: usize) -> f64 {
    let n = lost + won;
    let mut term = 0.5_f64.powi(n.min(1000) as i32);
    if n > 1000 {
        // The normal approximation is good to more digits than anything here shows.
        let z = (lost.abs_diff(won) as f64 - 1.0).max(0.0) / (n as f64).sqrt();
        return (2.0 * upper_tail(z)).min(1.0);
    }
    let mut sum = 0.0;
    for k in 0..=lost.min(won) {
        sum += term;
        term *= (n - k) as f64 / (k + 1) as f64;
    }
    (2.0 * sum).min(1.0)
}

/// The chance that a standard normal number exceeds `z`, by Mill's continued fraction (five decimals above 1).
fn upper_tail(z: f64) -> f64 {
    if z < 1.0 {
        let steps = 1000;
        let width = (8.0 - z) / f64::from(steps);
        let density = |i: i32| (-0.5 * (z + width * (f64::from(i) + 0.5)).powi(2)).exp();
        return (0..steps).map(density).sum::<f64>() * width / std::f64::consts::TAU.sqrt();
    }
    let fraction = (1..=60).rev().fold(z, |below, k| z + f64::from(k) / below);
    (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt() / fraction
}

/// A mean and its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mean {
    pub(crate) mean: f64,
    /// Infinite for a single value.
    pub(crate) error: f64,
    pub(crate) count: usize,
}

impl Mean {
    /// Of values; `None` of none.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let count = values.len();
        if count == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / count as f64;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let error = if count == 1 { f64::INFINITY } else { (squares / (count - 1) as f64 / count as f64).sqrt() };
        Some(Self { mean, error, count })
    }

    /// Whether the mean is further from zero than twice its standard error.
    pub(crate) fn beyond_noise(&self) -> bool {
        self.mean.abs() > 2.0 * self.error
    }
}

impl std::fmt::Display for Mean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.error.is_finite() {
            write!(f, "{:+.2} +- {:.2}", self.mean, self.error)
        } else {
            write!(f, "{:+.2}", self.mean)
        }
    }
}

/// The middle value; NaN of none.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => 0.5 * (values[n / 2 - 1] + values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_agrees_with_printed_values() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (successes, trials, low, high) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let (got_low, got_high) = wilson(successes, trials);
            assert!((got_low - low).abs() < 6e-5 && (got_high - high).abs() < 6e-5, "{got_low} {got_high}");
        }
        assert_eq!(wilson(60, 60).1, 1.0);
        assert_eq!(wilson(0, 0), (0.0, 1.0));
    }

    #[test]
    fn mcnemar_is_the_binomial_test() {
        assert_eq!(mcnemar(0, 0), 1.0);
        assert_eq!(mcnemar(3, 3), 1.0);
        assert!((mcnemar(0, 5) - 0.0625).abs() < 1e-12);
        assert!((mcnemar(5, 0) - 0.0625).abs() < 1e-12);
        // 2 * (1 + 10 + 45) / 1024.
        assert!((mcnemar(2, 8) - 0.109_375).abs() < 1e-12);
        // Either side of the change of method: z = 3 without the continuity correction.
        let (exact, normal) = (mcnemar(452, 548), mcnemar(453, 549));
        assert!((exact / normal - 1.0).abs() < 0.05 && (0.002..0.003).contains(&exact), "{exact} {normal}");
    }

    #[test]
    fn the_tail_is_continuous() {
        assert!((upper_tail(1.959_964) - 0.025).abs() < 1e-6);
        assert!((upper_tail(0.999_999) - upper_tail(1.0)).abs() < 1e-5);
    }

    #[test]
    fn means_and_medians() {
        let mean = Mean::of(&[1.0, 2.0, 3.0]).expect("three");
        assert!((mean.mean - 2.0).abs() < 1e-12 && (mean.error - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        assert!(mean.beyond_noise() && Mean::of(&[]).is_none());
        assert_eq!(median([3.0, 1.0, 2.0, 10.0].into_iter()), 2.5);
    }
}
