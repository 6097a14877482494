//! Key files on disk: a few lines of text, readable by their owner only, written once and never overwritten. The text
//! itself is `watermark_formats::KeyText`.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use watermark_core::{Key, KeyRole};
use watermark_formats::{KeyText, MAX_KEY_BYTES, SALT_BYTES, Sealing};

use crate::args::KeyAccess;
use crate::files::{self, Target};
use crate::passphrase::{self, Passphrase};

pub(crate) use watermark_formats::role_name;

/// What a key file says without its passphrase.
#[derive(Debug)]
pub(crate) struct Shown {
    /// What the key may do.
    pub(crate) role: KeyRole,
    /// Public identifier.
    pub(crate) id: String,
    /// Whether a passphrase is needed to use it.
    pub(crate) sealed: bool,
}

/// Reads the key in a file, asking for its passphrase where it has one.
pub(crate) fn read(path: &Path, access: &KeyAccess) -> Result<Key> {
    let text = read_text(path, access.allow_open_key)?;
    opened(&text, path, access).with_context(|| path.display().to_string())
}

/// A sealed key is opened with the passphrases of the files, the first that fits, or with the one that is typed.
fn opened(text: &KeyText, path: &Path, access: &KeyAccess) -> Result<Key> {
    if !text.is_sealed() {
        return Ok(text.key(None)?);
    }
    let Some((last, others)) = access.passphrase_files.split_last() else {
        return Ok(text.key(Some(&passphrase::ask(path)?))?);
    };
    let read = |file| passphrase::from_file(file, access.allow_open_key);
    for file in others {
        if let Ok(key) = text.key(Some(&read(file)?)) {
            return Ok(key);
        }
    }
    Ok(text.key(Some(&read(last)?))?)
}

/// What a key file says about itself.
pub(crate) fn show(path: &Path, allow_open_key: bool) -> Result<Shown> {
    let text = read_text(path, allow_open_key)?;
    if !text.is_sealed() {
        text.key(None).with_context(|| path.display().to_string())?;
    }
    Ok(Shown { role: text.role(), sealed: text.is_sealed(), id: text.id().to_owned() })
}

/// Writes a key to its target, sealed when there is a passphrase.
pub(crate) fn write(target: &Target, key: &Key, passphrase: Option<&Passphrase>) -> Result<()> {
    let text = match passphrase {
        None => KeyText::open(key),
        Some(passphrase) => {
            let mut salt = [0; SALT_BYTES];
            getrandom::fill(&mut salt).map_err(|e| anyhow!("the system gives no random bytes: {e}"))?;
            KeyText::sealed(key, Sealing::with_salt(salt), passphrase)?
        }
    };
    target.write(text.to_text().as_bytes())
}

fn read_text(path: &Path, allow_open_key: bool) -> Result<KeyText> {
    let bytes = files::read_private(path, MAX_KEY_BYTES, allow_open_key)?;
    KeyText::parse(&bytes).with_context(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::from_secret(KeyRole::Title, std::array::from_fn(|i| i as u8))
    }

    #[test]
    fn a_written_key_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("title.key");
        write(&Target::key(&path).unwrap(), &key(), None).unwrap();
        let read_back = read(&path, &KeyAccess { allow_open_key: false, passphrase_files: Vec::new() }).unwrap();
        assert_eq!((read_back.role(), read_back.secret()), (KeyRole::Title, key().secret()));
        assert!(!show(&path, false).unwrap().sealed);
    }

    #[test]
    fn a_sealed_key_has_a_salt_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let passphrase = Passphrase::new(b"open sesame".to_vec());
        let texts = ["a.key", "b.key"].map(|name| {
            let path = folder.path().join(name);
            write(&Target::key(&path).unwrap(), &key(), Some(&passphrase)).unwrap();
            assert!(show(&path, false).unwrap().sealed);
            std::fs::read_to_string(&path).unwrap()
        });
        assert_ne!(texts[0], texts[1]);
    }
}
