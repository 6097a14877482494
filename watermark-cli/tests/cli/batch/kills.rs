//! kill -9 at any moment: nothing is lost, nothing is there twice or by half, and what comes out is the same.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use watermark_core::Layout;
use watermark_media::{Format, encode};
use watermark_registry::{Filter, Page, Registry};

use super::{events, pictures_in};
use crate::pictures;
use crate::sandbox::Sandbox;

const PICTURES: u64 = 40;
const REGISTRY: [&str; 2] = ["--registry", "marks.db"];

/// Small pictures in a tree, of two formats.
fn many() -> Sandbox {
    let sandbox = Sandbox::with_key();
    for number in 0..PICTURES {
        let folder = format!("in/{}", number % 4);
        sandbox.folder(&folder);
        let format = if number % 3 == 0 { Format::Jpeg } else { Format::Png };
        let picture = pictures::scene_of(320, 240, number, Layout::Rgb);
        let name = format!("{folder}/{number}.{}", format.extension());
        sandbox.write(&name, encode(&picture, format).unwrap());
    }
    sandbox
}

fn arguments<'a>(out: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    let fixed = [
        "embed",
        "in",
        "--out",
        out,
        "--key",
        "studio.key",
        "--profile",
        "robust",
        "--jobs",
        "2",
        "--json",
        "--resume",
    ];
    fixed.iter().chain(options).copied().collect()
}

fn copies(sandbox: &Sandbox, out: &str) -> BTreeMap<String, Vec<u8>> {
    pictures_in(sandbox, out).into_iter().map(|name| (name.clone(), sandbox.read(&format!("{out}/{name}")))).collect()
}

/// Numbers that are the same in every run.
struct Moments(u64);

impl Moments {
    fn next(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}

/// Kills runs at so many moments, each going on with the one before and beginning anew when all is done; then lets one
/// come to its end. Returns how many kills met a run at work.
fn kill_and_resume(kills: u32, options: &[&str]) {
    let sandbox = many();
    let begun = Instant::now();
    let whole = sandbox.run(arguments("whole", &[]));
    assert_eq!(whole.code, 0, "{}", whole.err);
    let whole_ms = u64::try_from(begun.elapsed().as_millis()).unwrap();
    let expected = copies(&sandbox, "whole");
    assert_eq!(expected.len() as u64, PICTURES);

    let (mut moments, mut met, mut finished) = (Moments(5), 0, 0);
    while met < kills {
        let mut child = sandbox.start(arguments("out", options));
        thread::sleep(Duration::from_millis(moments.next(whole_ms / 3)));
        match child.try_wait().unwrap() {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                met += 1;
            }
            Some(status) => {
                assert_eq!(status.code(), Some(0));
                finished += 1;
                assert!(finished < 10 * kills, "runs end before they can be killed");
            }
        }
        let now = copies(&sandbox, "out");
        assert!(now.iter().all(|(name, bytes)| expected.get(name) == Some(bytes)), "a half or another file");
        if now.len() as u64 == PICTURES {
            check(&sandbox, &expected, options);
            // All anew, with what the registry has seen before.
            std::fs::remove_dir_all(sandbox.path("out")).unwrap();
        }
    }
    check(&sandbox, &expected, options);
}

/// Lets a run come to its end, and looks at everything.
fn check(sandbox: &Sandbox, expected: &BTreeMap<String, Vec<u8>>, options: &[&str]) {
    let run = sandbox.run(arguments("out", options));
    assert_eq!(run.code, 0, "{}", run.err);
    let summary = events(&run).1;
    let done = summary["marked"].as_u64().unwrap() + summary["unchanged"].as_u64().unwrap();
    assert_eq!((done, &summary["failed"], &summary["refused"]), (PICTURES, &0.into(), &0.into()));
    assert!(copies(sandbox, "out") == *expected, "other copies than without kills");
    let journals = usize::from(options.is_empty());
    let files = sandbox.files_in("out");
    assert_eq!(files.len(), expected.len() + journals, "no temporary file, no lock: {files:?}");
    let again = events(&sandbox.run(arguments("out", options)).succeeds()).1;
    assert_eq!((&again["unchanged"], &again["earlier"]["temporaries_removed"]), (&PICTURES.into(), &0.into()));
    if !options.is_empty() {
        check_registry(sandbox, expected.keys());
    }
}

/// Each copy has its one confirmed row, and each row its copy.
fn check_registry<'a>(sandbox: &Sandbox, copies: impl Iterator<Item = &'a String>) {
    let registry = Registry::open_read_only(sandbox.path("marks.db")).unwrap();
    assert_eq!(registry.pending().unwrap().len(), 0);
    let rows = registry.list(&Filter::default(), Page { after: None, limit: 1000 }).unwrap();
    let mut paths: Vec<_> = rows.iter().map(|row| row.entry.output_path.clone()).collect();
    paths.sort();
    let folder = std::fs::canonicalize(sandbox.path("out")).unwrap();
    let mut expected: Vec<_> = copies.map(|name| folder.join(name).to_str().unwrap().to_owned()).collect();
    expected.sort();
    assert_eq!(paths, expected);
}

#[test]
fn ten_kills_with_a_registry() {
    kill_and_resume(10, &REGISTRY);
}

#[test]
fn ten_kills_with_a_journal() {
    kill_and_resume(10, &[]);
}

/// `cargo test -p watermark-cli --test cli -- --ignored fifty_kills`
#[test]
#[ignore = "takes minutes"]
fn fifty_kills() {
    kill_and_resume(50, &REGISTRY);
    kill_and_resume(50, &[]);
}
