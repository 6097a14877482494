//! Only the right key reads, and a key does no more than its role says.

use watermark_core::{
    DetectOptions, Detector, EmbedOptions, Embedder, Error, Key, KeyRole, Limits, PayloadClass, Verdict,
};
use watermark_tests::{Scene, detected, key, marked, payload, reads};

fn title(name: &str) -> Key {
    key(1).derive_title(name).expect("a master key")
}

#[test]
fn other_masters_and_other_titles_find_nothing() {
    let (picture, _) = marked(&Scene::new(1).picture(400, 320), &title("One"), &payload());
    assert!(reads(&detected(&picture, &[title("One")]), &payload()));
    let others = [key(2), key(1), title("Two"), title("one"), key(2).derive_title("One").expect("a master key")];
    for other in others {
        let detection = detected(&picture, &[other]);
        assert_eq!(detection.verdict(), Verdict::NotFound, "log10 p {}", detection.strongest().log10_p);
        assert_eq!(detection.strongest().payload, None);
    }
}

#[test]
fn a_detect_only_key_reads_without_knowing_who_issued() {
    let (picture, _) = marked(&Scene::new(2).picture(400, 320), &title("One"), &payload());
    let reader = title("One").detect_only();
    assert_eq!((reader.role(), reader.id()), (KeyRole::DetectOnly, title("One").id()));
    let detection = detected(&picture, &[reader]);
    let mark = detection.strongest();
    assert_eq!((mark.verdict, &mark.payload, mark.authentic), (Verdict::Found, &Some(payload()), None));
}

#[test]
fn a_detect_only_key_neither_marks_nor_derives() {
    let reader = title("One").detect_only();
    assert!(matches!(Embedder::new(&reader, EmbedOptions::default()), Err(Error::Input(_))));
    assert!(matches!(reader.derive_title("Two"), Err(Error::Input(_))));
    assert!(matches!(title("One").derive_title("Two"), Err(Error::Input(_))));
}

#[test]
fn a_stored_key_is_the_same_key() {
    let (picture, _) = marked(&Scene::new(3).picture(400, 320), &title("One"), &payload());
    let stored = Key::from_secret(KeyRole::Title, *title("One").secret());
    assert_eq!(stored.id(), title("One").id());
    assert!(reads(&detected(&picture, &[stored]), &payload()));
    let reader = title("One").detect_only();
    let stored = Key::from_secret(KeyRole::DetectOnly, *reader.secret());
    assert_eq!(stored.id(), reader.id());
    assert_eq!(detected(&picture, &[stored]).strongest().payload, Some(payload()));
}

#[test]
fn a_ring_finds_the_key_that_marked_wherever_it_stands() {
    let (picture, _) = marked(&Scene::new(4).picture(400, 320), &key(3), &payload());
    let ring = [key(1), key(2), key(3), key(4)];
    for turn in 0..ring.len() {
        let mut ring = ring.clone();
        ring.rotate_left(turn);
        let detection = detected(&picture, &ring);
        assert!(reads(&detection, &payload()));
        assert_eq!(detection.strongest().key_id, key(3).id());
        let found = detection.marks.iter().filter(|mark| mark.verdict == Verdict::Found).count();
        assert_eq!(found, 1);
    }
}

#[test]
fn rings_are_bounded_and_not_empty() {
    assert!(matches!(Detector::new(&[], DetectOptions::default()), Err(Error::Input(_))));
    let ring = vec![key(1); Limits::default().max_keys + 1];
    assert!(matches!(Detector::new(&ring, DetectOptions::default()), Err(Error::Limit { .. })));
}

#[test]
fn the_content_s_payload_depends_on_key_content_and_class() {
    let of = |key: &Key, class, content: u8| key.content_payload(class, &[content; 32]).expect("a payload").to_string();
    let first = of(&key(1), PayloadClass::Bits64, 1);
    assert_eq!(first, of(&key(1), PayloadClass::Bits64, 1));
    assert_ne!(first, of(&key(2), PayloadClass::Bits64, 1));
    assert_ne!(first, of(&key(1), PayloadClass::Bits64, 2));
    for class in PayloadClass::ALL {
        assert_eq!(of(&key(1), class, 1).len(), class.bits() / 4);
    }
}

#[test]
fn keys_do_not_print_their_secret() {
    let text = format!("{:?}", key(0xab));
    assert!(!text.contains("ab") && !text.contains("171"), "{text}");
}
