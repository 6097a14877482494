//! Studies: robustness, forgery and false-alarm tables over folders of pictures.

mod bars;
mod classes;
mod commit;
mod compare;
mod false_alarms;
mod families;
mod floors;
mod forgery;
mod lines;
mod look;
mod marking;
mod metrics;
mod pictures;
mod plot;
mod random;
mod report;
mod results;
mod run;
mod samples;
mod ssim;
mod statistics;
mod sweep;
mod systems;
mod video;
mod workers;

use clap::{Parser, Subcommand};

/// Measures the watermark on folders of pictures.
#[derive(Debug, Parser)]
#[command(name = "lab", version)]
struct Arguments {
    #[command(subcommand)]
    study: Study,
}

#[derive(Debug, Subcommand)]
enum Study {
    /// Marks every picture, attacks it, reads it back; a table of what came back.
    Run(run::Options),
    /// What got better or worse between two runs, beyond noise.
    Compare(compare::Options),
    /// The report of one or more folders of results, with the bars and plots, measuring nothing.
    Report(report::Options),
    /// The same suite at several strengths: quality against robustness.
    Sweep(sweep::Options),
    /// Small pictures from formulas, for the quick suite.
    Samples(samples::Options),
    /// Copies marks to other pictures and averages them out, without the key; how often that works.
    Forgery(forgery::Options),
    /// Wrong keys and unmarked pictures by the thousand: does `log10_p` keep its promise?
    FalseAlarms(false_alarms::Options),
    /// The decision alone, on wrong keys by the million: pictures are read once and the keyed phases drawn anew.
    DecisionTrials(false_alarms::DecisionOptions),
    /// Original, marked and their difference side by side, with details at four times their size.
    Look(look::Options),
    /// Marks clips, re-encodes pieces of them in many ways, reads them back; needs ffmpeg.
    Video(video::Options),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().study {
        Study::Run(options) => run::run(&options),
        Study::Compare(options) => compare::run(&options),
        Study::Report(options) => report::run(&options),
        Study::Sweep(options) => sweep::run(&options),
        Study::Samples(options) => samples::run(&options),
        Study::Forgery(options) => forgery::run(&options),
        Study::FalseAlarms(options) => false_alarms::run(&options),
        Study::DecisionTrials(options) => false_alarms::run_decisions(&options),
        Study::Look(options) => look::run(&options),
        Study::Video(options) => video::run(&options),
    }
}
