//! Whether a file is a clip, by its first bytes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use watermark_media::Format;

/// Bytes that are looked at.
const SNIFFED: u64 = 1024;
/// Brands of still pictures in the container that clips use too (HEIF, AVIF).
const STILL_BRANDS: [&[u8; 4]; 8] = [b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1", b"heim", b"hevc"];

/// Extensions of files that are clips.
const EXTENSIONS: [&str; 18] = [
    "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "mts", "wmv", "flv", "ogv", "h264", "264",
    "h265", "hevc",
];
/// The one of them that files of other kinds have, too.
const AMBIGUOUS: &str = "ts";

/// Whether a file is a clip, by its first bytes, or by its name where they are not those of a picture.
pub(crate) fn is_named_or_begins_like_one(path: &Path) -> bool {
    let start = start_of(path);
    begins_like_a_clip(&start) || (is_named_like_one(path) && !path.is_dir() && Format::sniff(&start).is_none())
}

/// Whether a file that nobody named is to be taken for a clip: what is damaged is said and not passed over.
pub(crate) fn is_probably_one(path: &Path) -> bool {
    let program = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case(AMBIGUOUS));
    if program { is_clip(path) } else { is_named_or_begins_like_one(path) }
}

fn is_named_like_one(path: &Path) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| EXTENSIONS.contains(&&*e.to_ascii_lowercase()))
}

/// Whether a file begins like a clip. What cannot be opened does not; that is said where it is read.
pub(crate) fn is_clip(path: &Path) -> bool {
    begins_like_a_clip(&start_of(path))
}

/// The first bytes of a file; none of what is no file or cannot be read.
fn start_of(path: &Path) -> Vec<u8> {
    let mut start = Vec::new();
    // A pipe would be taken from whoever reads it.
    let regular = std::fs::metadata(path).is_ok_and(|data| data.is_file());
    let read = regular.then(|| File::open(path).and_then(|file| file.take(SNIFFED).read_to_end(&mut start)));
    if read.is_some_and(|read| read.is_err()) {
        start.clear();
    }
    start
}

/// Whether there is something at the path that is no file: a pipe or a device, of which there may be no end.
pub(crate) fn is_no_file(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|data| !data.is_file())
}

/// Whether these are the first bytes of a clip.
pub(crate) fn begins_like_a_clip(start: &[u8]) -> bool {
    let at = |from: usize, bytes: &[u8]| start.get(from..from + bytes.len()) == Some(bytes);
    let brand = |brands: &[&[u8; 4]]| brands.iter().any(|brand| at(8, brand.as_slice()));
    // ISO media (MP4, MOV), and old QuickTime files that begin with another box.
    let boxed = at(4, b"ftyp") && !brand(&STILL_BRANDS);
    let quick_time = [b"moov", b"mdat", b"wide", b"free"].iter().any(|kind| at(4, kind.as_slice()));
    let matroska = at(0, b"\x1a\x45\xdf\xa3");
    let avi = at(0, b"RIFF") && at(8, b"AVI ");
    // Packets of 188 bytes; cameras and discs put four bytes before each.
    let transport = [[0, 188, 376], [4, 196, 388]].iter().any(|packets| packets.iter().all(|&from| at(from, b"\x47")));
    let program = at(0, b"\x00\x00\x01\xba") || at(0, b"\x00\x00\x01\xb3");
    let others: [&[u8]; 6] = [
        b"FLV\x01",
        b"OggS",
        b"YUV4MPEG2 ",
        // Windows Media, MXF, IVF.
        b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
        b"\x06\x0e\x2b\x34\x02\x05\x01\x01",
        b"DKIF",
    ];
    boxed || quick_time || matroska || avi || transport || program || others.iter().any(|bytes| at(0, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clips_are_told_from_pictures() {
        let clips: [&[u8]; 5] = [
            b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00",
            b"\x1a\x45\xdf\xa3\x01\x00",
            b"RIFF\x10\x00\x00\x00AVI LIST",
            b"\x00\x00\x00\x08wide\x00\x00",
            b"OggS\x00\x02",
        ];
        let others: [&[u8]; 6] = [
            b"\x00\x00\x00\x20ftypavif\x00\x00\x00\x00",
            b"\x00\x00\x00\x20ftypheic\x00\x00\x00\x00",
            b"RIFF\x10\x00\x00\x00WEBPVP8 ",
            b"\x89PNG\r\n\x1a\n",
            b"G",
            b"",
        ];
        assert!(clips.into_iter().all(begins_like_a_clip));
        assert!(!others.into_iter().any(begins_like_a_clip));
        for (packet, sync) in [(188, 0), (192, 4)] {
            let transport: Vec<u8> = (0..600).map(|i| if i % packet == sync { 0x47 } else { 1 }).collect();
            assert!(begins_like_a_clip(&transport));
        }
    }
}
