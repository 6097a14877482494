//! From what was typed to the files that are meant: files as they are, directories with all below them, patterns, and
//! numbered sequences, each as one.
//!
//! Entries come in the order of their names. Links to files are followed, links to directories are not unless they were
//! typed: so there are no loops. Nothing is opened but regular files, and of these the first bytes only.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use glob::{MatchOptions, Pattern};
use watermark_media::Format;

use crate::clip::is_probably_one;
use crate::sequence::Sequence;

/// Bytes that show what kind of file it is.
const SNIFFED_BYTES: usize = 64;
/// Patterns behave as those of a shell.
const LIKE_A_SHELL: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

/// What is to become of an input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Task {
    /// It is to be marked.
    Mark,
    /// It is neither picture nor film, and nobody said it was.
    Skip,
    /// It is a picture of a kind that is not read.
    Refuse(String),
    /// It cannot be looked at.
    Fail(String),
}

/// An input.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Found {
    /// Where it is, beginning as it was typed.
    pub(crate) path: PathBuf,
    /// Where its copy lies below the output directory.
    pub(crate) relative: PathBuf,
    /// What is to become of it.
    pub(crate) task: Task,
}

/// Where inputs were looked for.
#[derive(Debug)]
pub(crate) struct Root {
    /// The directory.
    pub(crate) folder: PathBuf,
    /// What files below it have to fit; none: all of them are inputs.
    pattern: Option<Pattern>,
}

impl Root {
    /// Whether a file of this path below the directory would be an input.
    pub(crate) fn takes(&self, relative: &Path) -> bool {
        self.pattern.as_ref().is_none_or(|pattern| pattern.matches_path_with(relative, LIKE_A_SHELL))
    }
}

/// All inputs.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// In the order of what was typed, then of their names.
    pub(crate) found: Vec<Found>,
    /// Directories that were looked through.
    pub(crate) roots: Vec<Root>,
}

/// Finds the files that are meant by `typed`.
pub(crate) fn find(typed: &[PathBuf]) -> Result<Inputs> {
    let mut inputs = Inputs::default();
    for path in typed {
        let pattern =
            path.to_str().filter(|text| text.contains(['*', '?', '[']) && fs::symlink_metadata(path).is_err());
        if let Some(pattern) = pattern {
            inputs.matching(pattern)?;
        } else if path.is_dir() {
            inputs.roots.push(Root { folder: path.clone(), pattern: None });
            inputs.below(path, Path::new(""), usize::MAX, &|_| true);
        } else {
            // That no file is of a sequence's pattern is said once, before any work.
            Sequence::of(path)?;
            // What is wrong with a file that was named is found when it is read.
            let relative = path.file_name().map_or_else(|| path.clone(), PathBuf::from);
            inputs.found.push(Found { path: path.clone(), relative, task: Task::Mark });
        }
    }
    Ok(inputs)
}

impl Inputs {
    /// The files below the longest part of the pattern without wildcards that it fits.
    fn matching(&mut self, text: &str) -> Result<()> {
        let wild = |part: &Component<'_>| part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
        let parts: Vec<Component<'_>> = Path::new(text).components().collect();
        let plain = parts.iter().take_while(|part| !wild(part)).count();
        let root: PathBuf = parts[..plain].iter().collect();
        let rest: PathBuf = parts[plain..].iter().collect();
        let depth = match parts.iter().any(|part| part.as_os_str() == "**") {
            true => usize::MAX,
            false => parts.len() - plain,
        };
        let rest = rest.to_str().unwrap_or_default();
        let pattern = Pattern::new(rest).map_err(|error| anyhow!("{text}: is no pattern ({})", error.msg))?;
        let before = self.found.len();
        self.below(&root, Path::new(""), depth, &|relative| pattern.matches_path_with(relative, LIKE_A_SHELL));
        if self.found.len() == before {
            bail!("{text}: there is no such file, and as a pattern it fits none");
        }
        let folder = if plain == 0 { PathBuf::from(".") } else { root };
        self.roots.push(Root { folder, pattern: Some(pattern) });
        Ok(())
    }

