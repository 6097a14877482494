//! The keys that a verifier reads with, from the text of key files.

use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use watermark_core::{Key, KeyRole};
use watermark_formats::{KeyText, KeyTextError, MAX_KEY_BYTES, role_name};
use zeroize::Zeroizing;

/// Keys, wiped when it is freed.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct KeyRing {
    pub(crate) keys: Vec<Key>,
}

/// What is said of a key file.
#[derive(Debug, Default, Serialize)]
struct KeyFacts {
    id: Option<String>,
    role: Option<&'static str>,
    can_check_issuer: bool,
    sealed: bool,
    error: Option<String>,
    error_kind: Option<&'static str>,
}

#[wasm_bindgen]
impl KeyRing {
    /// An empty ring.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the key of a key file and says what it is, or why it was not added, as JSON. Our copies of text and
    /// passphrase are wiped; the caller's are not.
    pub fn add(&mut self, text: Vec<u8>, passphrase: Option<String>) -> String {
        let (text, passphrase) = (Zeroizing::new(text), passphrase.map(Zeroizing::new));
        crate::report::to_json(&self.read(&text, passphrase.as_ref().map(|text| text.as_bytes())))
    }

    /// Number of keys.
    #[wasm_bindgen(getter)]
    pub fn size(&self) -> usize {
        self.keys.len()
    }
}

impl KeyRing {
    fn read(&mut self, text: &[u8], passphrase: Option<&[u8]>) -> KeyFacts {
        if text.len() as u64 > MAX_KEY_BYTES {
            let error =
                format!("is larger than the {MAX_KEY_BYTES} bytes that such a file can have; is it the right file?");
            return KeyFacts { error: Some(error), error_kind: Some("key_foreign"), ..KeyFacts::default() };
        }
        let mut facts = KeyFacts::default();
        let key = KeyText::parse(text).and_then(|text| {
            facts.id = Some(text.id().to_owned());
            facts.role = Some(role_name(text.role()));
            facts.can_check_issuer = text.role() != KeyRole::DetectOnly;
            facts.sealed = text.is_sealed();
            text.key(passphrase)
        });
        match key {
            Ok(key) => self.keys.push(key),
            Err(error) => {
                facts.error_kind = Some(kind(&error));
                facts.error = Some(error.to_string());
            }
        }
        facts
    }
}

fn kind(error: &KeyTextError) -> &'static str {
    match error {
        KeyTextError::Foreign(_) => "key_foreign",
        KeyTextError::Damaged(_) => "key_damaged",
        KeyTextError::Sealed => "key_sealed",
        KeyTextError::Passphrase(_) => "key_passphrase",
        _ => "key",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_text_is_answered() {
        let mut ring = KeyRing::new();
        let key = Key::from_secret(KeyRole::Title, [5; 32]);
        let text = KeyText::open(&key).to_text();
        let facts = ring.read(text.as_bytes(), None);
        assert_eq!((facts.role, facts.error, ring.size()), (Some("title"), None, 1));
        let damaged = text.replace("check: ", "check: 0");
        assert_eq!(ring.read(damaged.as_bytes(), None).error_kind, Some("key_damaged"));
        assert_eq!(ring.read(b"", None).error_kind, Some("key_foreign"));
        assert_eq!(ring.read(&[0xff; 5000], None).error_kind, Some("key_foreign"));
        assert_eq!(ring.size(), 1);
    }
}
