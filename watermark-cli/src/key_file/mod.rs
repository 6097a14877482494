//! Key files: a few lines of text, readable by their owner only, written once and never overwritten.
//!
//! ```text
//! watermark-key 1
//! role: title
//! id: 0123456789abcdef
//! secret: <64 hexadecimal digits>
//! check: 89abcdef
//! ```
//!
//! With a passphrase, `kdf` and `sealed` stand in place of `secret`; see [`seal`]. [`format`] has the text itself.

mod format;
mod seal;

use std::path::Path;

use anyhow::{Context, Result, bail};
use watermark_core::{Key, KeyRole, SECRET_BYTES};
use zeroize::Zeroizing;

use crate::args::KeyAccess;
use crate::files::{self, Target};
use crate::passphrase::{self, Passphrase};

use format::{Body, KeyText};
use seal::Sealed;

pub(crate) use format::role_name;

/// Largest key file accepted, bytes; ours have below 400.
const MAX_BYTES: u64 = 4096;

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
    let secret = match &text.body {
        Body::Open(secret) => secret.clone(),
        Body::Sealed(sealed) => {
            let header = text.sealed_header();
            open(sealed, header.as_bytes(), path, access).with_context(|| path.display().to_string())?
        }
    };
    checked(path, &text, Key::from_secret(text.role, *secret))
}

/// Opens with the passphrases of the files, the first that fits, or with the one that is typed.
fn open(sealed: &Sealed, header: &[u8], path: &Path, access: &KeyAccess) -> Result<Zeroizing<[u8; SECRET_BYTES]>> {
    let Some((last, others)) = access.passphrase_files.split_last() else {
        return sealed.open(header, &passphrase::ask(path)?);
    };
    let read = |file| passphrase::from_file(file, access.allow_open_key);
    for file in others {
        if let Ok(secret) = sealed.open(header, &read(file)?) {
            return Ok(secret);
        }
    }
    sealed.open(header, &read(last)?)
}

/// What a key file says about itself.
pub(crate) fn show(path: &Path, allow_open_key: bool) -> Result<Shown> {
    let text = read_text(path, allow_open_key)?;
    if let Body::Open(secret) = &text.body {
        checked(path, &text, Key::from_secret(text.role, **secret))?;
    }
    Ok(Shown { role: text.role, sealed: matches!(text.body, Body::Sealed(_)), id: text.id })
}

/// Writes a key to its target, sealed when there is a passphrase.
pub(crate) fn write(target: &Target, key: &Key, passphrase: Option<&Passphrase>) -> Result<()> {
    let mut text = KeyText { role: key.role(), id: key.id().to_string(), body: Body::Open((*key.secret()).into()) };
    if let Some(passphrase) = passphrase {
        let parameters = seal::Parameters::fresh()?;
        let header = text.header_with(&parameters);
        text.body = Body::Sealed(parameters.seal(header.as_bytes(), passphrase, key.secret())?);
    }
    target.write(text.to_text().as_bytes())
}

fn read_text(path: &Path, allow_open_key: bool) -> Result<KeyText> {
    let bytes = files::read_private(path, MAX_BYTES, allow_open_key)?;
    format::parse(&bytes).with_context(|| path.display().to_string())
}

/// A file whose parts were put together from two keys passes its own checksum, but not this.
fn checked(path: &Path, text: &KeyText, key: Key) -> Result<Key> {
    if key.id().to_string() != text.id {
        bail!(
            "{}: the id in the file is not that of its secret; the file was changed, or another version of this \
             program wrote it: restore it from a backup",
            path.display()
        );
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::from_secret(KeyRole::Title, std::array::from_fn(|i| i as u8))
    }

    fn access() -> KeyAccess {
        KeyAccess { allow_open_key: false, passphrase_files: Vec::new() }
    }

    #[test]
    fn a_written_key_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("title.key");
        write(&Target::key(&path).unwrap(), &key(), None).unwrap();
        let read_back = read(&path, &access()).unwrap();
        assert_eq!((read_back.role(), read_back.secret()), (KeyRole::Title, key().secret()));
        assert!(!show(&path, false).unwrap().sealed);
    }

    #[test]
    fn a_sealed_key_needs_its_passphrase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("title.key");
        let passphrase = Passphrase::new(b"open sesame".to_vec());
        write(&Target::key(&path).unwrap(), &key(), Some(&passphrase)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(crate::hex::encode(key().secret()).as_str()));
        assert!(show(&path, false).unwrap().sealed);

        let sealed = read_text(&path, false).unwrap();
        let Body::Sealed(body) = &sealed.body else { panic!("not sealed") };
        assert_eq!(*body.open(sealed.sealed_header().as_bytes(), &passphrase).unwrap(), *key().secret());
        let wrong = Passphrase::new(b"open barley".to_vec());
        assert!(body.open(sealed.sealed_header().as_bytes(), &wrong).is_err());
        // The role and id are bound to the sealed secret.
        let header = sealed.sealed_header().replace("title", "master");
        assert!(body.open(header.as_bytes(), &passphrase).is_err());
    }
}
