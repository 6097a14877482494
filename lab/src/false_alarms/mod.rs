//! Detections with wrong keys and of unmarked pictures: is `log10_p` what it claims?
//!
//! One call reads one small picture with a ring of keys, none of which marked it, so that the work that does not depend
//! on the key is done once. The strongest trace of a call claims: an unmarked picture reads so strongly at most once in
//! `10^-log10_p` calls. Corrected for one key instead of the ring, the same claim holds for each pair of picture and key.

mod corpus;
mod decisions;
mod plot;
mod rows;
mod tail;

use crate::commit::Origin;
use crate::marking::read;
use crate::random;
use crate::statistics::median;
use anyhow::Context as _;
use corpus::Corpus;
use serde::{Deserialize, Serialize};
use watermark_core::{DetectOptions, Detector, Key};

pub(crate) use decisions::{Options as DecisionOptions, run as run_decisions};

/// How much to try.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Pairs of picture and wrong key.
    #[arg(long)]
    trials: usize,
    #[command(flatten)]
    study: rows::Study,
    /// Keys that read one picture together, 1 to 64.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=64))]
    ring: u16,
}

/// One call.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Call {
    pub(crate) commit: String,
    pub(crate) program: String,
    pub(crate) seed: u64,
    pub(crate) call: usize,
    /// `photo`, `noise`, ...; with `+mark` when it carries another key's mark.
    pub(crate) kind: String,
    pub(crate) keys: usize,
    /// The strongest trace.
    pub(crate) p: f64,
    /// Each key's strongest trace, when the detector tells it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) each: Vec<f64>,
    pub(crate) ms: f64,
}

/// Runs what is missing, then reports.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let origin = Origin::now()?;
    let ring = usize::from(options.ring);
    let corpus = options.study.corpus()?;
    let holds = |call: &Call| {
        call.seed == options.study.seed && call.keys == ring && origin.covers(&call.commit, &call.program)
    };
    let make = |number| call(options, &origin, &corpus, number);
    let calls = rows::complete(&options.study, options.trials.div_ceil(ring), holds, make)?;
    options.study.write(&report(&calls, &origin), &drawn(&calls))
}

fn drawn(calls: &[Call]) -> String {
    plot::svg((&tail::by_key(calls), "pairs of picture and key"), (&tail::by_call(calls), "calls"))
}

impl rows::Row for Call {
    const WHAT: &'static str = "calls";

    fn number(&self) -> usize {
        self.call
    }
}

fn call(options: &Options, origin: &Origin, corpus: &Corpus, number: usize) -> anyhow::Result<Call> {
    let (picture, kind) = corpus.prepared(number)?;
    let keys: Vec<Key> =
        (0..options.ring).map(|i| random::key(options.study.seed, &format!("wrong {number} {i}"))).collect();
    let detector = Detector::new(&keys, DetectOptions::default())?;
    let (detection, ms) = read(&detector, &picture)?;
    let strongest = |marks: &mut dyn Iterator<Item = &watermark_core::Mark>| marks.map(|m| m.log10_p).reduce(f64::min);
    let each: Option<Vec<f64>> =
        keys.iter().map(|key| strongest(&mut detection.marks.iter().filter(|m| m.key_id == key.id()))).collect();
    Ok(Call {
        commit: origin.commit.clone(),
        program: origin.program.clone(),
        seed: options.study.seed,
        call: number,
        kind,
        keys: keys.len(),
        p: strongest(&mut detection.marks.iter()).context("a detection without a trace")?,
        // Two decimals are more than any figure here shows.
        each: each.unwrap_or_default().iter().map(|p| (p * 100.0).round() / 100.0).collect(),
        ms,
    })
}

fn report(calls: &[Call], origin: &Origin) -> String {
    let mut text = rows::head("False alarms", calls.iter().map(|call| call.commit.as_str()), origin);
    text.push_str(&format!("Median time of a call: {:.0} ms\n\n", median(calls.iter().map(|c| c.ms))));
    text.push_str(&tail::table("calls (strongest trace of the ring)", &tail::by_call(calls)));
    text.push_str(&tail::table("pairs of picture and key (corrected for one key)", &tail::by_key(calls)));
    text.push_str(&tail::kinds(calls));
    text
}
