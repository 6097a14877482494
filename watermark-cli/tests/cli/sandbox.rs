//! A directory of its own for each test, with a key in it, and the program run inside.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use watermark_core::{Key, KeyRole, SECRET_BYTES};
use watermark_formats::KeyText;

/// A directory in which the program runs.
pub(crate) struct Sandbox {
    folder: TempDir,
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Sandbox {
    /// An empty directory.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().expect("a temporary directory") }
    }

    /// A directory with a new master key, `studio.key`.
    pub(crate) fn with_key() -> Self {
        let sandbox = Self::empty();
        sandbox.run(["keygen", "--out", "studio.key"]).succeeds();
        sandbox
    }

    /// With the master key of a secret as `studio.key`: for what another key may change.
    pub(crate) fn with_key_of(secret: [u8; SECRET_BYTES]) -> Self {
        let sandbox = Self::empty();
        let key = Key::from_secret(KeyRole::Master, secret);
        sandbox.write("studio.key", KeyText::open(&key).to_text().as_bytes());
        #[cfg(unix)]
        sandbox.set_mode("studio.key", 0o600);
        sandbox
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(name), bytes).expect("a file in the sandbox");
        self
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect("a file in the sandbox")
    }

    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.read(name)).expect("text")
    }

    #[cfg(unix)]
    pub(crate) fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(self.path(name)).expect("a file in the sandbox").permissions().mode() & 0o777
    }

    #[cfg(unix)]
    pub(crate) fn set_mode(&self, name: &str, mode: u32) -> &Self {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).expect("permissions");
        self
    }

    /// Everything in the directory, by name, with its bytes; for a link, where it leads.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut contents = BTreeMap::new();
        collect(self.folder.path(), &mut contents);
        contents
    }

    /// Runs the program here.
    pub(crate) fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        self.finish(Command::new(env!("CARGO_BIN_EXE_watermark")).args(arguments))
    }

    /// Runs the program here with a variable set.
    pub(crate) fn run_with_variable<'a>(
        &self,
        name: &str,
        value: &str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Run {
        self.finish(Command::new(env!("CARGO_BIN_EXE_watermark")).env(name, value).args(arguments))
    }

    /// Runs a line of the shell here, in which `$0` is the program.
    pub(crate) fn run_shell(&self, line: &str) -> Run {
        self.finish(Command::new("sh").args(["-c", line, env!("CARGO_BIN_EXE_watermark")]))
    }

    /// Runs the program here without a terminal; `None` where that cannot be arranged.
    pub(crate) fn run_without_terminal<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Option<Run> {
        Command::new("setsid").arg("--version").output().ok()?;
        let mut command = Command::new("setsid");
        Some(self.finish(command.arg("--wait").arg(env!("CARGO_BIN_EXE_watermark")).args(arguments)))
    }

    /// Runs the program here with files limited to a few kilobytes; what is beyond fails as on a full disk.
    #[cfg(unix)]
    pub(crate) fn run_with_small_files<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Run {
        // Without the trap the limit would end the process.
        let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"";
        self.finish(Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_watermark")]).args(arguments))
    }

    /// Makes a directory, and those above it.
    pub(crate) fn folder(&self, name: &str) -> &Self {
        fs::create_dir_all(self.path(name)).expect("a directory in the sandbox");
        self
    }

    /// Starts the program here and does not wait for it. On Linux it minds SIGHUP even where these tests were told not to
    /// (`nohup`), which is inherited.
    pub(crate) fn start<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Child {
        let program = env!("CARGO_BIN_EXE_watermark");
        let mut command = if cfg!(target_os = "linux") {
            let mut command = Command::new("env");
            command.args(["--default-signal=HUP", program]);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs")
    }

    /// Names of everything below a directory, as text with slashes, without directories.
    pub(crate) fn files_in(&self, name: &str) -> Vec<String> {
        let root = self.path(name);
        let mut contents = BTreeMap::new();
        if root.is_dir() {
            collect(&root, &mut contents);
        }
        let files = contents.into_keys().filter(|path| !path.is_dir());
        let text = |path: PathBuf| path.strip_prefix(&root).expect("below").to_string_lossy().replace('\\', "/");
        files.map(text).collect()
    }

    fn finish(&self, command: &mut Command) -> Run {
        let output = command.current_dir(self.folder.path()).stdin(Stdio::null()).output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let run = Run {
            code: output.status.code().expect("the program leaves by itself"),
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        // Neither a panic nor the net that catches one.
        assert!(!run.err.contains("panicked") && !run.err.contains("internal fault"), "{}", run.err);
        run
    }

    /// Runs something that has to fail with `code`, in one sentence that has all of `words`, and change nothing.
    pub(crate) fn fails<'a>(&self, code: i32, arguments: impl IntoIterator<Item = &'a str>, words: &[&str]) {
        let before = self.contents();
        let run = self.run(arguments);
        run.complains(code, words);
        assert_eq!(run.out, "", "nothing on standard output");
        let after = self.contents();
        assert!(before.keys().eq(after.keys()), "files before {:?}, after {:?}", before.keys(), after.keys());
        assert!(before == after, "a file was changed");
    }
}

impl Run {
    /// Expects code 0 and nothing on standard error.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{}", self.out);
        self
    }

    /// Expects a code and one line on standard error, with all of `words`.
    #[track_caller]
    pub(crate) fn complains(&self, code: i32, words: &[&str]) {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        assert!(self.err.starts_with("watermark: ") && self.err.lines().count() == 1, "{:?}", self.err);
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in {:?}", self.err);
        }
    }

    /// Standard output as JSON objects, one a line.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

fn collect(folder: &Path, contents: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a directory") {
        let path = entry.expect("an entry").path();
        let kind = fs::symlink_metadata(&path).expect("metadata").file_type();
        if kind.is_dir() {
            contents.insert(path.clone(), Vec::new());
            collect(&path, contents);
        } else if kind.is_symlink() {
            let target = fs::read_link(&path).expect("a link");
            contents.insert(path, target.to_string_lossy().into_owned().into_bytes());
        } else {
            let bytes = fs::read(&path).expect("a file");
            contents.insert(path, bytes);
        }
    }
}
