//! `watermark.toml`: what a studio does not want to type each time. A flag goes before an environment variable, a
//! variable before the file, and the file before the program's own defaults.
//!
//! ```toml
//! key = "keys/episode-12.key"     # or: key-ring = "keys/ring.toml"
//! title = "Episode 12"            # picks the key of the ring, and goes into the registry
//! registry = "registry.db"
//! profile = "standard"            # subtle, standard, robust
//! effort = "normal"               # of detect
//! c2pa = "refuse"                 # refuse, strip, keep
//! jobs = 4
//! memory = "8G"
//!
//! [[rule]]                        # for the files of a batch; the first that fits
//! glob = "**/*.exr"
//! profile = "subtle"
//!
//! [[rule]]
//! glob = "wip/**"
//! skip = true
//! ```
//!
//! Paths are from the file's own folder. A pattern is held against the path below the directory that was named on the
//! command line, with `/` between its parts on every system.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use globset::{Glob, GlobBuilder, GlobMatcher};
use serde::Deserialize;

use crate::args::{CredentialsRule, EffortName, ProfileName};
use crate::{files, key_ring};

/// The name that is looked for in the directory where the program runs.
pub(crate) const FILE_NAME: &str = "watermark.toml";
/// Largest configuration file, bytes.
const MAX_BYTES: u64 = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Text {
    key: Option<PathBuf>,
    key_ring: Option<PathBuf>,
    title: Option<String>,
    registry: Option<PathBuf>,
    profile: Option<String>,
    effort: Option<String>,
    c2pa: Option<String>,
    jobs: Option<u16>,
    memory: Option<String>,
    #[serde(default)]
    rule: Vec<RuleText>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleText {
    glob: String,
    profile: Option<String>,
    #[serde(default)]
    skip: bool,
}

/// What the file says; nothing where there is none.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// Key file.
    pub(crate) key: Option<PathBuf>,
    /// Key ring file.
    pub(crate) key_ring: Option<PathBuf>,
    /// The key ring that is named anywhere, also where a key was named nearer: what it says of a key holds all the same.
    pub(crate) known_ring: Option<PathBuf>,
    /// The file itself.
    pub(crate) file: Option<PathBuf>,
    /// The title that is worked on.
    pub(crate) title: Option<String>,
    /// The registry.
    pub(crate) registry: Option<PathBuf>,
    /// How strong marks are.
    pub(crate) profile: Option<ProfileName>,
    /// How much is searched.
    pub(crate) effort: Option<EffortName>,
    /// What becomes of content credentials.
    pub(crate) c2pa: Option<CredentialsRule>,
    /// Workers.
    pub(crate) jobs: Option<u16>,
    /// Memory, as typed.
    pub(crate) memory: Option<String>,
    /// Rules for the files of a batch.
    pub(crate) rules: Rules,
}

/// What the rules say of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rule {
    /// How strong its mark is.
    pub(crate) profile: Option<ProfileName>,
    /// Whether it is left alone.
    pub(crate) skip: bool,
}

/// Rules in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules(Vec<(GlobMatcher, Rule)>);

impl Rules {
    /// The first rule that fits a path below the input directory.
    pub(crate) fn of(&self, path: &Path) -> Rule {
        // Matched as text with `/`, so that one file serves every system.
        let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let path = parts.join("/");
        self.0.iter().find(|(glob, _)| glob.is_match(&path)).map(|&(_, rule)| rule).unwrap_or_default()
    }
}

impl Config {
    /// The file that was named, or the one in the directory where the program runs, or nothing.
    /// Variables that name keys go before the file; other variables are the arguments' own.
    pub(crate) fn find(named: Option<&Path>) -> Result<Self> {
        let file = match named {
            Some(path) => Self::read(path)?,
            None if Path::new(FILE_NAME).is_file() => Self::read(Path::new(FILE_NAME))?,
            None => Self::default(),
        };
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Ok(file.with_keys(variable("WATERMARK_KEY"), variable("WATERMARK_KEY_RING")))
    }

    /// One key or one ring: whichever is named nearer to the user, the other is not asked.
    fn with_keys(self, key: Option<PathBuf>, key_ring: Option<PathBuf>) -> Self {
        let known_ring = key_ring.clone().or_else(|| self.key_ring.clone());
        let named = match (key, key_ring) {
            (None, None) => self,
            (Some(key), _) => Self { key: Some(key), key_ring: None, ..self },
            (None, key_ring) => Self { key: None, key_ring, ..self },
        };
        Self { known_ring, ..named }
    }

    fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let bytes = files::read(path, MAX_BYTES)?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{name}: is not text in UTF-8"))?;
        let parsed: Text =
            toml::from_str(&text).map_err(|error| anyhow!("{name}: {}", key_ring::said(&text, &error)))?;
        let meant = parsed.meant(path.parent().unwrap_or(Path::new(""))).with_context(|| name.to_string())?;
        Ok(Self { file: Some(path.to_owned()), ..meant })
    }
}

