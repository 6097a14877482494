//! What is at the path, and what is said about it.

mod common;

use std::path::Path;
use std::time::Duration;

use common::{Scratch, entry, filled, record};
use watermark_registry::{ChainOptions, CheckOptions, Error, Filter, Page, Registry, Status};

const APPLICATION_ID: i32 = 0x574d_7267;

/// The error's sentence, which names the path and is no debugging output.
fn sentence(path: &Path, error: &Error) -> String {
    let text = error.to_string();
    assert!(text.contains(&*path.to_string_lossy()), "{text}");
    assert!(!text.contains("SqliteFailure") && !text.contains("Error {"), "{text}");
    text
}

#[test]
fn nothing_is_created_by_opening() {
    let scratch = Scratch::new();
    let path = scratch.path("none.db");
    for error in [Registry::open(&path).unwrap_err(), Registry::open_read_only(&path).unwrap_err()] {
        assert!(matches!(error, Error::Missing { .. }), "{error}");
        sentence(&path, &error);
    }
    assert!(!path.exists());
    std::fs::write(&path, "").unwrap();
    assert!(matches!(Registry::open(&path), Err(Error::Missing { .. })));
}

#[test]
fn nothing_that_is_there_is_replaced_by_creating() {
    let scratch = Scratch::new();
    drop(filled(&scratch, 1));
    std::fs::write(scratch.path("text"), "x".repeat(5000)).unwrap();
    std::fs::write(scratch.path("short"), "x").unwrap();
    std::fs::create_dir(scratch.path("directory")).unwrap();
    foreign(&scratch.path("foreign.db"), "CREATE TABLE a (x)");
    for name in ["r.db", "text", "short", "directory", "foreign.db"] {
        let path = scratch.path(name);
        let before = std::fs::read(&path).ok();
        let error = Registry::create(&path).unwrap_err();
        assert!(matches!(error, Error::Exists { .. }), "{name}: {error}");
        sentence(&path, &error);
        assert_eq!(std::fs::read(&path).ok(), before, "{name}");
    }
    let path = scratch.path("no/such/directory.db");
    sentence(&path, &Registry::create(&path).unwrap_err());
    // What a creation that was killed leaves behind is no obstacle.
    std::fs::write(scratch.path("empty"), "").unwrap();
    assert_eq!(Registry::create(scratch.path("empty")).unwrap().count().unwrap().confirmed, 0);
}

fn foreign(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn other_files_are_told_apart() {
    let scratch = Scratch::new();
    let text = scratch.path("text.db");
    std::fs::write(&text, "This is a letter and no registry. ".repeat(200)).unwrap();
    let other = scratch.path("other.db");
    foreign(&other, "CREATE TABLE a (x); PRAGMA application_id = 7");
    let newer = scratch.path("newer.db");
    foreign(&newer, &format!("CREATE TABLE a (x); PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = 9"));
    let odd = scratch.path("odd.db");
    foreign(&odd, &format!("CREATE TABLE a (x); PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = -1"));
    for open in [Registry::open, Registry::open_read_only] {
        let error = open(text.clone()).unwrap_err();
        assert!(sentence(&text, &error).contains("not an SQLite file"), "{error}");
        let error = open(other.clone()).unwrap_err();
        assert!(matches!(error, Error::Foreign { application_id: 7, .. }), "{error}");
        let error = open(newer.clone()).unwrap_err();
        assert!(matches!(error, Error::Newer { found: 9, supported: 1, .. }), "{error}");
        sentence(&newer, &error);
        sentence(&odd, &open(odd.clone()).unwrap_err());
        let directory = scratch.path("");
        assert!(matches!(open(directory), Err(Error::File { .. })));
    }
}

#[test]
fn an_older_registry_is_brought_up_to_date_when_it_is_opened_for_writing() {
    let scratch = Scratch::new();
    let path = scratch.path("r.db");
    foreign(&path, &format!("PRAGMA application_id = {APPLICATION_ID}"));
    let error = Registry::open_read_only(&path).unwrap_err();
    assert!(matches!(error, Error::Older { found: 0, needed: 1, .. }), "{error}");
    let mut registry = Registry::open(&path).unwrap();
    record(&mut registry, &entry(1));
    assert_eq!(Registry::open_read_only(&path).unwrap().count().unwrap().confirmed, 1);
}

/// As version 0.1.0 wrote it, with rows of every kind. Files of released versions are read for ever.
#[test]
fn a_registry_of_version_1_is_read() {
    let scratch = Scratch::new();
    let path = scratch.path("r.db");
    foreign(&path, include_str!("fixtures/version-1.sql"));
    let registry = Registry::open(&path).unwrap();
    let report = registry.check(&CheckOptions::thorough(None)).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.counts.confirmed, report.counts.pending), (4, 1));
    let chain = report.chain.unwrap();
    assert_eq!(chain.head.to_string(), include_str!("fixtures/version-1.head").trim());
    assert_eq!((chain.unsigned, chain.signed.len()), (1, 1));
    assert_eq!(
        registry.thumbnail(registry.find("6b65796964000001", "0000000000000002").unwrap()[0].row).unwrap(),
        Some(vec![1, 2, 3])
    );
}

