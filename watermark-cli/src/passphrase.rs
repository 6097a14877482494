//! Passphrases: from the terminal or from a file, never from the command line, where every process could read them.

use std::path::Path;

use anyhow::{Context, Result, bail};
use zeroize::Zeroizing;

use crate::files;

/// What a person typed or a file held, wiped when it is dropped.
pub(crate) type Passphrase = Zeroizing<Vec<u8>>;

/// Largest passphrase file accepted, bytes. A line that a person can type is far below.
const MAX_BYTES: u64 = 4096;

/// The first line of a file.
pub(crate) fn from_file(path: &Path, allow_open: bool) -> Result<Passphrase> {
    let name = path.display();
    let text = files::read_private(path, MAX_BYTES, allow_open)?;
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        bail!("{name}: the first line, which should be the passphrase, is empty");
    }
    Ok(Zeroizing::new(line.to_vec()))
}

/// Asks for the passphrase of an existing key.
pub(crate) fn ask(key_file: &Path) -> Result<Passphrase> {
    let name = key_file.display();
    let typed = rpassword::prompt_password(format!("Passphrase of {name}: ")).with_context(|| {
        format!("{name} is sealed with a passphrase and there is no terminal to ask on; pass --passphrase-file FILE")
    })?;
    Ok(Zeroizing::new(typed.into_bytes()))
}

/// Asks twice for the passphrase of a key that is about to be written.
pub(crate) fn ask_twice(key_file: &Path) -> Result<Passphrase> {
    let name = key_file.display();
    let prompt = |text: String| -> Result<Passphrase> {
        let typed = rpassword::prompt_password(text).context(
            "there is no terminal to ask for a passphrase on; give the passphrase in a file instead (see --help)",
        )?;
        Ok(Zeroizing::new(typed.into_bytes()))
    };
    let first = prompt(format!("New passphrase for {name}: "))?;
    if first.is_empty() {
        bail!("{name}: the passphrase is empty; nothing was written");
    }
    let second = prompt("Once more: ".into())?;
    if first != second {
        bail!("{name}: the two passphrases differ; nothing was written");
    }
    Ok(first)
}
