//! What every source file is made from: raw samples of a scene, colour profiles, and an EXIF block with a maker note.

use std::path::Path;
use std::{fs, io};

use watermark_tests::Scene;

/// Size of the pictures, pixels.
pub(crate) const WIDTH: u32 = 640;
/// Size of the pictures, pixels.
pub(crate) const HEIGHT: u32 = 480;
/// Columns at the left that are fully transparent where a picture has alpha.
pub(crate) const CLEAR: u32 = 128;
/// Columns from the left where alpha rises to opaque.
const RISING: u32 = 256;
/// Frames of animations and pages of documents.
const FRAMES: u64 = 3;
/// Bytes that make a profile too large for one JPEG segment, and still small enough for three.
const LARGE: usize = 150_000;

/// Writes the materials.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let scene = Scene::new(5);
    let file = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes);
    file("rgb8.ppm", &anymap("P6", 255, scene.picture(WIDTH, HEIGHT).as_raw()))?;
    for frame in 0..FRAMES {
        file(&format!("frame{frame}.ppm"), &anymap("P6", 255, Scene::new(5 + frame).picture(WIDTH, HEIGHT).as_raw()))?;
    }
    let places = || (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    let deep = places().flat_map(|(x, y)| scene.colour(x, y).map(|level| (level.clamp(4.0, 251.0) * 257.0) as u16));
    file("rgb16.ppm", &anymap("P6", 65535, &deep.flat_map(u16::to_be_bytes).collect::<Vec<_>>()))?;
    let alpha = places().map(|(x, y)| {
        let rise = (x.saturating_sub(CLEAR) * 65535 / RISING).min(65535);
        // Some texture, so that a plane that was filtered or rounded differs.
        if rise == 0 || rise == 65535 { rise as u16 } else { (rise as u16) ^ (y % 8 * 31) as u16 }
    });
    file("alpha16.pgm", &anymap("P5", 65535, &alpha.clone().flat_map(u16::to_be_bytes).collect::<Vec<_>>()))?;
    file("alpha8.pgm", &anymap("P5", 255, &alpha.map(|level| (level >> 8) as u8).collect::<Vec<_>>()))?;
    file("rgb.icc", &profile(b"RGB ", 0))?;
    file("grey.icc", &profile(b"GRAY", 0))?;
    file("large.icc", &profile(b"RGB ", LARGE))?;
    file("maker.exif", &exif_with_maker_note())?;
    file("long.txt", long_text().as_bytes())
}

fn anymap(kind: &str, most: u16, samples: &[u8]) -> Vec<u8> {
    [format!("{kind}\n{WIDTH} {HEIGHT}\n{most}\n").as_bytes(), samples].concat()
}

/// More than a segment of a JPEG holds, and nothing that shrinks to nothing.
fn long_text() -> String {
    (0..9_000_u32).map(|n| format!("{:08x} ", n.wrapping_mul(0x9e37_79b9))).collect()
}

/// A small matrix profile (ICC.1 version 2) with the primaries of sRGB and a curve of 2.2; `padding` bytes more in a
/// private tag.
fn profile(space: &[u8; 4], padding: usize) -> Vec<u8> {
    let fixed = |value: f64| ((value * 65536.0).round() as i32).to_be_bytes();
    let place = |xyz: [f64; 3]| [b"XYZ \0\0\0\0".to_vec(), xyz.iter().copied().flat_map(fixed).collect()].concat();
    let curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33".to_vec();
    let name = b"Test profile\0";
    let description = [b"desc\0\0\0\0\0\0\0".as_slice(), &[name.len() as u8], name, &[0; 12 + 67 - 1]].concat();
    let mut tags: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"desc", description),
        (b"cprt", b"text\0\0\0\0Public domain\0".to_vec()),
        (b"wtpt", place([0.9642, 1.0, 0.8249])),
    ];
    if space == b"GRAY" {
        tags.push((b"kTRC", curve));
    } else {
        for (colour, curve_tag, xyz) in [
            (b"rXYZ", b"rTRC", [0.4361, 0.2225, 0.0139]),
            (b"gXYZ", b"gTRC", [0.3851, 0.7169, 0.0971]),
            (b"bXYZ", b"bTRC", [0.1431, 0.0606, 0.7139]),
        ] {
            tags.push((colour, place(xyz)));
            tags.push((curve_tag, curve.clone()));
        }
    }
    if padding > 0 {
        let noise = (0..padding as u32).map(|n| (n.wrapping_mul(0x9e37_79b9) >> 24) as u8);
        tags.push((b"priv", b"data\0\0\0\0\0\0\0\x01".iter().copied().chain(noise).collect()));
    }
    let (mut table, mut body) = ((tags.len() as u32).to_be_bytes().to_vec(), Vec::new());
    let start = 128 + 4 + 12 * tags.len();
    for (tag, data) in &tags {
        table.extend_from_slice(tag.as_slice());
        table.extend(((start + body.len()) as u32).to_be_bytes());
        table.extend((data.len() as u32).to_be_bytes());
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    let mut header = vec![0; 128];
    header[..4].copy_from_slice(&((start + body.len()) as u32).to_be_bytes());
    header[8..12].copy_from_slice(&[2, 0x40, 0, 0]);
    header[12..16].copy_from_slice(b"mntr");
    header[16..20].copy_from_slice(space);
    header[20..24].copy_from_slice(b"XYZ ");
    header[24..36].copy_from_slice(&[0x07, 0xe4, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    header[36..40].copy_from_slice(b"acsp");
    header[68..80].copy_from_slice(&[0.9642, 1.0, 0.8249].map(fixed).concat());
    [header, table, body].concat()
}

/// A block with a camera's name, orientation 6 and a note that only that camera's maker can read.
fn exif_with_maker_note() -> Vec<u8> {
    let note: Vec<u8> = b"ACME\0".iter().copied().chain((0..200_u8).map(|n| n.wrapping_mul(37))).collect();
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // 2 + 3 x 12 + 4 bytes of the first directory end at 50, the name takes 6, the second directory 2 + 12 + 4.
    block.extend(3_u16.to_le_bytes());
    block.extend(entry(271, 2, 5, 50));
    block.extend(entry(274, 3, 1, 6));
    block.extend(entry(34665, 4, 1, 56));
    block.extend([0; 4]);
    block.extend(b"Acme\0\0");
    block.extend(1_u16.to_le_bytes());
    block.extend(entry(37500, 7, note.len() as u32, 74));
    block.extend([0; 4]);
    block.extend(note);
    block
}
