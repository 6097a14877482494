//! What is to be done, found out and checked before any work: which input gives which output, and that none of them is
//! in the way of another.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use watermark_core::Payload;
use watermark_media::Format;

use super::inputs::{self, Found, Inputs, Root, Task};
use super::lists::{self, Recipient};
use super::names;
use crate::args::EmbedArgs;
use crate::files::same_file;
use crate::settings::{self, NamedStrength, PayloadSource};

/// An input and how it is to be marked.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    /// Where it is.
    pub(crate) input: PathBuf,
    /// Where its copy goes, below the output directory (and the directory of the recipient, with several).
    pub(crate) relative: PathBuf,
    /// What is to become of it.
    pub(crate) task: Task,
    /// The bits to carry, when they are given.
    pub(crate) payload: Option<Payload>,
    /// What it is marked for.
    pub(crate) label: Option<String>,
    /// Who gets the copy, when the list of inputs says so.
    pub(crate) recipient: Option<String>,
    /// How strong the mark is.
    pub(crate) strength: NamedStrength,
}

/// Everything that is to be done.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The inputs.
    pub(crate) assets: Vec<Asset>,
    /// Who gets a copy of each; empty without a list of recipients.
    pub(crate) recipients: Vec<Recipient>,
    /// The output directory; with one input for one file, that of the file.
    pub(crate) folder: PathBuf,
    /// Whether one file goes to one file.
    pub(crate) single: bool,
    /// The format to write; none: each file's own.
    pub(crate) format: Option<Format>,
    /// Where the payload comes from that is given neither for an input nor for a recipient.
    pub(crate) source: PayloadSource,
}

/// One copy of an asset.
#[derive(Debug, Clone)]
pub(crate) struct Copy<'a> {
    /// The file to write.
    pub(crate) output: PathBuf,
    /// The same below the output directory.
    pub(crate) relative: PathBuf,
    /// Who it is for.
    pub(crate) recipient: Option<&'a str>,
    /// The bits to carry, when they are given.
    pub(crate) payload: Option<Payload>,
}

impl Plan {
    /// Finds out what the arguments ask for.
    pub(crate) fn new(args: &EmbedArgs) -> Result<Self> {
        let source = settings::payload_source(args)?;
        let strength = settings::strength(args)?;
        let format = settings::wanted_format(args)?;
        let is_pattern = |path: &PathBuf| path.to_string_lossy().contains(['*', '?', '[']) && !path.exists();
        let several = args.inputs.len() != 1
            || args.batch.manifest.is_some()
            || args.batch.recipients.is_some()
            || args.inputs.iter().any(|path| path.is_dir() || is_pattern(path));
        let ends_open = args.out.to_string_lossy().ends_with(std::path::is_separator);
        if !several && !args.out.is_dir() && !ends_open {
            return Self::for_one(args, source, strength, format);
        }
        let inputs = inputs::find(&args.inputs)?;
        let asset = |found: Found| {
            let rule = args.batch.rules.of(&found.relative);
            let typed = args.psnr.is_some() || args.profile_was_typed;
            Asset {
                input: found.path,
                relative: found.relative,
                task: if rule.skip { Task::Skip } else { found.task },
                payload: None,
                label: args.batch.label.clone(),
                recipient: None,
                strength: rule.profile.filter(|_| !typed).map_or(strength, settings::profile),
            }
        };
        let Inputs { found, roots } = inputs;
        let mut assets: Vec<Asset> = found.into_iter().map(asset).collect();
        if let Some(list) = &args.batch.manifest {
            assets.extend(lists::manifest(list, args, strength)?);
        }
        if let Some(format) = format {
            for asset in &mut assets {
                asset.relative = names::with_format(std::mem::take(&mut asset.relative), format);
            }
        }
        let recipients = match &args.batch.recipients {
            Some(list) => lists::recipients(list, args)?,
            None => Vec::new(),
        };
        if !recipients.is_empty() && assets.iter().any(|asset| asset.recipient.is_some() || asset.payload.is_some()) {
            bail!(
                "--recipients gives every input to every recipient, but the list of inputs has recipients or payloads \
                 of its own; leave out one of them"
            );
        }
        let plan = Self { assets, recipients, folder: args.out.clone(), single: false, format, source };
        plan.check(args, &roots)?;
        Ok(plan)
    }

