//! Working memory: how far the resident set of a process of its own grows at most, beyond the decoded picture, while
//! it marks or reads it. Asked of the kernel (`VmHWM`); there is no figure where it cannot be asked.

use std::fs;
use std::process::Command;

use watermark_benches::{Case, Size};

/// First argument of the child process.
pub(crate) const CHILD: &str = "--peak";

/// Sizes at which the memory is measured: a screen's picture, in which the fixed share weighs most, a camera's, one that
/// is met in strips, and a comic strip, whose short side says little about its area.
const SIZES: [Size; 4] = [
    Size { name: "2MP", width: 1632, height: 1224 },
    Size { name: "12MP", width: 4000, height: 3000 },
    Size { name: "50MP", width: 8192, height: 6144 },
    Size { name: "9.6MP strip of 800x12,000 px", width: 800, height: 12_000 },
];

/// What is done, as an argument and in words.
const STEPS: [(&str, &str); 2] =
    [("embed", "embed with its reading back"), ("detect", "detect, unmarked: the full search")];

/// Growth of one step at one size.
#[derive(Debug)]
pub(crate) struct Peak {
    /// Name of the size.
    pub(crate) size: &'static str,
    /// What was done.
    pub(crate) step: &'static str,
    /// Bytes beyond the decoded picture.
    pub(crate) bytes: u64,
    /// The same for each pixel.
    pub(crate) bytes_per_pixel: f64,
}

/// Measures each step in a process of its own; leaves out what cannot be measured here.
pub(crate) fn measure() -> Vec<Peak> {
    let cases = SIZES.iter().flat_map(|size| STEPS.iter().map(move |step| (size, step)));
    cases.filter_map(|(size, step)| peak(size, step)).collect()
}

fn peak(size: &Size, (argument, words): &(&str, &'static str)) -> Option<Peak> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new(program).args([CHILD, argument, size.name]).output().ok()?;
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return None;
    }
    let bytes: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().ok()?;
    let bytes_per_pixel = bytes as f64 / (size.width * size.height) as f64;
    Some(Peak { size: size.name, step: words, bytes, bytes_per_pixel })
}

/// The child: does one step and prints by how many bytes the process grew for it.
pub(crate) fn in_child(step: &str, size: &str) -> Result<(), String> {
    let size = SIZES.iter().find(|s| s.name == size).ok_or_else(|| format!("no size {size}"))?;
    let mut samples = size.picture();
    let before = status("VmRSS")?;
    let case = Case::new().map_err(|error| error.to_string())?;
    match step {
        "embed" => {
            case.mark(&mut size.view_mut(&mut samples)).and_then(|_| case.read_back(&size.view(&samples))).map(|_| ())
        }
        "detect" => case.detect(&size.view(&samples)).map(|_| ()),
        other => return Err(format!("no step {other}")),
    }
    .map_err(|error| error.to_string())?;
    println!("{}", status("VmHWM")?.saturating_sub(before));
    Ok(())
}

/// A line of the process's status, in bytes.
fn status(name: &str) -> Result<u64, String> {
    let text = fs::read_to_string("/proc/self/status").map_err(|error| format!("no process status: {error}"))?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.trim().strip_suffix(" kB"));
    value
        .and_then(|kib| kib.parse::<u64>().ok())
        .map(|kib| kib * 1024)
        .ok_or_else(|| format!("no {name} in the status"))
}
