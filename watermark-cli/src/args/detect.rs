//! Arguments of `detect` and `report`.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::KeyAccess;
use crate::clip::Sampling;
use crate::config::Config;

/// What is looked at, and with what.
#[derive(Debug, Args)]
pub(crate) struct SuspectArgs {
    /// Pictures and clips to look at: files, directories with all that is below them, quoted patterns such as
    /// 'found/**/*.jpg', numbered sequences such as 'shot.%04d.exr', each as one clip; `-`: standard input. Films are
    /// decoded by the system's ffmpeg.
    #[arg(required = true, value_name = "INPUT")]
    pub(crate) inputs: Vec<PathBuf>,
    /// Key file to read with; several make a key ring, and the mark of any of them is found
    /// [env: WATERMARK_KEY].
    #[arg(long = "key", value_name = "KEYFILE")]
    pub(crate) keys: Vec<PathBuf>,
    /// File that lists keys with their titles, days and status; all of them read, retired and revoked ones too
    /// [env: WATERMARK_KEY_RING].
    #[arg(long, value_name = "FILE")]
    pub(crate) key_ring: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) access: KeyAccess,
    /// How much of the geometry search is done [default: normal].
    #[arg(long, value_enum)]
    pub(crate) effort: Option<EffortName>,
    /// Frames of a clip or an animation that are looked at and added up, spread evenly; of a clip also frames between them
    /// that decode by themselves, as many at most. Of several pages each is looked at.
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) frames: u32,
    /// One frame of a clip every so many seconds, instead of a number of frames.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, conflicts_with = "frames")]
    pub(crate) every: Option<f64>,
    /// Where in a clip to begin, seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "0")]
    pub(crate) from: f64,
    /// Where in a clip to end, seconds [default: its end].
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) to: Option<f64>,
    /// Frames a second of a numbered sequence, whose first frame is at 0 s.
    #[arg(long, value_name = "FPS", value_parser = rate, default_value = "24")]
    pub(crate) rate: f64,
    /// Registry that says which asset it is and for whom it was marked, and whether the content fits.
    #[arg(long, value_name = "DB", env = "WATERMARK_REGISTRY")]
    registry: Option<PathBuf>,
    /// Look nothing up, although the configuration or the environment names a registry.
    #[arg(long)]
    no_registry: bool,
    /// Files in work at the same time [default: as many as there are processors].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
}

impl SuspectArgs {
    /// The registry that marks are looked up in: that which was named, else that of the configuration.
    pub(crate) fn registry(&self, config: &Config) -> Option<PathBuf> {
        self.registry.clone().or_else(|| config.registry.clone()).filter(|_| !self.no_registry)
    }

    /// The frames that are looked at.
    ///
    /// # Errors
    /// When the end comes before the beginning.
    pub(crate) fn sampling(&self) -> Result<Sampling> {
        if let Some(to) = self.to.filter(|to| *to <= self.from) {
            bail!("--to {to} is not after --from {}; both are seconds from the beginning of the clip", self.from);
        }
        Ok(Sampling {
            frames: self.frames as usize,
            from_s: self.from,
            to_s: self.to,
            every_s: self.every,
            rate: self.rate,
        })
    }
}

/// A rate that is typed: a number, or a fraction such as 24000/1001.
fn rate(text: &str) -> Result<f64, String> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let rate = above.parse::<f64>().ok().zip(below.parse::<f64>().ok()).map(|(above, below)| above / below);
    rate.filter(|rate| (1e-3..=1e6).contains(rate))
        .ok_or_else(|| "a rate is a number of frames a second, such as 24 or 24000/1001".to_owned())
}

/// A time that is typed: seconds, or minutes and hours as `1:02:03.5`.
fn seconds(text: &str) -> Result<f64, String> {
    let part = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
    let parts: Option<Vec<f64>> = text.split(':').map(part).collect();
    match parts.filter(|parts| parts.len() <= 3) {
        Some(parts) => Ok(parts.into_iter().fold(0.0, |sum, part| 60.0 * sum + part)),
        None => Err("a time is a number of seconds, or minutes and hours as 1:02:03.5".to_owned()),
    }
}

/// Arguments of `detect`.
#[derive(Debug, Args)]
pub(crate) struct DetectArgs {
    #[command(flatten)]
    pub(crate) suspects: SuspectArgs,
    /// One JSON object per input, on one line, instead of sentences.
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// Comma-separated values with a line of names, one row per input, instead of sentences.
    #[arg(long)]
    pub(crate) csv: bool,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) suspects: SuspectArgs,
    /// Page to write.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Language of the page.
    #[arg(long, value_enum, default_value_t = LanguageName::En)]
    pub(crate) lang: LanguageName,
    /// Replace a page that is there.
    #[arg(long)]
    pub(crate) force: bool,
}

/// How much of the geometry search is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EffortName {
    /// Untouched geometry, mirrors and quarter turns only.
    Fast,
    /// Any rotation, scaling, mirror, aspect change and crop.
    Normal,
    /// As normal with more candidates and finer steps, several times slower.
    Thorough,
}

/// Languages of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LanguageName {
    /// English.
    En,
    /// Japanese.
    Ja,
}

#[cfg(test)]
mod tests {
    use super::{rate, seconds};

    #[test]
    fn rates_are_numbers_or_fractions() {
        assert_eq!((rate("25"), rate("24000/1001")), (Ok(25.0), Ok(24_000.0 / 1001.0)));
        assert!(["", "0", "-1", "1/0", "24/", "nan"].into_iter().all(|text| rate(text).is_err()));
    }

    #[test]
    fn times_are_seconds_or_have_colons() {
        assert_eq!(seconds("12.5"), Ok(12.5));
        assert_eq!(seconds("1:02:03.5"), Ok(3723.5));
        assert!(["", "1:2:3:4", "-1", "1:x", "inf"].into_iter().all(|text| seconds(text).is_err()));
    }
}
