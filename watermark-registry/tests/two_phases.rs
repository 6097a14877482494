//! A row is there before its file, and ends one way or the other.

mod common;

use common::{Scratch, entry, record};
use watermark_registry::{Entry, Error, Filter, Page, Registry, Reservation, Seen, Settled, Status};

#[test]
fn a_reserved_row_is_pending_with_everything_until_it_is_confirmed() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let mut first = entry(1);
    first.thumbnail = Some(vec![1, 2, 3]);
    first.recipient = Some("Reader 7".into());
    let Reservation::New(row) = registry.reserve(&first).unwrap() else { panic!("the id was free") };

    // Another process sees it, after a crash too.
    let mut other = Registry::open(scratch.path("r.db")).unwrap();
    first.thumbnail = None;
    assert_eq!(other.pending().unwrap(), [(row, first.clone())]);
    assert_eq!(other.thumbnail(row).unwrap(), Some(vec![1, 2, 3]));
    assert_eq!((other.count().unwrap().pending, other.count().unwrap().confirmed), (1, 0));

    let place = other.confirm(row).unwrap();
    assert_eq!(place.seq, 1);
    assert_eq!(registry.confirm(row).unwrap(), place, "a second time changes nothing");
    let stored = registry.get(row).unwrap().unwrap();
    assert_eq!((stored.status(), stored.entry, stored.place), (Status::Confirmed, first, Some(place)));
    assert_eq!((registry.count().unwrap().pending, registry.count().unwrap().confirmed), (0, 1));
}

#[test]
fn the_same_file_again_is_known_whether_pending_or_confirmed() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let row = registry.reserve(&entry(1)).unwrap().row();
    for expected in [Status::Pending, Status::Confirmed] {
        let Reservation::Known(stored) = registry.reserve(&entry(1)).unwrap() else { panic!("it is known") };
        assert_eq!((stored.row, stored.status()), (row, expected));
        registry.confirm(row).unwrap();
    }
    assert_eq!(registry.count().unwrap().confirmed, 1);
}

#[test]
fn another_file_of_the_same_mark_has_a_row_of_its_own() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let first = record(&mut registry, &entry(1));
    let mut copy = entry(1);
    copy.output_path = "elsewhere/1.png".into();
    let reservation = registry.reserve(&copy).unwrap();
    assert!(matches!(reservation, Reservation::Another { first: of, .. } if of == first));
    registry.confirm(reservation.row()).unwrap();
    assert_eq!(registry.find(&copy.key_id, &copy.payload).unwrap().len(), 2);
    assert_eq!(registry.find_by_output_path("elsewhere/1.png").unwrap()[0].entry, copy);
}

#[test]
fn an_id_of_another_asset_or_recipient_is_refused() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let mut short = entry(1);
    short.payload = "00c0ffee".into();
    registry.reserve(&short).unwrap();

    let mut other_asset = short.clone();
    other_asset.content_sha256 = [9; 32];
    let message = registry.reserve(&other_asset).unwrap_err().to_string();
    assert!(
        message.contains("another asset (row 1: cover 1)") && message.contains("9,300 assets: use 64 bits"),
        "{message}"
    );

    let mut other_recipient = short.clone();
    other_recipient.recipient = Some("Reader 7".into());
    let message = registry.reserve(&other_recipient).unwrap_err().to_string();
    assert!(message.contains("belongs to another recipient"), "{message}");

    let mut other_key = other_asset;
    other_key.key_id = "6b65796964000002".into();
    assert!(matches!(registry.reserve(&other_key).unwrap(), Reservation::New(_)), "each key has its own ids");
}

#[test]
fn in_a_batch_each_entry_has_its_own_result() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let mut colliding = entry(1);
    colliding.content_sha256 = [9; 32];
    let mut wrong = entry(2);
    wrong.psnr_db = Some(f64::NAN);
    let results = registry.reserve_all(&[entry(1), colliding, wrong, entry(3), entry(1)]).unwrap();
    assert!(matches!(results[0], Ok(Reservation::New(_))));
    assert!(matches!(results[1], Err(Error::Collision(_))));
    assert!(matches!(results[2], Err(Error::Field { field: "psnr_db", .. })));
    assert!(matches!(results[3], Ok(Reservation::New(_))));
    let first = results[0].as_ref().unwrap().row();
    assert!(matches!(&results[4], Ok(Reservation::Known(stored)) if stored.row == first));
    let rows: Vec<_> = results.iter().flatten().map(Reservation::row).collect();
    assert_eq!(registry.confirm_all(&rows).unwrap().seq, 2);
    assert_eq!(registry.count().unwrap().pending, 0);
}

#[test]
fn rows_are_confirmed_together_or_not_at_all() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let first = registry.reserve(&entry(1)).unwrap().row();
    let second = registry.reserve(&entry(2)).unwrap().row();
    registry.withdraw(second).unwrap();
    let error = registry.confirm_all(&[first, second]).unwrap_err();
    assert!(matches!(error, Error::NoSuchRow { row, .. } if row == second), "{error}");
    assert_eq!(registry.count().unwrap().confirmed, 0);
}

#[test]
fn a_withdrawn_row_is_gone_and_its_number_is_not_given_again() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let row = registry.reserve(&entry(1)).unwrap().row();
    registry.settle(row, Settled::Withdrawn).unwrap();
    assert_eq!(registry.get(row).unwrap(), None);
    assert!(matches!(registry.withdraw(row), Err(Error::NoSuchRow { .. })));
    let next = registry.reserve(&entry(2)).unwrap().row();
    assert!(next > row);
    registry.confirm(next).unwrap();
    assert!(matches!(registry.withdraw(next), Err(Error::Confirmed { .. })));
}

