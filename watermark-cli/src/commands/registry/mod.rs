//! `registry`: what was marked, for whom, and when.

mod check;
mod files;
mod list;
mod settle;
mod transfer;

use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use jiff::civil::Date;
use watermark_registry::{Filter, Registry, Status};

use crate::args::registry::{FilterArgs, RegistryCommand, RegistryPath, SignerArgs, StatusName};
use crate::config::Config;
use crate::files::Target;
use crate::{exit, output, signing_key};

/// Does what was asked.
pub(crate) fn run(command: &RegistryCommand, config: &Config) -> Result<u8> {
    match command {
        RegistryCommand::List(args) => list::list(args, config),
        RegistryCommand::Show(args) => list::show(args, config),
        RegistryCommand::Export(args) => transfer::export(args, config),
        RegistryCommand::Import(args) => transfer::import(args, config),
        RegistryCommand::Merge(args) => transfer::merge(args, config),
        RegistryCommand::Check(args) => check::check(args, config),
        RegistryCommand::Signer(args) => signer(args),
    }
}

fn signer(args: &SignerArgs) -> Result<u8> {
    let target = Target::key(&args.out)?;
    let public = signing_key::make(&target)?;
    output::say(&format!(
        "{}: signs rows of a registry\n  public key {public}\n  Publish the public key where those who will check can find \
         it; keep the file as a secret.",
        args.out.display()
    ))?;
    Ok(exit::DONE)
}

/// Where the registry is: typed, or configured.
fn place(typed: &RegistryPath, config: &Config) -> Result<PathBuf> {
    typed.registry.clone().or_else(|| config.registry.clone()).ok_or_else(|| {
        anyhow!(
            "no registry was named; pass --registry DB, set WATERMARK_REGISTRY, or write `registry` into watermark.toml"
        )
    })
}

/// Opens it for reading, which neither waits for nor hinders a batch.
fn reading(typed: &RegistryPath, config: &Config) -> Result<Registry> {
    Ok(Registry::open_read_only(place(typed, config)?)?)
}

/// What the flags ask for.
fn filter(args: &FilterArgs) -> Result<Filter> {
    let day = |flag: &str, text: &Option<String>, after: i32| -> Result<Option<i64>> {
        text.as_deref().map(|text| midnight(text, after).with_context(|| format!("{flag} {text}"))).transpose()
    };
    Ok(Filter {
        title: args.title.clone(),
        label: args.label.clone(),
        recipient: args.recipient.clone(),
        key_id: args.key_id.clone(),
        status: args.status.map(|status| match status {
            StatusName::Pending => Status::Pending,
            StatusName::Confirmed => Status::Confirmed,
        }),
        since_unix_ms: day("--since", &args.since, 0)?,
        until_unix_ms: day("--until", &args.until, 1)?,
    })
}

/// The first moment of the day so many days after the one that was typed, milliseconds since 1970-01-01 UTC.
fn midnight(text: &str, after: i32) -> Result<i64> {
    let Ok(day) = text.parse::<Date>() else { bail!("is no day; write it as 2026-12-31") };
    let day = day.checked_add(jiff::Span::new().days(after))?;
    Ok(day.to_zoned(jiff::tz::TimeZone::UTC)?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_midnight_utc() {
        assert_eq!(midnight("1970-01-02", 0).unwrap(), 86_400_000);
        assert_eq!(midnight("2026-02-28", 1).unwrap(), midnight("2026-03-01", 0).unwrap());
        for text in ["yesterday", "2026-13-01", "", "2026-02-30"] {
            assert!(midnight(text, 0).is_err(), "{text}");
        }
    }
}
