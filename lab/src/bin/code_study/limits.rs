//! What a code of this length could do at best, and another way to choose a polar code's places.

/// The normal approximation to the word error rate of the best code (Polyanskiy, Poor and Verdu 2010) of `length`
/// coded bits with `information` bits, sent as +-1 in normal noise, `snr_db` = amplitude^2 over variance.
pub(crate) fn normal(length: usize, information: usize, snr_db: f64) -> f64 {
    let amplitude = 10_f64.powf(snr_db / 20.0);
    // Moments of the information density 1 - log2(1 + exp(-2 a y)), y normal around a.
    let (mut capacity, mut square, mut mass) = (0.0, 0.0, 0.0);
    for step in -8000..=8000 {
        let z = f64::from(step) * 1e-3;
        let weight = (-z * z / 2.0).exp();
        let density = 1.0 - (-2.0 * amplitude * (amplitude + z)).exp().ln_1p() / std::f64::consts::LN_2;
        (capacity, square, mass) = (capacity + weight * density, square + weight * density * density, mass + weight);
    }
    let (capacity, square) = (capacity / mass, square / mass);
    let n = length as f64;
    let gap = n * capacity - information as f64 + 0.5 * n.log2();
    upper_tail(gap / (n * (square - capacity * capacity)).sqrt())
}

/// The probability that a normal number exceeds `x`, by summing its density.
fn upper_tail(x: f64) -> f64 {
    let steps = 20_000;
    let width = 10.0 / f64::from(steps);
    let density = |i: i32| {
        let z = x + width * (f64::from(i) + 0.5);
        (-z * z / 2.0).exp()
    };
    (0..steps).map(density).sum::<f64>() * width / std::f64::consts::TAU.sqrt()
}

/// The `information` places of `length` with the largest mean soft value, by density evolution with normal
/// densities (Chung, Richardson and Urbanke 2001; for polar codes Trifonov 2012), at a design `snr_db`.
pub(crate) fn by_gaussian_approximation(length: usize, information: usize, snr_db: f64) -> Vec<usize> {
    let mut means = vec![2.0 * 10_f64.powf(snr_db / 10.0)];
    while means.len() < length {
        means = means.iter().flat_map(|&mean| [check(mean), 2.0 * mean]).collect();
    }
    let mut places: Vec<usize> = (0..length).collect();
    places.sort_by(|&a, &b| means[b].total_cmp(&means[a]).then(b.cmp(&a)));
    places.truncate(information);
    places.sort_unstable();
    places
}

/// Mean soft value of a sum of two bits whose own mean is `mean`: solves phi(y) = 1 - (1 - phi(mean))^2.
fn check(mean: f64) -> f64 {
    let target = phi(mean);
    let target = target * (2.0 - target);
    let (mut low, mut high) = (0.0, mean);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if phi(middle) > target { low = middle } else { high = middle }
    }
    high
}

/// One minus the mean of tanh(x / 2) for x normal with this mean and twice that variance; the usual fit.
fn phi(mean: f64) -> f64 {
    if mean < 10.0 {
        (-0.4527 * mean.powf(0.86) + 0.0218).exp().min(1.0)
    } else {
        (std::f64::consts::PI / mean).sqrt() * (-mean / 4.0).exp() * (1.0 - 10.0 / (7.0 * mean))
    }
}
