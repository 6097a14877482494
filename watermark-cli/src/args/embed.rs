//! Arguments of `embed`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::KeyAccess;
use super::registry::SignArgs;
use crate::config::Rules;
use crate::settings::Qualities;

const EXIT_CODES: &str = "\
Exit codes:
  0    all is done: every file was marked, was marked already, or is not a picture
  2    trouble with an option or with a file; the other files were still done
  3    some pictures cannot carry the mark and were not written; nothing else was wrong
  130  interrupted (SIGINT): pictures in work were finished, films given up; go on with --resume
  143  ended (SIGTERM), likewise
  129  the terminal has gone (SIGHUP), likewise";

/// Arguments of `embed`.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct EmbedArgs {
    /// Pictures and films to mark: files, directories with all that is below them, quoted patterns such as 'in/**/*.png',
    /// or numbered sequences of pictures such as 'shot.%04d.png', each as one clip. They are not changed. Hidden files
    /// and linked directories are left out unless they are named. `-`: standard input. Films need the system's ffmpeg.
    #[arg(value_name = "PATH", required_unless_present = "manifest")]
    pub(crate) inputs: Vec<PathBuf>,
    /// File to write, whose extension gives the format; a directory with several inputs, with a directory as input,
    /// with --manifest and --recipients, when it is one already, and when it ends with a separator. A numbered sequence
    /// goes to a directory or to a name such as 'out.%04d.png'. `-`: standard output, in the input's own format or that
    /// of --format.
    #[arg(long, value_name = "OUTPUT")]
    pub(crate) out: PathBuf,
    /// Key file to mark with [env: WATERMARK_KEY].
    #[arg(long, value_name = "KEYFILE", conflicts_with = "key_ring")]
    pub(crate) key: Option<PathBuf>,
    /// File that lists keys with their titles, days and status, instead of --key: the one that may mark today does
    /// [env: WATERMARK_KEY_RING].
    #[arg(long, value_name = "FILE")]
    pub(crate) key_ring: Option<PathBuf>,
    /// The key ring that says what holds of a key that was typed.
    #[arg(skip)]
    pub(crate) known_ring: Option<PathBuf>,
    /// The configuration file that was read.
    #[arg(skip)]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) access: KeyAccess,
    /// The bits to carry, as 8, 16 or 32 hexadecimal digits. Without it an id is derived from the picture's content:
    /// the same picture and key give the same id.
    #[arg(long, value_name = "HEX")]
    pub(crate) payload: Option<String>,
    /// How many bits to carry: 32, 64 or 128. Default: as many as the payload has, else 64.
    #[arg(long, value_name = "BITS", value_parser = ["32", "64", "128"])]
    pub(crate) bits: Option<String>,
    /// How strong the mark is [default: standard].
    #[arg(long, value_enum, conflicts_with = "psnr")]
    pub(crate) profile: Option<ProfileName>,
    /// Strength as the PSNR of the marked picture against the original, in dB, 30 to 60; lower is stronger.
    #[arg(long, value_name = "DB", allow_negative_numbers = true)]
    pub(crate) psnr: Option<f64>,
    /// Also report SSIMULACRA2 (100: no difference; 90: invisible side by side). Keeps a second copy of the picture.
    #[arg(long)]
    pub(crate) metrics: bool,
    /// Format to write instead of each file's own: png, jpg, webp, tif, gif, exr, and avif where the
    /// program was built with it. The extension of the output follows.
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// Quality of JPEGs, 1 to 100. Default: the source's own tables, which keep its size and look; 95 for other sources.
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) jpeg_quality: Option<u8>,
    /// Quality of WebPs, 0 to 100, which are written lossy then. Default: about that of the source when it is a lossy
    /// WebP; lossless for other sources.
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) webp_quality: Option<u8>,
    /// Quality of AVIFs, 1 to 100, in the scale of the tool cavif. Default: about that of the source when it is an AVIF;
    /// 90 for other sources. AVIF is never written lossless.
    #[cfg(feature = "avif")]
    #[arg(long, value_name = "Q", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(crate) avif_quality: Option<u8>,
    /// Quality of a clip's video, 0 (best) to 51 or 63, by the encoder's own scale [default: 18 for h264, 20 for h265, 24
    /// for vp9 and av1]
    #[arg(long, value_name = "N", help_heading = "Clips")]
    pub(crate) crf: Option<u8>,
    /// Codec of a clip's video: h264, h265, vp9, av1, ffv1, prores [default: the source's own where the container takes it,
    /// else h264]
    #[arg(long, value_name = "CODEC", help_heading = "Clips")]
    pub(crate) codec: Option<String>,
    /// The encoder's preset, by its own name (h264: veryfast, medium, slow ...)
    #[arg(long, value_name = "NAME", help_heading = "Clips")]
    pub(crate) preset: Option<String>,
    /// What happens to a file with content credentials (C2PA), which hold for unchanged pixels only
    /// [default: refuse]
    #[arg(long, value_enum)]
    pub(crate) c2pa: Option<CredentialsRule>,
    /// Replace outputs that exist. An output is never the same file as an input.
    #[arg(long)]
    pub(crate) force: bool,
    /// One JSON object on one line for each file instead of sentences; with several, a last one with the summary.
    #[arg(long)]
    pub(crate) json: bool,
    /// Whether the strength was typed, and not taken from the configuration.
    #[arg(skip)]
    pub(crate) profile_was_typed: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
}

