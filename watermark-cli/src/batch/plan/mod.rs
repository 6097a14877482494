//! What is to be done, found out and checked before any work: which input gives which output, and that none of them is
//! in the way of another.

pub(crate) mod checks;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};
use watermark_core::Payload;
use watermark_media::Format;

use super::inputs::{self, Found, Inputs, Task};
use super::lists::{self, Recipient};
use super::medium::{self, Medium};
use super::refusals::BY_RULE;
use crate::args::EmbedArgs;
use crate::files::keep;
use crate::sequence::Pattern;
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
    /// What kind of thing it is.
    pub(crate) medium: Medium,
    /// The bits to carry, when they are given.
    pub(crate) payload: Option<Payload>,
    /// What it is marked for.
    pub(crate) label: Option<String>,
    /// Who gets the copy, when the list of inputs says so.
    pub(crate) recipient: Option<String>,
    /// How strong the mark is.
    pub(crate) strength: NamedStrength,
    /// The format that the list of inputs asks for by the copy's name.
    pub(crate) format: Option<Format>,
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
            let medium = Medium::of(&args.inputs[0])?;
            // A sequence goes to one name only when that is the name of many files.
            let as_one = match &medium {
                Medium::Sequence(_) => Pattern::of(&args.out).is_some(),
                _ => true,
            };
            if as_one {
                return Self::for_one(args, medium, source, strength, format);
            }
            ensure!(
                args.out.extension().and_then(|extension| Format::from_extension(extension.to_str()?)).is_none(),
                "{}: is the name of one file, and {} are many; give a directory, or a name with a number such as out.%04d.png",
                args.out.display(),
                args.inputs[0].display()
            );
        }
        let inputs = inputs::find(&args.inputs)?;
        let asset = |found: Found| -> Result<Asset> {
            let (skip, strength) = settings::ruled(args, &found.relative, strength);
            let task = if skip { Task::Skip } else { found.task };
            Ok(Asset {
                medium: if task == Task::Mark { Medium::of(&found.path)? } else { Medium::Picture },
                input: found.path,
                relative: found.relative,
                task,
                payload: None,
                label: args.batch.label.clone(),
                recipient: None,
                strength,
                format: None,
            })
        };
        let Inputs { found, roots } = inputs;
        let mut assets = found.into_iter().map(asset).collect::<Result<Vec<Asset>>>()?;
        if let Some(list) = &args.batch.manifest {
            assets.extend(lists::manifest(list, args, strength)?);
        }
        for asset in assets.iter_mut().filter(|asset| asset.task == Task::Mark) {
            asset.relative = asset.medium.named(std::mem::take(&mut asset.relative), format);
            medium::check_sequence(&asset.medium, &asset.relative, format)?;
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
        medium::check_clip_options(args, plan.marked().map(|asset| &asset.medium))?;
        plan.check(args, &roots)?;
        Ok(plan)
    }

    /// One file to one file, or one sequence to one.
    fn for_one(
        args: &EmbedArgs,
        medium: Medium,
        source: PayloadSource,
        strength: NamedStrength,
        wanted: Option<Format>,
    ) -> Result<Self> {
        medium::check_clip_options(args, std::iter::once(&medium))?;
        let format = if medium == Medium::Clip {
            medium::check_one_clip(args)?;
            None
        } else {
            Some(match (settings::output_format(&args.out), wanted) {
                (Ok(format), Some(wanted)) if format != wanted => bail!(
                    "{}: the extension says {format}, --format says {wanted}; change one of them",
                    args.out.display()
                ),
                (Err(_), Some(wanted)) => wanted,
                (format, _) => format?,
            })
        };
        medium::check_sequence(&medium, &args.out, format)?;
        keep(&args.out, checks::used(args))?;
        let is_sequence = matches!(medium, Medium::Sequence(_));
        let name = args.inputs[0].file_name().map(Path::new).unwrap_or(&args.inputs[0]);
        let (skip, strength) = settings::ruled(args, name, strength);
        let asset = Asset {
            input: args.inputs[0].clone(),
            relative: args.out.file_name().map(PathBuf::from).unwrap_or_default(),
            task: match skip {
                // It was named, and nothing else was: that it is left alone must be said.
                true => Task::Refuse(BY_RULE.to_owned()),
                false => Task::Mark,
            },
            medium,
            payload: None,
            label: args.batch.label.clone(),
            recipient: None,
            strength,
            format: None,
        };
        let folder = args.out.parent().unwrap_or(Path::new("")).to_owned();
        let plan = Self { assets: vec![asset], recipients: Vec::new(), folder, single: true, format, source };
        // Of one file it is checked where it is written.
        if is_sequence {
            plan.check(args, &[])?;
        }
        Ok(plan)
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

    /// The format that an asset is to be written in; none: its own.
    pub(crate) fn format_of(&self, asset: &Asset) -> Option<Format> {
        self.format.or(asset.format)
    }

    /// Whether any input is a numbered sequence.
    pub(crate) fn has_sequences(&self) -> bool {
        self.marked().any(|asset| matches!(asset.medium, Medium::Sequence(_)))
    }

    /// Number of copies of an asset, without making a list of them.
    pub(crate) fn copies_of_each(&self) -> u64 {
        self.recipients.len().max(1) as u64
    }

    /// The assets that are to be marked.
    fn marked(&self) -> impl Iterator<Item = &Asset> {
        self.assets.iter().filter(|asset| asset.task == Task::Mark)
    }

    /// Every output, one after the other.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = Copy<'_>> {
        self.marked().flat_map(|asset| self.copies(asset))
    }

    /// Every file that is written, one after the other, with what it is made of.
    fn files(&self) -> impl Iterator<Item = (&Asset, PathBuf)> {
        self.marked().flat_map(move |asset| {
            let files = self.copies(asset).into_iter().flat_map(|copy| asset.medium.targets(&copy.output));
            files.map(move |file| (asset, file))
        })
    }
}
