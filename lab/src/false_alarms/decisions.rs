//! The decision by itself, a million times: what does `log10_p` claim where it is small?
//!
//! A full search takes some 100 ms a key, and a million of them a day and more. Here a small picture is read once with a
//! key that did not mark it, where nothing was done to it, and then the key's phases are drawn anew a thousand times: the
//! bins, the mixes of octaves, the decoder and the statistics are those of the detector, the search is left out.

use super::corpus::Corpus;
use super::tail::{Observed, table};
use super::{plot, rows};
use crate::commit::Origin;
use crate::random;
use crate::statistics::median;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::time::Instant;
use watermark_core::{DecisionTrials, ImageView, Layout, Samples};

/// Draws of phases for each picture.
const DRAWS: usize = 1000;
/// Of so many draws one is decoded as thoroughly as the alignments that a search reads first.
const THOROUGH: usize = 3;
/// Largest claim that is kept, log10: a hundredth of all.
const KEPT: f64 = -2.0;

/// How much to try.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Decisions; each picture gives a thousand.
    #[arg(long)]
    trials: usize,
    #[command(flatten)]
    study: rows::Study,
}

/// What the draws of one picture gave.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    commit: String,
    program: String,
    seed: u64,
    number: usize,
    kind: String,
    draws: usize,
    /// Draws for which a payload would have been shown.
    payloads: usize,
    /// Claims of the decision at or below [`KEPT`].
    claims: Vec<f64>,
    /// The same of the energy by itself.
    energies: Vec<f64>,
    ms: f64,
}

/// Runs what is missing, then reports.
pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    let origin = Origin::now()?;
    let corpus = options.study.corpus()?;
    let holds = |row: &Row| row.seed == options.study.seed && origin.covers(&row.commit, &row.program);
    let make = |number| row(options, &origin, &corpus, number);
    let rows = rows::complete(&options.study, options.trials.div_ceil(DRAWS), holds, make)?;
    let (energies, claims) = (observed(&rows, |row| &row.energies), observed(&rows, |row| &row.claims));
    let svg = plot::svg((&energies, "energies, uncorrected"), (&claims, "decisions"));
    options.study.write(&report(&rows, &origin), &svg)
}

impl rows::Row for Row {
    const WHAT: &'static str = "pictures";

    fn number(&self) -> usize {
        self.number
    }
}

fn row(options: &Options, origin: &Origin, corpus: &Corpus, number: usize) -> anyhow::Result<Row> {
    let start = Instant::now();
    let (picture, kind) = corpus.prepared(number)?;
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let view = ImageView::new(width, height, 3 * width, Layout::Rgb, Samples::U8(&picture))?;
    let trials = DecisionTrials::new(&view, &random::key(options.study.seed, &format!("wrong {number}")))?;
    let draws = (0..DRAWS).map(|draw| {
        let seed = Sha256::digest(format!("{} {number} {draw}", options.study.seed));
        trials.draw(&seed.into(), draw % THOROUGH == 0)
    });
    let draws: Vec<_> = draws.collect();
    let kept = |claims: &mut dyn Iterator<Item = f64>| -> Vec<f64> {
        // Two decimals are more than any figure here shows.
        claims.filter(|&claim| claim <= KEPT).map(|claim| (claim * 100.0).round() / 100.0).collect()
    };
    Ok(Row {
        commit: origin.commit.clone(),
        program: origin.program.clone(),
        seed: options.study.seed,
        number,
        kind,
        draws: DRAWS,
        payloads: draws.iter().filter(|draw| draw.payload).count(),
        claims: kept(&mut draws.iter().map(|draw| draw.log10_p)),
        energies: kept(&mut draws.iter().map(|draw| draw.log10_energy)),
        ms: start.elapsed().as_secs_f64() * 1e3,
    })
}

fn observed<'a>(rows: &'a [Row], values: impl Fn(&'a Row) -> &'a Vec<f64>) -> Observed {
    let count = rows.iter().map(|row| row.draws).sum();
    Observed::new(rows.iter().flat_map(values).copied().collect(), count, KEPT)
}

fn report(rows: &[Row], origin: &Origin) -> String {
    let mut text = rows::head("The decision alone", rows.iter().map(|row| row.commit.as_str()), origin);
    text.push_str(
        "Pictures that the key did not mark, read where nothing was done to them; for each, the key's phases are drawn anew a \
         thousand times.\nOne draw in three is decoded with the long list of candidates. Decisions: what `log10_p` says, corrected \
         for two statistics,\nthree classes of payload and the mixes of octaves. Energies: the energy of the octaves evenly \
         mixed by itself, corrected for nothing.\n\n",
    );
    let _ = writeln!(text, "Median time of a draw: {:.1} ms", median(rows.iter().map(|row| row.ms / row.draws as f64)));
    let payloads: usize = rows.iter().map(|row| row.payloads).sum();
    let _ = writeln!(text, "Draws for which a payload would have been shown: {payloads}\n");
    text.push_str(&table("decisions", &observed(rows, |row| &row.claims)));
    text.push_str(&table("energies by themselves", &observed(rows, |row| &row.energies)));
    text.push_str(&kinds(rows));
    text
}

/// Counts by kind of picture.
fn kinds(rows: &[Row]) -> String {
    let mut text = String::from(
        "## Kinds of pictures\n\n| kind | draws | decisions at most -2 | energies at most -2 | claimed | strongest decision |\n\
         |---|---|---|---|---|---|\n",
    );
    for name in rows::distinct(rows.iter().map(|row| row.kind.as_str())) {
        let of_kind: Vec<Row> = rows.iter().filter(|row| row.kind == name).cloned().collect();
        let (claims, energies) = (observed(&of_kind, |row| &row.claims), observed(&of_kind, |row| &row.energies));
        let strongest = claims.values.first().map_or_else(|| format!("above {KEPT}"), |value| format!("{value:.2}"));
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {:.1} | {strongest} |",
            claims.count,
            claims.below(KEPT),
            energies.below(KEPT),
            claims.expected(KEPT)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_on_where_it_was_stopped_and_adds_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("decisions.jsonl");
        let options =
            |trials| Options { trials, study: rows::Study { out: out.clone(), images: Vec::new(), jobs: 2, seed: 3 } };
        run(&options(DRAWS)).expect("a picture");
        let first = std::fs::read_to_string(&out).expect("rows");
        run(&options(2 * DRAWS)).expect("another picture");
        let both = std::fs::read_to_string(&out).expect("rows");
        assert!(both.starts_with(&first) && both.lines().count() == 2, "{both}");
        let text = std::fs::read_to_string(out.with_extension("md")).expect("a report");
        assert!(text.contains("2000 in all, found (at most -9): 0"), "{text}");
        assert!(out.with_extension("svg").exists());
    }
}