impl EmbedArgs {
    /// The qualities of lossy formats that were asked for.
    pub(crate) fn qualities(&self) -> Qualities {
        Qualities {
            jpeg: self.jpeg_quality,
            webp: self.webp_quality,
            #[cfg(feature = "avif")]
            avif: self.avif_quality,
        }
    }
}

/// Arguments of `embed` that are about many files.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many files")]
pub(crate) struct BatchArgs {
    /// List of inputs: CSV with a header, or JSON lines (.jsonl), with the columns file, payload, label, recipient,
    /// profile, out; all but the first may be left out. Paths are relative to the list.
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
    /// List of recipients: CSV with a header, or JSON lines (.jsonl), with the columns recipient and, if wanted,
    /// payload. Each input gives a copy for each of them, in a directory with the recipient's name.
    #[arg(long, value_name = "FILE")]
    pub(crate) recipients: Option<PathBuf>,
    /// Registry to write every copy down in, made when it is missing: which id is in which file, of which asset, for
    /// whom. No file gets its name before its row is stored.
    #[arg(long, value_name = "DB", env = "WATERMARK_REGISTRY")]
    pub(crate) registry: Option<PathBuf>,
    /// Write nothing down, although the configuration or the environment names a registry.
    #[arg(long)]
    pub(crate) no_registry: bool,
    #[command(flatten)]
    pub(crate) sign: SignArgs,
    /// Title that the key was derived for: for the registry, and to choose a key of the ring.
    #[arg(long, value_name = "TEXT", env = "WATERMARK_TITLE")]
    pub(crate) title: Option<String>,
    /// What the files are marked for, in your words; for the registry and the reports.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Go on with an earlier run, however it ended: what it finished is not done again.
    #[arg(long)]
    pub(crate) resume: bool,
    /// Say what would be done, and write nothing; with --resume, what an earlier run has left to do.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Files in work at the same time, films too [default: as many as there are processors].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) jobs: Option<u16>,
    /// Memory for what is in work, such as 500M or 2G [default: half of the machine's, 16G at most]. A picture
    /// that needs more is done alone.
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<String>,
    /// End after this number of failed files.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_failures: Option<u64>,
    /// No progress and no results in sentences; errors are still said.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// Rules of the configuration file.
    #[arg(skip)]
    pub(crate) rules: Rules,
}

/// Named strengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// For masters and prints: 3 dB quieter than standard.
    Subtle,
    /// The default.
    Standard,
    /// For pictures that will be mistreated: 3 dB louder than standard.
    Robust,
}

/// What happens to a file with content credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CredentialsRule {
    /// It is not marked.
    Refuse,
    /// It is marked and written without them.
    Strip,
    /// It is marked and written with them; whoever checks them sees that they do not fit.
    Keep,
}
