use super::{Key, KeyRole, SubKey};
use crate::{Error, PayloadClass};

fn master() -> Key {
    Key::from_secret(KeyRole::Master, std::array::from_fn(|i| i as u8))
}

fn title() -> Key {
    master().derive_title("The Lighthouse").unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The answers come from a separate program (HKDF and HMAC from their definitions). Should one change, marks that
/// are out in the world can no longer be read.
#[test]
fn derivations_have_known_answers() {
    let (title, reader) = (title(), title().detect_only());
    assert_eq!(hex(title.secret()), "b7ad644bb2abed55ca9ccf011ae163f8c2cc6b34232da1047dced93e6bf09901");
    assert_eq!(hex(reader.secret()), "4ddaf560048ce03d4423fca94f9e6f700a05c7b5ed5160d4a73542ba9dfed2fc");
    assert_eq!(title.id().to_string(), "d60bc5408e11cabb");
    assert_eq!(master().id().to_string(), "4abfc13cab80d2b8");
    for (sub_key, answer) in [
        (SubKey::Template, "29a40f635f306c10aae0cde5fddd0bded48a85b01e930131ee22457547f84d80"),
        (SubKey::Carriers, "340cc40ef1b8ae3f3b42b5c9badfe55ae34cddd66484aabe5f0f05010a92a788"),
        (SubKey::Cells, "3e5223f53d8ea2bcb416353ffbca04418b131e67d8f5a110cc6cb206fb16560d"),
        (SubKey::Whitening, "1aba81b56c50c6bf439588f02d16342b3f1db3e273f43c3549b277358e211ea8"),
    ] {
        assert_eq!(hex(&*title.sub_key(sub_key).unwrap()), answer, "{sub_key:?}");
        assert_eq!(hex(&*reader.sub_key(sub_key).unwrap()), answer, "{sub_key:?} from the reader's key");
    }
    for (sub_key, answer) in [
        (SubKey::Tag, "df35970bac90a2fa4713b4e404eedc6b7dc9363c223fcd0389bc12ca56b243d6"),
        (SubKey::ContentId, "f33e3f6306e22ec326dd1235ecd8a2ba576548a3b5a9456594013850633b39bb"),
    ] {
        assert_eq!(hex(&*title.sub_key(sub_key).unwrap()), answer, "{sub_key:?}");
        assert!(reader.sub_key(sub_key).is_none(), "{sub_key:?} from the reader's key");
    }
}

#[test]
fn content_payloads_have_known_answers() {
    let digest = [0xab; 32];
    for (class, answer) in [
        (PayloadClass::Bits32, "78fc9fc2"),
        (PayloadClass::Bits64, "41eb617d9fa6aa80"),
        (PayloadClass::Bits128, "126cb3bdf424416dc2fefaab5a1aecb5"),
    ] {
        assert_eq!(title().content_payload(class, &digest).unwrap().to_string(), answer);
        assert!(matches!(title().detect_only().content_payload(class, &digest), Err(Error::Input(_))));
    }
}

#[test]
fn only_a_master_derives_and_only_named_titles() {
    let refused = |key: Key, title: &str, word: &str| match key.derive_title(title) {
        Err(Error::Input(message)) => assert!(message.contains(word), "{message}"),
        other => panic!("{other:?}"),
    };
    refused(master(), "", "empty");
    refused(title(), "Another", "title key");
    refused(title().detect_only(), "Another", "detect-only");
    refused(master().detect_only(), "Another", "detect-only");
    assert!(master().derive_title("The lighthouse").unwrap() != title());
    assert_ne!(master().id(), title().id());
}

#[test]
fn roles_survive_and_can_issue_what_they_should() {
    let reader = title().detect_only();
    assert_eq!([master().role(), title().role()], [KeyRole::Master, KeyRole::Title]);
    assert_eq!(reader.role(), KeyRole::DetectOnly);
    assert!(master().can_issue() && title().can_issue() && !reader.can_issue());
    assert!(reader == reader.detect_only(), "a reader's reader is itself");
    assert!(reader == Key::from_secret(KeyRole::DetectOnly, *reader.secret()));
    assert!(title() != Key::from_secret(KeyRole::Master, *title().secret()), "roles count");
}

#[test]
fn debug_tells_nothing() {
    assert_eq!(format!("{:?} {:?}", title(), Some(master())), "Key(..) Some(Key(..))");
}
