//! Which code was measured: the commit, whether its files were changed since, and a digest of the program itself.

use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::Command;

/// What decides a measurement, as paths from the root of the repository.
const MEASURED: [&str; 5] = ["watermark-core", "attacks", "lab/src", "Cargo.toml", "Cargo.lock"];

/// Origin of a measurement.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The commit, followed by `-dirty` when measured files differ from it.
    pub(crate) commit: String,
    /// Digest of the running program, 12 hexadecimal digits: rows of the same program are the same measurement.
    pub(crate) program: String,
}

impl Origin {
    /// Asks git and reads the program's own file.
    pub(crate) fn now() -> anyhow::Result<Self> {
        let path = std::env::current_exe()?;
        let digest = Sha256::digest(std::fs::read(&path)?);
        let program = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let root = git(&["rev-parse", "--show-toplevel"]).unwrap_or_default();
        let mut commit = git(&["rev-parse", "HEAD"]).map_or_else(|| "unknown".to_owned(), |hash| hash[..12].to_owned());
        let mut status = vec!["-C", &root, "status", "--porcelain", "--untracked-files=all", "--"];
        status.extend(MEASURED);
        if git(&status).is_none_or(|changed| !changed.is_empty()) {
            commit.push_str("-dirty");
        }
        if newest_source(Path::new(&root)).is_some_and(|newest| built(&path).is_some_and(|built| newest > built)) {
            eprintln!(
                "lab: some sources are newer than this program; build it again before you trust the commit's name"
            );
            commit.push_str("-stale");
        }
        Ok(Self { commit, program })
    }

    /// Whether rows of `commit` and `program` can stand for a run of this program now.
    pub(crate) fn covers(&self, commit: &str, program: &str) -> bool {
        program == self.program && (commit == self.commit || !commit.contains('-'))
    }
}

/// The command line without the folder that the program lies in, and of absolute paths only the last two parts: reports
/// are read on other machines.
pub(crate) fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).map(|argument| portable(&argument)).collect();
    format!("cargo run --release -p lab -- {}", arguments.join(" "))
}

/// An absolute path cut to its last two parts; anything else as it is.
fn portable(argument: &str) -> String {
    let (option, value) = match argument.split_once('=') {
        Some((option, value)) if option.starts_with("--") => (format!("{option}="), value),
        _ => (String::new(), argument),
    };
    let path = Path::new(value);
    if !path.is_absolute() {
        return argument.to_owned();
    }
    let parts: Vec<_> = path.components().filter(|part| matches!(part, std::path::Component::Normal(_))).collect();
    let kept: std::path::PathBuf = parts[parts.len().saturating_sub(2)..].iter().collect();
    format!("{option}{}", kept.display())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn built(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().ok()?.modified().ok()
}

/// When the youngest measured Rust file was written.
fn newest_source(root: &Path) -> Option<std::time::SystemTime> {
    let mut folders: Vec<_> =
        ["watermark-core/src", "attacks/src", "lab/src"].iter().map(|part| root.join(part)).collect();
    let mut newest = None;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                newest = newest.max(built(&path));
            }
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    #[test]
    fn absolute_paths_are_cut() {
        for (argument, expected) in [
            ("/home/somebody/shared/images/art", "images/art"),
            ("--out=/home/somebody/out/", "--out=somebody/out"),
            ("target/lab/run", "target/lab/run"),
            ("--psnr", "--psnr"),
            ("/", ""),
        ] {
            assert_eq!(super::portable(argument), expected);
        }
    }
}
