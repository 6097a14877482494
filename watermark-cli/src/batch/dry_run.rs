//! What a run would do, without writing anything.

use std::fs;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Result;
use watermark_core::Key;

use super::budget::Budget;
use super::embedders::Embedders;
use super::inputs::Task;
use super::ledger::{Journal, Ledger, Records};
use super::plan::{Asset, Plan};
use super::reading::unreadable;
use super::reporter::{Ended, Reporter};
use super::stop::Stop;
use super::tally::Status;
use super::work::Shared;
use crate::args::EmbedArgs;
use crate::files::named;
use crate::output::json::EmbedReport;

/// Says what would be done; with `--resume`, what an earlier run has left to do.
pub(super) fn run(args: &EmbedArgs, plan: &Plan, key: &Key, title: Option<String>, budget: &Budget) -> Result<u8> {
    let files = plan.assets.len() as u64 * plan.copies_of_each();
    let stop = Stop::default();
    let reporter = Reporter::new(args, files, plan.single, stop.clone());
    let ledger = Mutex::new(ledger(args, plan, title)?);
    let embedders = Embedders::new(key, plan);
    let shared =
        Shared { args, plan, key, embedders, budget, ledger: &ledger, reporter: &reporter, stop: &stop, wide: None };
    for asset in &plan.assets {
        match &asset.task {
            Task::Skip => shared.end(asset, None, Status::Skipped, plan.copies_of_each(), None),
            Task::Refuse(why) => shared.end_unread(asset, Status::Refused, why),
            Task::Fail(why) => shared.end_unread(asset, Status::Failed, why),
            Task::Mark => shared.plan_for(asset),
        }
    }
    Ok(super::code(&reporter.finish(&plan.folder, None)?))
}

/// What an earlier run has written down, for reading; without a word where there is nothing.
fn ledger(args: &EmbedArgs, plan: &Plan, title: Option<String>) -> Result<Ledger> {
    let there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let folder = named(&plan.folder);
    Ok(match &args.batch.registry {
        Some(registry) if there(registry) && there(folder) => {
            Ledger::Registry(Box::new(Records::read_only(registry, title, folder)?))
        }
        None if args.batch.resume && there(folder) => Journal::read_only(folder)?.map_or(Ledger::None, Ledger::Journal),
        _ => Ledger::None,
    })
}

impl Shared<'_> {
    fn plan_for(&self, asset: &Asset) {
        let input = &asset.input;
        if let Some(Err(error)) = input.is_file().then(|| fs::File::open(input)) {
            let error = unreadable(input, &error);
            return self.end(asset, None, Status::Failed, self.plan.copies_of_each(), Some(&error));
        }
        for copy in self.plan.copies(asset) {
            if !self.is_wanted(asset, &copy) {
                continue;
            }
            let payload = copy.payload.as_ref();
            let report = EmbedReport {
                output: Some(copy.output.to_string_lossy().into_owned()),
                payload: payload.map(ToString::to_string),
                bits: payload.map(|payload| payload.class().bits()),
                payload_from: Some(if payload.is_some() { "given" } else { "content" }),
                ..self.report(asset, copy.recipient)
            };
            self.reporter.ended(Ended { report, status: Status::Planned, weight: 1, size: (0, 0), error: None });
        }
    }
}
