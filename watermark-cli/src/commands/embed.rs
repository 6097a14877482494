//! `embed`: marks a picture, or many, reads each result back, and only then writes it.

use anyhow::{Context, Result};
use clap::ValueEnum;

use crate::args::{CredentialsRule, EmbedArgs};
use crate::batch;
use crate::config::Config;

/// Marks and reports.
pub(crate) fn run(args: EmbedArgs, config: Config) -> Result<u8> {
    batch::run(&completed(args, config)?)
}

/// What was not typed is as the configuration has it.
fn completed(mut args: EmbedArgs, config: Config) -> Result<EmbedArgs> {
    if args.key.is_none() && args.key_ring.is_none() {
        (args.key, args.key_ring) = (config.key, config.key_ring);
    }
    args.profile_was_typed = args.profile.is_some();
    if args.profile.is_none() && args.psnr.is_none() {
        args.profile = config.profile;
    }
    if let (None, Some(word)) = (args.c2pa, &config.c2pa) {
        let rule = CredentialsRule::from_str(word, false).map_err(anyhow::Error::msg);
        args.c2pa = Some(rule.with_context(|| format!("the configuration's `c2pa = {word:?}`"))?);
    }
    let batch = &mut args.batch;
    batch.registry = batch.registry.take().or(config.registry).filter(|_| !batch.no_registry);
    batch.title = batch.title.take().or(config.title);
    batch.memory = batch.memory.take().or(config.memory);
    batch.jobs = batch.jobs.or(config.jobs.map(|jobs| u16::try_from(jobs).unwrap_or(u16::MAX)));
    batch.rules = config.rules;
    Ok(args)
}
