//! Files in and out: reading with a bound, writing beside the target and renaming, and the rules about overwriting.

pub(crate) mod staged;
mod staged_folder;

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use staged::Registered;
pub(crate) use staged_folder::StagedFolder;

/// Largest picture file that is read, bytes: an uncompressed 16-bit RGBA picture of 16,384 x 16,384 px is 2 GiB.
pub(crate) const MAX_PICTURE_BYTES: u64 = (2 << 30) + (64 << 20);

/// Permissions of a picture that is written, before the umask.
const PICTURE_MODE: u32 = 0o666;
/// Permissions of a key file.
const KEY_MODE: u32 = 0o600;

/// The bytes of a file, at most `max_bytes`.
pub(crate) fn read(path: &Path, max_bytes: u64) -> Result<Vec<u8>> {
    let name = path.display();
    let file = open(path)?;
    let length = file.metadata().map_or(0, |m| m.len());
    if length > max_bytes {
        bail!("{name}: the file has {length} bytes, at most {max_bytes} are read; give a smaller file");
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    // One byte more than allowed, so that a file without a length (a pipe) is bounded as well.
    file.take(max_bytes + 1).read_to_end(&mut bytes).with_context(|| format!("{name}: cannot be read"))?;
    if bytes.len() as u64 > max_bytes {
        bail!("{name}: has more than {max_bytes} bytes; give a smaller file");
    }
    Ok(bytes)
}

/// The bytes of a small secret file, refused when others can read it.
pub(crate) fn read_private(path: &Path, max_bytes: u64, allow_open: bool) -> Result<Zeroizing<Vec<u8>>> {
    let name = path.display();
    let file = open(path)?;
    if !allow_open {
        refuse_open_mode(path, &file)?;
    }
    // Full size at once: a buffer that grows leaves unwiped copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(max_bytes as usize + 1));
    file.take(max_bytes + 1).read_to_end(&mut bytes).with_context(|| format!("{name}: cannot be read"))?;
    if bytes.len() as u64 > max_bytes {
        bail!("{name}: is larger than the {max_bytes} bytes that such a file can have; is it the right file?");
    }
    Ok(bytes)
}

pub(crate) fn open(path: &Path) -> Result<File> {
    let name = path.display();
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => anyhow!("{name}: there is no such file"),
        _ => anyhow::Error::new(error).context(format!("{name}: cannot be opened")),
    })?;
    if file.metadata().is_ok_and(|m| m.is_dir()) {
        bail!("{name}: is a directory; name the files in it");
    }
    Ok(file)
}

#[cfg(unix)]
fn refuse_open_mode(path: &Path, file: &File) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let name = path.display();
    let mode = file.metadata().with_context(|| format!("{name}: cannot be examined"))?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!(
            "{name}: others on this machine have access to it (mode {mode:04o}); run `chmod 600` on it, \
             or pass --allow-open-key where that is meant"
        );
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_open_mode(_path: &Path, _file: &File) -> Result<()> {
    Ok(())
}

/// A file that will be written: checked before any work is done, and there completely or not at all.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    path: PathBuf,
    replace: bool,
    mode: u32,
}

impl Target {
    /// A picture. With `replace` an existing file is replaced, but never `input`, under whatever name it goes.
    pub(crate) fn picture(path: &Path, input: &Path, replace: bool) -> Result<Self> {
        if same_file(path, input) {
            bail!(
                "{}: is the same file as the input {}; the original is never replaced, choose another name",
                path.display(),
                input.display()
            );
        }
        Self::new(path, replace, PICTURE_MODE, "choose another name or pass --force")
    }

    /// A file of the demo, which replaces its own earlier ones.
    pub(crate) fn own(path: &Path) -> Result<Self> {
        Self::new(path, true, PICTURE_MODE, "")
    }

    /// A text that the program writes for people: replaced with `replace` alone.
    pub(crate) fn document(path: &Path, replace: bool) -> Result<Self> {
        Self::new(path, replace, PICTURE_MODE, "choose another name or pass --force")
    }

    /// A key file, which replaces nothing.
    pub(crate) fn key(path: &Path) -> Result<Self> {
        Self::new(path, false, KEY_MODE, "a key is never overwritten, choose another name")
    }

    /// A picture in a tree that was looked through before; its directory is made when it is missing.
    pub(crate) fn in_tree(path: &Path, replace: bool) -> Result<Self> {
        let folder = folder_of(path);
        fs::create_dir_all(folder).map_err(|error| {
            let (name, kind) = (path.display(), error.kind());
            anyhow!("{name}: the directory {} cannot be made ({kind}); choose another place", folder.display())
        })?;
        if path.is_dir() {
            bail!("{}: is a directory; give another name or place to the copy", path.display());
        }
        Ok(Self { path: path.to_owned(), replace, mode: PICTURE_MODE })
    }

    fn new(path: &Path, replace: bool, mode: u32, way_out: &str) -> Result<Self> {
        let target = Self { path: path.to_owned(), replace, mode };
        let name = path.display();
        let ends_open = path.to_string_lossy().ends_with(std::path::is_separator);
        if path.file_name().is_none() || ends_open || path.is_dir() {
            bail!("{name}: is a directory; give a file name in it");
        }
        // A link that leads nowhere counts as existing.
        if !replace && fs::symlink_metadata(path).is_ok() {
            bail!("{name}: exists already; {way_out}");
        }
        // Made and removed again: the only test of a directory that does not guess.
        target.beside().map(drop)?;
        Ok(target)
    }

