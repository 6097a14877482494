//! Interruption: the files in work are finished, and the code says which signal it was.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use watermark_media::{DecodeLimits, Format, decode};

use super::{embed, events, pictures_in};
use crate::pictures;
use crate::sandbox::{Run, Sandbox};

/// A tree of more pictures than are marked in a moment.
fn many(count: u64) -> Sandbox {
    let sandbox = Sandbox::with_key();
    sandbox.folder("in");
    for number in 0..count {
        sandbox.write(&format!("in/{number:03}.png"), pictures::scene(number, Format::Png));
    }
    sandbox
}

fn signal(child: &std::process::Child, name: &str) {
    Command::new("kill").args(["-s", name, &child.id().to_string()]).stderr(Stdio::null()).status().unwrap();
}

/// Starts a batch, waits for its first copies, and sends signals.
fn interrupted(sandbox: &Sandbox, signals: &[&str]) -> (i32, Run) {
    let child = sandbox.start(["embed", "in", "--out", "out", "--key", "studio.key", "--jobs", "2", "--json"]);
    let begun = Instant::now();
    while pictures_in(sandbox, "out").len() < 3 {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing is marked");
        thread::sleep(Duration::from_millis(5));
    }
    for name in signals {
        signal(&child, name);
        thread::sleep(Duration::from_millis(60));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("it leaves by itself");
    (code, Run { code, out: text(&output.stdout), err: text(&output.stderr) })
}

#[test]
fn the_files_in_work_are_finished() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let sandbox = many(60);
        let (left_with, run) = interrupted(&sandbox, &[name]);
        assert_eq!(left_with, code, "{}", run.err);
        let (files, summary) = events(&run);
        let copies = pictures_in(&sandbox, "out");
        assert!(copies.len() < 60, "the signal came too late to tell");
        assert_eq!(summary["marked"].as_u64().unwrap() as usize, copies.len());
        assert_eq!(summary["left"].as_u64().unwrap() as usize, 60 - copies.len());
        assert_eq!(summary["interrupted"], format!("SIG{name}"));
        assert_eq!(files.len(), copies.len());
        for copy in &copies {
            decode(&sandbox.read(&format!("out/{copy}")), &DecodeLimits::default()).expect("no half file");
        }
        assert_eq!(sandbox.files_in("out").len(), copies.len() + 1, "copies and journal alone");
        assert!(run.err.contains("interrupted: the files in work are finished"), "{}", run.err);
        let summary = events(&embed(&sandbox, &["--resume", "--json"]).succeeds()).1;
        assert_eq!(summary["unchanged"].as_u64().unwrap() as usize, copies.len());
        assert_eq!(pictures_in(&sandbox, "out").len(), 60);
    }
}

#[test]
fn the_second_signal_ends_at_once_and_leaves_no_temporary_file() {
    let sandbox = many(60);
    let (code, _) = interrupted(&sandbox, &["INT", "INT"]);
    assert_eq!(code, 130);
    let left = sandbox.files_in("out");
    assert!(left.iter().all(|name| !name.ends_with(".tmp")), "{left:?}");
    for copy in pictures_in(&sandbox, "out") {
        decode(&sandbox.read(&format!("out/{copy}")), &DecodeLimits::default()).expect("no half file");
    }
    embed(&sandbox, &["--resume"]).succeeds();
    assert_eq!(pictures_in(&sandbox, "out").len(), 60);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_goes_away_is_an_interruption_unless_the_run_is_to_outlive_it() {
    let sandbox = many(60);
    let (code, run) = interrupted(&sandbox, &["HUP"]);
    assert_eq!((code, &events(&run).1["interrupted"]), (129, &"SIGHUP".into()), "{}", run.err);
    assert!(sandbox.files_in("out").iter().all(|name| !name.ends_with(".tmp") && !name.ends_with(".lock")));
    let line =
        "trap '' HUP; \"$0\" embed in --out out2 --key studio.key & pid=$!; sleep 0.2; kill -s HUP $pid; wait $pid";
    assert_eq!(sandbox.run_shell(line).code, 0);
    assert_eq!(pictures_in(&sandbox, "out2").len(), 60);
}

/// Nobody has to know that a limit on files ends a program unless it says otherwise.
#[test]
fn a_limit_on_the_size_of_files_is_an_error_of_writing() {
    let sandbox = many(3);
    let run = sandbox.run_shell("ulimit -f 8; \"$0\" embed in --out out --key studio.key");
    assert!(run.code == 2 && run.err.contains("cannot be written"), "{}", run.err);
    let left = sandbox.files_in("out");
    assert!(left.iter().all(|name| !name.ends_with(".tmp") && !name.ends_with(".lock")), "{left:?}");
}
