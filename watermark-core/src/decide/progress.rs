//! How far a detection has come, told to whoever waits for it, who may call it off.

use std::ops::ControlFlow;

use crate::{Error, Result};

/// Shares of the work, roughly as they take time on an unmarked picture of 2 megapixels.
pub(crate) const WORKING_PLANE: f64 = 0.05;
pub(crate) const DIRECT: f64 = 0.1;
/// Part of a key's search that is over when its alignments are located; the rest is reading them.
pub(crate) const LOCATED: f64 = 0.7;

/// Is called with the share of the work that is done, 0 to 1.
pub(crate) type Watch<'a> = dyn FnMut(f64) -> ControlFlow<()> + 'a;

/// What is left to do for one key of several.
pub(crate) struct Progress<'a, 'b> {
    watch: &'a mut Watch<'b>,
    from: f64,
    to: f64,
}

impl<'a, 'b> Progress<'a, 'b> {
    /// The whole work.
    pub(crate) fn new(watch: &'a mut Watch<'b>) -> Self {
        Self { watch, from: 0.0, to: 1.0 }
    }

    /// The part that belongs to the `index`-th of `count` keys, from the direct reading to the end.
    pub(crate) fn of_key(&mut self, index: usize, count: usize) -> Progress<'_, 'b> {
        let at = |index: usize| DIRECT + (1.0 - DIRECT) * index as f64 / count as f64;
        Progress { watch: &mut *self.watch, from: at(index), to: at(index + 1) }
    }

    /// Tells that a share of this part is done.
    pub(crate) fn tell(&mut self, share: f64) -> Result<()> {
        match (self.watch)(self.from + (self.to - self.from) * share) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}
