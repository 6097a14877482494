//! What the chain shows, and what it does not.

mod common;

use common::{Scratch, entry, filled, record};
use watermark_registry::{ChainOptions, CheckOptions, Entry, Head, Noted, Registry, RowId, Signer};

fn open(scratch: &Scratch) -> Registry {
    Registry::open(scratch.path("r.db")).unwrap()
}

#[test]
fn every_value_of_a_row_is_in_the_chain() {
    let changes = [
        "payload = x'00000000000000ff'",
        "key = 2",
        "title = 'Episode 13'",
        "title = NULL, label = 'Episode 12'",
        "recipient = 'somebody'",
        "source_sha256 = zeroblob(32)",
        "output_sha256 = zeroblob(32)",
        "content_sha256 = zeroblob(32)",
        "source_path = 'in/else.png'",
        "perceptual_hash = 1",
        "width = 641",
        "height = 481",
        "profile = 'subtle'",
        "psnr_db = 44.2",
        "margin_db = NULL",
        "ssimulacra2 = 90",
        "frames = 2",
        "tool_version = '0.1.1'",
        "created_unix_ms = created_unix_ms - 86400000",
        "thumbnail_sha256 = zeroblob(32)",
        "chain = zeroblob(32)",
    ];
    for change in changes {
        let scratch = Scratch::new();
        drop(filled(&scratch, 5));
        scratch.sql("INSERT INTO keys VALUES (2, 'another')");
        assert!(open(&scratch).verify_chain(&ChainOptions::default()).unwrap().is_sound());
        scratch.sql(&format!("UPDATE marks SET {change} WHERE id = 3"));
        let report = open(&scratch).verify_chain(&ChainOptions::default()).unwrap();
        let fault = report.first_fault.unwrap_or_else(|| panic!("not seen: {change}"));
        assert_eq!((fault.row.0, fault.seq), (3, 3), "{change}");
        // A changed chain value does not fit the row after it either.
        assert_eq!(report.faults, if change.starts_with("chain") { 2 } else { 1 }, "{change}");
        let registry = open(&scratch);
        let at_fault = (1..=5).filter(|&row| {
            let stored = registry.get(RowId(row)).unwrap().unwrap();
            registry.row_fault(&stored).unwrap().is_some()
        });
        let expected = if change.starts_with("chain") { vec![3, 4] } else { vec![3] };
        assert_eq!(at_fault.collect::<Vec<_>>(), expected, "{change}");
    }
}

#[test]
fn another_thumbnail_is_seen_at_its_row() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 1);
    let row = record(&mut registry, &Entry { thumbnail: Some(vec![1, 2, 3]), ..entry(2) });
    let fault = |registry: &Registry| registry.row_fault(&registry.get(row).unwrap().unwrap()).unwrap();
    assert_eq!(fault(&registry), None);
    scratch.sql("UPDATE thumbnails SET picture = x'010204'");
    assert_eq!(fault(&registry), Some("its thumbnail is another"));
}

#[test]
fn rows_that_were_taken_out_or_exchanged_are_seen() {
    for (change, fault_seq) in [
        ("DELETE FROM marks WHERE id = 3", 4),
        (
            "UPDATE marks SET seq = 99 WHERE id = 2; UPDATE marks SET seq = 2 WHERE id = 3;
             UPDATE marks SET seq = 3 WHERE id = 2",
            2,
        ),
        ("DELETE FROM marks WHERE id = 1", 2),
    ] {
        let scratch = Scratch::new();
        drop(filled(&scratch, 5));
        scratch.sql(change);
        let report = open(&scratch).verify_chain(&ChainOptions::default()).unwrap();
        assert_eq!(report.first_fault.unwrap().seq, fault_seq, "{change}");
    }
}