#[test]
fn what_is_opened_for_reading_is_not_written() {
    let scratch = Scratch::new();
    let mut writer = filled(&scratch, 3);
    let mut reader = Registry::open_read_only(scratch.path("r.db")).unwrap();
    record(&mut writer, &entry(4));
    assert_eq!(reader.count().unwrap().confirmed, 4, "a reader sees what is confirmed meanwhile");
    let error = reader.reserve(&entry(5)).unwrap_err();
    assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
    sentence(&scratch.path("r.db"), &error);
}

#[cfg(unix)]
#[test]
fn a_registry_without_permission_to_write_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let directory = scratch.path("shelf #1 %");
    std::fs::create_dir(&directory).unwrap();
    let path = directory.join("r?.db");
    let mut registry = Registry::create(&path).unwrap();
    record(&mut registry, &entry(1));
    drop(registry);
    let set = |mode| {
        let file_mode = mode & 0o666;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(file_mode)).unwrap();
        std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    set(0o555);
    let may_write_anyway = std::fs::write(directory.join("probe"), "").is_ok(); // as root
    let read = Registry::open_read_only(&path).map(|registry| registry.count().unwrap().confirmed);
    let written = Registry::open(&path).map(drop);
    set(0o755);
    assert_eq!(read.unwrap(), 1);
    if !may_write_anyway {
        assert!(matches!(written, Err(Error::ReadOnly { .. })), "{written:?}");
    }
}

/// As in a directory that cannot be written: SQLite's own words name neither the files nor a way out.
#[cfg(unix)]
#[test]
fn files_beside_it_that_cannot_be_made_are_spoken_of() {
    let scratch = Scratch::new();
    drop(filled(&scratch, 1));
    std::os::unix::fs::symlink(scratch.path("absent/r.db-shm"), scratch.path("r.db-shm")).unwrap();
    let error = Registry::open(scratch.path("r.db")).unwrap_err();
    let text = sentence(&scratch.path("r.db"), &error);
    assert!(text.contains("-shm") && text.contains("writable") && text.contains("a copy"), "{text}");
}

