//! The browser page and the npm package, and what is done with them in a browser. What is heavy to build is in the crate
//! xtask-web, which only these tasks build.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::cargo::{Outcome, Run, cargo, root};
use crate::wasm;

/// Builds the page into `watermark-wasm/page` and the package into `watermark-wasm/pkg`.
pub(crate) fn build() -> Outcome {
    let modules = wasm::build_bindings(["pictures", "films"])?;
    node_modules()?;
    tools("build", &[modules.into_os_string()])
}

/// Tests the built page in headless Chromium; `arguments` go to the test runner of Node.
pub(crate) fn test(arguments: &[OsString]) -> Outcome {
    node_modules()?;
    program()?;
    tools("cases", &[])?;
    let tests = bindings().join("tests");
    let mut files: Vec<PathBuf> = tests
        .read_dir()
        .map_err(|error| format!("{}: {error}", tests.display()))?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    // One after the other: they share two cores with the browser.
    let options = ["--test", "--test-concurrency=1", "--test-timeout=240000", "--test-reporter=spec"];
    Run::new("node").args(options).args(arguments).args(files).run()
}

/// Compares native and browser on every picture of some folders and writes docs/studies/browser-agreement.md.
pub(crate) fn agreement(folders: &[OsString]) -> Outcome {
    node_modules()?;
    program()?;
    tools("agreement", folders)
}

/// Measures speed and memory in the browser and writes docs/measurements-browser.md.
pub(crate) fn measure() -> Outcome {
    node_modules()?;
    program()?;
    tools("measure", &[])
}

/// Takes the pictures of the page that the documents show.
pub(crate) fn screenshots() -> Outcome {
    node_modules()?;
    program()?;
    tools("cases", &[])?;
    Run::new("node").args([bindings().join("tests/screenshots.mjs")]).run()
}

/// The command line, which serves the page.
fn program() -> Outcome {
    cargo(["build", "--release", "-p", "watermark-cli"]).run()
}

fn tools(task: &str, arguments: &[OsString]) -> Outcome {
    let run = ["run", "--quiet", "--release", "-p", "xtask-web", "--features", "tools", "--", task];
    cargo(run).args(arguments).run()
}

/// Installs the few packages of npm as the lock file has them, unless they are there.
fn node_modules() -> Outcome {
    let installed = bindings().join("node_modules/.package-lock.json");
    let age = |path: &Path| path.metadata().and_then(|facts| facts.modified()).ok();
    if age(&installed) >= age(&bindings().join("package-lock.json")) && installed.is_file() {
        return Ok(());
    }
    let folder = bindings();
    let install = Run::new("npm").args(["ci", "--no-audit", "--no-fund", "--prefix"]).args([folder]).run();
    install.map_err(|error| format!("{error}; building the page needs Node 20 or later with npm"))
}

fn bindings() -> PathBuf {
    root().join("watermark-wasm")
}
