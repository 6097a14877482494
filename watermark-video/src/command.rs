//! Child processes: started without a terminal, in a process group of their own (an interrupt is ours to handle), killed
//! when dropped, their last words kept.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};

use crate::{Error, Result};

/// Lines of a program's last words that are kept, and bytes of one.
const LINES: usize = 4;
const LINE_BYTES: usize = 300;

/// What the system says of a full disk.
pub(crate) const FULL: &str = "No space left";

/// Signals that say why: the one that the kernel sends when memory runs out, and that of a file beyond its limit (SIGXFSZ,
/// the same number on Linux and macOS).
const KILLED: i32 = 9;
const FILE_LIMIT: i32 = 25;

/// What the encoder says of a file that is not whole.
const INCOMPLETE: [&str; 4] = [FULL, "Error writing", "Error closing", "Error muxing"];

/// What the GNU C library asks of the kernel anew for every frame, and gives back, unless it is told to keep it: figures in
/// docs/decisions/frames.md. Other libraries do not look at it.
const ALLOCATOR: [(&str, &str); 2] = [("MALLOC_MMAP_THRESHOLD_", "33554432"), ("MALLOC_TRIM_THRESHOLD_", "268435456")];

/// A running program.
pub(crate) struct Running {
    program: &'static str,
    what: &'static str,
    pub(crate) child: Child,
    said: Option<JoinHandle<String>>,
    /// How it ended, as soon as it did.
    ended: Option<ExitStatus>,
}

