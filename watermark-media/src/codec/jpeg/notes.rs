//! What a JPEG was besides its pixels: restart intervals, and what a new one will not have.

use super::super::notes::{Notes, names};
use super::structure::{Frame, Structure};
use super::{EXIF_HEAD, ICC_HEAD, XMP_HEAD};

const DRI: u8 = 0xdd;
const SOS: u8 = 0xda;

pub(in crate::codec) fn read(bytes: &[u8]) -> Notes {
    let mut notes = Notes::default();
    let Ok(structure) = Structure::parse(bytes) else { return notes };
    let has = |marker, head: &[u8]| structure.segments.iter().any(|s| s.payload(marker, head).is_some());
    let manifest = has_manifest(&structure);
    for segment in structure.segments.iter().filter(|s| s.payload(0xeb, b"JP").is_some()) {
        if manifest {
            notes.manifest.push(segment.data.to_vec());
        }
    }
    if has(0xeb, b"JP") && !manifest {
        notes.always.push("its JUMBF boxes".into());
    }
    if has(0xee, b"Adobe") {
        notes.always.push("its Adobe segment: colours are written as YCbCr".into());
    }
    let rest = &bytes[structure.end..];
    if has(0xe2, b"MPF\0") || rest.windows(3).any(|three| three == [0xff, 0xd8, 0xff]) {
        notes.always.push("the pictures after its first one, such as gain maps and previews".into());
    } else if rest.iter().any(|&byte| byte != 0) {
        notes.always.push(format!("{} bytes after its end", rest.len()));
    }
    for (marker, data) in head(bytes) {
        match (marker, data) {
            (DRI, &[high, low]) => notes.restart = u16::from_be_bytes([high, low]),
            (0xc0..=0xc2, [_, _, _, _, _, 3, specs @ ..]) => components(specs, &structure.frame, &mut notes),
            _ => {}
        }
    }
    // As the encoder's settings choose it.
    let (h, v) = structure.frame.sampling;
    if notes.restart > 0 && (structure.frame.progressive || h.max(v) > 2) {
        notes.always.push("its restart markers: progressive files are written without".into());
    }
    let left = names(structure.segments.iter().filter(|s| s.is_kept()).filter_map(|segment| {
        let carried = [(0xe1, EXIF_HEAD), (0xe1, XMP_HEAD), (0xe2, ICC_HEAD)];
        if carried.iter().any(|(marker, head)| segment.payload(*marker, head).is_some()) {
            return None;
        }
        Some(match segment.marker {
            0xe0 => "JFIF (density)".into(),
            0xfe => "COM (comment)".into(),
            0xed => "APP13 (IPTC, Photoshop)".into(),
            marker => format!("APP{}", marker - 0xe0),
        })
    }));
    if !left.is_empty() {
        notes.elsewhere.push(format!("its JPEG segments {left}"));
    }
    notes
}

/// Whether one of the boxes in APP11 is of C2PA.
fn has_manifest(structure: &Structure<'_>) -> bool {
    let mut boxes = structure.segments.iter().filter_map(|s| s.payload(0xeb, b"JP"));
    boxes.any(|data| data.windows(4).any(|four| four == b"c2pa"))
}

/// What the encoder cannot repeat of sampling, order and tables; the frame's sampling is what it will use.
fn components(specs: &[u8], frame: &Frame, notes: &mut Notes) {
    let &[_, luma, _, _, cb, cb_table, _, cr, cr_table] = specs else { return };
    let &Frame { sampling: (h, v), progressive, .. } = frame;
    let ratio = |chroma: u8| (chroma >> 4) * h == luma >> 4 && (chroma & 15) * v == luma & 15;
    if !ratio(cb) || !ratio(cr) || jpeg_encoder::SamplingFactor::from_factors(h, v).is_none() {
        notes.always.push("its unusual chroma subsampling: 4:4:4 is written".into());
    } else if h.max(v) > 2 && !progressive {
        notes.always.push("its sequential order: progressive is written".into());
    }
    if cb_table != cr_table {
        notes.always.push("the second of its quantisation tables for colour".into());
    }
}

/// Marker and data of the segments before the first scan.
fn head(bytes: &[u8]) -> Vec<(u8, &[u8])> {
    let mut segments = Vec::new();
    let mut at = 2;
    while let Some(&[0xff, marker]) = bytes.get(at..at + 2).and_then(<[u8]>::first_chunk) {
        if marker == 0xff {
            at += 1;
            continue;
        }
        let length = bytes.get(at + 2..at + 4).map(|two| usize::from(u16::from_be_bytes([two[0], two[1]])));
        let data = length.and_then(|length| bytes.get(at + 4..at + 2 + length));
        let Some(data) = data.filter(|_| marker != SOS) else { break };
        segments.push((marker, data));
        at += 4 + data.len();
    }
    segments
}
