//! The built-in example: two altered copies of one portrait, of which one is marked, and the key that reads it. Made
//! anew with each build, so that it always fits the detector.

use watermark_formats::KeyText;
use watermark_media::Format;

use crate::marking::{attacked, file, marked, pixels, public_title};
use crate::paths::{package, read, root, write};

/// Origin and licence: `watermark-cli/assets/SOURCES.toml`.
const PICTURE: &str = "watermark-cli/assets/astronaut.png";
/// What happened to the copies: turned, cut out, shrunk a little.
const ATTACK: &str = "rotate-inner-6+resize-90";
const QUALITY: u8 = 82;

/// Writes the example into the package.
pub(crate) fn write_files() -> Result<(), String> {
    let title = public_title("the public key of the page's example, which protects nothing", "Example")?;
    let original = pixels(&read(&root().join(PICTURE))?)?;
    let folder = package().join("example");
    for (name, picture) in [("marked.jpg", marked(&original, &title)?), ("unmarked.jpg", original)] {
        write(&folder.join(name), &file(&attacked(&picture, ATTACK)?, Format::Jpeg, Some(QUALITY))?)?;
    }
    write(&folder.join("detect-only.key"), KeyText::open(&title.detect_only()).to_text().as_bytes())
}
