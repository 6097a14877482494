//! Medians out of the files that criterion leaves.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use watermark_benches::{SIZES, Size};

/// The benches of a size, as they are named, and what they are in words.
pub(crate) const STAGES: [(&str, &str); 6] = [
    ("plan", "plan"),
    ("apply", "apply"),
    ("embed", "embed: plan and apply"),
    ("read_back", "read back"),
    ("detect_untouched", "detect, untouched geometry"),
    ("detect_unmarked", "detect, unmarked: the full search"),
];

/// Medians in milliseconds.
#[derive(Debug)]
pub(crate) struct Times {
    /// The unit: one real FFT of 1024 x 1024.
    pub(crate) unit_ms: f64,
    /// For each of `SIZES`, the stages in their order.
    pub(crate) stages_ms: Vec<[f64; STAGES.len()]>,
}

/// One file of criterion's, as far as it is used here. Times are in nanoseconds.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

impl Times {
    /// The median of a stage at a size.
    pub(crate) fn of(&self, size: &str, stage: &str) -> f64 {
        let row = SIZES.iter().position(|s| s.name == size).expect("a size of ours");
        let column = STAGES.iter().position(|s| s.0 == stage).expect("a stage of ours");
        self.stages_ms[row][column]
    }
}

/// Reads all medians.
pub(crate) fn read(home: &Path) -> Result<Times, String> {
    let of_size = |size: &Size| {
        let mut medians = [0.0; STAGES.len()];
        for (median, (bench, _)) in medians.iter_mut().zip(STAGES) {
            *median = median_ms(home, &format!("{}/{bench}", size.name))?;
        }
        Ok(medians)
    };
    Ok(Times {
        unit_ms: median_ms(home, "fft_1024x1024")?,
        stages_ms: SIZES.iter().map(of_size).collect::<Result<_, String>>()?,
    })
}

fn median_ms(home: &Path, bench: &str) -> Result<f64, String> {
    let path = home.join(bench).join("new/estimates.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("{}: {error}; `cargo xtask measure` runs the benches first", path.display()))?;
    let estimates: Estimates = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(estimates.median.point_estimate / 1e6)
}
