//! The page: its sources, the package's module, the example, and a service worker that knows them all.

use sha2::{Digest, Sha256};

use crate::paths::{bindings, clear, copy_folder, files, package, page, read, write};

/// What the page takes from the package.
const FROM_PACKAGE: [&str; 11] = [
    "index.js",
    "instance.js",
    "watermark_wasm.js",
    "watermark_wasm_bg.wasm",
    "films.js",
    "frames.js",
    "watermark_films.js",
    "watermark_films_bg.wasm",
    "example/marked.jpg",
    "example/unmarked.jpg",
    "example/detect-only.key",
];

const SERVICE_WORKER: &str = "service-worker.js";
/// What stands in its source for the list of files, for their digest, and for the policy that the page names.
const FILES: &str = "['@FILES@']";
const VERSION: &str = "'@VERSION@'";
const POLICY: &str = "'@POLICY@'";
/// Where the page names its policy.
const META: (&str, &str) = ("http-equiv=\"Content-Security-Policy\" content=\"", "\"");

/// Writes the page.
pub(crate) fn assemble() -> Result<(), String> {
    let folder = page();
    clear(&folder)?;
    copy_folder(&bindings().join("www"), &folder)?;
    for name in FROM_PACKAGE {
        write(&folder.join("pkg").join(name), &read(&package().join(name))?)?;
    }
    let mut names = files(&folder)?;
    names.retain(|name| name != SERVICE_WORKER);
    let source = text(&read(&folder.join(SERVICE_WORKER))?)?;
    let mut digest = Sha256::new();
    digest.update(&source);
    for name in &names {
        digest.update(name);
        digest.update(read(&folder.join(name))?);
    }
    let version: String = digest.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let list = serde_json::to_string(&names).map_err(|error| error.to_string())?;
    let policy = serde_json::to_string(&policy(&text(&read(&folder.join("index.html"))?)?)?)
        .map_err(|error| error.to_string())?;
    let mut worker = source;
    for (place, value) in [(FILES, list), (VERSION, format!("'{version}'")), (POLICY, policy)] {
        if !worker.contains(place) {
            return Err(format!("{SERVICE_WORKER}: has no place for {place}"));
        }
        worker = worker.replace(place, &value);
    }
    write(&folder.join(SERVICE_WORKER), worker.as_bytes())
}

/// The policy that the page's source names.
fn policy(page: &str) -> Result<String, String> {
    let rest = page.split_once(META.0).map(|(_, rest)| rest);
    let policy = rest.and_then(|rest| rest.split_once(META.1)).map(|(policy, _)| policy.to_owned());
    policy.ok_or_else(|| "index.html: names no policy".to_owned())
}

fn text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string())
}
