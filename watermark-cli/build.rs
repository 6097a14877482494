//! With the feature `page`, puts the built browser page into the program: a list of its files for `include!`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_PAGE").is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../watermark-wasm/page");
    println!("cargo::rerun-if-changed={}", folder.display());
    assert!(
        folder.join("index.html").is_file(),
        "the feature `page` puts the browser page into the program, and it is not built; run `cargo xtask web` first"
    );
    let mut list = String::from("[\n");
    for (name, path) in files(&folder, "") {
        // Writing to a string does not fail.
        let _ = writeln!(list, "    ({name:?}, include_bytes!({:?}).as_slice()),", path.display().to_string());
    }
    list.push(']');
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("page_files.rs");
    fs::write(&out, list).expect("the build directory can be written to");
}

fn files(folder: &Path, prefix: &str) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder that was just seen").flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(files(&entry.path(), &format!("{name}/")));
        } else {
            found.push((name, entry.path()));
        }
    }
    found.sort();
    found
}
