//! Memory for the pictures in work: a semaphore of bytes. Who asks first is served first, so that a large picture is
//! not passed by small ones for ever; one that needs more than there is gets everything, alone.

use std::fs;
use std::sync::{Condvar, Mutex, PoisonError};

/// Largest amount that is taken without being asked, bytes.
const MOST_BY_DEFAULT: u64 = 16 << 30;
/// Amount where the machine does not say how much it has, bytes.
const WHERE_UNKNOWN: u64 = 2 << 30;

/// The memory that can be used.
#[derive(Debug)]
pub(crate) struct Budget {
    total: u64,
    used: Mutex<u64>,
    freed: Condvar,
    /// Held by the one who waits next.
    turn: Mutex<()>,
}

/// Memory that is taken, given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// A budget of so many bytes.
    pub(crate) fn new(total: u64) -> Self {
        Self { total, used: Mutex::new(0), freed: Condvar::new(), turn: Mutex::new(()) }
    }

    /// How many of so many bytes each fit into all of it; one at least.
    pub(crate) fn fitting(&self, bytes: u64) -> usize {
        usize::try_from(self.total / bytes.max(1)).unwrap_or(usize::MAX).max(1)
    }

    /// Waits until so many bytes are free, or everything when it is more than there is.
    pub(crate) fn take(&self, bytes: u64) -> Permit<'_> {
        let bytes = bytes.min(self.total);
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        // More than everything may be in use, see `Permit::is_really`.
        let full = |used: &mut u64| used.saturating_add(bytes) > self.total && *used > 0;
        let mut used = self.freed.wait_while(used, full).unwrap_or_else(PoisonError::into_inner);
        *used += bytes;
        Permit { budget: self, bytes }
    }
}

impl Permit<'_> {
    /// Puts an estimate right that was too low. It does not wait, as those who wait with memory in their hands could
    /// wait for each other; others wait the longer for it.
    pub(crate) fn is_really(&mut self, bytes: u64) {
        if bytes > self.bytes {
            *self.budget.used.lock().unwrap_or_else(PoisonError::into_inner) += bytes - self.bytes;
            self.bytes = bytes;
        }
    }

    /// Whether there is hardly room for another of this kind.
    pub(crate) fn is_alone(&self) -> bool {
        self.bytes > self.budget.total / 2
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.budget.used.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.freed.notify_all();
    }
}

/// Half of the machine's memory, or of what the system lets this process have, with a bound.
pub(crate) fn by_default() -> u64 {
    memory().map_or(WHERE_UNKNOWN, |bytes| (bytes / 2).clamp(64 << 20, MOST_BY_DEFAULT))
}

/// On Linux what the kernel says, within what a container may have; elsewhere nobody is asked.
fn memory() -> Option<u64> {
    let info = fs::read_to_string("/proc/meminfo").ok()?;
    let line = info.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let physical = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)?;
    let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok().and_then(|text| text.trim().parse().ok());
    Some(limit.map_or(physical, |limit: u64| limit.min(physical)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn no_more_than_the_budget_is_used_and_all_are_served() {
        let budget = Budget::new(100);
        let (used, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let (budget, used, most) = (&budget, &used, &most);
                scope.spawn(move || {
                    for round in 0..200 {
                        let bytes = (thread * 37 + round * 13) % 120;
                        let permit = budget.take(bytes);
                        let now = used.fetch_add(permit.bytes, Ordering::SeqCst) + permit.bytes;
                        most.fetch_max(now, Ordering::SeqCst);
                        used.fetch_sub(permit.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100);
        assert_eq!(*budget.used.lock().unwrap(), 0);
    }

    #[test]
    fn an_estimate_that_was_too_low_is_counted_in_full() {
        let budget = Budget::new(100);
        let mut permit = budget.take(10);
        permit.is_really(150);
        assert!(permit.is_alone());
        assert_eq!(*budget.used.lock().unwrap(), 150);
        drop(permit);
        assert!(!budget.take(50).is_alone());
        assert!(by_default() >= 64 << 20 && by_default() <= MOST_BY_DEFAULT);
    }
}
