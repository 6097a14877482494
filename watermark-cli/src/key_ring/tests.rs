//! Rings with keys of every kind.

use watermark_core::{Key, KeyRole};

use super::*;
use crate::files::Target;

/// A folder with three title keys, a copy of the first, and a ring file of `text`.
fn ring(text: &str) -> (tempfile::TempDir, Result<KeyRing>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, byte) in [("a.key", 1), ("b.key", 2), ("c.key", 3), ("copy.key", 1)] {
        let key = Key::from_secret(KeyRole::Title, [byte; 32]);
        key_file::write(&Target::key(&folder.path().join(name)).unwrap(), &key, None).unwrap();
    }
    let path = folder.path().join("ring.toml");
    std::fs::write(&path, text).unwrap();
    let ring = KeyRing::read(&path, false);
    (folder, ring)
}

const ROTATED: &str = r#"
[[key]]
file = "a.key"
title = "One"
status = "revoked"
revoked = 2026-03-01

[[key]]
file = "b.key"
title = "One"
until = 2026-06-30

[[key]]
file = "c.key"
title = "One"
from = 2026-07-01
"#;

#[test]
fn the_key_that_marks_is_the_one_of_the_day() {
    let (_folder, ring) = ring(ROTATED);
    let ring = ring.unwrap();
    let on = |month, day| ring.marking(None, Date::new(2026, month, day).unwrap());
    assert!(on(6, 30).unwrap().file.ends_with("b.key"));
    assert!(on(7, 1).unwrap().file.ends_with("c.key"));
    assert!(on(1, 1).unwrap().file.ends_with("b.key"), "a revoked key never marks");
    let caution = ring.entries[0].facts.caution().unwrap();
    assert!(caution.contains("2026-03-01"), "{caution}");
    assert_eq!(ring.entries[1].facts.caution(), None);
}

#[test]
fn no_key_or_several_are_said_with_their_reasons() {
    let (_folder, none) =
        ring("[[key]]\nfile = \"a.key\"\nstatus = \"retired\"\n[[key]]\nfile = \"b.key\"\nuntil = 2020-01-01\n");
    let day = Date::new(2026, 7, 1).unwrap();
    let error = none.unwrap().marking(None, day).unwrap_err().to_string();
    assert!(error.contains("is retired") && error.contains("until 2020-01-01"), "{error}");

    let (_folder, two) = ring("[[key]]\nfile = \"a.key\"\n[[key]]\nfile = \"b.key\"\ntitle = \"Two\"\n");
    let two = two.unwrap();
    let error = two.marking(None, day).unwrap_err().to_string();
    assert!(error.contains("2 keys") && error.contains("--title"), "{error}");
    assert!(two.marking(Some("Two"), day).unwrap().file.ends_with("b.key"));
    let error = two.marking(Some("Three"), day).unwrap_err().to_string();
    assert!(error.contains("\"Three\"") && error.contains("\"Two\""), "{error}");
}

#[test]
fn what_is_wrong_with_a_ring_is_said_with_its_line() {
    for (text, words) in [
        ("", vec!["names no key"]),
        ("[[key]]\nfile = \"a.key\"\nstate = 1\n", vec!["line 3", "state"]),
        ("[[key]]\nfile = \"a.key\"\nstatus = \"lost\"\n", vec!["line 3", "lost"]),
        ("[[key]]\nfile = \"a.key\"\nfrom = 12:00:00\n", vec!["a.key", "not a day"]),
        ("[[key]]\nfile = \"a.key\"\nfrom = 2026-02-01\nuntil = 2026-01-01\n", vec!["a.key", "after"]),
        ("[[key]]\nfile = \"a.key\"\nrevoked = 2026-02-01\n", vec!["a.key", "agree"]),
        ("[[key]]\nfile = \"a.key\"\n[[key]]\nfile = \"a.key\"\n", vec!["a.key", "twice"]),
        ("[[key]]\nfile = \"a.key\"\n[[key]]\nfile = \"copy.key\"\n", vec!["a.key", "copy.key", "same key"]),
        ("[[key]]\nfile = \"d.key\"\n", vec!["d.key", "no such file"]),
        ("[[key]]\nfile = \"a.key\"\nid = \"0000000000000000\"\n", vec!["a.key", "expects 0000000000000000"]),
        ("[[key]\n", vec!["line 1"]),
    ] {
        let (_folder, ring) = ring(text);
        let error = format!("{:#}", ring.unwrap_err());
        for word in words {
            assert!(error.contains(word), "{word:?} is not in {error:?}");
        }
        assert!(error.contains("ring.toml") && error.lines().count() == 1, "{error}");
    }
}