/// `ffmpeg` or `ffprobe` with nothing on standard input.
pub(crate) fn program(name: &'static str) -> Command {
    let mut command = Command::new(name);
    for (variable, bytes) in ALLOCATOR {
        if std::env::var_os(variable).is_none() {
            command.env(variable, bytes);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

/// `ffmpeg` or `ffprobe` for a file that may be a stranger's: only the file itself may be opened, no address in it.
pub(crate) fn reader(name: &'static str) -> Command {
    let mut command = program(name);
    command.args(["-hide_banner", "-protocol_whitelist", "file"]);
    command
}

/// A path as the programs take it: a name like `concat:a` or `-i` is a file's name and nothing else.
pub(crate) fn argument(path: &Path) -> OsString {
    let mut text = OsString::from("file:");
    text.push(path);
    text
}

/// The last line of what a program complained of, without the file's name and addresses in memory.
pub(crate) fn complaint(said: &str, path: &Path) -> String {
    let name = argument(path).to_string_lossy().into_owned();
    let last = lines(said).pop().unwrap_or_else(|| "without a message".to_owned());
    last.replace(&name, "the file").replace(&*path.to_string_lossy(), "the file")
}

/// What a program said, line by line: without addresses in memory (`[h264 @ 0x5581] ...`), and each but once.
pub(crate) fn lines(said: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in said.lines() {
        let mut text = line;
        while let Some((_, rest)) = text.split_once("] ").filter(|(who, _)| who.starts_with('[') && who.contains(" @ "))
        {
            text = rest;
        }
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        if !text.is_empty() && !lines.contains(&text) {
            lines.push(text);
        }
    }
    lines
}

/// A filter that prints the timestamps of every frame on standard error, before the frame is written.
/// Whatever else frames carry (timecodes, what a filter has measured) is no complaint of the program.
pub(crate) const PRINT_TIMES: &str =
    r"metadata=mode=delete,metadata=mode=add:key=n:value=1,metadata=mode=print:file=pipe\\:2:direct=1";

/// For [`Running::start`] of a program with [`PRINT_TIMES`]: `each` gets the lines with timestamps.
pub(crate) fn times(mut each: impl FnMut(&str) + Send + 'static) -> impl FnMut(&str) -> bool + Send + 'static {
    move |line| match line.strip_prefix("frame:") {
        Some(rest) => {
            each(rest);
            true
        }
        None => line == "n=1",
    }
}

impl Running {
    /// Starts it. `each` takes lines that are no last words by saying `true`.
    pub(crate) fn start(
        mut command: Command,
        program: &'static str,
        what: &'static str,
        each: impl FnMut(&str) -> bool + Send + 'static,
    ) -> Result<Self> {
        let mut child = command.spawn().map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => Error::Missing { program },
            _ => Error::Io { what: "a program cannot be started", source },
        })?;
        let stderr = child.stderr.take();
        let said = thread::spawn(move || stderr.map(|stderr| last_words(stderr, each)).unwrap_or_default());
        Ok(Self { program, what, child, said: Some(said), ended: None })
    }

    /// Waits for its end; what it said, and whether it went well.
    pub(crate) fn finish(&mut self) -> Result<(bool, String)> {
        let status = self.child.wait().map_err(Error::io("a program cannot be waited for"))?;
        self.ended = Some(status);
        let said = self.said.take().and_then(|thread| thread.join().ok()).unwrap_or_default();
        Ok((status.success(), said))
    }

    /// Waits for its end, which has to be a good one.
    pub(crate) fn succeed(&mut self) -> Result<String> {
        match self.finish()? {
            (true, said) => Ok(said),
            (false, said) => Err(self.failure(said)),
        }
    }

    /// Waits for the end of one that writes a file: what it said where the file is not whole.
    pub(crate) fn written(&mut self) -> Result<Option<String>> {
        let (good, said) = self.finish()?;
        // ffmpeg 5 leaves with success when the last bytes, or all of a short file, could not be written.
        Ok((!good || INCOMPLETE.iter().any(|word| said.contains(word))).then_some(said))
    }

    /// As an error.
    pub(crate) fn failure(&self, said: String) -> Error {
        let said = match (self.ended.and_then(signal), said.is_empty()) {
            // Its last words are not about that.
            (Some(FILE_LIMIT), _) => "a file grew beyond the limit that is set for this session (ulimit -f)".to_owned(),
            (Some(KILLED), _) => format!("it was killed (signal {KILLED}); was there too little memory?"),
            (Some(signal), _) => format!("it was ended by signal {signal}"),
            (None, true) => "it ended without a word".to_owned(),
            (None, false) => lines(&said).join("; "),
        };
        Error::Failed { program: self.program, what: self.what, said }
    }
}

/// The signal that ended a program.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

/// Elsewhere there are none.
#[cfg(not(unix))]
fn signal(_status: ExitStatus) -> Option<i32> {
    None
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes of a pipe that carries frames, where the system lets it be set: fewer turns for a frame of megabytes.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1 << 20;

/// Makes a pipe larger; where that is not allowed it stays as it is.
#[cfg(target_os = "linux")]
pub(crate) fn widen(pipe: &impl std::os::fd::AsFd) {
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BYTES);
}

/// Other systems have their own size.
#[cfg(not(target_os = "linux"))]
pub(crate) fn widen<T>(_pipe: &T) {}

fn last_words(stderr: ChildStderr, mut each: impl FnMut(&str) -> bool) -> String {
    let mut kept = VecDeque::new();
    let mut reader = BufReader::new(stderr);
    let mut line = Vec::new();
    while let Ok(1..) = reader.by_ref().take(1 << 16).read_until(b'\n', &mut line) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim();
        if !text.is_empty() && !each(text) && kept.back().is_none_or(|last| last != text) {
            if kept.len() == LINES {
                kept.pop_front();
            }
            kept.push_back(text.chars().take(LINE_BYTES).collect::<String>());
        }
        line.clear();
    }
    Vec::from(kept).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_one_line_without_addresses() {
        let text = "[mov @ 0x55] first\n[mov,mp4 @ 0x5581d] moov atom not found\n";
        assert_eq!(complaint(text, Path::new("a.mp4")), "moov atom not found");
        assert_eq!(complaint("file:a.mp4: Invalid data\n", Path::new("a.mp4")), "the file: Invalid data");
        assert_eq!(lines(text), ["first", "moov atom not found"]);
        assert_eq!(lines("[vist#0 @ 0x1] [dec:h264 @ 0x2] no\n[h264 @ 0x3] no\n[1] yes"), ["no", "[1] yes"]);
        assert_eq!(complaint("", Path::new("a.mp4")), "without a message");
    }
}
