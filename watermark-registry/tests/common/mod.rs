//! What the tests of this crate share.
#![allow(dead_code, unreachable_pub)] // each test file uses a part of it

use std::path::PathBuf;

use watermark_registry::{Entry, Registry, Reservation, RowId};

/// An entry that differs from others of another number in everything that has to differ.
pub fn entry(number: u64) -> Entry {
    let hash = |kind: u8| {
        let mut bytes = [kind; 32];
        bytes[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes
    };
    Entry {
        payload: format!("{number:016x}"),
        key_id: "6b65796964000001".into(),
        title: Some("Episode 12".into()),
        label: Some(format!("cover {number}")),
        recipient: None,
        source_sha256: hash(1),
        output_sha256: hash(2),
        content_sha256: hash(3),
        source_path: format!("in/{number}.png"),
        output_path: format!("out/{number}.png"),
        perceptual_hash: u64::MAX - number,
        thumbnail: None,
        width: 640,
        height: 480,
        profile: "standard".into(),
        psnr_db: Some(44.1),
        margin_db: Some(-0.3),
        ssimulacra2: None,
        frames: 1,
        tool_version: "0.1.0".into(),
        created_unix_ms: 1_700_000_000_000 + i64::try_from(number % 1000).unwrap(),
    }
}

pub struct Scratch(tempfile::TempDir);

impl Scratch {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn registry(&self) -> Registry {
        Registry::create(self.path("r.db")).unwrap()
    }

    /// Reaches behind the registry's back.
    pub fn sql(&self, sql: &str) {
        let connection = rusqlite::Connection::open(self.path("r.db")).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;").unwrap();
        connection.execute_batch(sql).unwrap();
    }
}

/// Reserves and confirms.
pub fn record(registry: &mut Registry, entry: &Entry) -> RowId {
    let reservation = registry.reserve(entry).unwrap();
    assert!(!matches!(reservation, Reservation::Known(_)));
    registry.confirm(reservation.row()).unwrap();
    reservation.row()
}

/// A registry with the entries from 1 to the number.
pub fn filled(scratch: &Scratch, count: u64) -> Registry {
    let mut registry = scratch.registry();
    (1..=count).for_each(|number| {
        record(&mut registry, &entry(number));
    });
    registry
}
