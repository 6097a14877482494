//! Films and sequences among the inputs of a run: each copy is marked anew, as the frames do not fit into memory.

use std::sync::mpsc::SyncSender;
use std::time::Instant;

use anyhow::Error;
use rayon::ThreadPool;
use watermark_video::Error as VideoError;

use super::medium::Medium;
use super::plan::{Asset, Copy};
use super::publish::Ready;
use super::work::Shared;
use super::{clip, sequence};
use crate::fault;

impl Shared<'_> {
    /// Marks a film or a sequence.
    pub(super) fn film(
        &self,
        asset: &Asset,
        copies: &[Copy<'_>],
        narrow: Option<&ThreadPool>,
        ready: &SyncSender<Ready>,
    ) {
        for copy in copies {
            if self.stop.is_wanted() {
                return;
            }
            let begun = Instant::now();
            let mut report = self.report(asset, copy.recipient);
            let made = fault::guard(&asset.input, || match &asset.medium {
                Medium::Sequence(sequence) => sequence::copy(self, asset, sequence, copy, narrow, &mut report),
                _ => clip::copy(self, asset, copy, &mut report),
            });
            // What was given up is as if it had not been begun; of one alone that is said.
            let given_up = made.as_ref().is_err_and(is_interruption);
            if given_up && !self.plan.single {
                return;
            }
            report.elapsed_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.made(made, copy, report, ready);
        }
    }
}

fn is_interruption(error: &Error) -> bool {
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(VideoError::Interrupted)))
}
