//! Marking one file or many: found and checked (`plan`), marked by several threads within a budget of memory (`work`),
//! published in steps by one (`publish`), remembered by a journal or a registry (`ledger`), and said (`reporter`).
//!
//! A file goes through a temporary name beside its target, a reservation in the ledger, and a rename; whatever moment a
//! run is killed at, there is no half file, and `--resume` finds out what is done. Nothing here but `publish` gives
//! files their names.
//!
//! Windows and macOS were considered by reading, not run: names that differ by capitals alone count as one, locks and
//! renames are those of the standard library, there are no paths but through components, a directory that cannot be
//! synced is left at that, and memory is 2 GiB where the system is not asked.

mod animation;
mod bar;
mod budget;
mod clip;
mod copies;
mod dry_run;
mod embedders;
mod estimate;
mod facts;
mod film;
pub(crate) mod inputs;
mod ledger;
pub(crate) mod lists;
pub(crate) mod lock;
mod medium;
mod names;
pub(crate) mod pipe;
mod plan;
mod publish;
mod reading;
mod reading_frames;
mod refusals;
mod reporter;
mod resume;
mod sequence;
mod stop;
mod table;
mod tally;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rayon::{ThreadPool, ThreadPoolBuilder};
use watermark_core::{Key, KeyRole};

use crate::args::EmbedArgs;
use crate::files;
use crate::key_ring::{self, KeyFacts, KeyRing};
use crate::output::json::{self, EmbedReport};
use crate::{exit, key_file, output, settings, signing_key};

use budget::Budget;
use embedders::Embedders;
use ledger::{Ledger, Records};
use lock::FolderLock;
use plan::Plan;
use reporter::Reporter;
use stop::Stop;
use tally::{Earlier, Status, Tally};
use work::Shared;

pub(crate) use clip::has_credentials;
pub(crate) use ledger::Journal;
pub(crate) use tally::Summary;

/// Finished files that may wait to be published, for each worker.
const WAITING_FOR_EACH: usize = 4;

/// Marks what the arguments ask for, and gives the code to leave with.
pub(crate) fn run(args: &EmbedArgs) -> Result<u8> {
    if pipe::wanted(args) {
        return pipe::run(args, &Marking::new(args)?.key);
    }
    let prepared = Plan::new(args).and_then(|plan| Ok((Marking::new(args)?, budget(args)?, plan)));
    let (Marking { key, title }, budget, plan) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return nothing_done(args, error),
    };
    if args.batch.dry_run {
        return dry_run::run(args, &plan, &key, title, &budget);
    }
    let stop = Stop::listening()?;
    let lock = match plan.single {
        true => Ok(None),
        false => FolderLock::take(&plan.folder).map(Some),
    };
    let opened = lock.and_then(|lock| Ok((lock, open_ledger(args, &plan, title)?)));
    let (_lock, (ledger, mut earlier)) = match opened {
        Ok(opened) => opened,
        Err(error) => return nothing_done(args, error),
    };
    let files = plan.assets.len() as u64 * plan.copies_of_each();
    let reporter = Reporter::new(args, files, plan.single, stop.clone());
    if args.batch.resume {
        earlier.temporaries_removed = tidy(&plan);
    }
    reporter.earlier(earlier);
    let ended = mark_all(args, &plan, &key, &budget, &Mutex::new(ledger), &reporter, &stop);
    if let Err(error) = &ended {
        reporter.warn(&format!("{error:#}"));
    }
    let summary = reporter.finish(&plan.folder, ended.as_ref().err())?;
    Ok(stop.code().unwrap_or_else(|| code(&summary)))
}

fn code(summary: &Summary) -> u8 {
    match (summary.failed > 0 || summary.error.is_some(), summary.refused > 0) {
        (true, _) => exit::TROUBLE,
        (false, true) => exit::REFUSED,
        (false, false) => exit::DONE,
    }
}

/// Says what is wrong before any work was done; programs get an object all the same.
fn nothing_done(args: &EmbedArgs, error: anyhow::Error) -> Result<u8> {
    let told = Some(format!("{error:#}"));
    let line = match args.inputs.as_slice() {
        [input] if args.batch.manifest.is_none() && !input.is_dir() => json::line(&EmbedReport {
            file: input.to_string_lossy().into_owned(),
            error: told,
            status: Status::Failed.word(),
            ..EmbedReport::default()
        })?,
        _ => {
            let summary = Summary { error: told, ..Tally::default().summary(0, Duration::ZERO, None) };
            json::line(&serde_json::json!({ "summary": summary }))?
        }
    };
    if args.json {
        output::say(&line)?;
    }
    Err(error)
}

/// The key that marks, and the title that rows are of: the one that was named, or what the key ring says.
struct Marking {
    key: Key,
    title: Option<String>,
}

