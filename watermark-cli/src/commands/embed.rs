//! `embed`: marks a picture, or many, reads each result back, and only then writes it.

use anyhow::Result;

use crate::args::EmbedArgs;
use crate::batch;

/// Marks and reports.
pub(crate) fn run(args: &EmbedArgs) -> Result<u8> {
    batch::run(args)
}
