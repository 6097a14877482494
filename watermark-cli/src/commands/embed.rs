//! `embed`: marks a picture, or many, reads each result back, and only then writes it.

use anyhow::Result;

use crate::args::EmbedArgs;
use crate::batch;
use crate::config::Config;

/// Marks and reports.
pub(crate) fn run(args: EmbedArgs, config: Config) -> Result<u8> {
    batch::run(&completed(args, config))
}

/// What was not typed is as the configuration has it.
fn completed(mut args: EmbedArgs, config: Config) -> EmbedArgs {
    if args.key.is_none() && args.key_ring.is_none() {
        (args.key, args.key_ring) = (config.key, config.key_ring);
    }
    args.profile_was_typed = args.profile.is_some();
    if args.profile.is_none() && args.psnr.is_none() {
        args.profile = config.profile;
    }
    args.c2pa = args.c2pa.or(config.c2pa);
    let batch = &mut args.batch;
    batch.registry = batch.registry.take().or(config.registry).filter(|_| !batch.no_registry);
    batch.title = batch.title.take().or(config.title);
    batch.memory = batch.memory.take().or(config.memory);
    batch.jobs = batch.jobs.or(config.jobs);
    batch.rules = config.rules;
    args
}
