//! Sizes of what browsers load, and the promise about them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::paths::{files, page, read};

/// Most bytes of the module, as it is and compressed.
const MAX_RAW: usize = 2_300_000;
const MAX_GZIP: usize = 550_000;

/// Prints the sizes; an error when the module has become too large.
pub(crate) fn check() -> Result<(), String> {
    let mut total = (0, 0);
    println!("{:>9} {:>9}  file of the page", "bytes", "gzipped");
    for name in files(&page())? {
        let bytes = read(&page().join(&name))?;
        let (raw, packed) = (bytes.len(), gzipped(&bytes)?);
        println!("{raw:>9} {packed:>9}  {name}");
        total = (total.0 + raw, total.1 + packed);
        if name.ends_with(".wasm") && (raw > MAX_RAW || packed > MAX_GZIP) {
            return Err(format!("{name}: at most {MAX_RAW} bytes, {MAX_GZIP} gzipped, are promised"));
        }
    }
    println!("{:>9} {:>9}  together", total.0, total.1);
    Ok(())
}

/// Size after gzip at its best.
pub(crate) fn gzipped(bytes: &[u8]) -> Result<usize, String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).map_err(|error| error.to_string())?;
    Ok(encoder.finish().map_err(|error| error.to_string())?.len())
}
