//! `embed`: marks a picture, or many, reads each result back, and only then writes it.

use anyhow::{Result, bail};

use crate::args::EmbedArgs;
use crate::batch;
use crate::config::Config;

/// Marks and reports.
pub(crate) fn run(args: EmbedArgs, config: Config) -> Result<u8> {
    let args = completed(args, config);
    let many = &args.batch;
    if many.sign.sign.is_some() && many.registry.is_none() && !many.no_registry {
        bail!(
            "--sign (or WATERMARK_SIGN) signs rows of a registry, and none was named; pass --registry DB, or \
             --no-registry where nothing is to be written down"
        );
    }
    batch::run(&args)
}

/// What was not typed is as the configuration has it.
fn completed(mut args: EmbedArgs, config: Config) -> EmbedArgs {
    if args.key.is_none() && args.key_ring.is_none() {
        (args.key, args.key_ring) = (config.key, config.key_ring);
    }
    (args.known_ring, args.config) = (config.known_ring, config.file);
    args.profile_was_typed = args.profile.is_some();
    if args.profile.is_none() && args.psnr.is_none() {
        args.profile = config.profile;
    }
    args.c2pa = args.c2pa.or(config.c2pa);
    let batch = &mut args.batch;
    batch.registry = batch.registry.take().or(config.registry).filter(|_| !batch.no_registry);
    // An empty title is none.
    batch.title = batch.title.take().filter(|title| !title.is_empty()).or(config.title);
    batch.memory = batch.memory.take().or(config.memory);
    batch.jobs = batch.jobs.or(config.jobs);
    batch.rules = config.rules;
    args
}
