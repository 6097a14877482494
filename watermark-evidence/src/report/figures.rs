//! Numbers as a report writes them.

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
/// Powers of ten up to this are written out.
const WRITTEN_OUT: u32 = 6;

/// A whole number with its thousands apart.
pub(super) fn whole(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with `places` decimals, with a minus sign that is one.
pub(super) fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().any(|c| c.is_ascii_digit() && c != '0') => format!("−{rest}"),
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

/// The N of "less than once in N", never more than the figure allows.
pub(super) fn once_in(log10_p: f64) -> String {
    // Negative or not a number becomes 0, and no evidence has more digits than a u32 holds.
    let exponent = (-log10_p).floor().max(0.0) as u32;
    if exponent <= WRITTEN_OUT {
        return whole(10_u64.pow(exponent));
    }
    let digits = exponent.to_string();
    let raised = digits.bytes().map(|digit| SUPERSCRIPTS[usize::from(digit - b'0') % 10]);
    format!("10{}", raised.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(whole(1_234_567), "1,234,567");
        assert_eq!(whole(20), "20");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(-12.34, 1), "−12.3");
    }

    #[test]
    fn odds_are_never_more_than_the_figure_allows() {
        assert_eq!(once_in(-38.99), "10³⁸");
        assert_eq!(once_in(-6.2), "1,000,000");
        assert_eq!(once_in(0.0), "1");
        assert_eq!(once_in(f64::NAN), "1");
        assert_eq!(once_in(-120.0), "10¹²⁰");
    }
}
