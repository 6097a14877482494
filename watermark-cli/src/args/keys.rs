//! Arguments that have to do with keys.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// How key files may be opened.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyAccess {
    /// Accept key and passphrase files that other users of this machine can read, as secrets mounted into containers
    /// often are.
    #[arg(long)]
    pub(crate) allow_open_key: bool,
    /// File whose first line is the passphrase of the key; without it a sealed key asks on the terminal. Of several,
    /// each key takes the one that fits.
    #[arg(long = "passphrase-file", value_name = "FILE")]
    pub(crate) passphrase_files: Vec<PathBuf>,
}

/// Arguments of `keygen`.
#[derive(Debug, Args)]
pub(crate) struct KeygenArgs {
    /// Key file to write. An existing file is never overwritten.
    #[arg(long, value_name = "KEYFILE")]
    pub(crate) out: PathBuf,
    /// Seal the key with a passphrase that is asked for twice on the terminal.
    #[arg(long, conflicts_with = "passphrase_file")]
    pub(crate) passphrase: bool,
    /// Seal the key with the passphrase on the first line of this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Accept a passphrase file that other users of this machine can read.
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}

/// Commands on existing keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Derive the key of one title from a master key.
    Derive(DeriveArgs),
    /// Say what a key file holds, without its secret.
    Show(ShowArgs),
}

/// Arguments of `key derive`.
#[derive(Debug, Args)]
pub(crate) struct DeriveArgs {
    /// Key file of the master key.
    #[arg(value_name = "MASTER")]
    pub(crate) master: PathBuf,
    /// Name of the title. The same master and the same name, letter for letter, give the same key.
    #[arg(long, value_name = "NAME")]
    pub(crate) title: String,
    /// Key file to write. An existing file is never overwritten.
    #[arg(long, value_name = "KEYFILE")]
    pub(crate) out: PathBuf,
    /// Leave out what issues and checks authentication tags: the key then reads marks, but its owner cannot issue
    /// marks that count as authentic. It does not keep its owner from removing marks: treat it as a secret.
    #[arg(long)]
    pub(crate) detect_only: bool,
    #[command(flatten)]
    pub(crate) access: KeyAccess,
    /// Seal the derived key with a passphrase that is asked for twice on the terminal.
    #[arg(long, conflicts_with = "new_passphrase_file")]
    pub(crate) passphrase: bool,
    /// Seal the derived key with the passphrase on the first line of this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) new_passphrase_file: Option<PathBuf>,
}

/// Arguments of `key show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Key file to look at.
    #[arg(value_name = "KEYFILE")]
    pub(crate) key: PathBuf,
    /// Accept a key file that other users of this machine can read.
    #[arg(long)]
    pub(crate) allow_open_key: bool,
}
