//! Child processes: started without a terminal, in a process group of their own (an interrupt is ours to handle), killed
//! when dropped, their last words kept.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread::{self, JoinHandle};

use crate::{Error, Result};

/// Lines of a program's last words that are kept, and bytes of one.
const LINES: usize = 4;
const LINE_BYTES: usize = 300;

/// A running program.
pub(crate) struct Running {
    program: &'static str,
    what: &'static str,
    pub(crate) child: Child,
    said: Option<JoinHandle<String>>,
}

/// `ffmpeg` or `ffprobe` with nothing on standard input.
pub(crate) fn program(name: &'static str) -> Command {
    let mut command = Command::new(name);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
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
        Ok(Self { program, what, child, said: Some(said) })
    }

    /// Waits for its end; what it said, and whether it went well.
    pub(crate) fn finish(&mut self) -> Result<(bool, String)> {
        let status = self.child.wait().map_err(Error::io("a program cannot be waited for"))?;
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

    /// As an error.
    pub(crate) fn failure(&self, said: String) -> Error {
        let said = if said.is_empty() { "it ended without a word".to_owned() } else { said };
        Error::Failed { program: self.program, what: self.what, said }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
    Vec::from(kept).join("; ")
}