#[test]
fn a_locked_registry_is_waited_for_and_then_named() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let other = rusqlite::Connection::open(scratch.path("r.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    registry.set_busy_timeout(Duration::from_millis(200)).unwrap();
    let start = std::time::Instant::now();
    let error = registry.reserve(&entry(1)).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(150));
    assert!(matches!(error, Error::Locked { waited_s, .. } if waited_s == 0.2), "{error}");
    sentence(&scratch.path("r.db"), &error);
    assert_eq!(registry.count().unwrap().confirmed, 0, "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    registry.reserve(&entry(1)).unwrap();
}

/// Whatever bytes are wrong: an error or a report, no panic, and never a sound registry with other rows.
#[test]
fn damage_is_seen_and_does_not_stop_the_program() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 300);
    let head = registry.head().unwrap();
    registry.reserve(&entry(301)).unwrap();
    let confirmed = Filter { status: Some(Status::Confirmed), ..Filter::default() };
    let all = Page { after: None, limit: 1000 };
    let rows = registry.list(&confirmed, all).unwrap();
    drop(registry);
    let path = scratch.path("r.db");
    let whole = std::fs::read(&path).unwrap();
    let mut unseen = 0;
    for case in 0..160_usize {
        let mut bytes = whole.clone();
        if case < 30 {
            bytes.truncate(whole.len() * case / 30);
        } else {
            let at = if case < 60 { case - 30 } else { case * 7919 * 131 % whole.len() };
            for byte in &mut bytes[at..(at + 1 + case % 40).min(whole.len())] {
                *byte ^= 0x55;
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        let checked = Registry::open(&path).and_then(|mut registry| {
            let report = registry.check(&CheckOptions::thorough(Some(head)))?;
            let read = registry.list(&confirmed, all);
            assert!(!report.is_sound() || read.is_ok_and(|read| read == rows), "case {case}: damage was not seen");
            let _ = registry.reserve(&entry(302)).map(|reservation| registry.confirm(reservation.row()));
            Ok(report)
        });
        for beside in ["r.db-wal", "r.db-shm"] {
            let _ = std::fs::remove_file(scratch.path(beside));
        }
        match checked {
            Err(error) => drop(sentence(&path, &error)),
            Ok(report) if report.is_sound() => unseen += 1,
            Ok(_) => {}
        }
    }
    // Bytes that hold nothing, and counters in the file's head, do not matter.
    assert!(unseen < 80, "{unseen} of 160");
}

#[test]
fn names_that_sqlite_would_take_for_something_else_are_files() {
    // Relative names, so in a process of their own directory: here only that they are refused or made as files.
    let name = Path::new(":memory:");
    assert!(matches!(Registry::open(name), Err(Error::Missing { .. })));
    assert!(Registry::create("").is_err());
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_unicode_is_a_name() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new();
    let path = scratch.path("").join(std::ffi::OsStr::from_bytes(b"r\xff\xe3.db"));
    let mut registry = Registry::create(&path).unwrap();
    record(&mut registry, &entry(1));
    drop(registry);
    assert!(path.exists());
    let registry = Registry::open_read_only(&path).unwrap();
    assert!(registry.verify_chain(&ChainOptions::default()).unwrap().is_sound());
}

/// Writes the fixture of this version, once, before it is released:
/// `cargo test -p watermark-registry --test opening -- --ignored write_the_fixture`.
#[test]
#[ignore = "writes into the sources"]
fn write_the_fixture() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    record(&mut registry, &entry(1));
    registry.sign_with(watermark_registry::Signer::from_secret(&[1; 32]));
    let mut pictured = entry(2);
    pictured.thumbnail = Some(vec![1, 2, 3]);
    pictured.recipient = Some("Reader 7".into());
    record(&mut registry, &pictured);
    record(&mut registry, &entry(3));
    let other = Scratch::new();
    let other = filled(&other, 4);
    assert_eq!(registry.merge(&other).unwrap().merged, 1);
    registry.reserve(&entry(5)).unwrap();
    let head = registry.head().unwrap();
    drop(registry);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::write(directory.join("version-1.sql"), dump(&scratch.path("r.db"))).unwrap();
    std::fs::write(directory.join("version-1.head"), format!("{head}\n")).unwrap();
}

/// The file as SQL text.
fn dump(path: &Path) -> String {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut text =
        format!("PRAGMA foreign_keys = OFF;\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = 1;\n");
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    for sql in list("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'") {
        text.push_str(&format!("{sql};\n"));
    }
    for table in ["keys", "signers", "marks", "thumbnails", "origins"] {
        let columns = list(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let quoted: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        for row in list(&format!("SELECT {} FROM {table}", quoted.join(" || ', ' || "))) {
            text.push_str(&format!("INSERT INTO {table} ({}) VALUES ({row});\n", columns.join(", ")));
        }
    }
    text
}
