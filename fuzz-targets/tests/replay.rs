//! The committed corpus, and every input that once broke something, through the fuzz targets.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, panic};

use watermark_core::{Key, KeyRole, Layout};
use watermark_formats::{KeyText, Sealing};
use watermark_fuzz_targets::TARGETS;
use watermark_media::{Format, Picture, PixelData};
use watermark_registry::{Entry, ExportOptions, Registry};

/// Longest that one input may take, in a build for tests on a busy machine.
const LONGEST: Duration = Duration::from_secs(5);

fn folder(kind: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join("fuzz").join(kind).join(name)
}

/// The files of a folder, in order; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

/// Runs every file of a folder: how many were accepted, of how many.
fn replay(kind: &str, name: &str, run: fn(&[u8]) -> bool) -> (usize, usize) {
    let files = files(&folder(kind, name));
    let accepted = files.iter().filter(|file| {
        let bytes = fs::read(file).expect("an input");
        let start = Instant::now();
        let outcome = panic::catch_unwind(|| run(&bytes));
        assert!(start.elapsed() < LONGEST, "{}: took {:?}", file.display(), start.elapsed());
        outcome.unwrap_or_else(|_| panic!("{}: broke a promise", file.display()))
    });
    (accepted.count(), files.len())
}

#[test]
fn seeds_are_accepted() {
    for target in &TARGETS {
        let (accepted, all) = replay("corpus-seeds", target.name, target.run);
        assert!(all > 0, "{}: no seeds", target.name);
        let known = !["gif", "exr"].contains(&target.name) || Format::from_extension(target.name).is_some();
        assert!(accepted > 0 || !known, "{}: none of {all} seeds is accepted", target.name);
    }
}

#[test]
fn what_once_broke_something_is_mended() {
    for target in &TARGETS {
        replay("regressions", target.name, target.run);
    }
}

#[test]
fn every_target_has_its_program() {
    let manifest = fs::read_to_string(folder("", "Cargo.toml")).expect("fuzz/Cargo.toml");
    for target in &TARGETS {
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "fuzz/Cargo.toml lacks {}", target.name);
        assert!(folder("fuzz_targets", &format!("{}.rs", target.name)).is_file(), "{}: no program", target.name);
    }
}

/// `FUZZ_WRITE=1` writes a thumbnail, and a registry's exports with it. Later versions may write others: these stay.
#[test]
fn exports_and_thumbnails_are_made_when_asked_for() {
    if std::env::var_os("FUZZ_WRITE").is_none() {
        return;
    }
    let samples: Vec<u8> = (0..48 * 32 * 3).map(|n| ((n * n / 7) % 251) as u8).collect();
    let picture = Picture::new(48, 32, Layout::Rgb, PixelData::U8(samples)).expect("a picture");
    let fingerprint = watermark_evidence::fingerprint(&picture).expect("a fingerprint");
    let write = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(folder("corpus-seeds", target)).expect("a folder");
        fs::write(folder("corpus-seeds", target).join(name), bytes).expect("a file");
    };
    write("thumbnail", "small.jpg", fingerprint.thumbnail.to_bytes());
    let place = tempfile::tempdir().expect("a folder");
    let mut registry = Registry::create(place.path().join("a.db")).expect("a registry");
    for number in 0..2_u8 {
        let row = registry.reserve(&entry(number, fingerprint.thumbnail.to_bytes())).expect("a row").row();
        registry.confirm(row).expect("a place");
    }
    let (mut csv, mut lines) = (Vec::new(), Vec::new());
    registry.export_csv(&mut csv, &ExportOptions::default()).expect("an export");
    registry.export_json_lines(&mut lines, &ExportOptions::default()).expect("an export");
    write("import", "rows.csv", &csv);
    write("import", "rows.jsonl", &lines);
}

fn entry(number: u8, thumbnail: &[u8]) -> Entry {
    Entry {
        payload: format!("00c0ffee000000{number:02x}"),
        key_id: "0011223344556677".to_owned(),
        title: Some("Episode 12".to_owned()),
        label: (number > 0).then(|| "a, \"b\"".to_owned()),
        recipient: None,
        source_sha256: [1; 32],
        output_sha256: [number; 32],
        content_sha256: [3; 32],
        source_path: "in/a.png".to_owned(),
        output_path: format!("/out/{number}.png"),
        perceptual_hash: 7,
        thumbnail: (number == 0).then(|| thumbnail.to_vec()),
        width: 48,
        height: 32,
        profile: "standard".to_owned(),
        psnr_db: Some(44.5),
        margin_db: None,
        ssimulacra2: None,
        frames: 1,
        tool_version: "0.1.0".to_owned(),
        created_unix_ms: 1_790_000_000_000,
    }
}

/// Keys of known bytes, which mark nothing. `FUZZ_WRITE=1` writes their files.
#[test]
fn the_key_seeds_are_what_is_written_today() {
    let key = Key::from_secret(KeyRole::Title, [7; 32]);
    let sealing = Sealing::with_salt([3; 16]);
    let sealed = KeyText::sealed(&key, sealing, b"seed").expect("a sealed key");
    for (name, text) in [("open", KeyText::open(&key)), ("sealed", sealed)] {
        let path = folder("corpus-seeds", "key").join(name);
        if std::env::var_os("FUZZ_WRITE").is_some() {
            fs::create_dir_all(folder("corpus-seeds", "key")).expect("a folder");
            fs::write(&path, text.to_text().as_bytes()).expect("a file");
        }
        assert!(fs::read(&path).expect("a file") == text.to_text().as_bytes(), "{name}: is written in another way");
    }
}
