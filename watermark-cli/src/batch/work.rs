//! The work on one input: read, decode, and for each copy mark, read back, write under a temporary name.

use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context as _, Error, Result, anyhow};
use rayon::ThreadPool;
use watermark_core::{Key, Payload};
use watermark_evidence::Fingerprint;
use watermark_media::{DecodeLimits, Document};

use super::budget::{Budget, Permit};
use super::copies::{Names, Original};
use super::embedders::Embedders;
use super::estimate;
use super::facts::{Facts, Found, content_payload};
use super::inputs::Task;
use super::ledger::Ledger;
use super::medium::Medium;
use super::plan::{Asset, Copy, Plan};
use super::publish::{Complete, Ready};
use super::reading::{read_unchanged, sample_bytes};
use super::refusals::{self, status_of};
use super::reporter::{Ended, Reporter};
use super::stop::Stop;
use super::tally::Status;
use crate::args::EmbedArgs;
use crate::fault;
use crate::files::Target;
use crate::hash::Hash;
use crate::output::json::EmbedReport;

/// Everything that the workers share.
pub(crate) struct Shared<'a> {
    pub(crate) args: &'a EmbedArgs,
    pub(crate) plan: &'a Plan,
    pub(crate) key: &'a Key,
    pub(crate) embedders: Embedders<'a>,
    pub(crate) budget: &'a Budget,
    pub(crate) ledger: &'a Mutex<Ledger>,
    pub(crate) reporter: &'a Reporter,
    pub(crate) stop: &'a Stop,
    /// All threads, for pictures that are alone; none: those of the process.
    pub(crate) wide: Option<&'a ThreadPool>,
}

/// What is known of an input besides its pixels.
struct Source {
    remark: Option<String>,
    fingerprint: Option<Arc<Fingerprint>>,
    source_sha256: Hash,
    content_sha256: Hash,
    pixels: u64,
    sides: (u32, u32),
}

