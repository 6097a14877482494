//! Files for the browser tests: keys of every kind, pictures that are marked, attacked, unmarked, foreign and broken.

use image::{ImageFormat, RgbImage};
use watermark_core::Key;
use watermark_formats::{KeyText, SALT_BYTES, Sealing};
use watermark_media::Format;

use crate::marking::{Native, attacked, file, marked, pixels, public_master, public_title};
use crate::paths::{clear, read, root, scratch, write};
use crate::study::{cases_of, write_cases};

/// Origin and licence: `watermark-cli/assets/SOURCES.toml`.
const PORTRAIT: &str = "watermark-cli/assets/astronaut.png";
const SECRET: &str = "the public key of the browser tests, which protects nothing";
const PASSPHRASE: &[u8] = b"open sesame";
/// Sides that a header claims, of a picture beyond every limit.
const HUGE: (u32, u32) = (20_000, 15_000);

/// Writes them, and what the native detector says of a small set.
pub(crate) fn write_files() -> Result<(), String> {
    let folder = scratch("cases");
    clear(&folder)?;
    let put = |name: &str, bytes: &[u8]| write(&folder.join(name), bytes);
    let title = public_title(SECRET, "Episode 12")?;
    for (name, bytes) in keys(&title)? {
        put(name, &bytes)?;
    }
    let portrait = read(&root().join(PORTRAIT))?;
    for (name, bytes) in pictures(&pixels(&portrait)?, &title)? {
        put(name, &bytes)?;
    }
    let agreement = folder.join("agreement");
    let cases = cases_of(&agreement, "portrait.png", &portrait, &title, &Native::new(&title)?)?;
    write_cases(&agreement, &cases, &title)
}

fn keys(title: &Key) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let text = |key: &Key| KeyText::open(key).to_text().as_bytes().to_vec();
    let sealed = KeyText::sealed(title, Sealing::with_salt([7; SALT_BYTES]), PASSPHRASE);
    let sealed = sealed.map_err(|error| error.to_string())?.to_text().as_bytes().to_vec();
    let mut damaged = text(title);
    damaged.truncate(damaged.len() - 20);
    Ok(vec![
        ("title.key", text(title)),
        ("detect-only.key", text(&title.detect_only())),
        ("other.key", text(&public_title(SECRET, "Episode 13")?)),
        ("master.key", text(&public_master(SECRET))),
        ("sealed.key", sealed),
        ("damaged.key", damaged),
    ])
}

fn pictures(portrait: &RgbImage, title: &Key) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let copy = marked(portrait, title)?;
    let whole = file(&copy, Format::Png, None)?;
    let mut bitmap = std::io::Cursor::new(Vec::new());
    copy.write_to(&mut bitmap, ImageFormat::Bmp).map_err(|error| error.to_string())?;
    Ok(vec![
        ("marked.jpg", file(&copy, Format::Jpeg, Some(90))?),
        ("marked.tif", file(&copy, Format::Tiff, None)?),
        ("marked.bmp", bitmap.into_inner()),
        ("attacked.jpg", file(&attacked(&attacked(&copy, "rotate-inner-7")?, "flip-h")?, Format::Jpeg, Some(80))?),
        ("unmarked.jpg", file(portrait, Format::Jpeg, Some(90))?),
        ("truncated.png", whole[..whole.len() / 2].to_vec()),
        ("text.jpg", b"This is no picture.\n".to_vec()),
        ("empty.png", Vec::new()),
        ("huge.png", huge()),
    ])
}

/// A PNG that claims 300 megapixels and holds none.
fn huge() -> Vec<u8> {
    let mut header = Vec::new();
    header.extend(HUGE.0.to_be_bytes());
    header.extend(HUGE.1.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", header.as_slice()), (b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]), (b"IEND", &[])]
    {
        let chunk = [name.as_slice(), content].concat();
        let mut check = flate2::Crc::new();
        check.update(&chunk);
        bytes.extend((content.len() as u32).to_be_bytes());
        bytes.extend(chunk);
        bytes.extend(check.sum().to_be_bytes());
    }
    bytes
}
