//! Where the figures are, and of which code and machine they are.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the figures depend on.
const MEASURED: [&str; 6] =
    ["watermark-core", "watermark-media", "watermark-evidence", "benches", "Cargo.toml", "Cargo.lock"];

/// The directory in which criterion leaves its estimates, found as criterion finds it.
pub fn estimates() -> PathBuf {
    if let Some(home) = std::env::var_os("CRITERION_HOME") {
        return home.into();
    }
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    target.join("criterion")
}

/// The commit, and whether the code was changed since.
pub fn commit() -> String {
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else {
        return "an unknown commit".to_owned();
    };
    let changes: Vec<&str> = ["status", "--porcelain", "--"].into_iter().chain(MEASURED).collect();
    match git(&changes) {
        Some(changes) if changes.is_empty() => format!("commit {commit}"),
        _ => format!("commit {commit} **with changes that are not committed**"),
    }
}

/// The processor, as it calls itself, and how many of it there are.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("unknown processor", |(_, name)| name.trim());
    format!("{model}, {cores} cores")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(root()).args(arguments).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}
