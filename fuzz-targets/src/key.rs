//! Key files: what is read is written as it was.

use watermark_formats::KeyText;

/// Whether the bytes are a key file. No seal is opened: that takes a tenth of a second, by design.
pub(crate) fn survives(bytes: &[u8]) -> bool {
    let Ok(key) = KeyText::parse(bytes) else { return false };
    let text = key.to_text();
    let again = KeyText::parse(text.as_bytes()).expect("what was written");
    assert!(*again.to_text() == *text, "a key file is written in one way only");
    assert_eq!((key.role(), key.id(), key.is_sealed()), (again.role(), again.id(), again.is_sealed()));
    if !key.is_sealed() {
        let _ = key.key(None);
    }
    true
}
