//! The program as it was built, for tests that run it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The workspace's directory.
///
/// # Panics
/// Never: this crate lies in the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace")
}

/// The `watermark` program of this build.
///
/// It lies beside the directory of this test. Building the command line's own tests brings it up to date, with the
/// same features as `cargo test --workspace`, after which there is nothing left to build.
///
/// # Panics
/// When it cannot be built.
pub fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = env::current_exe().expect("this program");
        let profile = test.ancestors().nth(2).expect("target/profile/deps/test");
        let mut build = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        build.current_dir(root()).args(["test", "--quiet", "--workspace", "--no-run", "--test", "cli"]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        build.arg("--target-dir").arg(profile.parent().expect("target/profile"));
        let output = build.stdin(Stdio::null()).output().expect("cargo");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let program = profile.join("watermark");
        assert!(program.is_file(), "{}: was not built", program.display());
        program
    })
}
