//! What an earlier run has done already.

use std::fs;
use std::io::Read;
use std::sync::PoisonError;

use anyhow::{Result, bail};
use watermark_media::Format;

use super::facts::{Identity, Wanted};
use super::plan::{Asset, Copy};
use super::reading::unreadable;
use super::reporter::Ended;
use super::tally::Status;
use super::work::Shared;
use crate::fault;
use crate::output::json::EmbedReport;
use crate::sequence::hash_of;

/// Bytes that tell a format.
const FIRST_BYTES: u64 = 256;

impl Shared<'_> {
    /// Whether a copy is still to be made. What is not is reported.
    pub(super) fn is_wanted(&self, asset: &Asset, copy: &Copy<'_>) -> bool {
        if !self.args.batch.resume {
            return true;
        }
        match fault::guard(&asset.input, || self.is_done(asset, copy)) {
            Ok(false) => true,
            Ok(true) => {
                let report = EmbedReport {
                    output: Some(copy.output.to_string_lossy().into_owned()),
                    ..self.report(asset, copy.recipient)
                };
                self.reporter.ended(Ended { report, status: Status::Unchanged, weight: 1, size: (0, 0), error: None });
                false
            }
            Err(error) => {
                self.end(asset, copy.recipient, Status::Failed, 1, Some(&error));
                false
            }
        }
    }

    /// Whether an earlier run has made this very copy and it is still there.
    fn is_done(&self, asset: &Asset, copy: &Copy<'_>) -> Result<bool> {
        // Of a sequence that is there in part the rest is made; what is there and differs is found in the end.
        if asset.medium.targets(&copy.output).iter().any(|file| fs::symlink_metadata(file).is_err()) {
            return Ok(false);
        }
        let made =
            self.ledger.lock().unwrap_or_else(PoisonError::into_inner).made(&copy.relative, asset.label.as_deref())?;
        let there = hash_of(&copy.output).map_err(|error| unreadable(&copy.output, &error))?;
        let ours: Vec<Identity> = made.into_iter().filter(|made| made.output_sha256 == there).collect();
        let wanted = Wanted {
            key: self.key,
            source_sha256: hash_of(&asset.input).map_err(|error| unreadable(&asset.input, &error))?,
            recipient: copy.recipient,
            profile: &asset.medium.manner(asset.strength, self.args, self.made_format(asset, copy)?),
            payload: copy.payload.as_ref(),
            class: self.plan.source.class(),
        };
        if ours.iter().any(|made| wanted.is(made)) {
            return Ok(true);
        }
        match (self.args.force, ours.is_empty()) {
            (true, _) => Ok(false),
            (false, true) => bail!(
                "{}: exists already, and is not what an earlier run has written; choose another directory, or pass \
                 --force to replace it",
                copy.output.display()
            ),
            (false, false) => bail!(
                "{}: was made of another state of {} or with other options (key, label and title among them); pass --force as \
                 well to replace it",
                copy.output.display(),
                asset.input.display()
            ),
        }
    }

    /// The format of a copy that is there: the one that is asked for, or what its first bytes say.
    fn made_format(&self, asset: &Asset, copy: &Copy<'_>) -> Result<Option<Format>> {
        if let Some(format) = self.plan.format_of(asset) {
            return Ok(Some(format));
        }
        let mut start = Vec::new();
        let first = asset.medium.targets(&copy.output).into_iter().next().unwrap_or_default();
        let file = fs::File::open(first).and_then(|file| file.take(FIRST_BYTES).read_to_end(&mut start));
        file.map_err(|error| unreadable(&copy.output, &error))?;
        Ok(Format::sniff(&start))
    }
}
