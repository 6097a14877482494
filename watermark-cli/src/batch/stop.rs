//! SIGINT, SIGTERM and SIGHUP: at the first no new file is begun and films are given up, at the second the process ends at
//! once, without leaving temporary files.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use signal_hook::consts::{SIGINT, SIGTERM};

use crate::{exit, files, output};

/// The signal of a terminal that is gone, where there is one.
#[cfg(unix)]
const HANG_UP: Option<i32> = Some(signal_hook::consts::SIGHUP);
#[cfg(not(unix))]
const HANG_UP: Option<i32> = None;

/// How often signals are looked for.
const POLL: Duration = Duration::from_millis(20);

/// Whether and why no new file is to be begun.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop {
    /// The signal that arrived, 0 for none.
    signal: Arc<AtomicI32>,
    /// 1 when there is no point in going on for another reason.
    enough: Arc<AtomicI32>,
}

impl Stop {
    /// Listens for signals from now on.
    pub(crate) fn listening() -> Result<Self> {
        let stop = Self::default();
        let arrived = Arc::new(AtomicUsize::new(0));
        let hang_up = HANG_UP.filter(|&signal| !is_ignored(signal));
        for signal in [SIGINT, SIGTERM].into_iter().chain(hang_up) {
            signal_hook::flag::register_usize(signal, Arc::clone(&arrived), signal as usize)
                .context("the system does not let signals be handled")?;
        }
        let seen = stop.clone();
        thread::spawn(move || {
            loop {
                thread::sleep(POLL);
                match i32::try_from(arrived.swap(0, Ordering::SeqCst)) {
                    Ok(signal) if signal != 0 => seen.arrived(signal),
                    _ => {}
                }
            }
        });
        Ok(stop)
    }

    fn arrived(&self, signal: i32) {
        if self.signal.swap(signal, Ordering::SeqCst) != 0 {
            files::staged::remove_all();
            std::process::exit(i32::from(code(signal)));
        }
        output::warn("interrupted: the files in work are finished, films are given up; once more ends at once");
    }

    /// No new file is to be begun.
    pub(crate) fn enough(&self) {
        self.enough.store(1, Ordering::SeqCst);
    }

    /// Whether no new file is to be begun.
    pub(crate) fn is_wanted(&self) -> bool {
        self.signal().is_some() || self.enough.load(Ordering::SeqCst) != 0
    }

    /// The signal that arrived.
    pub(crate) fn signal(&self) -> Option<i32> {
        Some(self.signal.load(Ordering::SeqCst)).filter(|&signal| signal != 0)
    }

    /// The code to leave with after a signal.
    pub(crate) fn code(&self) -> Option<u8> {
        self.signal().map(code)
    }
}

fn code(signal: i32) -> u8 {
    exit::SIGNAL.saturating_add(u8::try_from(signal).unwrap_or(0))
}

/// Whether whoever started the program wants it to go on after a signal, as `nohup` does. Where the system does not say, it
/// is taken to be so, and the signal is left as it is.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_none_or(|mask| mask >> (signal - 1) & 1 == 1)
}

/// The name of a signal.
pub(crate) fn name(signal: i32) -> &'static str {
    match signal {
        SIGTERM => "SIGTERM",
        signal if Some(signal) == HANG_UP => "SIGHUP",
        _ => "SIGINT",
    }
}
