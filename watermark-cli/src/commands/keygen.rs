//! `keygen`: a new master key from the system's random source.

use anyhow::{Result, anyhow};
use watermark_core::{Key, KeyRole, SECRET_BYTES};
use zeroize::Zeroizing;

use crate::args::KeygenArgs;
use crate::files::Target;
use crate::{exit, key_file, output, passphrase};

/// Makes a key and writes its file.
pub(crate) fn run(args: &KeygenArgs) -> Result<u8> {
    let target = Target::key(&args.out)?;
    let passphrase = match &args.passphrase_file {
        Some(file) => Some(passphrase::from_file(file, args.allow_open_key)?),
        None if args.passphrase => Some(passphrase::ask_twice(&args.out)?),
        None => None,
    };
    let mut secret = Zeroizing::new([0; SECRET_BYTES]);
    getrandom::fill(&mut secret[..]).map_err(|e| anyhow!("the system gives no random bytes: {e}"))?;
    let key = Key::from_secret(KeyRole::Master, *secret);
    key_file::write(&target, &key, passphrase.as_ref())?;
    let sealed = if passphrase.is_some() { ", sealed with a passphrase" } else { "" };
    output::say(&format!(
        "{}: new master key {}{sealed}\n  Keep a copy in a safe place: marks made with a lost key can never be read.",
        args.out.display(),
        key.id()
    ))?;
    Ok(exit::DONE)
}
