//! Arguments of `registry`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What to do with a registry.
#[derive(Debug, Subcommand)]
pub(crate) enum RegistryCommand {
    /// List rows.
    List(ListArgs),
    /// Show everything about one id, or about one file.
    Show(ShowRowArgs),
    /// Write rows as CSV or JSON lines.
    Export(ExportArgs),
    /// Take over rows from CSV or JSON lines.
    Import(ImportArgs),
    /// Look the registry over: the file, the chain over its rows, pending rows and their files.
    Check(CheckArgs),
    /// Take over the rows of another registry; ids that collide are listed and left out.
    Merge(MergeArgs),
    /// Make a key that signs rows, so that others can tell who registered them.
    Signer(SignerArgs),
}

/// Where the registry is.
#[derive(Debug, Clone, Args)]
pub(crate) struct RegistryPath {
    /// The registry; without it that of the configuration.
    #[arg(long, value_name = "DB", env = "WATERMARK_REGISTRY")]
    pub(crate) registry: Option<PathBuf>,
}

/// Which rows.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which rows")]
pub(crate) struct FilterArgs {
    /// Rows of this title.
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// Rows of this asset.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Rows for this recipient.
    #[arg(long, value_name = "TEXT")]
    pub(crate) recipient: Option<String>,
    /// Rows of this key, by its public identifier.
    #[arg(long, value_name = "ID")]
    pub(crate) key_id: Option<String>,
    /// Pending or confirmed rows alone.
    #[arg(long, value_enum)]
    pub(crate) status: Option<StatusName>,
    /// Rows of this day (UTC) and later ones.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) since: Option<String>,
    /// Rows up to and with this day (UTC).
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) until: Option<String>,
}

/// Whether a row's file is known to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusName {
    /// Written down before the file got its name.
    Pending,
    /// The file is there.
    Confirmed,
}

/// Arguments of `registry list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) place: RegistryPath,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// At most so many rows.
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: u32,
    /// Rows after this one: go on with the last number of the list before.
    #[arg(long, value_name = "ROW")]
    pub(crate) after: Option<i64>,
    /// One JSON object for each row, with the columns of an export.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `registry show`.
#[derive(Debug, Args)]
pub(crate) struct ShowRowArgs {
    /// An id of 8, 16 or 32 hexadecimal digits, a SHA-256 of 64, or a file: the marked one or its source.
    #[arg(value_name = "WHAT")]
    pub(crate) what: String,
    #[command(flatten)]
    pub(crate) place: RegistryPath,
    /// One JSON object for each row, with the columns of an export.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `registry export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    pub(crate) place: RegistryPath,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// File to write; `-`: standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What to write [default: by the extension, csv or jsonl; csv for standard output].
    #[arg(long, value_enum)]
    pub(crate) format: Option<TableFormat>,
    /// With thumbnails.
    #[arg(long)]
    pub(crate) thumbnails: bool,
    /// Replace a file that is there.
    #[arg(long)]
    pub(crate) force: bool,
}

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    /// Comma-separated values with a line of names.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Arguments of `registry import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// File to read; `-`: standard input.
    #[arg(value_name = "FILE")]
    pub(crate) input: PathBuf,
    #[command(flatten)]
    pub(crate) place: RegistryPath,
    /// What it is [default: by the extension, csv or jsonl; csv for standard input].
    #[arg(long, value_enum)]
    pub(crate) format: Option<TableFormat>,
    /// Import the good lines although there are bad ones.
    #[arg(long)]
    pub(crate) keep_good_lines: bool,
    #[command(flatten)]
    pub(crate) sign: SignArgs,
    /// Accept a signing key that other users of this machine can read.
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}

/// Arguments of `registry check`.
#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) place: RegistryPath,
    /// A head of the chain that was noted before, as `check` prints it: shows that nothing up to it was changed since.
    #[arg(long, value_name = "N:HEX")]
    pub(crate) noted: Option<String>,
    /// Leave out what reads everything twice.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Settle pending rows of runs that ended: confirmed where the file is there as registered, else withdrawn. Rows
    /// without their file that may be of a run at work are left: those younger than 10 minutes, and those below a
    /// directory that a run is marking files into. `embed --resume` settles what is below its own directory at once.
    #[arg(long)]
    pub(crate) settle: bool,
    /// Also compare every registered file that can be reached with its row. Files that were marked again since, and have
    /// a later row, are counted apart.
    #[arg(long)]
    pub(crate) files: bool,
    /// One JSON object instead of sentences.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Arguments of `registry merge`.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// The registry whose rows are taken over; it is not changed.
    #[arg(value_name = "OTHER")]
    pub(crate) other: PathBuf,
    #[command(flatten)]
    pub(crate) place: RegistryPath,
    #[command(flatten)]
    pub(crate) sign: SignArgs,
    /// Accept a signing key that other users of this machine can read.
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}

/// Whether rows are signed.
#[derive(Debug, Clone, Args)]
pub(crate) struct SignArgs {
    /// Sign new rows with this key, made by `registry signer`.
    #[arg(long, value_name = "FILE", env = "WATERMARK_SIGN")]
    pub(crate) sign: Option<PathBuf>,
}

/// Arguments of `registry signer`.
#[derive(Debug, Args)]
pub(crate) struct SignerArgs {
    /// File for the secret half. An existing file is never overwritten; the public half is printed.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
