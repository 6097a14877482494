//! The observed distribution of `log10_p` against its claim.

use super::Call;
use super::rows::distinct;
use std::fmt::Write as _;

/// Evidence values that claim: of `count` at most `count * 10^x` are at or below `x`.
#[derive(Debug, Clone)]
pub(crate) struct Observed {
    /// Sorted, the strongest first.
    pub(crate) values: Vec<f64>,
    /// How many there were; more than values when only the strongest of a ring is known.
    pub(crate) count: usize,
    /// Above this the values say nothing: the correction for the ring stops at 1.
    pub(crate) valid_to: f64,
}

impl Observed {
    pub(super) fn new(mut values: Vec<f64>, count: usize, valid_to: f64) -> Self {
        values.sort_by(f64::total_cmp);
        Self { values, count, valid_to }
    }

    /// How many are at or below `x`.
    pub(crate) fn below(&self, x: f64) -> usize {
        self.values.partition_point(|&value| value <= x)
    }

    /// How many would be, if the claim were exact.
    pub(crate) fn expected(&self, x: f64) -> f64 {
        self.count as f64 * 10_f64.powf(x)
    }

    /// Mean excess over the tail's start in units of the claim's, its standard error and the tail's size.
    ///
    /// If the claim is exact, `-ln p` beyond a threshold is exponential with mean 1 (the extreme-value fit with shape
    /// zero). Above 1 the tail is heavier than claimed.
    pub(crate) fn tail_slope(&self) -> Option<(f64, f64, usize)> {
        let start = (self.valid_to - 0.5).min(-0.5);
        let excess: Vec<f64> =
            self.values[..self.below(start)].iter().map(|v| (start - v) * std::f64::consts::LN_10).collect();
        let count = excess.len();
        let mean = excess.iter().sum::<f64>() / count.max(1) as f64;
        (count >= 5).then(|| (mean, mean / (count as f64).sqrt(), count))
    }
}

/// The strongest trace of every call.
pub(crate) fn by_call(calls: &[Call]) -> Observed {
    Observed::new(calls.iter().map(|call| call.p).collect(), calls.len(), 0.0)
}

/// Every pair of picture and key: the correction for the ring is taken back.
pub(crate) fn by_key(calls: &[Call]) -> Observed {
    let mut values = Vec::new();
    let mut valid_to = 0.0_f64;
    for call in calls {
        let ring = (call.keys as f64).log10();
        valid_to = valid_to.min(-ring);
        let known: &[f64] = if call.each.is_empty() { std::slice::from_ref(&call.p) } else { &call.each };
        values.extend(known.iter().map(|&p| one_of(p, call.keys)));
    }
    Observed::new(values, calls.iter().map(|call| call.keys).sum(), valid_to)
}

/// The chance of one key alone, when `p` is the chance that any of `keys` independent ones reads so strongly.
fn one_of(log10_p: f64, keys: usize) -> f64 {
    let none = (-10_f64.powf(log10_p)).ln_1p() / keys as f64;
    (-none.exp_m1()).log10().min(0.0)
}

/// Counts at whole powers of ten, the found ones, and the tail's slope.
pub(crate) fn table(title: &str, observed: &Observed) -> String {
    let mut text = format!(
        "## {title}\n\n| log10 p at most | observed | claimed at most | excess, standard deviations |\n|---|---|---|---|\n"
    );
    for step in 1..=9 {
        let x = -f64::from(step);
        if x > observed.valid_to {
            continue;
        }
        let (seen, expected) = (observed.below(x), observed.expected(x));
        let excess = (seen as f64 - expected) / expected.sqrt();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {x} | {seen} | {expected:.3} | {excess:+.1} |");
    }
    let strongest = observed.values.first().copied().unwrap_or(0.0);
    let _ = writeln!(
        text,
        "\n{} in all, found (at most -9): {}, strongest {strongest:.2}",
        observed.count,
        observed.below(-9.0)
    );
    match observed.tail_slope() {
        Some((slope, error, count)) => {
            let _ = writeln!(
                text,
                "Tail slope {slope:.2} +- {error:.2} of {count} (1 as claimed, above it a heavier tail)\n"
            );
        }
        None => text.push_str("Too few in the tail for its slope\n\n"),
    }
    text
}

/// Counts by kind of picture.
pub(crate) fn kinds(calls: &[Call]) -> String {
    let mut text = String::from(
        "## Kinds of pictures\n\n| kind | calls | at most -1 | claimed | at most -2 | strongest |\n|---|---|---|---|---|---|\n",
    );
    for name in distinct(calls.iter().map(|call| call.kind.as_str())) {
        let of_kind: Vec<Call> = calls.iter().filter(|call| call.kind == name).cloned().collect();
        let observed = by_call(&of_kind);
        let strongest = observed.values[0];
        let (one, two) = (observed.below(-1.0), observed.below(-2.0));
        let _ = writeln!(
            text,
            "| {name} | {} | {one} | {:.1} | {two} | {strongest:.2} |",
            observed.count,
            observed.expected(-1.0)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Choices;

    fn uniform(count: usize, power: f64) -> Observed {
        let mut choices = Choices::new(7, "uniform");
        let values = (0..count).map(|_| power * (1.0 - choices.unit()).log10()).collect();
        Observed::new(values, count, 0.0)
    }

    #[test]
    fn a_true_claim_has_slope_one_and_a_false_one_has_not() {
        // 20,000 values: about 6,300 in the tail, so a standard error of 0.013.
        let (slope, error, count) = uniform(20_000, 1.0).tail_slope().expect("enough");
        assert!((slope - 1.0).abs() < 5.0 * error && count > 5000, "{slope} {error}");
        let (slope, error, _) = uniform(20_000, 1.3).tail_slope().expect("enough");
        assert!(slope > 1.0 + 10.0 * error);
    }

    #[test]
    fn the_correction_for_a_ring_is_taken_back() {
        for single in [0.3_f64, 0.01, 1e-9] {
            let ring = -(32.0 * (-single).ln_1p()).exp_m1();
            assert!((one_of(ring.log10(), 32) - single.log10()).abs() < 1e-6, "{single}");
        }
        assert_eq!(one_of(0.0, 32), 0.0);
    }

    #[test]
    fn counts_follow_the_values() {
        let observed = Observed::new(vec![-0.2, -3.5, -1.0, -0.1], 4, 0.0);
        assert_eq!((observed.below(-1.0), observed.below(-2.0), observed.below(-4.0)), (2, 1, 0));
        assert!((observed.expected(-1.0) - 0.4).abs() < 1e-12);
    }
}
