//! Arguments of `verify-page`.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `verify-page`.
#[derive(Debug, Args)]
pub(crate) struct VerifyPageArgs {
    /// Port on this machine; 0: any free one. The page that a browser keeps for use without a network belongs to its
    /// port.
    #[arg(long, value_name = "PORT", default_value_t = 8471)]
    pub(crate) port: u16,
    /// Folder of the built page, in place of the one in this program.
    #[arg(long, value_name = "DIR")]
    pub(crate) page: Option<PathBuf>,
}
