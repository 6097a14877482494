//! Several writers, and writers that are killed.

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Scratch, entry};
use watermark_registry::{ChainOptions, CheckOptions, Registry, Reservation, RowId};

/// Tells the child process below where its registry is.
const CHILD_PATH: &str = "WATERMARK_REGISTRY_TEST_CHILD";
const CHILD_BASE: &str = "WATERMARK_REGISTRY_TEST_BASE";

#[test]
fn two_connections_write_without_losing_rows() {
    let scratch = Scratch::new();
    drop(scratch.registry());
    let path = scratch.path("r.db");
    std::thread::scope(|scope| {
        for writer in 0..3_u64 {
            let path = &path;
            scope.spawn(move || {
                let mut registry = Registry::open(path).unwrap();
                for number in 0..40 {
                    // Every fifth entry is the same for all writers.
                    let number = if number % 5 == 0 { number } else { 1000 * writer + number };
                    let row = registry.reserve(&entry(number)).unwrap().row();
                    registry.confirm(row).unwrap();
                }
            });
        }
    });
    let registry = Registry::open(&path).unwrap();
    assert_eq!(registry.count().unwrap().confirmed, 3 * 32 + 8);
    assert!(registry.check(&CheckOptions::thorough(None)).unwrap().is_sound());
}

#[test]
fn one_registry_is_created_by_whoever_is_first() {
    for _ in 0..10 {
        let scratch = Scratch::new();
        let path = scratch.path("r.db");
        let created: Vec<_> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3_u64)
                .map(|number| {
                    let path = &path;
                    scope.spawn(move || {
                        let created = Registry::create(path);
                        let mut registry = created.or_else(|_| Registry::open(path))?;
                        registry.reserve(&entry(number)).map(|_| ())
                    })
                })
                .collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        created.into_iter().for_each(|result| result.unwrap());
        assert_eq!(Registry::open(&path).unwrap().count().unwrap().pending, 3);
    }
}

/// Not a test: what the next one starts and kills. Says what it was told is committed, line by line.
#[test]
fn child() {
    let (Ok(path), Ok(base)) = (std::env::var(CHILD_PATH), std::env::var(CHILD_BASE)) else { return };
    let mut registry = Registry::open(path).unwrap();
    let mut out = std::io::stdout().lock();
    for number in base.parse::<u64>().unwrap().. {
        if number % 3 == 0 {
            let entries: Vec<_> = (0..5).map(|part| entry(number * 10 + part)).collect();
            let rows: Vec<_> =
                registry.reserve_all(&entries).unwrap().into_iter().map(|result| result.unwrap().row()).collect();
            let numbers: Vec<_> = rows.iter().map(|row| row.0.to_string()).collect();
            writeln!(out, "\nreserved {}", numbers.join(" ")).unwrap();
            registry.confirm_all(&rows).unwrap();
            writeln!(out, "\nconfirmed {}", numbers.join(" ")).unwrap();
        } else {
            let row = registry.reserve(&entry(number * 10)).unwrap().row();
            writeln!(out, "\nreserved {row}").unwrap();
            registry.confirm(row).unwrap();
            writeln!(out, "\nconfirmed {row}").unwrap();
        }
    }
}

/// Starts two writers, kills them without warning after the time, and gives the rows they were told are reserved and
/// confirmed.
fn kill_after(path: &std::path::Path, base: u64, time: Duration) -> (Vec<RowId>, Vec<RowId>) {
    let mut children: Vec<_> = (0..2)
        .map(|writer| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child", "--nocapture", "--test-threads=1"])
                .env(CHILD_PATH, path)
                .env(CHILD_BASE, (base + 500_000 * writer).to_string())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    std::thread::sleep(time);
    children.iter_mut().for_each(|child| child.kill().unwrap()); // SIGKILL on Unix
    let (mut reserved, mut confirmed) = (Vec::new(), Vec::new());
    for child in &mut children {
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok) {
            let Some((what, rows)) = line.split_once(' ') else { continue };
            let rows = rows.split(' ').filter_map(|row| row.parse().ok().map(RowId));
            match what {
                "reserved" => reserved.extend(rows),
                "confirmed" => confirmed.extend(rows),
                _ => {}
            }
        }
        child.wait().unwrap();
    }
    (reserved, confirmed)
}

#[test]
fn writers_that_are_killed_lose_nothing_that_was_committed() {
    let scratch = Scratch::new();
    drop(scratch.registry());
    let path = scratch.path("r.db");
    let (mut all_reserved, mut all_confirmed) = (Vec::new(), Vec::new());
    let mut interrupted = 0;
    for round in 0..12_u64 {
        let time = Duration::from_millis(60 + round * 7919 % 97 * 4);
        let (reserved, confirmed) = kill_after(&path, 1000 * (round + 1), time);
        interrupted += usize::from(reserved.len() > confirmed.len());
        all_reserved.extend(reserved);
        all_confirmed.extend(confirmed);
        let registry = Registry::open(&path).unwrap();
        let report = registry.verify_chain(&ChainOptions::default()).unwrap();
        assert!(report.is_sound(), "round {round}: {report:?}");
        for row in &all_reserved {
            assert!(registry.get(*row).unwrap().is_some(), "round {round}: row {row} was reserved and is lost");
        }
        for row in &all_confirmed {
            let stored = registry.get(*row).unwrap().unwrap();
            assert!(stored.place.is_some(), "round {round}: row {row} was confirmed and is not");
        }
    }
    assert!(all_confirmed.len() > 20, "only {} rows: the writers hardly ran", all_confirmed.len());
    let mut registry = Registry::open(&path).unwrap();
    assert!(registry.check(&CheckOptions::thorough(None)).unwrap().is_sound());
    println!("{} rows reserved, {interrupted} of 12 kills between reserving and confirming", all_reserved.len());
    // What a killed writer left pending is known to the next one.
    for (row, entry) in registry.pending().unwrap() {
        assert!(matches!(registry.reserve(&entry).unwrap(), Reservation::Known(stored) if stored.row == row));
    }
}
