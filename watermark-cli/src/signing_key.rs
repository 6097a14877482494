//! Keys that sign rows of a registry: 32 secret bytes as text, readable by their owner only.
//!
//! ```text
//! watermark-signing-key 1
//! secret: <64 hexadecimal digits>
//! ```

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use watermark_registry::{PublicKey, Signer};
use zeroize::Zeroizing;

use crate::args::registry::SignArgs;
use crate::files::{self, Target};

const FIRST_LINE: &str = "watermark-signing-key 1";
/// Largest file accepted, bytes; ours have below 100.
const MAX_BYTES: u64 = 1024;

/// Makes a key from the system's random source, writes it, and gives its public half.
pub(crate) fn make(target: &Target) -> Result<PublicKey> {
    let mut secret = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *secret).map_err(|e| anyhow!("the system gives no random bytes: {e}"))?;
    let mut text = Zeroizing::new(format!("{FIRST_LINE}\nsecret: "));
    // Room for all of it, as a text that grows leaves unwiped copies behind.
    text.reserve(80);
    for byte in secret.iter() {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text.push('\n');
    target.write(text.as_bytes())?;
    Ok(Signer::from_secret(&secret).public_key())
}

/// The key that was named, if one was.
pub(crate) fn named(args: &SignArgs, allow_open_key: bool) -> Result<Option<Signer>> {
    args.sign.as_deref().map(|path| read(path, allow_open_key)).transpose()
}

/// Reads a key that [`make`] wrote. It has to be its owner's alone, unless open keys are allowed.
fn read(path: &Path, allow_open_key: bool) -> Result<Signer> {
    let name = path.display();
    let bytes = files::read_private(path, MAX_BYTES, allow_open_key)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let mut lines = text.lines();
    if lines.next() != Some(FIRST_LINE) {
        bail!("{name}: is no signing key; `watermark registry signer --out FILE` makes one");
    }
    let digits = lines.next().and_then(|line| line.strip_prefix("secret: ")).unwrap_or_default().as_bytes();
    let mut secret = Zeroizing::new([0_u8; 32]);
    let whole = digits.len() == 64
        && secret.iter_mut().zip(digits.as_chunks::<2>().0).all(|(byte, pair)| {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            *byte = (high.unwrap_or(0) * 16 + low.unwrap_or(0)) as u8;
            high.is_some() && low.is_some()
        });
    if !whole {
        bail!("{name}: the signing key is damaged; restore it from a backup");
    }
    Ok(Signer::from_secret(&secret))
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_key_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sign.key");
        let public = make(&Target::key(&path).unwrap()).unwrap();
        assert_eq!(read(&path, false).unwrap().public_key(), public);
        let text = std::fs::read_to_string(&path).unwrap();
        for damaged in [&text[..60], &text.replace("key 1", "key 2"), &text.replace("secret: ", "secret: x"), ""] {
            std::fs::write(&path, damaged).unwrap();
            let error = read(&path, false).unwrap_err().to_string();
            assert!(error.contains("sign.key") && !error.contains(&text[32..50]), "{error}");
        }
    }
}