impl Marking {
    fn new(args: &EmbedArgs) -> Result<Self> {
        let (path, facts) = match (&args.key, &args.key_ring) {
            (Some(path), _) => (path.clone(), None),
            (None, Some(ring)) => {
                let ring = KeyRing::read(ring, args.access.allow_open_key)?;
                let entry = ring.marking(args.batch.title.as_deref(), key_ring::today())?;
                (entry.file.clone(), Some(entry.facts.clone()))
            }
            (None, None) => bail!("no key was named; {}", key_ring::WAYS),
        };
        let key = key_file::read(&path, &args.access)?;
        if key.role() == KeyRole::DetectOnly {
            bail!("{}: is a detect-only key, which cannot mark; use the title's own key", path.display());
        }
        let facts = match facts {
            Some(facts) => Some(facts),
            None => known(args, &path, &key)?,
        };
        let title = args.batch.title.clone().or_else(|| facts.and_then(|facts| facts.title));
        Ok(Self { key, title })
    }
}

/// What the key ring says of a key that was named without it. One that may not mark does not mark.
fn known(args: &EmbedArgs, path: &Path, key: &Key) -> Result<Option<KeyFacts>> {
    let Some(ring) = &args.known_ring else { return Ok(None) };
    let id = key.id().to_string();
    let facts = KeyRing::known(ring, args.access.allow_open_key).into_iter().find(|facts| facts.id == id);
    if let Some(why) = facts.as_ref().and_then(|facts| facts.hindrance(key_ring::today())) {
        bail!("{}: {why}, says the key ring {}; use another key, or correct the ring", path.display(), ring.display());
    }
    Ok(facts)
}

fn budget(args: &EmbedArgs) -> Result<Budget> {
    let bytes = args.batch.memory.as_deref().map(settings::bytes).transpose().context("--memory")?;
    Ok(Budget::new(bytes.unwrap_or_else(budget::by_default)))
}

/// Opens who remembers, and settles what an earlier run has left undecided.
fn open_ledger(args: &EmbedArgs, plan: &Plan, title: Option<String>) -> Result<(Ledger, Earlier)> {
    let mut earlier = Earlier::default();
    let ledger = match &args.batch.registry {
        Some(registry) => {
            let signer = signing_key::named(&args.batch.sign, args.access.allow_open_key)?;
            let mut records = Records::open(registry, title, &plan.folder, signer)?;
            let only = plan.assets.first().filter(|_| plan.single).map(|asset| asset.relative.as_path());
            let settled = records.settle(only)?;
            earlier.rows_confirmed = settled.confirmed.len() as u64;
            earlier.rows_withdrawn = settled.withdrawn.len() as u64;
            Ledger::Registry(Box::new(records))
        }
        None if plan.single && !plan.has_sequences() => Ledger::None,
        None => Ledger::Journal(Journal::open(files::made(&plan.folder)?, args.batch.resume)?),
    };
    Ok((ledger, earlier))
}

/// Removes what killed runs have left where this one writes, and counts it.
fn tidy(plan: &Plan) -> u64 {
    let folders: BTreeSet<PathBuf> = plan.outputs().map(|copy| files::folder_of(&copy.output).to_owned()).collect();
    folders.iter().map(|folder| files::staged::remove_leftovers(folder)).sum()
}

/// Number of files in work at the same time.
fn jobs(args: &EmbedArgs, plan: &Plan) -> usize {
    settings::jobs(args.batch.jobs).min(plan.assets.len()).max(1)
}

fn pool(threads: usize, here: bool) -> Result<ThreadPool> {
    let builder = ThreadPoolBuilder::new().num_threads(threads);
    let builder = if here { builder.use_current_thread() } else { builder };
    builder.build().context("the system gives no threads")
}

/// Marks everything. An error is what ended it before its time; files have their own.
fn mark_all(
    args: &EmbedArgs,
    plan: &Plan,
    key: &Key,
    budget: &Budget,
    ledger: &Mutex<Ledger>,
    reporter: &Reporter,
    stop: &Stop,
) -> Result<()> {
    let workers = jobs(args, plan);
    let threads = settings::jobs(args.batch.jobs);
    let wide = pool(threads, false)?;
    let embedders = Embedders::new(key, plan);
    let shared = Shared { args, plan, key, embedders, budget, ledger, reporter, stop, wide: Some(&wide) };
    let assets = Mutex::new(plan.assets.iter());
    let (sender, receiver) = sync_channel(WAITING_FOR_EACH * workers);
    thread::scope(|scope| {
        let publisher = scope.spawn(move || publish::publish(&receiver, ledger, reporter, stop));
        for _ in 0..workers {
            let (sender, shared, assets) = (sender.clone(), &shared, &assets);
            scope.spawn(move || {
                // With a file for every thread each works alone: nothing is lost to sharing a picture.
                let narrow = if workers < threads { None } else { pool(1, true).ok() };
                while !stop.is_wanted() {
                    let asset = assets.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(asset) = asset else { break };
                    shared.asset(asset, narrow.as_ref(), &sender);
                }
            });
        }
        drop(sender);
        publisher.join().unwrap_or_else(|_| bail!("internal fault: files could not be published; please report it"))
    })
}
