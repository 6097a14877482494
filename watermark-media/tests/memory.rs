//! Working memory of decoding and encoding, as the system counts it. One test, as the figures are the whole process's.

#![cfg(target_os = "linux")]

use std::fs;

use watermark_core::Layout;
use watermark_media::{DecodeLimits, Format, Picture, PixelData, decode, encode};

const SIDE: usize = 4096;

/// A line of the process's status, bytes.
fn status(name: &str) -> usize {
    let text = fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// What `work` gives, and the most memory that the process had beyond what it has before; nothing where the system
/// does not let the peak be set back.
fn peak<T>(work: impl FnOnce() -> T) -> (T, Option<usize>) {
    let counted = fs::write("/proc/self/clear_refs", "5").is_ok();
    let before = status("VmRSS");
    let result = work();
    (result, counted.then(|| status("VmHWM").saturating_sub(before)))
}

/// 4096 x 4096 px with a slope, so that no page of it is the system's shared page of zeros.
fn picture(deep: bool) -> Picture {
    let value = |i: usize| (i / SIDE * 7 + i % SIDE) as u16;
    let samples = (0..SIDE * SIDE).map(value);
    let pixels =
        if deep { PixelData::U16(samples.collect()) } else { PixelData::U8(samples.map(|s| s as u8).collect()) };
    Picture::new(SIDE, SIDE, Layout::Luma, pixels).unwrap()
}

#[test]
fn no_second_copy_of_the_picture() {
    // The decoders' own buffers, and what the allocator has not given back.
    let slack = 8 << 20;
    let deep = picture(true);
    for format in [Format::Png, Format::Tiff] {
        let file = encode(&deep, format).unwrap();
        let (read, most) = peak(|| decode(&file, &DecodeLimits::default()).unwrap());
        assert!(read.pixels() == deep.pixels(), "{format}");
        if let Some(most) = most {
            assert!(most < 2 * SIDE * SIDE + slack, "{most} bytes to read {} of {format}", 2 * SIDE * SIDE);
        }
    }
    drop(deep);
    // Without compression, which is the largest file.
    let plain = picture(false);
    let (file, most) = peak(|| encode(&plain, Format::Tiff).unwrap());
    assert!(file.len() > SIDE * SIDE);
    if let Some(most) = most {
        assert!(most < file.len() + slack, "{most} bytes to write {}", file.len());
    }
}