    fn folder(&self) -> &Path {
        folder_of(&self.path)
    }

    fn beside(&self) -> Result<NamedTempFile> {
        let folder = self.folder();
        let mut builder = tempfile::Builder::new();
        builder.prefix(staged::PREFIX).suffix(staged::SUFFIX);
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(self.mode));
        builder.tempfile_in(folder).map_err(|error| {
            let name = self.path.display();
            let why = match error.kind() {
                io::ErrorKind::NotFound if !folder.exists() => "does not exist; make it first".to_owned(),
                io::ErrorKind::NotADirectory => "is not a directory; choose another place".to_owned(),
                // The file's own text would name the temporary file, which means nothing to the reader.
                kind => format!("cannot be written to ({kind}); choose another place"),
            };
            anyhow!("{name}: the directory {} {why}", folder.display())
        })
    }

    /// Writes the file: beside the target, to the disk, then renamed.
    pub(crate) fn write(&self, bytes: &[u8]) -> Result<()> {
        let path = self.clone().stage(bytes)?.rename()?;
        sync_folder(folder_of(&path));
        Ok(())
    }

    /// As [`write`](Self::write), for what is made piece by piece.
    pub(crate) fn write_with<T>(&self, make: impl FnOnce(&File) -> Result<T>) -> Result<T> {
        let mut file = Registered::new(self.beside()?);
        let made = file.fill(make)?;
        file.write(&[]).map_err(|error| self.unwritable(&error))?;
        let path = Staged { target: self.clone(), file }.rename()?;
        sync_folder(folder_of(&path));
        Ok(made)
    }

    /// By kind, as the file's own text would name the temporary file.
    fn unwritable(&self, error: &io::Error) -> anyhow::Error {
        unwritable_at(&self.path, error)
    }

    /// Writes the bytes beside the target and to the disk; [`Staged::rename`] gives them their name.
    pub(crate) fn stage(self, bytes: &[u8]) -> Result<Staged> {
        let mut file = Registered::new(self.beside()?);
        file.write(bytes).map_err(|error| self.unwritable(&error))?;
        Ok(Staged { target: self, file })
    }
}

impl Target {
    /// As [`stage`](Self::stage), for what a program writes by the file's name.
    pub(crate) fn stage_by<T>(self, make: impl FnOnce(&Path) -> Result<T>) -> Result<(Staged, T)> {
        let mut file = Registered::new(self.beside()?);
        let made = make(file.path())?;
        file.write(&[]).map_err(|error| self.unwritable(&error))?;
        Ok((Staged { target: self, file }, made))
    }
}

/// A file that is complete and on the disk, under a temporary name beside its target. Dropped, it is removed.
#[derive(Debug)]
pub(crate) struct Staged {
    target: Target,
    file: Registered,
}

impl Staged {
    /// Gives the file its name. [`sync_folder`] makes that last, for many files at once.
    pub(crate) fn rename(self) -> Result<PathBuf> {
        let Target { path, replace, .. } = self.target;
        let renamed = self.file.persist(&path, replace);
        renamed.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => anyhow!("{}: has appeared meanwhile and was left as it is", path.display()),
            kind => anyhow!("{}: cannot be written ({kind}); choose another name or place", path.display()),
        })?;
        Ok(path)
    }
}

/// What is said of a file that cannot be written.
fn unwritable_at(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("{}: cannot be written ({}); make room or choose another place", path.display(), error.kind())
}

/// The names in a directory should survive a power cut, too; where directories cannot be synced, nothing is lost.
pub(crate) fn sync_folder(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}

/// The directory that a file lies in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    named(path.parent().unwrap_or(Path::new("")))
}

/// A directory by a name that is not empty: that of a path without one is the current directory.
pub(crate) fn named(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The directory, which is made when it is missing.
pub(crate) fn made(folder: &Path) -> Result<&Path> {
    let name = named(folder);
    fs::create_dir_all(name).map_err(|error| {
        anyhow!("{}: the directory cannot be made ({}); choose another place", name.display(), error.kind())
    })?;
    Ok(folder)
}

/// Refuses to write to a file that the command works with, under whatever name it goes and whatever was passed.
pub(crate) fn keep<'a>(target: &Path, used: impl IntoIterator<Item = (&'static str, &'a Path)>) -> Result<()> {
    for (what, path) in used {
        if same_file(target, path) {
            return Err(in_use(target, what, path));
        }
    }
    Ok(())
}

/// That a target is a file which the command works with.
pub(crate) fn in_use(target: &Path, what: &str, path: &Path) -> anyhow::Error {
    anyhow!(
        "{}: is the {what} that this command works with ({}), and is never replaced; choose another name",
        target.display(),
        path.display()
    )
}

/// Whether two paths lead to the same file, through links of either kind.
pub(crate) fn same_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if let (Ok(a), Ok(b)) = (fs::metadata(a), fs::metadata(b)) {
            return a.dev() == b.dev() && a.ino() == b.ino();
        }
    }
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(a), Ok(b)) => a == b,
        _ => false,
    }
}
