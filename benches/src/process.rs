//! Programs that are measured from outside: CPU time, time by the clock, and memory.

use std::fs;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Clock ticks of /proc in a second, the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;
/// Time between two looks at a program's memory.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A result of measuring from outside.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Prints the page that a bench makes with the program whose path it was given.
pub fn print_page(bench: &str, page: impl FnOnce(&Path) -> Outcome<String>) -> ExitCode {
    let Some(program) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("{bench}: give the path of the `watermark` program");
        return ExitCode::from(2);
    };
    match page(&program) {
        Ok(page) => {
            print!("{page}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{bench}: {error}");
            ExitCode::from(2)
        }
    }
}

/// Times of a command with all that it started, s.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Of all processors.
    pub cpu: f64,
    /// By the clock.
    pub wall: f64,
}

/// Runs a command, whose exit code must be one of `codes`.
///
/// # Errors
/// When it cannot be started, and for another exit code.
pub fn run(command: &[&str], codes: &[i32]) -> Outcome<Times> {
    watched(command, codes, |_| {})
}

/// As [`run`]; `look` gets the memory that is resident every 50 ms, bytes.
///
/// # Errors
/// As [`run`].
pub fn watched(command: &[&str], codes: &[i32], mut look: impl FnMut(Memory)) -> Outcome<Times> {
    let mut said = tempfile::tempfile()?;
    let (before, start) = (children_cpu()?, Instant::now());
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(said.try_clone()?)
        .spawn()?;
    let status_file = format!("/proc/{}/status", child.id());
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        look(Memory::read(Path::new(&status_file)));
        thread::sleep(LOOK_EVERY);
    };
    let wall = start.elapsed().as_secs_f64();
    if !status.code().is_some_and(|code| codes.contains(&code)) {
        let mut text = String::new();
        said.rewind()?;
        said.read_to_string(&mut text)?;
        let last = text.lines().last().unwrap_or_default();
        return Err(format!("{} ended with {status}: {last}", command[..2].join(" ")).into());
    }
    Ok(Times { cpu: children_cpu()? - before, wall })
}

/// Memory of a process, bytes; 0 when it has ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Memory {
    /// Resident now.
    pub now: f64,
    /// Most that was resident.
    pub most: f64,
}

impl Memory {
    fn read(status: &Path) -> Self {
        let text = fs::read_to_string(status).unwrap_or_default();
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let kib =
                line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
            1024.0 * kib.unwrap_or(0.0)
        };
        Self { now: field("VmRSS:"), most: field("VmHWM:") }
    }
}

/// CPU time of all children that ended, and of theirs, s.
fn children_cpu() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold spaces; user and system time of children are 14 and 15 fields on.
    let (_, fields) = text.rsplit_once(')').ok_or("/proc/self/stat has no name")?;
    let field = |index: usize| fields.split_whitespace().nth(index).and_then(|field| field.parse::<f64>().ok());
    Ok((field(13).unwrap_or(0.0) + field(14).unwrap_or(0.0)) / TICKS)
}
