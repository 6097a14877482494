//! What has to hold for any bytes at all, for each reader of the project.
//!
//! Each target is a function of bytes. It panics where a promise is broken, and says whether the bytes were accepted.
//! `fuzz/` runs them under libFuzzer, and the test `replay` of this crate runs them over the committed corpus.
//!
//! ```
//! let png = watermark_fuzz_targets::TARGETS.iter().find(|target| target.name == "png").expect("a target");
//! assert!(!(png.run)(b"no picture"));
//! ```

mod exif;
mod film;
mod import;
mod journal;
mod key;
mod lists;
mod picture;
mod thumbnail;

/// One reader.
pub struct Target {
    /// Name, also of its folders in the corpus.
    pub name: &'static str,
    /// Puts bytes to the reader: whether it accepted them. Panics where a promise is broken.
    pub run: fn(&[u8]) -> bool,
}

/// Every reader.
pub const TARGETS: [Target; 17] = [
    Target { name: "png", run: |bytes| picture::survives("png", bytes) },
    Target { name: "jpeg", run: |bytes| picture::survives("jpg", bytes) },
    Target { name: "webp", run: |bytes| picture::survives("webp", bytes) },
    Target { name: "tiff", run: |bytes| picture::survives("tif", bytes) },
    Target { name: "gif", run: |bytes| picture::survives("gif", bytes) },
    Target { name: "exr", run: |bytes| picture::survives("exr", bytes) },
    Target { name: "avif", run: |bytes| picture::survives("avif", bytes) },
    Target { name: "exif", run: exif::survives },
    Target { name: "key", run: key::survives },
    Target { name: "manifest", run: |bytes| lists::survives(watermark_cli::readers::manifest, bytes) },
    Target { name: "recipients", run: |bytes| lists::survives(watermark_cli::readers::recipients, bytes) },
    Target { name: "configuration", run: |bytes| lists::is_told(watermark_cli::readers::configuration, "toml", bytes) },
    Target { name: "key-ring", run: |bytes| lists::is_told(watermark_cli::readers::key_ring, "toml", bytes) },
    Target { name: "import", run: import::survives },
    Target { name: "journal", run: journal::survives },
    Target { name: "film", run: film::survives },
    Target { name: "thumbnail", run: thumbnail::survives },
];

/// Runs the target of a name.
///
/// # Panics
/// Where a promise is broken, and when there is no such target.
pub fn run(name: &str, bytes: &[u8]) -> bool {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of this name").run)(bytes)
}
