//! The observed distribution against the claim, drawn as SVG.

use super::tail::Observed;
use std::fmt::Write as _;

/// Plot area, pixels.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 420.0;
/// Room for the axes' lettering, pixels.
const MARGIN: f64 = 56.0;
/// Decades on each axis.
const DECADES: f64 = 7.0;

/// Two distributions with what they are of, the claim as a diagonal, and the band in which 95 % of exact claims would lie
/// for the first.
pub(crate) fn svg(first: (&Observed, &str), second: (&Observed, &str)) -> String {
    const COLOURS: [&str; 2] = ["#1f6fb5", "#b5501f"];
    let (full_width, full_height) = (WIDTH + 2.0 * MARGIN, HEIGHT + 2.0 * MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {full_width} {full_height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    for decade in 0..=DECADES as i32 {
        let (x, y) = place(-f64::from(decade), -f64::from(decade));
        let (left, bottom) = (MARGIN, MARGIN + HEIGHT);
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "<path d=\"M{x:.1} {MARGIN}V{bottom}M{left} {y:.1}H{}\" stroke=\"#ddd\"/>", MARGIN + WIDTH);
        let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>", bottom + 16.0, -decade);
        let _ =
            writeln!(text, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", left - 6.0, y + 4.0, -decade);
    }
    let _ = writeln!(text, "<path d=\"{}\" fill=\"#cfe3f7\" stroke=\"none\"/>", band(first.0.count));
    let ((x0, y0), (x1, y1)) = (place(0.0, 0.0), place(-DECADES, -DECADES));
    let _ = writeln!(text, "<path d=\"M{x0} {y0}L{x1} {y1}\" stroke=\"#555\" stroke-dasharray=\"5 4\"/>");
    for ((observed, _), colour) in [first, second].into_iter().zip(COLOURS) {
        let _ =
            writeln!(text, "<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/>", steps(observed));
    }
    let label = |text: &mut String, row: f64, colour: &str, words: String| {
        let _ = writeln!(
            text,
            "<text x=\"{}\" y=\"{}\" fill=\"{colour}\">{words}</text>",
            MARGIN + WIDTH * 0.55,
            MARGIN + 18.0 * row
        );
    };
    label(&mut text, 1.0, "#555", "claim (dashed)".into());
    for (row, ((observed, name), colour)) in [first, second].into_iter().zip(COLOURS).enumerate() {
        label(&mut text, 2.0 + row as f64, colour, format!("{} {name}", observed.count));
    }
    label(&mut text, 4.0, "#6d9cc7", "95 % band of an exact claim".into());
    let _ = writeln!(
        text,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">log10 p claimed</text>",
        full_width / 2.0,
        full_height - 12.0
    );
    let (x, y) = (16.0, full_height / 2.0);
    let _ = writeln!(
        text,
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" transform=\"rotate(-90 {x} {y})\">log10 of the share observed</text>"
    );
    text.push_str("</svg>\n");
    text
}

/// Where a claimed and an observed log10 stand; the strong end is on the right and at the bottom.
fn place(claimed: f64, observed: f64) -> (f64, f64) {
    let inside = |value: f64| (-value / DECADES).clamp(0.0, 1.0);
    (MARGIN + WIDTH * inside(claimed), MARGIN + HEIGHT * inside(observed))
}

/// The observed share as steps, from the valid end to the strongest value.
fn steps(observed: &Observed) -> String {
    let valid = observed.below(observed.valid_to.min(-1e-9));
    let mut path = String::new();
    for (index, &value) in observed.values[..valid].iter().enumerate().rev() {
        let share = ((index + 1) as f64 / observed.count as f64).log10();
        let (x, y) = place(value, share);
        let _ = write!(path, "{}{x:.1} {y:.1}", if path.is_empty() { "M" } else { "L" });
    }
    path
}

/// The band, from the normal approximation on the square root of a count (Anscombe), which holds for small ones too.
fn band(count: usize) -> String {
    let (mut upper, mut lower) = (String::new(), Vec::new());
    let mut x = 0.0;
    while x >= -DECADES {
        let expected = count as f64 * 10_f64.powf(x);
        let root = (expected + 0.375).sqrt();
        let limit = |root: f64| ((root.max(0.0).powi(2) - 0.375).max(1e-9) / count as f64).log10();
        let (left, high) = place(x, limit(root + 0.98));
        let _ = write!(upper, "{}{left:.1} {high:.1}", if upper.is_empty() { "M" } else { "L" });
        lower.push(place(x, limit(root - 0.98)));
        x -= 0.05;
    }
    for (x, y) in lower.iter().rev() {
        let _ = write!(upper, "L{x:.1} {y:.1}");
    }
    upper + "Z"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claim_lies_inside_its_band() {
        // At log10 p = -2 of 10,000 there are 100 expected, give or take 19.6.
        let root = 100.375_f64.sqrt();
        let (low, high) = ((root - 0.98).powi(2) - 0.375, (root + 0.98).powi(2) - 0.375);
        assert!((low - 81.0).abs() < 1.0 && (high - 121.0).abs() < 1.0, "{low} {high}");
        assert!(band(10_000).starts_with('M') && band(10_000).ends_with('Z'));
    }

    #[test]
    fn the_strong_end_is_right_and_down() {
        let (weak, strong) = (place(0.0, 0.0), place(-5.0, -5.0));
        assert!(strong.0 > weak.0 && strong.1 > weak.1);
    }
}
