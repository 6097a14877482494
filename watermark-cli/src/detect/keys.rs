//! The keys that are read with, and what is to be said of them.

use anyhow::{Context, Result, bail};
use watermark_core::{Detector, Key};
use watermark_formats::ring;

use crate::args::{EffortName, SuspectArgs};
use crate::config::Config;
use crate::key_ring::{KeyFacts, KeyRing, WAYS};
use crate::{key_file, settings};

/// Keys ready to read with.
pub(crate) struct Keys {
    /// The detector of all of them.
    pub(crate) detector: Detector,
    /// The keys, one for each id.
    pub(crate) keys: Vec<Key>,
    /// What the key ring says of them.
    facts: Vec<KeyFacts>,
}

impl Keys {
    /// Reads the keys that were typed, or else those of the ring, or else what the configuration names.
    pub(crate) fn read(args: &SuspectArgs, config: &Config) -> Result<Self> {
        let mut keys: Vec<Key> =
            args.keys.iter().map(|path| key_file::read(path, &args.access)).collect::<Result<_>>()?;
        let typed = !keys.is_empty() || args.key_ring.is_some();
        let ring_file = args.key_ring.as_ref().or(config.key_ring.as_ref().filter(|_| !typed));
        let mut facts = Vec::new();
        if let Some(file) = ring_file {
            for entry in KeyRing::read(file, args.access.allow_open_key)?.entries {
                keys.push(entry.open(&args.access)?);
                facts.push(entry.facts);
            }
        }
        if let (true, Some(file)) = (keys.is_empty(), &config.key) {
            keys.push(key_file::read(file, &args.access)?);
        }
        if let (None, Some(file)) = (ring_file, &config.known_ring) {
            facts = KeyRing::known(file, args.access.allow_open_key);
        }
        if keys.is_empty() {
            bail!("no key was named; {WAYS}");
        }
        let keys = ring(keys);
        let effort = args.effort.or(config.effort).unwrap_or(EffortName::Normal);
        let detector = Detector::new(&keys, settings::detect_options(effort))
            .context("the keys given with --key and --key-ring cannot be used together")?;
        Ok(Self { detector, keys, facts })
    }

    /// What the key ring says of a key.
    pub(crate) fn facts(&self, key_id: &str) -> Option<&KeyFacts> {
        self.facts.iter().find(|facts| facts.id == key_id)
    }
}
