//! What the lists of inputs and of recipients say.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, anyhow, bail, ensure};
use clap::ValueEnum;
use watermark_core::Payload;

use super::inputs::Task;
use super::medium::Medium;
use super::names;
use super::plan::Asset;
use super::table::{Row, Table};
use crate::args::{EmbedArgs, ProfileName};
use crate::settings::{self, NamedStrength};

/// Somebody who gets a copy of every asset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recipient {
    /// Name, safe as that of a directory.
    pub(crate) name: String,
    /// The bits of the copies, when they are given.
    pub(crate) payload: Option<Payload>,
}

/// The inputs of a list.
pub(crate) fn manifest(list: &Path, args: &EmbedArgs, strength: NamedStrength) -> Result<Vec<Asset>> {
    let mut table = Table::read(list, &["file", "payload", "label", "recipient", "profile", "out"])?;
    let folder = list.parent().unwrap_or(Path::new(""));
    let mut payloads: HashMap<String, (Option<String>, u64)> = HashMap::new();
    let assets = table.map(|row| {
        let file = plain(row.required("file")?);
        let input = folder.join(&file);
        let medium = Medium::of(&input)?;
        let is_sequence = matches!(medium, Medium::Sequence(_));
        ensure!(is_sequence || input.exists(), "{}: there is no such file", input.display());
        ensure!(!input.is_dir(), "{}: is a directory; name the files in it", input.display());
        let recipient = row.get("recipient").map(str::to_owned);
        let relative = output(row, &file, recipient.as_deref())?;
        let (skip, strength) = settings::ruled(args, &file, strength);
        let payload = row.get("payload").map(|text| settings::listed_payload(text, args)).transpose()?;
        if let Some(payload) = &payload {
            let (first, line) = payloads.entry(payload.to_string()).or_insert_with(|| (recipient.clone(), row.line));
            ensure!(
                *first == recipient,
                "the payload is that of line {line}, which is for another recipient; copies could not be told apart"
            );
        }
        // As with one file: the name of the copy says what it is written as.
        let format = match (&medium, row.get("out")) {
            (Medium::Picture, Some(_)) => Some(settings::output_format(&relative)?),
            _ => None,
        };
        Ok(Asset {
            relative,
            input,
            task: if skip { Task::Skip } else { Task::Mark },
            medium,
            format,
            payload,
            label: row.get("label").map(str::to_owned).or_else(|| args.batch.label.clone()),
            recipient,
            strength: row.get("profile").map_or(Ok(strength), profile)?,
        })
    });
    table.finish()?;
    Ok(assets)
}

/// The path without what leads nowhere: `./a/b.png` is `a/b.png`.
fn plain(file: &str) -> PathBuf {
    let parts = Path::new(file).components().filter(|part| *part != Component::CurDir);
    let path: PathBuf = parts.collect();
    // A name that ends with a separator is a directory's, which is said where it is looked for.
    if file.ends_with(std::path::is_separator) { file.into() } else { path }
}

/// Where the copy goes: where the list says, else as the input lies beside or below the list.
fn output(row: &Row, file: &Path, recipient: Option<&str>) -> Result<PathBuf> {
    recipient.map_or(Ok(()), names::check_recipient)?;
    if let Some(out) = row.get("out") {
        return names::relative(out);
    }
    let name = file.file_name().ok_or_else(|| anyhow!("{file:?} is not the name of a file"))?;
    let relative = file.to_str().and_then(|file| names::relative(file).ok()).unwrap_or_else(|| name.into());
    Ok(recipient.map_or(PathBuf::new(), PathBuf::from).join(relative))
}

fn profile(name: &str) -> Result<NamedStrength> {
    let profile = ProfileName::from_str(name, true);
    profile.map(settings::profile).map_err(|_| anyhow!("the profile {name:?} is none of subtle, standard, robust"))
}

/// The recipients of a list.
pub(crate) fn recipients(list: &Path, args: &EmbedArgs) -> Result<Vec<Recipient>> {
    if args.payload.is_some() {
        bail!(
            "--payload would give every recipient the same bits; put payloads into the list of recipients, or \
             leave it out"
        );
    }
    let mut table = Table::read(list, &["recipient", "payload"])?;
    let (mut names_taken, mut payloads_taken) = (HashMap::new(), HashMap::new());
    let recipients = table.map(|row| {
        let name = row.required("recipient")?.to_owned();
        names::check_recipient(&name)?;
        if let Some(line) = names_taken.insert(name.to_lowercase(), row.line) {
            bail!(
                "the recipient {name:?} is that of line {line} already (capitals do not tell \
                 directories apart everywhere)"
            );
        }
        let payload = row.get("payload").map(|text| settings::listed_payload(text, args)).transpose()?;
        if let Some(line) = payload.as_ref().and_then(|payload| payloads_taken.insert(payload.to_string(), row.line)) {
            bail!("the payload is that of line {line} already; recipients could not be told apart");
        }
        Ok(Recipient { name, payload })
    });
    table.finish()?;
    Ok(recipients)
}
