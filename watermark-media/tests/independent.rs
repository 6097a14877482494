//! Other decoders see the same frames, in sources and in what is written: ffmpeg (GIF, APNG), ImageMagick (GIF) and Pillow (all three).
//! Where a program is absent, its part passes.
#![cfg(feature = "animation")]

mod common;
#[path = "common/moving.rs"]
mod moving;

use std::path::{Path, PathBuf};
use std::process::Command;

use moving::{Dispose, HEIGHT, WIDTH, apng, gif, part, webp};
use watermark_core::Layout;
use watermark_media::{DecodeLimits, Document, EncodeOptions, Format, Picture, PixelData};

/// Frames as RGBA, one after the other, by ffmpeg; nothing where it is absent.
fn ffmpeg(path: &Path) -> Option<Vec<u8>> {
    let arguments = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgba", "-"];
    let output = Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(path).args(arguments).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The same by Pillow.
fn pillow(path: &Path) -> Option<Vec<u8>> {
    let program = "import sys\nfrom PIL import Image, ImageSequence\n\
        for frame in ImageSequence.Iterator(Image.open(sys.argv[1])):\n sys.stdout.buffer.write(frame.convert('RGBA').tobytes())";
    let output = Command::new("python3").args(["-c", program]).arg(path).output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The same by ImageMagick, by the name under which version 6 is found when another program has its short name.
fn magick(path: &Path) -> Option<Vec<u8>> {
    let output =
        Command::new("convert-im6.q16").arg(path).args(["-coalesce", "-depth", "8", "rgba:-"]).output().ok()?;
    output.status.success().then_some(output.stdout)
}

fn rgba(picture: &Picture) -> Vec<u8> {
    let PixelData::U8(samples) = picture.pixels() else { panic!("8 bits") };
    match picture.layout() {
        Layout::Rgba => samples.clone(),
        Layout::Rgb => samples.chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect(),
        other => panic!("{other:?}"),
    }
}

/// Most difference in a channel where both see something, and the number of pixels where one sees and one does not.
fn difference(ours: &Document, theirs: &[u8], what: &str) -> (u8, usize) {
    let ours: Vec<u8> = ours.pictures().iter().flat_map(rgba).collect();
    assert_eq!(ours.len(), theirs.len(), "{what}: number of frames");
    let pairs = || ours.chunks_exact(4).zip(theirs.chunks_exact(4));
    let seen = pairs().filter(|(a, b)| a[3] > 0 && b[3] > 0);
    let most = seen.flat_map(|(a, b)| (0..4).map(|c| a[c].abs_diff(b[c]))).max().unwrap_or(0);
    (most, pairs().filter(|(a, b)| (a[3] == 0) != (b[3] == 0)).count())
}

fn compare(name: &str, bytes: &[u8]) {
    let folder = std::env::temp_dir().join(format!("watermark-independent-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let source = Document::decode(bytes, &DecodeLimits::default()).unwrap();
    let format = source.format().unwrap();
    let written = source.encode(format, &EncodeOptions::default()).unwrap();
    for (what, bytes) in [("source", bytes), ("written", written.as_slice())] {
        let path = folder.join(format!("{what}-{name}"));
        std::fs::write(&path, bytes).unwrap();
        let ours = Document::decode(bytes, &DecodeLimits::default()).unwrap();
        // Where browsers clear a GIF to nothing, ffmpeg and Pillow clear it to its background colour unless a frame
        // is transparent somewhere; ImageMagick does as browsers do.
        let clears = name == "parts.gif" && what == "source";
        // Pillow loses track where a frame that is restored is followed by one that is cleared.
        let restores = name == "parts.png" && what == "source";
        let theirs = [
            // Debian's knows no animated WebP.
            ("ffmpeg", ffmpeg(&path).filter(|_| !clears && format != Format::WebP)),
            ("Pillow", pillow(&path).filter(|_| !clears && !restores)),
            ("ImageMagick", magick(&path).filter(|_| format == Format::Gif)),
        ];
        for (reader, frames) in theirs {
            let Some(frames) = frames else { continue };
            let (most, holes) = difference(&ours, &frames, &format!("{name}, {what}, {reader}"));
            eprintln!("{name}, {what}, {reader}: {} frames, most {most}, {holes} holes", ours.pictures().len());
            // They round otherwise where something half transparent is laid over something.
            assert!(most <= 2 && holes == 0, "{name}, {what}, {reader}: {most}, {holes}");
        }
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The cases on which the decoders agree; what is said of them is in `animation.rs` for all.
#[test]
fn generated_animations_are_seen_alike() {
    let all = [0, 0, WIDTH, HEIGHT];
    let parts = [
        part(all, 'r', true, Dispose::Keep),
        part([2, 0, 2, 2], 'g', true, Dispose::Restore),
        part([0, 2, 4, 2], 'b', true, Dispose::Clear),
        part([4, 2, 2, 2], 'w', true, Dispose::Keep),
        part([2, 0, 4, 4], 'g', true, Dispose::Keep),
    ];
    compare("parts.gif", &gif(&parts, &[]));
    compare("parts.png", &apng(&parts, None));
    let still = parts
        .map(|p| part(p.at, p.letter, p.over, if p.dispose == Dispose::Restore { Dispose::Keep } else { p.dispose }));
    compare("parts.webp", &webp(&still, &[]));
}

#[test]
fn the_shared_animations_are_seen_alike() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/images/graphics"));
    for name in ["apng_ball.png", "party.gif"] {
        if let Ok(bytes) = std::fs::read(folder.join(name)) {
            compare(name, &bytes);
        }
    }
}
