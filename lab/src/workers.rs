//! Work over many pictures on several threads.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Calls `work` for every item on `jobs` threads, in order of the items as far as threads allow.
///
/// With several jobs each has one core to itself, so that measured times are those of one core; with one job the core
/// crate may use all cores.
pub(crate) fn for_each<T: Sync>(jobs: usize, items: &[T], work: impl Fn(&T) + Sync) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = jobs.clamp(1, items.len().max(1));
    std::thread::scope(|scope| {
        let start = |_| -> anyhow::Result<_> {
            let pool = rayon::ThreadPoolBuilder::new().num_threads((cores / jobs).max(1)).build()?;
            let (next, work) = (&next, &work);
            Ok(scope.spawn(move || {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    pool.install(|| work(item));
                }
            }))
        };
        let handles = (0..jobs).map(start).collect::<anyhow::Result<Vec<_>>>()?;
        for handle in handles {
            handle.join().map_err(|_| anyhow::anyhow!("a worker thread panicked"))?;
        }
        Ok(())
    })
}

/// As [`for_each`], keeping what `work` returns, in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(jobs: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> anyhow::Result<Vec<R>> {
    let results: Vec<std::sync::Mutex<Option<R>>> = items.iter().map(|_| std::sync::Mutex::new(None)).collect();
    let numbered: Vec<(usize, &T)> = items.iter().enumerate().collect();
    for_each(jobs, &numbered, |(index, item)| {
        let result = work(item);
        if let Ok(mut slot) = results[*index].lock() {
            *slot = Some(result);
        }
    })?;
    let kept = results.into_iter().map(|slot| slot.into_inner().ok().flatten());
    kept.collect::<Option<Vec<_>>>().ok_or_else(|| anyhow::anyhow!("a worker thread panicked"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_item_is_done_once_and_in_place() {
        let items: Vec<usize> = (0..57).collect();
        let squares = super::map(3, &items, |i| i * i).expect("no panic");
        assert_eq!(squares, items.iter().map(|i| i * i).collect::<Vec<_>>());
    }
}