impl Text {
    fn meant(self, folder: &Path) -> Result<Config> {
        ensure!(self.key.is_none() || self.key_ring.is_none(), "has both `key` and `key-ring`; leave one out");
        ensure!(self.jobs != Some(0), "`jobs = 0`: at least one file is worked on at a time");
        let here = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        Ok(Config {
            key: here(self.key),
            key_ring: here(self.key_ring),
            known_ring: None,
            file: None,
            title: self.title,
            registry: here(self.registry),
            profile: self.profile.as_deref().map(|name| choice("profile", name)).transpose()?,
            effort: self.effort.as_deref().map(|name| choice("effort", name)).transpose()?,
            c2pa: self.c2pa.as_deref().map(|name| choice("c2pa", name)).transpose()?,
            jobs: self.jobs,
            memory: self.memory,
            rules: Rules(self.rule.into_iter().map(RuleText::meant).collect::<Result<_>>()?),
        })
    }
}

impl RuleText {
    fn meant(self) -> Result<(GlobMatcher, Rule)> {
        let glob: Glob = GlobBuilder::new(&self.glob)
            .literal_separator(true)
            .build()
            .map_err(|error| anyhow!("the rule {:?}: {}", self.glob, error.kind()))?;
        let profile = self.profile.as_deref().map(|name| choice("profile", name)).transpose()?;
        ensure!(
            profile.is_some() || self.skip,
            "the rule {:?} says neither `profile` nor `skip = true`; add one or leave it out",
            self.glob
        );
        Ok((glob.compile_matcher(), Rule { profile, skip: self.skip }))
    }
}

/// A word that is one of a flag's.
fn choice<T: clap::ValueEnum>(what: &str, word: &str) -> Result<T> {
    T::from_str(word, false).map_err(|_| {
        let all: Vec<String> = T::value_variants()
            .iter()
            .filter_map(|value| Some(value.to_possible_value()?.get_name().to_owned()))
            .collect();
        anyhow!("`{what} = {word:?}` is none of {}", all.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("studio.toml");
        std::fs::write(&path, text).unwrap();
        let config = Config::find(Some(&path));
        config.map(|config| Config {
            key: config.key.map(|key| key.strip_prefix(folder.path()).unwrap().to_owned()),
            ..config
        })
    }

    #[test]
    fn paths_are_beside_the_file_and_the_first_rule_counts() {
        let text = "key = \"keys/a.key\"\nprofile = \"robust\"\n\
                    [[rule]]\nglob = \"wip/**\"\nskip = true\n\
                    [[rule]]\nglob = \"**/*.{exr,tif}\"\nprofile = \"subtle\"\n";
        let config = config(text).unwrap();
        assert_eq!(config.key.as_deref(), Some(Path::new("keys/a.key")));
        assert_eq!(config.profile, Some(ProfileName::Robust));
        let of = |path: &str| config.rules.of(Path::new(path));
        assert_eq!(of("wip/a/b.exr"), Rule { profile: None, skip: true });
        assert_eq!(of("b.exr").profile, Some(ProfileName::Subtle));
        assert_eq!(of("shots/010/b.tif").profile, Some(ProfileName::Subtle));
        assert_eq!(of("shots/b.png"), Rule::default());
        assert_eq!(of("shots/wip/b.png"), Rule::default(), "a pattern starts at the input directory");
    }

    #[test]
    fn a_variable_goes_before_the_file() {
        let path = |name: &str| Some(PathBuf::from(name));
        let file = || Config { key: path("file.key"), ..Config::default() };
        let named = |config: Config| (config.key, config.key_ring);
        assert_eq!(named(file().with_keys(None, None)), (path("file.key"), None));
        assert_eq!(named(file().with_keys(None, path("ring"))), (None, path("ring")));
        assert_eq!(named(file().with_keys(path("a"), path("ring"))), (path("a"), None));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, words) in [
            ("keys = \"a\"\n", vec!["line 1", "keys"]),
            ("title = \"a\"\nprofile = \"loud\"\n", vec!["loud", "subtle, standard, robust"]),
            ("key = \"a\"\nkey-ring = \"b\"\n", vec!["both"]),
            ("jobs = 0\n", vec!["jobs"]),
            ("jobs = \"many\"\n", vec!["line 1", "many"]),
            ("[[rule]]\nglob = \"a\"\n", vec!["\"a\"", "neither"]),
            ("[[rule]]\nglob = \"a{b\"\nskip = true\n", vec!["a{b"]),
        ] {
            let error = format!("{:#}", config(text).unwrap_err());
            for word in words {
                assert!(error.contains(word), "{word:?} is not in {error:?}");
            }
            assert!(error.contains("studio.toml") && error.lines().count() == 1, "{error}");
        }
    }
}
