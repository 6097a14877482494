//! That no output is in the way of another, of an input, or of what is there.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use super::{Asset, Plan};
use crate::args::EmbedArgs;
use crate::batch::inputs::Root;
use crate::batch::medium::Medium;
use crate::batch::names;
use crate::files::{in_use, same_file};
use crate::sequence::Sequence;

impl Plan {
    /// Checks all of it.
    pub(super) fn check(&self, args: &EmbedArgs, roots: &[Root]) -> Result<()> {
        if self.folder.exists() && !self.folder.is_dir() {
            bail!(
                "{}: is a file; with several inputs --out is a directory, choose another name",
                self.folder.display()
            );
        }
        self.check_apart()?;
        self.check_outside(args, roots)?;
        if !args.force && !args.batch.resume {
            self.check_absent()?;
        }
        self.check_alone()
    }

    /// No two inputs give one output, and no output is a directory on the way to another.
    fn check_apart(&self) -> Result<()> {
        let mut taken: HashMap<OsString, (&Asset, PathBuf)> = HashMap::new();
        let files = || {
            let files = |asset: &Asset| asset.medium.targets(&asset.relative);
            self.marked().flat_map(move |asset| files(asset).into_iter().map(move |file| (asset, file)))
        };
        for (asset, file) in files() {
            if let Some((other, taken)) = taken.insert(names::folded(&file), (asset, file.clone())) {
                let how = if taken == file { "" } else { ", as capitals do not tell names apart everywhere" };
                bail!(
                    "{} and {} would both be written as {}{how}; rename one, or mark them into two directories",
                    other.input.display(),
                    asset.input.display(),
                    self.folder.join(&file).display()
                );
            }
        }
        for (asset, file) in files() {
            for above in file.ancestors().skip(1) {
                if let Some((_, other)) = taken.get(&names::folded(above)).filter(|_| !above.as_os_str().is_empty()) {
                    bail!(
                        "{} would be a file and, for {}, a directory; give one of them another name",
                        self.folder.join(other).display(),
                        asset.input.display()
                    );
                }
            }
        }
        Ok(())
    }

    /// No output lies among the inputs, through whatever links: it would be marked again by the next run, or be one.
    fn check_outside(&self, args: &EmbedArgs, roots: &[Root]) -> Result<()> {
        let mut real_roots = Vec::with_capacity(roots.len());
        for root in roots {
            let real = fs::canonicalize(&root.folder).with_context(|| root.folder.display().to_string())?;
            real_roots.push((real, root));
        }
        let mut folders: HashMap<PathBuf, PathBuf> = HashMap::new();
        for (asset, output) in self.files() {
            let parent = output.parent().unwrap_or(&self.folder);
            if !folders.contains_key(parent) {
                folders.insert(parent.to_owned(), real(parent)?);
            }
            let real_parent = &folders[parent];
            let real_output = real_parent.join(output.file_name().unwrap_or_default());
            let taken_by =
                |(real, root): &&(PathBuf, &Root)| real_output.strip_prefix(real).is_ok_and(|r| root.takes(r));
            if let Some((_, root)) = real_roots.iter().find(taken_by) {
                bail!(
                    "{}: lies in the input directory {}, and would be marked again by the next run; choose an output \
                     directory outside of it",
                    output.display(),
                    root.folder.display()
                );
            }
            if same_file(&output, &asset.input) {
                return Err(same_as(&output, &asset.input));
            }
        }
        self.check_inputs_stay(args, &folders)
    }

    /// No output is any other input, or anything else that is read.
    fn check_inputs_stay(&self, args: &EmbedArgs, folders: &HashMap<PathBuf, PathBuf>) -> Result<()> {
        let real_output = |output: &Path| Some(folders.get(output.parent()?)?.join(output.file_name()?));
        let sources = self.assets.iter().flat_map(|asset| asset.medium.sources(&asset.input));
        let inputs: HashMap<PathBuf, PathBuf> =
            sources.filter_map(|source| Some((fs::canonicalize(&source).ok()?, source))).collect();
        let used: HashMap<PathBuf, (&str, &Path)> =
            used(args).filter_map(|used| Some((fs::canonicalize(used.1).ok()?, used))).collect();
        for (_, file) in self.files() {
            let output = real_output(&file).unwrap_or_else(|| file.clone());
            // What is there already may be a link.
            let output = fs::canonicalize(&file).unwrap_or(output);
            if let Some(input) = inputs.get(&output) {
                return Err(same_as(&file, input));
            }
            if let Some((what, path)) = used.get(&output) {
                return Err(in_use(&file, what, path));
            }
        }
        Ok(())
    }

    fn check_absent(&self) -> Result<()> {
        let mut there = self.files().map(|(_, file)| file).filter(|file| fs::symlink_metadata(file).is_ok());
        let Some(first) = there.next() else { return Ok(()) };
        let others = match there.count() {
            0 => "exists already".to_owned(),
            1 => "and another output exist already".to_owned(),
            others => format!("and {others} other outputs exist already"),
        };
        bail!(
            "{}: {others}; choose another directory, pass --resume to go on with an earlier run, or --force to \
             replace them",
            first.display()
        )
    }

    /// A sequence's copy is all there is under its name: a frame of another one would count as its own.
    fn check_alone(&self) -> Result<()> {
        for asset in self.marked().filter(|asset| matches!(asset.medium, Medium::Sequence(_))) {
            for copy in self.copies(asset) {
                let files = asset.medium.targets(&copy.output);
                // Nothing is there, or no directory.
                let Ok(Some(there)) = Sequence::of(&copy.output) else { continue };
                if let Some(stray) = there.files().into_iter().find(|file| !files.contains(file)) {
                    bail!(
                        "{}: is there and would count as a frame of {}, which has none of its number; remove it, or choose \
                         another directory",
                        stray.display(),
                        copy.output.display()
                    );
                }
            }
        }
        Ok(())
    }
}

/// The files that marking works with beside its inputs.
pub(crate) fn used(args: &EmbedArgs) -> impl Iterator<Item = (&'static str, &Path)> {
    let batch = &args.batch;
    let named = [
        ("registry", &batch.registry),
        ("key", &args.key),
        ("key ring", &args.key_ring),
        ("signing key", &batch.sign.sign),
        ("list of inputs", &batch.manifest),
        ("list of recipients", &batch.recipients),
        ("configuration", &args.config),
    ];
    named.into_iter().filter_map(|(what, path)| Some((what, path.as_deref()?)))
}

fn same_as(output: &Path, input: &Path) -> anyhow::Error {
    anyhow!(
        "{}: is the same file as the input {}; the original is never replaced, choose another directory",
        output.display(),
        input.display()
    )
}

/// The path without links, as far as it is there.
fn real(path: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(path).with_context(|| path.display().to_string())?;
    for above in absolute.ancestors() {
        if let Ok(real) = fs::canonicalize(above) {
            return Ok(real.join(absolute.strip_prefix(above).unwrap_or(Path::new(""))));
        }
    }
    Ok(absolute)
}
