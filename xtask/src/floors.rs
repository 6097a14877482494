//! The laboratory's quick suite on pictures that need no files but the repository's, held against recorded floors.

use std::ffi::OsStr;
use std::fs;

use crate::cargo::{Outcome, cargo, root, target_dir};

/// What the floors are of, in the repository.
const FLOORS: &str = "lab/floors.toml";
/// The photograph among the pictures; the others are made from formulas.
const PHOTOGRAPH: &str = "watermark-cli/assets/astronaut.png";

/// Measures, and fails naming the rows below their floor; with `--record` writes the floors instead.
pub(crate) fn run(record: bool) -> Outcome {
    let lab = target_dir().join("lab");
    // The command is written down with what it measured: as seen from the root, where it runs.
    let lab = lab.strip_prefix(root()).unwrap_or(&lab);
    let (samples, out) = (lab.join("samples"), lab.join("quick"));
    if root().join(&out).exists() {
        fs::remove_dir_all(root().join(&out))
            .map_err(|error| format!("{}: cannot be cleared: {error}", out.display()))?;
    }
    let program = ["run", "--release", "-p", "lab", "--"].map(OsStr::new);
    let words = ["samples", "--photo", PHOTOGRAPH, "--out"].map(OsStr::new);
    cargo(program).args(words).args([&samples]).run()?;
    let folders =
        [OsStr::new("run"), OsStr::new("--images"), samples.as_os_str(), OsStr::new("--out"), out.as_os_str()];
    let floors = if record { "--record-floors" } else { "--floors" };
    cargo(program).args(folders).args(["--suite", "quick", "--trials", "12", floors, FLOORS]).run()
}
