//! Sizes of what browsers load, and the promise about them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::paths::{files, page, read};

/// Most bytes of each module, as it is and compressed: the one that every visit loads, and the one that films need.
const MODULES: [(&str, usize, usize); 2] =
    [("pkg/watermark_wasm_bg.wasm", 2_300_000, 550_000), ("pkg/watermark_films_bg.wasm", 1_100_000, 360_000)];

/// Prints the sizes; an error when a module has become too large.
pub(crate) fn check() -> Result<(), String> {
    let mut total = (0, 0);
    println!("{:>9} {:>9}  file of the page", "bytes", "gzipped");
    for name in files(&page())? {
        let bytes = read(&page().join(&name))?;
        let (raw, packed) = (bytes.len(), gzipped(&bytes)?);
        println!("{raw:>9} {packed:>9}  {name}");
        total = (total.0 + raw, total.1 + packed);
        for (_, max_raw, max_packed) in MODULES.iter().filter(|(module, ..)| *module == name) {
            if raw > *max_raw || packed > *max_packed {
                return Err(format!("{name}: at most {max_raw} bytes, {max_packed} gzipped, are promised"));
            }
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
