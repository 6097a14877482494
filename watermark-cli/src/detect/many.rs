//! Many files, several at a time, answered in their order.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, bail};

use crate::batch::inputs::{self, Task};
use crate::clip::is_clip;

/// Files of a stretch, for each worker: their answers wait for one another.
const STRETCH: usize = 8;

/// The files that are meant, and how many below the directories are neither pictures nor clips.
pub(crate) fn find(typed: &[PathBuf]) -> Result<(Vec<PathBuf>, usize)> {
    let found = inputs::find(typed)?.found;
    let all = found.len();
    // What cannot be looked through is said when it is opened.
    let files: Vec<PathBuf> = found
        .into_iter()
        .filter(|found| found.task != Task::Skip || is_clip(&found.path))
        .map(|found| found.path)
        .collect();
    let skipped = all - files.len();
    if files.is_empty() {
        let named: Vec<String> = typed.iter().map(|path| path.display().to_string()).collect();
        bail!("{}: there is no picture or clip in it; name some, or a directory with some", named.join(", "));
    }
    Ok((files, skipped))
}

/// Does `work` on every file with so many workers, and gives each answer to `each` in the order of the files. Answers
/// of one stretch are held together, never those of all.
pub(crate) fn in_order<T: Send>(
    files: &[PathBuf],
    workers: usize,
    work: impl Fn(&Path) -> T + Sync,
    mut each: impl FnMut(&Path, T) -> Result<()>,
) -> Result<()> {
    if workers <= 1 || files.len() <= 1 {
        return files.iter().try_for_each(|file| each(file, work(file)));
    }
    for stretch in files.chunks(STRETCH * workers) {
        let next = AtomicUsize::new(0);
        let answers: Vec<Mutex<Option<T>>> = stretch.iter().map(|_| Mutex::new(None)).collect();
        thread::scope(|scope| {
            for _ in 0..workers.min(stretch.len()) {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(file) = stretch.get(at) else { break };
                        let answer = work(file);
                        *answers[at].lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
                    }
                });
            }
        });
        for (file, answer) in stretch.iter().zip(answers) {
            if let Some(answer) = answer.into_inner().unwrap_or_else(PoisonError::into_inner) {
                each(file, answer)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_files_whatever_is_done_first() {
        let files: Vec<PathBuf> = (0..50).map(|i| PathBuf::from(i.to_string())).collect();
        for workers in [1, 3] {
            let mut seen = Vec::new();
            let work = |file: &Path| {
                let number: u64 = file.to_str().unwrap().parse().unwrap();
                thread::sleep(std::time::Duration::from_micros(997 * number % 7 * 100));
                number
            };
            in_order(&files, workers, work, |_, number| {
                seen.push(number);
                Ok(())
            })
            .unwrap();
            assert_eq!(seen, (0..50).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn an_answer_that_cannot_be_said_ends_it() {
        let files: Vec<PathBuf> = (0..50).map(|i| PathBuf::from(i.to_string())).collect();
        let mut said = 0;
        let ended = in_order(
            &files,
            2,
            |_| (),
            |_, ()| {
                said += 1;
                anyhow::ensure!(said < 3, "closed");
                Ok(())
            },
        );
        assert!(ended.is_err() && said == 3);
    }
}
