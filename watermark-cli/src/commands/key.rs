//! `key derive` and `key show`.

use anyhow::{Context, Result, bail};
use watermark_core::KeyRole;

use crate::args::{DeriveArgs, KeyCommand, ShowArgs};
use crate::files::Target;
use crate::{exit, key_file, output, passphrase};

/// Derives or shows.
pub(crate) fn run(command: &KeyCommand) -> Result<u8> {
    match command {
        KeyCommand::Derive(args) => derive(args),
        KeyCommand::Show(args) => show(args),
    }
}

fn derive(args: &DeriveArgs) -> Result<u8> {
    check_title(&args.title)?;
    let target = Target::key(&args.out)?;
    let master = key_file::read(&args.master, &args.access)?;
    if master.role() != KeyRole::Master {
        bail!(
            "{}: is a {} key; title keys are derived from a master key",
            args.master.display(),
            key_file::role_name(master.role())
        );
    }
    let title = master.derive_title(&args.title).with_context(|| args.master.display().to_string())?;
    let key = if args.detect_only { title.detect_only() } else { title };
    let passphrase = match &args.new_passphrase_file {
        Some(file) => Some(passphrase::from_file(file, args.access.allow_open_key)?),
        None if args.passphrase => Some(passphrase::ask_twice(&args.out)?),
        None => None,
    };
    key_file::write(&target, &key, passphrase.as_ref())?;
    let sealed = if passphrase.is_some() { ", sealed with a passphrase" } else { "" };
    let role = key_file::role_name(key.role());
    output::say(&format!("{}: {role} key {} of the title {:?}{sealed}", args.out.display(), key.id(), args.title))?;
    Ok(exit::DONE)
}

/// The name is part of the key, letter for letter; what cannot be seen in it would be found out years later.
fn check_title(title: &str) -> Result<()> {
    if title.is_empty() {
        bail!("--title is empty; name the title");
    }
    if title.trim() != title || title.chars().any(char::is_control) {
        bail!("--title {title:?} has spaces at an end or control characters, which are easily lost; leave them out");
    }
    Ok(())
}

fn show(args: &ShowArgs) -> Result<u8> {
    let shown = key_file::show(&args.key, args.allow_open_key)?;
    let can = match shown.role {
        KeyRole::Master => "derives title keys; marks and reads pictures without a title",
        KeyRole::Title => "marks and reads the pictures of one title",
        KeyRole::DetectOnly => "reads the pictures of one title; issues and checks no authentication tags",
    };
    output::say(&format!(
        "{}\n  role   {} ({can})\n  id     {}\n  sealed {}",
        args.key.display(),
        key_file::role_name(shown.role),
        shown.id,
        if shown.sealed { "yes, with a passphrase" } else { "no" }
    ))?;
    Ok(exit::DONE)
}