#[test]
fn pending_rows_are_settled_by_what_is_seen() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let rows: Vec<_> = (1..=4).map(|number| registry.reserve(&entry(number)).unwrap().row()).collect();
    registry.confirm(rows[3]).unwrap();
    let report = registry
        .settle_with(|entry| match entry.output_path.as_str() {
            "out/1.png" => Seen::Written,
            "out/2.png" => Seen::NotWritten,
            _ => Seen::Unknown,
        })
        .unwrap();
    assert_eq!((report.confirmed, report.withdrawn, report.left), (vec![rows[0]], vec![rows[1]], vec![rows[2]]));
    let left: Vec<_> = registry.pending().unwrap().into_iter().map(|(row, _)| row).collect();
    assert_eq!(left, [rows[2]]);
    assert_eq!(registry.get(rows[0]).unwrap().unwrap().place.unwrap().seq, 2);
}

#[test]
fn rows_are_found_by_what_is_known_of_them() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    for number in 1..=20 {
        let mut entry = entry(number);
        entry.recipient = Some(format!("Reader {}", number % 2));
        let row = registry.reserve(&entry).unwrap().row();
        if number <= 15 {
            registry.confirm(row).unwrap();
        }
        assert_eq!(registry.find_by_output_sha256(&entry.output_sha256).unwrap()[0].row, row);
        assert_eq!(registry.find_by_source_sha256(&entry.source_sha256).unwrap()[0].row, row);
        assert_eq!(registry.find_by_output_path(&entry.output_path).unwrap()[0].entry, entry);
        assert_eq!(registry.find(&entry.key_id, &entry.payload).unwrap()[0].row, row);
        // The first eight bytes, by which the index finds, are not the whole hash.
        let mut near = entry.output_sha256;
        near[31] ^= 1;
        assert_eq!(registry.find_by_output_sha256(&near).unwrap(), []);
    }
    assert_eq!(registry.find("6b65796964000001", "ffffffffffffffff").unwrap(), []);
    assert_eq!(registry.find("nobody's", "0000000000000001").unwrap(), []);
    assert_eq!(registry.find("6b65796964000001", "no digits").unwrap(), []);

    let number_of = |filter: &Filter| registry.list(filter, Page::default()).unwrap().len();
    let any = Filter::default();
    assert_eq!(number_of(&any), 20);
    assert_eq!(number_of(&Filter { recipient: Some("Reader 1".into()), ..any.clone() }), 10);
    assert_eq!(number_of(&Filter { label: Some("cover 7".into()), ..any.clone() }), 1);
    assert_eq!(number_of(&Filter { title: Some("Episode 12".into()), ..any.clone() }), 20);
    assert_eq!(number_of(&Filter { key_id: Some("other".into()), ..any.clone() }), 0);
    assert_eq!(number_of(&Filter { status: Some(Status::Pending), ..any.clone() }), 5);
    assert_eq!(number_of(&Filter { status: Some(Status::Confirmed), ..any.clone() }), 15);
    let (since_unix_ms, until_unix_ms) = (Some(1_700_000_000_003), Some(1_700_000_000_005));
    assert_eq!(number_of(&Filter { since_unix_ms, until_unix_ms, ..any.clone() }), 2);

    let mut seen = Vec::new();
    let mut page = Page { after: None, limit: 7 };
    loop {
        let rows = registry.list(&any, page).unwrap();
        let Some(last) = rows.last() else { break };
        page.after = Some(last.row);
        seen.extend(rows.into_iter().map(|stored| stored.row.0));
    }
    assert_eq!(seen, (1..=20).collect::<Vec<_>>());
    assert_eq!(registry.list(&any, Page { after: None, limit: 0 }).unwrap(), []);
}

#[test]
fn the_same_file_under_another_name_of_the_asset_has_a_row_of_its_own() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let first = record(&mut registry, &entry(1));
    for (label, title) in [(Some("Final"), Some("Episode 12")), (None, None)] {
        let again = Entry { label: label.map(str::to_owned), title: title.map(str::to_owned), ..entry(1) };
        let reservation = registry.reserve(&again).unwrap();
        assert!(matches!(reservation, Reservation::Another { first: of, .. } if of == first));
        registry.confirm(reservation.row()).unwrap();
        assert!(matches!(registry.reserve(&again).unwrap(), Reservation::Known(_)), "once is enough");
    }
    assert_eq!(registry.count().unwrap().confirmed, 3);
}

/// The log of the last rows stays under the old name: whoever opens the moved file would not find them.
#[cfg(unix)]
#[test]
fn nothing_is_written_into_a_registry_that_was_moved() {
    let scratch = Scratch::new();
    let mut registry = scratch.registry();
    let path = registry.path().to_owned();
    let row = registry.reserve(&entry(1)).unwrap().row();
    let moved = path.with_extension("moved");
    std::fs::rename(&path, &moved).unwrap();
    for error in [registry.confirm(row).unwrap_err(), registry.reserve(&entry(2)).unwrap_err()] {
        assert!(error.to_string().contains("was moved, deleted or replaced"), "{error}");
    }
    std::fs::copy(&moved, &path).unwrap();
    assert!(registry.reserve(&entry(2)).is_err(), "another file under its name");
    std::fs::rename(&moved, &path).unwrap();
    registry.confirm(row).unwrap();
    assert_eq!(registry.count().unwrap().confirmed, 1);
}
