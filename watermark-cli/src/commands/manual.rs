//! `completions` and `man`: both come from the definitions of the arguments alone.

use std::fs;

use anyhow::{Context, Result};
use clap::CommandFactory;

use crate::args::{Cli, CompletionsArgs, ManArgs};
use crate::files::Target;
use crate::{exit, output};

/// The script for a shell, on standard output.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "watermark", &mut script);
    let script = String::from_utf8(script).context("internal fault: the script is not text")?;
    output::say(script.trim_end())?;
    Ok(exit::DONE)
}

/// A page for the program and one for each command.
pub(crate) fn man(args: &ManArgs) -> Result<u8> {
    fs::create_dir_all(&args.out).with_context(|| format!("{}: cannot be made", args.out.display()))?;
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    pages(&command, args)
}

fn pages(command: &clap::Command, args: &ManArgs) -> Result<u8> {
    // "watermark-key-derive", after `build`.
    let page = clap_mangen::Man::new(command.clone());
    let path = args.out.join(page.get_filename());
    let target = Target::document(&path, args.force)?;
    let mut text = Vec::new();
    page.render(&mut text).with_context(|| path.display().to_string())?;
    target.write(&text)?;
    output::say(&path.display().to_string())?;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set()) {
        pages(inner, args)?;
    }
    Ok(exit::DONE)
}
