//! What can be chosen about a measurement.

use super::units::Repetitions;
use std::path::PathBuf;

/// Pictures, attacks and how many trials.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Measure {
    /// Folders with pictures. A folder named `photo` makes the classes photo-L (1 MP and more) and photo-S, any other
    /// folder the class of its name.
    #[arg(long, required = true, num_args = 1..)]
    pub(super) images: Vec<PathBuf>,
    /// `quick`, `core`, `full`, `photo`, `art`, or a file with one attack's name a line.
    #[arg(long)]
    pub(super) suite: Option<String>,
    /// Names of attacks, instead of a suite or besides it.
    #[arg(long, value_delimiter = ',')]
    pub(super) attacks: Vec<String>,
    /// Least trials of every attack in every class: pictures are marked again with other keys and payloads until there
    /// are so many. [default: 60 for core and full, else every picture once]
    #[arg(long, conflicts_with = "keys")]
    pub(super) trials: Option<u32>,
    /// Keys for every picture, instead of as many as the trials need.
    #[arg(long)]
    pub(super) keys: Option<u32>,
    /// Seeds of every attack that has chance in it (crops, noise), for each marked picture.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) positions: u32,
    /// Only the first pictures of each class.
    #[arg(long)]
    pub(super) limit: Option<usize>,
    /// Pictures above this size are brought down to it, megapixels; 0 for any size.
    #[arg(long, default_value_t = 4.0)]
    pub(super) megapixels: f64,
    /// Minutes after which no trial is begun; the same command goes on from there.
    #[arg(long)]
    pub(super) budget: Option<f64>,
    /// Pictures at the same time. [default: all cores]
    #[arg(long)]
    pub(super) jobs: Option<usize>,
    /// Decides keys, payloads and whatever an attack has of chance.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// Also perceptual figures of the marked pictures.
    #[arg(long)]
    pub(super) metrics: bool,
    /// Folder for results.jsonl, run.json and report.md.
    #[arg(long)]
    pub(crate) out: PathBuf,
}

impl Measure {
    /// How often each picture is marked.
    pub(super) fn repetitions(&self) -> Repetitions {
        let thorough = matches!(self.suite.as_deref(), Some("core" | "full"));
        match (self.keys, self.trials) {
            (Some(keys), _) => Repetitions::Each(keys),
            (None, Some(trials)) => Repetitions::Trials(trials),
            (None, None) => Repetitions::Trials(if thorough { 60 } else { 1 }),
        }
    }
}
