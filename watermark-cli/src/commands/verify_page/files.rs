//! The files of the page, all of them in memory: what is not among them cannot be asked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

/// Where `cargo xtask web` leaves the page, as seen from the root of the sources.
#[cfg(not(feature = "page"))]
const BUILT: &str = "watermark-wasm/page";
/// Most bytes of a page, so that a wrong folder is noticed and not read.
const MAX_BYTES: u64 = 64 << 20;

/// Names, with `/` between their parts, and bytes.
#[derive(Debug)]
pub(super) struct PageFiles(BTreeMap<String, Vec<u8>>);

impl PageFiles {
    /// The page that is in the program.
    #[cfg(feature = "page")]
    pub(super) fn ours() -> Result<Self> {
        let files: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/page_files.rs"));
        Ok(Self(files.iter().map(|&(name, bytes)| (name.to_owned(), bytes.to_vec())).collect()))
    }

    /// The page that was built in the sources we stand in.
    #[cfg(not(feature = "page"))]
    pub(super) fn ours() -> Result<Self> {
        if Path::new(BUILT).join("index.html").is_file() {
            return Self::read(Path::new(BUILT));
        }
        bail!(
            "this program was built without the page; name its folder with --page, or build both in the sources: \
             `cargo xtask web`, then `cargo install --path watermark-cli --features page`"
        )
    }

    /// The page in a folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let name = folder.display();
        if !folder.join("index.html").is_file() || !folder.join("service-worker.js").is_file() {
            bail!("{name}: holds no built page (index.html, service-worker.js); `cargo xtask web` makes one");
        }
        let mut files = BTreeMap::new();
        let mut left = MAX_BYTES;
        collect(folder, "", &mut left, &mut files).with_context(|| format!("{name}: cannot be read"))?;
        Ok(Self(files))
    }

    /// The file that a path of a request names.
    pub(super) fn get(&self, path: &str) -> Option<(&str, &[u8])> {
        let name = match path.strip_prefix('/')?.split(['?', '#']).next().unwrap_or_default() {
            "" => "index.html",
            name => name,
        };
        self.0.get_key_value(name).map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
    }
}

fn collect(folder: &Path, prefix: &str, left: &mut u64, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let facts = entry.metadata()?;
        if facts.is_dir() {
            collect(&entry.path(), &format!("{name}/"), left, files)?;
        } else if facts.is_file() {
            let Some(rest) = left.checked_sub(facts.len()) else { bail!("it holds more than {MAX_BYTES} bytes") };
            *left = rest;
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_page_are_there() {
        let files = PageFiles(BTreeMap::from([("index.html".into(), vec![1]), ("a/b.js".into(), vec![2])]));
        assert_eq!(files.get("/"), Some(("index.html", &[1][..])));
        assert_eq!(files.get("/a/b.js?x=1"), Some(("a/b.js", &[2][..])));
        for path in ["", "index.html", "/../index.html", "/a", "/a/../index.html", "/%2e%2e/index.html", "//index.html"]
        {
            assert_eq!(files.get(path), None, "{path}");
        }
    }

    #[test]
    fn a_folder_without_a_page_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = PageFiles::read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("holds no built page"), "{error}");
    }
}