    /// Adds what lies in `root`/`relative`, `depth` levels of directories at most, as far as it is wanted.
    fn below(&mut self, root: &Path, relative: &Path, depth: usize, wanted: &dyn Fn(&Path) -> bool) {
        let folder = root.join(relative);
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        let mut entries = match fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => {
                let why = format!("the directory cannot be looked through ({})", error.kind());
                return self.found.push(Found { path: folder, relative: relative.to_owned(), task: Task::Fail(why) });
            }
        };
        entries.retain(|entry| !entry.file_name().as_encoded_bytes().starts_with(b"."));
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let relative = relative.join(entry.file_name());
            let path = root.join(&relative);
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth > 1 {
                    self.below(root, &relative, depth - 1, wanted);
                }
            } else if wanted(&relative) {
                // A link to a directory is neither followed nor a file.
                let is_directory = kind.is_symlink() && path.is_dir();
                if !is_directory {
                    let task = task(&path);
                    self.found.push(Found { path, relative, task });
                }
            }
        }
    }
}

/// A file that nobody named is a picture or a film when its first bytes or its name say so.
fn task(path: &Path) -> Task {
    let named = path.extension().and_then(|extension| Format::from_extension(extension.to_str()?)).is_some();
    match fs::metadata(path) {
        // What is wrong is found when it is read.
        Err(_) if named => return Task::Mark,
        Ok(data) if !data.is_file() && named => {
            return Task::Fail(
                "has a picture's name and is no regular file; in a directory only those are read".to_owned(),
            );
        }
        Ok(data) if data.is_file() => {}
        _ => return Task::Skip,
    }
    let start = start(path).unwrap_or_default();
    if named || Format::sniff(&start).is_some() || is_probably_one(path) {
        return Task::Mark;
    }
    Format::unread(&start).map_or(Task::Skip, |error| Task::Refuse(error.to_string()))
}

fn start(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut start = Vec::with_capacity(SNIFFED_BYTES);
    File::open(path)?.take(SNIFFED_BYTES as u64).read_to_end(&mut start)?;
    Ok(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.png", "a/c.png", "a/.hidden.png", "a/deep/d.PNG", "a/notes.txt", ".git/e.png"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, PNG).unwrap();
        }
        fs::write(folder.path().join("a/readme"), "words").unwrap();
        fs::write(folder.path().join("a/empty.jpg"), "").unwrap();
        folder
    }

    fn names(inputs: &Inputs) -> Vec<(String, bool)> {
        let name = |found: &Found| (found.relative.to_string_lossy().replace('\\', "/"), found.task == Task::Mark);
        inputs.found.iter().map(name).collect()
    }

    fn marked(names: &[&str]) -> Vec<(String, bool)> {
        names.iter().map(|name| ((*name).to_owned(), true)).collect()
    }

    #[test]
    fn a_directory_is_looked_through_in_order_without_what_is_hidden() {
        let folder = tree();
        let inputs = find(&[folder.path().to_owned()]).unwrap();
        let mut expected = marked(&["a/c.png", "a/deep/d.PNG", "a/empty.jpg", "a/notes.txt", "a/readme", "b.png"]);
        expected[4].1 = false;
        assert_eq!(names(&inputs), expected, "a picture under another name is a picture");
        assert_eq!(inputs.roots[0].folder, folder.path());
        let hidden = folder.path().join("a/.hidden.png");
        assert_eq!(names(&find(&[hidden]).unwrap()), marked(&[".hidden.png"]), "what is named is meant");
    }

    #[test]
    fn patterns_fit_as_in_a_shell() {
        let folder = tree();
        let found = |pattern: &str| find(&[folder.path().join(pattern)]).map(|inputs| names(&inputs));
        assert_eq!(found("*/*.png").unwrap(), marked(&["a/c.png"]));
        assert_eq!(found("**/*.png").unwrap(), marked(&["a/c.png", "b.png"]));
        assert_eq!(found("a/[cd]*").unwrap(), marked(&["c.png"]));
        assert!(found("*.gif").unwrap_err().to_string().contains("fits none"));
        assert!(found("a**b").unwrap_err().to_string().contains("no pattern"));
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed_and_loops_are_not() {
        use std::os::unix::fs::symlink;
        let folder = tree();
        symlink("..", folder.path().join("a/loop")).unwrap();
        symlink("../b.png", folder.path().join("a/link.png")).unwrap();
        symlink(folder.path(), folder.path().join("a/deep/all.png")).unwrap();
        let inputs = find(&[folder.path().join("a")]).unwrap();
        let expected = ["c.png", "deep/d.PNG", "empty.jpg", "link.png", "notes.txt"];
        let mut found = names(&inputs);
        found.retain(|(_, picture)| *picture);
        assert_eq!(found, marked(&expected));
        symlink("a", folder.path().join("named")).unwrap();
        assert!(find(&[folder.path().join("named")]).unwrap().found.len() > 4, "a link that was typed is followed");
    }
}
