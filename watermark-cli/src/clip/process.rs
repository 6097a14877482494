//! The child processes. A suspect file is a stranger's: only the file itself may be opened, no address in it.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::Command;

use anyhow::anyhow;

/// `ffmpeg` or `ffprobe`, reading nothing but files.
pub(super) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.args(["-hide_banner", "-protocol_whitelist", "file"]);
    command
}

/// A path as the programs take it: a name like `concat:a` or `-i` is a file's name and nothing else.
pub(super) fn name(path: &Path) -> OsString {
    let mut name = OsString::from("file:");
    name.push(path.as_os_str());
    name
}

/// Why a program was not started.
pub(super) fn not_started(program: &str, error: &io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => anyhow!(
            "this is a clip, and clips are decoded by {program}, which is not on the search path; install ffmpeg (Debian: \
             apt-get install ffmpeg)"
        ),
        _ => anyhow!("{program} cannot be started ({error})"),
    }
}

/// The last of what a program complained of, on one line, without the file's name and addresses in memory.
pub(super) fn complaint(text: &str, path: &Path) -> String {
    let name = name(path).to_string_lossy().into_owned();
    let clean = |line: &str| {
        let line = line.replace(&name, "the file");
        let line = line.replace(&*path.to_string_lossy(), "the file");
        // "[h264 @ 0x5581] ..."
        match (line.starts_with('['), line.split_once("] ")) {
            (true, Some((_, rest))) => rest.to_owned(),
            _ => line,
        }
    };
    let lines: Vec<String> = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(clean).collect();
    let last = lines.last().cloned().unwrap_or_else(|| "without a message".to_owned());
    last.chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_one_line_without_addresses() {
        let text = "[mov @ 0x55] first\n[mov,mp4 @ 0x5581d] moov atom not found\n";
        assert_eq!(complaint(text, Path::new("a.mp4")), "moov atom not found");
        assert_eq!(complaint("file:a.mp4: Invalid data\n", Path::new("a.mp4")), "the file: Invalid data");
        assert_eq!(complaint("", Path::new("a.mp4")), "without a message");
    }
}