#[test]
fn a_head_that_was_noted_tells_of_a_chain_that_was_cut_off_or_made_anew() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 5);
    let noted = registry.head().unwrap();
    record(&mut registry, &entry(6));
    let now = registry.head().unwrap();
    for head in [Head::EMPTY, noted, now] {
        let report = registry.verify_chain(&ChainOptions::noted(head)).unwrap();
        assert_eq!(report.noted, Some(Noted::Fits));
        assert!(report.is_sound());
    }
    drop(registry);

    scratch.sql("DELETE FROM marks WHERE id > 4");
    let cut_off = open(&scratch);
    assert!(cut_off.verify_chain(&ChainOptions::default()).unwrap().is_sound(), "the rest fits, without a noted head");
    let report = cut_off.verify_chain(&ChainOptions::noted(noted)).unwrap();
    assert_eq!(report.noted, Some(Noted::CutOff));
    assert!(!report.is_sound());

    let mut made_anew = cut_off;
    (7..10).for_each(|number| {
        record(&mut made_anew, &entry(number));
    });
    let report = made_anew.verify_chain(&ChainOptions::noted(noted)).unwrap();
    assert_eq!((report.noted, report.faults), (Some(Noted::Differs), 0));
}

#[test]
fn signatures_say_who_vouches_for_which_rows() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 2);
    let (first, second) = (Signer::from_secret(&[1; 32]), Signer::from_secret(&[2; 32]));
    let keys = (first.public_key(), second.public_key());
    registry.sign_with(first);
    (3..=5).for_each(|number| {
        record(&mut registry, &entry(number));
    });
    registry.sign_with(second);
    record(&mut registry, &entry(6));
    let report = registry.verify_chain(&ChainOptions::default()).unwrap();
    assert!(report.is_sound());
    assert_eq!((report.unsigned, report.rows), (2, 6));
    let signed: Vec<_> = report.signed.iter().map(|by| (by.public_key, by.rows, by.first_seq, by.last_seq)).collect();
    assert_eq!(signed, [(keys.0, 3, 3, 5), (keys.1, 1, 6, 6)]);
    drop(registry);

    for (change, seq) in [
        ("UPDATE marks SET signer = NULL, signature = NULL WHERE id = 4", 4),
        ("UPDATE marks SET signer = 2 WHERE id = 4", 4),
        ("UPDATE marks SET signature = (SELECT signature FROM marks WHERE id = 3) WHERE id = 5", 5),
    ] {
        let copy = Scratch::new();
        std::fs::copy(scratch.path("r.db"), copy.path("r.db")).unwrap();
        copy.sql(change);
        let report = open(&copy).verify_chain(&ChainOptions::default()).unwrap();
        assert_eq!(report.first_fault.map(|fault| fault.seq), Some(seq), "{change}");
    }
}

#[test]
fn a_check_names_what_is_wrong() {
    let scratch = Scratch::new();
    let mut registry = filled(&scratch, 3);
    let mut pictured = entry(4);
    pictured.thumbnail = Some(vec![1, 2, 3]);
    let row = record(&mut registry, &pictured);
    registry.reserve(&entry(5)).unwrap();
    let report = registry.check(&CheckOptions::thorough(None)).unwrap();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.counts.confirmed, report.counts.pending), (4, 1));
    drop(registry);

    scratch.sql(
        "UPDATE thumbnails SET picture = x'ff';
         UPDATE marks SET payload = (SELECT payload FROM marks WHERE id = 1) WHERE id = 2;
         DELETE FROM keys WHERE id = 7; INSERT INTO origins VALUES (99, 1, zeroblob(32), zeroblob(32), NULL, NULL)",
    );
    let registry = open(&scratch);
    let report = registry.check(&CheckOptions::thorough(None)).unwrap();
    assert_eq!(report.wrong_thumbnails, [row]);
    assert_eq!(report.duplicate_ids.len(), 1);
    assert_eq!(report.duplicate_ids[0].rows.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(report.chain.as_ref().unwrap().first_fault.as_ref().unwrap().seq, 2);
    assert_eq!(report.integrity, ["origins: row 99 belongs to a row that is not there"]);
    assert!(!report.is_sound());
    assert_eq!(registry.check(&CheckOptions::quick(None)).unwrap().wrong_thumbnails, []);
}
