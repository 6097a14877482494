//! An embedder for each strength of a run.

use std::sync::OnceLock;

use anyhow::{Context, Result};
use watermark_core::{Embedder, Key};

use super::plan::Plan;
use crate::settings::NamedStrength;

/// An embedder for each strength, made when it is first needed.
pub(crate) struct Embedders<'a> {
    key: &'a Key,
    made: Vec<(NamedStrength, OnceLock<Embedder>)>,
}

impl<'a> Embedders<'a> {
    /// For the strengths of a plan.
    pub(crate) fn new(key: &'a Key, plan: &Plan) -> Self {
        let mut made: Vec<(NamedStrength, OnceLock<Embedder>)> = Vec::new();
        for asset in &plan.assets {
            if made.iter().all(|(strength, _)| *strength != asset.strength) {
                made.push((asset.strength, OnceLock::new()));
            }
        }
        Self { key, made }
    }

    /// That of a strength that was planned.
    pub(crate) fn get(&self, strength: NamedStrength) -> Result<&Embedder> {
        let slot = self.made.iter().find(|(made, _)| *made == strength).map(|(_, slot)| slot);
        let slot = slot.context("internal fault: a strength that was not planned")?;
        if let Some(embedder) = slot.get() {
            return Ok(embedder);
        }
        let made = Embedder::new(self.key, strength.options())?;
        Ok(slot.get_or_init(|| made))
    }
}