impl Shared<'_> {
    /// Does everything for one input. `narrow` are the worker's own threads.
    pub(crate) fn asset(&self, asset: &Asset, narrow: Option<&ThreadPool>, ready: &SyncSender<Ready>) {
        match &asset.task {
            Task::Skip => self.end(asset, None, Status::Skipped, self.plan.copies_of_each(), None),
            Task::Refuse(why) => self.end_unread(asset, Status::Refused, why),
            Task::Fail(why) => self.end_unread(asset, Status::Failed, why),
            Task::Mark => {
                let mut copies = self.plan.copies(asset);
                copies.retain(|copy| self.is_wanted(asset, copy));
                match asset.medium {
                    _ if copies.is_empty() => {}
                    Medium::Picture => self.mark(asset, &copies, narrow, ready),
                    Medium::Clip | Medium::Sequence(_) => self.film(asset, &copies, narrow, ready),
                }
            }
        }
    }

    fn mark(&self, asset: &Asset, copies: &[Copy<'_>], narrow: Option<&ThreadPool>, ready: &SyncSender<Ready>) {
        let mut begun = Instant::now();
        // The picture, its marked copy and what is read back; with several copies the picture is kept besides.
        let held = if copies.len() > 1 { 3 } else { 2 };
        let mut permit = self.budget.take(estimate::of_file(&asset.input, held));
        let opened = fault::guard(&asset.input, || self.open(asset, copies, held, &mut permit));
        let pool = if permit.is_alone() { self.wide } else { narrow.or(self.wide) };
        let (mut original, source) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                let status = status_of(&error);
                let recipient = copies[0].recipient.filter(|_| copies.len() == 1);
                return self.end(asset, recipient, status, copies.len() as u64, Some(&error));
            }
        };
        for copy in copies {
            if self.stop.is_wanted() && !self.plan.single {
                return;
            }
            let mut report = self.report(asset, copy.recipient);
            let work = || self.copy(asset, copy, &mut original, &source, &mut report);
            let made = fault::guard(&asset.input, || in_pool(pool, work));
            report.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            begun = Instant::now();
            self.made(made, copy, report, ready);
        }
    }

    /// Hands a copy on to be published, or says what is wrong.
    pub(super) fn made(&self, made: Result<Made>, copy: &Copy<'_>, mut report: EmbedReport, ready: &SyncSender<Ready>) {
        match made {
            Ok(Made { staged, facts, pixels, bytes }) => {
                report.output = Some(copy.output.to_string_lossy().into_owned());
                // The publisher outlives the workers.
                let _ = ready.send(Ready { staged, facts, report, pixels, bytes });
            }
            Err(error) => {
                let status = status_of(&error);
                self.reporter.ended(Ended { report, status, weight: 1, size: (0, 0), error: Some(&error) });
            }
        }
    }

    /// The bits of a copy, from its content where none are given; the report says so.
    pub(super) fn payload(&self, copy: &Copy<'_>, content: &Hash, report: &mut EmbedReport) -> Result<Payload> {
        let payload = match &copy.payload {
            Some(payload) => payload.clone(),
            None => content_payload(self.key, self.plan.source.class(), content, copy.recipient)
                .with_context(|| report.file.clone())?,
        };
        report.payload = Some(payload.to_string());
        report.bits = Some(payload.class().bits());
        report.payload_from = Some(if copy.payload.is_some() { "given" } else { "content" });
        Ok(payload)
    }

    /// The file that a copy is written to.
    pub(super) fn target(&self, asset: &Asset, copy: &Copy<'_>) -> Result<Target> {
        match self.plan.single {
            true => Target::picture(&copy.output, &asset.input, self.args.force),
            false => Target::in_tree(&copy.output, self.args.force),
        }
    }

    /// Reads and decodes the input, and finds out what can be known before it is marked.
    fn open(
        &self,
        asset: &Asset,
        copies: &[Copy<'_>],
        held: u64,
        permit: &mut Permit<'_>,
    ) -> Result<(Original<'_>, Source)> {
        let name = || asset.input.display().to_string();
        if self.plan.single {
            Target::picture(&copies[0].output, &asset.input, self.args.force)?;
        }
        let bytes = read_unchanged(&asset.input)?;
        // Nobody asks for it when nobody remembers.
        let remembered = !self.plan.single || self.args.batch.registry.is_some();
        let source_sha256 = if remembered { Hash::of(&bytes) } else { Hash::default() };
        let document = Document::decode(&bytes, &DecodeLimits::default()).with_context(name)?;
        let file_bytes = bytes.len() as u64;
        drop(bytes);
        let pixels: u64 =
            document.pictures().iter().map(|picture| picture.width() as u64 * picture.height() as u64).sum();
        let samples: u64 = document.pictures().iter().map(sample_bytes).sum();
        permit.is_really(estimate::needed(pixels, samples / pixels.max(1), held, file_bytes));
        let (c2pa, remark) = refusals::credentials(self.args.c2pa, &document, &name())?;
        let format = self.plan.format_of(asset).or(document.format()).context("the format of the file is not known")?;
        document.check_format(format).with_context(|| copies[0].output.display().to_string())?;
        let first = document.pictures().first().context("internal fault: a document without pictures")?;
        let sides = (first.width() as u32, first.height() as u32);
        let content_sha256 = Hash(document.content_sha256());
        let embedder = self.embedders.get(asset.strength).with_context(name)?;
        let (metrics, once) = (self.args.metrics, self.plan.recipients.is_empty());
        let fingerprint = match &self.args.batch.registry {
            Some(_) => Some(Arc::new(watermark_evidence::fingerprint(first).with_context(name)?)),
            None => None,
        };
        let source = Source { remark, fingerprint, source_sha256, content_sha256, pixels, sides };
        let qualities = self.args.qualities();
        let (key, strength) = (self.key, asset.strength);
        Ok((Original { document, format, key, strength, embedder, metrics, qualities, c2pa, once, plan: None }, source))
    }

    fn copy(
        &self,
        asset: &Asset,
        copy: &Copy<'_>,
        original: &mut Original<'_>,
        source: &Source,
        report: &mut EmbedReport,
    ) -> Result<Made> {
        let input = asset.input.display().to_string();
        let output = copy.output.display().to_string();
        let payload = self.payload(copy, &source.content_sha256, report)?;
        report.losses.extend(source.remark.clone());
        let marked = original.mark(&payload, Names { input: &input, output: &output }, report)?;
        report.losses.extend(marked.remarks);
        let target = self.target(asset, copy)?;
        let found = Found {
            source_sha256: source.source_sha256,
            content_sha256: source.content_sha256,
            output_sha256: Hash::of(&marked.file),
            format: Some(original.format),
            sides: source.sides,
            pictures: marked.pictures.into(),
            fingerprint: source.fingerprint.clone(),
        };
        let facts = self.facts(asset, copy, &payload, report, found);
        let staged = Complete::File(target.stage(&marked.file)?);
        Ok(Made { staged, facts, pixels: source.pixels, bytes: marked.file.len() as u64 })
    }

    /// A report with what is known from the beginning.
    pub(super) fn report(&self, asset: &Asset, recipient: Option<&str>) -> EmbedReport {
        EmbedReport {
            file: asset.input.to_string_lossy().into_owned(),
            key_id: Some(self.key.id().to_string()),
            label: asset.label.clone(),
            recipient: recipient.map(str::to_owned),
            ..EmbedReport::default()
        }
    }

    /// Reports an input that was not looked at.
    pub(super) fn end_unread(&self, asset: &Asset, status: Status, why: &str) {
        let error = anyhow!("{}: {why}", asset.input.display());
        self.end(asset, None, status, self.plan.copies_of_each(), Some(&error));
    }

    /// Reports an input that was not marked.
    pub(super) fn end(
        &self,
        asset: &Asset,
        recipient: Option<&str>,
        status: Status,
        weight: u64,
        error: Option<&Error>,
    ) {
        let report = self.report(asset, recipient);
        self.reporter.ended(Ended { report, status, weight, size: (0, 0), error });
    }
}

/// A copy that is complete under a temporary name.
pub(super) struct Made {
    pub(super) staged: Complete,
    pub(super) facts: Facts,
    pub(super) pixels: u64,
    pub(super) bytes: u64,
}

fn in_pool<T: Send>(pool: Option<&ThreadPool>, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    match pool {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
