//! Small plots as SVG: panels in a grid, with lines or histograms.

use std::fmt::Write as _;

/// Plot area of a panel, pixels.
const WIDTH: f64 = 220.0;
const HEIGHT: f64 = 150.0;
/// Room around it for lettering, pixels: left, top, right, bottom.
const ROOM: [f64; 4] = [44.0, 24.0, 14.0, 36.0];

/// Colours that are told apart by most eyes (Okabe and Ito).
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// The colour of a line's number.
pub(crate) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// One axis.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    label: String,
    low: f64,
    high: f64,
}

impl Axis {
    /// From `low` to `high`; widened when they are equal.
    pub(crate) fn new(label: &str, low: f64, high: f64) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { label: label.to_owned(), low, high }
    }

    /// 0 at the low end, 1 at the high end.
    fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Round values inside, at most seven.
    fn ticks(&self) -> Vec<f64> {
        let span = self.high - self.low;
        let power = 10_f64.powf((span / 6.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| span / step <= 6.0).unwrap_or(10.0 * power);
        let first = (self.low / step - 1e-9).ceil();
        (0..8).map(|n| (first + f64::from(n)) * step).take_while(|tick| *tick <= self.high + 1e-9 * span).collect()
    }
}

/// A line with dots.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: String,
    pub(crate) colour: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

/// A histogram.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    pub(crate) name: String,
    pub(crate) colour: &'static str,
    pub(crate) start: f64,
    pub(crate) width: f64,
    pub(crate) heights: Vec<f64>,
}

/// One plot.
#[derive(Debug, Clone)]
pub(crate) struct Panel {
    pub(crate) title: String,
    pub(crate) x: Axis,
    pub(crate) y: Axis,
    pub(crate) series: Vec<Series>,
    pub(crate) bars: Vec<Bars>,
}

/// All panels in rows of `columns`, with one legend.
pub(crate) fn grid(panels: &[Panel], columns: usize) -> String {
    let (step_x, step_y) = (ROOM[0] + WIDTH + ROOM[2], ROOM[1] + HEIGHT + ROOM[3]);
    let columns = columns.min(panels.len()).max(1);
    let (width, height) = (step_x * columns as f64, step_y * panels.len().div_ceil(columns) as f64 + 24.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    legend(&mut text, panels);
    for (index, panel) in panels.iter().enumerate() {
        let (left, top) = ((index % columns) as f64 * step_x, (index / columns) as f64 * step_y + 24.0);
        // Writing to a string cannot fail.
        let _ = writeln!(text, "<g transform=\"translate({} {})\">", left + ROOM[0], top + ROOM[1]);
        one(&mut text, panel);
        text.push_str("</g>\n");
    }
    text + "</svg>\n"
}

/// Names in their colours, each once.
fn legend(text: &mut String, panels: &[Panel]) {
    let mut names: Vec<(&str, &str)> = Vec::new();
    for panel in panels {
        let series = panel.series.iter().map(|series| (series.name.as_str(), series.colour));
        let bars = panel.bars.iter().map(|bars| (bars.name.as_str(), bars.colour));
        for entry in series.chain(bars) {
            if !names.contains(&entry) {
                names.push(entry);
            }
        }
    }
    let mut left = ROOM[0];
    for (name, colour) in names {
        let _ = writeln!(text, "<rect x=\"{left}\" y=\"8\" width=\"10\" height=\"10\" fill=\"{colour}\"/>");
        let _ = writeln!(text, "<text x=\"{}\" y=\"17\">{}</text>", left + 14.0, escaped(name));
        left += 34.0 + 7.0 * name.chars().count() as f64;
    }
}

fn one(text: &mut String, panel: &Panel) {
    let place = |x: f64, y: f64| (WIDTH * panel.x.share(x), HEIGHT * (1.0 - panel.y.share(y)));
    axes(text, panel);
    for bars in &panel.bars {
        let _ = write!(text, "<path fill=\"{0}\" fill-opacity=\"0.45\" stroke=\"{0}\" d=\"", bars.colour);
        for (index, &height) in bars.heights.iter().enumerate().filter(|(_, height)| **height > 0.0) {
            let (left, y) = place(bars.start + bars.width * index as f64, height);
            let (right, _) = place(bars.start + bars.width * (index + 1) as f64, height);
            let _ = write!(text, "M{left:.1} {HEIGHT}V{y:.1}H{right:.1}V{HEIGHT}Z");
        }
        text.push_str("\"/>\n");
    }
    for series in &panel.series {
        let colour = series.colour;
        let points: Vec<(f64, f64)> = series.points.iter().map(|&(x, y)| place(x, y)).collect();
        let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        if !path.is_empty() {
            let d = path.join("L");
            let _ = writeln!(text, "<path d=\"M{d}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\"/>");
        }
        for (x, y) in points {
            let _ = writeln!(text, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\" fill=\"{colour}\"/>");
        }
    }
}

/// Title, grid, numbers and labels.
fn axes(text: &mut String, panel: &Panel) {
    let middle = WIDTH / 2.0;
    let _ = writeln!(text, "<text x=\"{middle}\" y=\"-8\" text-anchor=\"middle\">{}</text>", escaped(&panel.title));
    for tick in panel.x.ticks() {
        let x = WIDTH * panel.x.share(tick);
        let _ = writeln!(text, "<path d=\"M{x:.1} 0V{HEIGHT}\" stroke=\"#ddd\"/>");
        let words = number(tick);
        let _ = writeln!(text, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{words}</text>", HEIGHT + 14.0);
    }
    for tick in panel.y.ticks() {
        let y = HEIGHT * (1.0 - panel.y.share(tick));
        let _ = writeln!(text, "<path d=\"M0 {y:.1}H{WIDTH}\" stroke=\"#ddd\"/>");
        let _ = writeln!(text, "<text x=\"-5\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", y + 4.0, number(tick));
    }
    let label = escaped(&panel.x.label);
    let _ = writeln!(text, "<text x=\"{middle}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", HEIGHT + 28.0);
    let _ = writeln!(
        text,
        "<text transform=\"translate(-34 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
        HEIGHT / 2.0,
        escaped(&panel.y.label)
    );
}

/// Without the faults of floating point.
fn number(value: f64) -> String {
    let rounded = (value * 1e6).round() / 1e6;
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(Axis::new("", 0.0, 100.0).ticks(), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        let odd = Axis::new("", 37.3, 48.9).ticks();
        assert_eq!(odd, [38.0, 40.0, 42.0, 44.0, 46.0, 48.0]);
        assert_eq!(number(0.1 + 0.2), "0.3");
    }

    #[test]
    fn a_grid_has_every_panel_and_each_name_once() {
        let series = Series { name: "art".to_owned(), colour: colour(0), points: vec![(0.0, 0.0), (1.0, 100.0)] };
        let panel = Panel {
            title: "jpeg & <co>".to_owned(),
            x: Axis::new("x", 0.0, 1.0),
            y: Axis::new("y", 0.0, 100.0),
            series: vec![series],
            bars: Vec::new(),
        };
        let svg = grid(&[panel.clone(), panel], 4);
        assert_eq!(svg.matches("jpeg &amp; &lt;co>").count(), 2);
        assert_eq!(svg.matches(">art<").count(), 1);
        assert!(svg.contains("M0.0 150.0L220.0 0.0"));
    }
}
