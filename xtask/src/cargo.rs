//! Running programs at the root of the workspace, with errors that name what was run.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

/// What a task comes to: nothing, or the sentence that says what went wrong.
pub(crate) type Outcome<T = ()> = Result<T, String>;

/// A command that is about to run.
pub(crate) struct Run(Command);

/// The root of the workspace: of the one that cargo runs this from, not of the one that this was built in. Two checkouts
/// may share a target directory.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().expect("xtask lies in the workspace").to_owned()
}

/// Where build results go, as far as the environment says; a setting in a configuration file is not seen.
pub(crate) fn target_dir() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Cargo, the one that runs this task.
pub(crate) fn cargo(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Run {
    Run::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args(arguments)
}

impl Run {
    /// A program at the root of the workspace.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.current_dir(root());
        Self(command)
    }

    /// With these arguments as well.
    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(arguments);
        self
    }

    /// With a variable set.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Without a variable.
    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    /// Runs it on our own output and waits; anything but success is an error.
    pub(crate) fn run(mut self) -> Outcome {
        let words = self.words();
        let status = self.0.status().map_err(|error| format!("`{words}` could not be started: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("`{words}` failed ({status})")) }
    }

    /// Runs it and gives what it prints.
    pub(crate) fn text(mut self) -> Outcome<String> {
        let words = self.words();
        let output = self.0.output().map_err(|error| format!("`{words}` could not be started: {error}"))?;
        if !output.status.success() {
            return Err(format!("`{words}` failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it silently and gives the first line that it prints; `None` when it cannot be run or fails.
    pub(crate) fn line(mut self) -> Option<String> {
        let output = self.0.output().ok().filter(|output| output.status.success())?;
        Some(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_owned())
    }

    fn words(&self) -> String {
        let words = std::iter::once(self.0.get_program()).chain(self.0.get_args());
        words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }
}