    /// One file to one file.
    fn for_one(
        args: &EmbedArgs,
        source: PayloadSource,
        strength: NamedStrength,
        wanted: Option<Format>,
    ) -> Result<Self> {
        let format = match (settings::output_format(&args.out), wanted) {
            (Ok(format), Some(wanted)) if format != wanted => {
                bail!("{}: the extension says {format}, --format says {wanted}; change one of them", args.out.display())
            }
            (Err(_), Some(wanted)) => wanted,
            (format, _) => format?,
        };
        let asset = Asset {
            input: args.inputs[0].clone(),
            relative: args.out.file_name().map(PathBuf::from).unwrap_or_default(),
            task: Task::Mark,
            payload: None,
            label: args.batch.label.clone(),
            recipient: None,
            strength,
        };
        let folder = args.out.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self { assets: vec![asset], recipients: Vec::new(), folder, single: true, format: Some(format), source })
    }

    /// The copies of an asset.
    pub(crate) fn copies<'a>(&'a self, asset: &'a Asset) -> Vec<Copy<'a>> {
        let copy = |relative: PathBuf, recipient, payload| Copy {
            output: self.folder.join(&relative),
            relative,
            recipient,
            payload,
        };
        let given = match &self.source {
            PayloadSource::Given(payload) => Some(payload.clone()),
            PayloadSource::Content(_) => None,
        };
        if self.recipients.is_empty() {
            let payload = asset.payload.clone().or(given);
            return vec![copy(asset.relative.clone(), asset.recipient.as_deref(), payload)];
        }
        let for_recipient = |recipient: &'a Recipient| {
            let relative = Path::new(&recipient.name).join(&asset.relative);
            copy(relative, Some(recipient.name.as_str()), recipient.payload.clone())
        };
        self.recipients.iter().map(for_recipient).collect()
    }

    /// Number of copies of an asset, without making a list of them.
    pub(crate) fn copies_of_each(&self) -> u64 {
        self.recipients.len().max(1) as u64
    }

    /// Every output, one after the other.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = Copy<'_>> {
        self.assets.iter().filter(|asset| asset.task == Task::Mark).flat_map(|asset| self.copies(asset))
    }

    fn check(&self, args: &EmbedArgs, roots: &[Root]) -> Result<()> {
        if self.folder.exists() && !self.folder.is_dir() {
            bail!(
                "{}: is a file; with several inputs --out is a directory, choose another name",
                self.folder.display()
            );
        }
        self.check_apart()?;
        self.check_outside(roots)?;
        if !args.force && !args.batch.resume {
            self.check_absent()?;
        }
        Ok(())
    }

    /// No two inputs give one output, and no output is a directory on the way to another.
    fn check_apart(&self) -> Result<()> {
        let mut taken: HashMap<OsString, &Asset> = HashMap::new();
        let marked = || self.assets.iter().filter(|asset| asset.task == Task::Mark);
        for asset in marked() {
            if let Some(other) = taken.insert(names::folded(&asset.relative), asset) {
                let how = if other.relative == asset.relative {
                    ""
                } else {
                    ", as capitals do not tell names apart everywhere"
                };
                bail!(
                    "{} and {} would both be written as {}{how}; rename one, or mark them into two directories",
                    other.input.display(),
                    asset.input.display(),
                    self.folder.join(&asset.relative).display()
                );
            }
        }
        for asset in marked() {
            for above in asset.relative.ancestors().skip(1) {
                if let Some(other) = taken.get(&names::folded(above)).filter(|_| !above.as_os_str().is_empty()) {
                    bail!(
                        "{} would be a file and, for {}, a directory; give one of them another name",
                        self.folder.join(&other.relative).display(),
                        asset.input.display()
                    );
                }
            }
        }
        Ok(())
    }

    /// No output lies among the inputs, through whatever links: it would be marked again by the next run, or be one.
    fn check_outside(&self, roots: &[Root]) -> Result<()> {
        let mut real_roots = Vec::with_capacity(roots.len());
        for root in roots {
            let real = fs::canonicalize(&root.folder).with_context(|| root.folder.display().to_string())?;
            real_roots.push((real, root));
        }
        let mut folders: HashMap<PathBuf, PathBuf> = HashMap::new();
        for (asset, copy) in
            self.assets.iter().flat_map(|asset| self.copies(asset).into_iter().map(move |copy| (asset, copy)))
        {
            let parent = copy.output.parent().unwrap_or(&self.folder);
            if !folders.contains_key(parent) {
                folders.insert(parent.to_owned(), real(parent)?);
            }
            let real_parent = &folders[parent];
            let real_output = real_parent.join(copy.output.file_name().unwrap_or_default());
            let taken_by =
                |(real, root): &&(PathBuf, &Root)| real_output.strip_prefix(real).is_ok_and(|r| root.takes(r));
            if let Some((_, root)) = real_roots.iter().find(taken_by) {
                bail!(
                    "{}: lies in the input directory {}, and would be marked again by the next run; choose an output \
                     directory outside of it",
                    copy.output.display(),
                    root.folder.display()
                );
            }
            if asset.task == Task::Mark && same_file(&copy.output, &asset.input) {
                bail!(
                    "{}: is the same file as the input {}; the original is never replaced, choose another directory",
                    copy.output.display(),
                    asset.input.display()
                );
            }
        }
        self.check_inputs_stay(&folders)
    }

    /// No output is any other input.
    fn check_inputs_stay(&self, folders: &HashMap<PathBuf, PathBuf>) -> Result<()> {
        let real_output = |output: &Path| Some(folders.get(output.parent()?)?.join(output.file_name()?));
        let inputs: HashMap<PathBuf, &Path> = (self.assets.iter())
            .filter_map(|asset| Some((fs::canonicalize(&asset.input).ok()?, asset.input.as_path())))
            .collect();
        for copy in self.outputs() {
            let output = real_output(&copy.output).unwrap_or_else(|| copy.output.clone());
            // What is there already may be a link.
            let output = fs::canonicalize(&copy.output).unwrap_or(output);
            if let Some(input) = inputs.get(&output) {
                bail!(
                    "{}: is the same file as the input {}; the original is never replaced, choose another directory",
                    copy.output.display(),
                    input.display()
                );
            }
        }
        Ok(())
    }

    fn check_absent(&self) -> Result<()> {
        let mut there = self.outputs().filter(|copy| fs::symlink_metadata(&copy.output).is_ok());
        let Some(first) = there.next() else { return Ok(()) };
        let others = match there.count() {
            0 => "exists already".to_owned(),
            1 => "and another output exist already".to_owned(),
            others => format!("and {others} other outputs exist already"),
        };
        bail!(
            "{}: {others}; choose another directory, pass --resume to go on with an earlier run, or --force to \
             replace them",
            first.output.display()
        )
    }
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
