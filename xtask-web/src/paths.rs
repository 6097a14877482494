//! Where things are, and reading and writing with errors that name the file.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace: of the one that cargo runs this from, not of the one that this was built in. Two checkouts
/// may share a target directory.
pub(crate) fn root() -> PathBuf {
    let package = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().expect("xtask-web lies in the workspace").to_owned()
}

/// The bindings, with page and package beside them.
pub(crate) fn bindings() -> PathBuf {
    root().join("watermark-wasm")
}

/// The npm package that is built.
pub(crate) fn package() -> PathBuf {
    bindings().join("pkg")
}

/// The page that is built.
pub(crate) fn page() -> PathBuf {
    bindings().join("page")
}

/// A folder for what only tests and studies need.
pub(crate) fn scratch(name: &str) -> PathBuf {
    root().join("target/web").join(name)
}

/// An empty folder in place of whatever was there.
pub(crate) fn clear(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("{}: cannot be cleared: {error}", folder.display()))?;
    }
    fs::create_dir_all(folder).map_err(|error| format!("{}: cannot be made: {error}", folder.display()))
}

/// The bytes of a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: cannot be read: {error}", path.display()))
}

/// Writes a file, and the folders above it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| format!("{}: cannot be written: {error}", path.display()))
}

/// Copies a folder with what is in it.
pub(crate) fn copy_folder(from: &Path, to: &Path) -> Result<(), String> {
    for name in files(from)? {
        write(&to.join(&name), &read(&from.join(&name))?)?;
    }
    Ok(())
}

/// Every file below a folder, by its name from there, with `/` between the parts, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            names.extend(files(&entry.path())?.into_iter().map(|inner| format!("{name}/{inner}")));
        } else {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
