//! A Debian package of the command line: the program, its manual pages and completions, licences and changelog.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{Outcome, Run, cargo, root, target_dir};

const SHELLS: [(&str, &str); 3] = [
    ("bash", "usr/share/bash-completion/completions/watermark"),
    ("zsh", "usr/share/zsh/vendor-completions/_watermark"),
    ("fish", "usr/share/fish/vendor_completions.d/watermark.fish"),
];

/// Builds `target/debian/watermark_VERSION_ARCHITECTURE.deb`; needs Debian's `dpkg-dev`.
pub(crate) fn build() -> Outcome {
    cargo(["build", "--release", "-p", "watermark-cli"]).run()?;
    let architecture = Run::new("dpkg").args(["--print-architecture"]).line();
    let architecture = architecture.ok_or("`dpkg` is not there; a Debian package is built on Debian or its kin")?;
    let version = env!("CARGO_PKG_VERSION");
    let folder = target_dir().join("debian");
    let tree = folder.join("watermark");
    // A list of its own, without what an earlier build left.
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    }
    let program = put(&target_dir().join("release/watermark"), &tree.join("usr/bin/watermark"))?;
    Run::new("strip").args([&program]).run()?;
    documents(&tree, &program)?;
    let depends = depends(&folder, &program)?;
    let size = installed_kib(&tree)?;
    let control = format!(
        "Package: watermark\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: The watermark project \
         <watermark@localhost>\nInstalled-Size: {size}\nDepends: {depends}\nRecommends: ffmpeg\nSection: graphics\n\
         Priority: optional\nDescription: invisible, keyed watermarks for pictures\n Marks pictures with 32 to 128 \
         bits that nobody sees and reads them back from\n copies that were compressed, scaled, rotated or cropped. \
         Every answer says how\n often an unmarked picture would give the same reading.\n"
    );
    write(&tree.join("DEBIAN/control"), control.as_bytes())?;
    let package = folder.join(format!("watermark_{version}_{architecture}.deb"));
    let build = Run::new("dpkg-deb").args(["--root-owner-group", "--build"]).args([&tree, &package]);
    build.run()
}

/// What the program links to, as the distribution names it.
fn depends(folder: &Path, program: &Path) -> Outcome<String> {
    // The tool wants a source package around it.
    write(&folder.join("debian/control"), b"Source: watermark\n\nPackage: watermark\nArchitecture: any\n")?;
    let output = Command::new("dpkg-shlibdeps").arg("-O").arg(program).current_dir(folder).output();
    let output =
        output.map_err(|error| format!("`dpkg-shlibdeps` could not be started ({error}); install dpkg-dev"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    line.map(str::to_owned).ok_or_else(|| {
        format!("`dpkg-shlibdeps` names no libraries: {}", String::from_utf8_lossy(&output.stderr).trim())
    })
}

fn documents(tree: &Path, program: &Path) -> Outcome {
    let pages = tree.join("usr/share/man/man1");
    let man = Run::new(program).args(["man", "--out"]).args([&pages]);
    man.line().ok_or("the program wrote no manual pages")?;
    let pages = fs::read_dir(&pages).map_err(|error| format!("{}: {error}", pages.display()))?;
    for page in pages.flatten() {
        compress(&page.path())?;
    }
    for (shell, place) in SHELLS {
        let output = Command::new(program).args(["completions", shell]).output();
        let script = output.map_err(|error| format!("no completions for {shell}: {error}"))?.stdout;
        write(&tree.join(place), &script)?;
    }
    let papers = tree.join("usr/share/doc/watermark");
    let licences = ["LICENSE-MIT", "LICENSE-APACHE"].map(|name| fs::read_to_string(root().join(name)));
    let [mit, apache] = licences.map(|text| text.map_err(|error| format!("a licence cannot be read: {error}")));
    let copyright = format!("Either of two licences, as you like.\n\n== MIT\n\n{}\n== Apache-2.0\n\n{}", mit?, apache?);
    write(&papers.join("copyright"), copyright.as_bytes())?;
    put(&root().join("README.md"), &papers.join("README.md"))?;
    put(&root().join("docs/studio.md"), &papers.join("docs/studio.md"))?;
    compress(&put(&root().join("CHANGELOG.md"), &papers.join("changelog"))?)
}

/// `gzip` without the time, so that the same sources give the same package.
fn compress(path: &Path) -> Outcome {
    Run::new("gzip").args(["-9", "-n", "-f"]).args([path]).run()
}

fn put(from: &Path, to: &Path) -> Outcome<PathBuf> {
    let bytes = fs::read(from).map_err(|error| format!("{}: {error}", from.display()))?;
    write(to, &bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = if to.components().any(|part| part.as_os_str() == "bin") { 0o755 } else { 0o644 };
        fs::set_permissions(to, fs::Permissions::from_mode(mode))
            .map_err(|error| format!("{}: {error}", to.display()))?;
    }
    Ok(to.to_owned())
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    let folder = path.parent().expect("every place is in a folder");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, bytes))
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn installed_kib(folder: &Path) -> Outcome<u64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?.flatten() {
        let facts = entry.metadata().map_err(|error| format!("{}: {error}", entry.path().display()))?;
        sum += if facts.is_dir() { installed_kib(&entry.path())? } else { facts.len().div_ceil(1024) };
    }
    Ok(sum)
}
