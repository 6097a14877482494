//! `verify-page`: serves the browser page from this machine to this machine, until it is stopped.

mod files;
mod headers;
mod server;

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Context, Result, bail};

use crate::args::VerifyPageArgs;
use crate::output;

use files::PageFiles;

/// Serves; comes back only when something is wrong.
pub(crate) fn run(args: &VerifyPageArgs) -> Result<u8> {
    let files = match &args.page {
        Some(folder) => PageFiles::read(folder)?,
        None => PageFiles::ours()?,
    };
    let listener = match TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)) {
        Ok(listener) => listener,
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => bail!(
            "port {} is in use, perhaps by another `watermark verify-page`; choose one with --port (0: any free one)",
            args.port
        ),
        Err(error) => return Err(error).with_context(|| format!("port {}: cannot be opened", args.port)),
    };
    let port = listener.local_addr().context("the port that was opened")?.port();
    output::say(&format!(
        "Open http://127.0.0.1:{port}/ in a browser on this machine. Pictures and keys stay in the browser.\n\
         Stop with Ctrl-C."
    ))?;
    server::serve(&listener, port, &files)
}
