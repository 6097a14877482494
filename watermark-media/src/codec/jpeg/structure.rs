//! The markers of a JPEG file, walked without decoding anything: frame, tables, segments, and whether it ends.

use super::FORMAT;
use super::scans::Scans;
use crate::{Error, Result};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const APP0: u8 = 0xe0;
const COM: u8 = 0xfe;

/// Natural position of the n-th coefficient of a zigzag (ITU-T T.81, figure A.6).
pub(super) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// What the file is made of, up to the end of its first picture.
pub(super) struct Structure<'a> {
    pub(super) frame: Frame,
    /// APP and COM segments, in order.
    pub(super) segments: Vec<Segment<'a>>,
    quantisation: [Option<[u16; 64]>; 4],
    /// Bytes up to and with the end marker.
    pub(super) end: usize,
}

/// The frame header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: u8,
    pub(super) progressive: bool,
    /// Luma samples to one chroma sample, across and down; 1, 1 where the components disagree.
    pub(super) sampling: (u8, u8),
    /// Number of the quantisation table of the first and the second component.
    pub(super) table_ids: [u8; 2],
}

/// An APP or COM segment without marker and length.
pub(super) struct Segment<'a> {
    pub(super) marker: u8,
    pub(super) data: &'a [u8],
}

impl<'a> Segment<'a> {
    /// What follows `head` if the segment is of this kind.
    pub(super) fn payload(&self, marker: u8, head: &[u8]) -> Option<&'a [u8]> {
        (self.marker == marker).then(|| self.data.strip_prefix(head))?
    }

    /// Whether it is still true of the changed picture: not the colour transform of the source's encoder, the list
    /// of pictures that follow the first, or a manifest.
    pub(super) fn is_kept(&self) -> bool {
        let dropped: [(u8, &[u8]); 3] = [(0xee, b"Adobe"), (0xe2, b"MPF\0"), (0xeb, b"JP")];
        !dropped.iter().any(|(marker, head)| self.payload(*marker, head).is_some())
    }
}

impl<'a> Structure<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let mut frame = None;
        let mut segments = Vec::new();
        let mut quantisation = [None; 4];
        let mut scans = Scans::new();
        let mut at = 2;
        loop {
            let (marker, next) = marker(bytes, at)?;
            at = next;
            match marker {
                EOI => break,
                SOI => return Err(Error::corrupt(FORMAT, "a second picture starts within the first")),
                0xd0..=0xd7 | 0x01 => continue,
                _ => {}
            }
            let data = segment(bytes, at)?;
            at += 2 + data.len();
            match marker {
                DQT => read_tables(data, &mut quantisation)?,
                0xe0..=0xef | COM => segments.push(Segment { marker, data }),
                SOS => {
                    scans.add(data)?;
                    at = skip_scan(bytes, at);
                }
                0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                    if frame.is_some() {
                        return Err(Error::corrupt(FORMAT, "it has two frame headers"));
                    }
                    let parsed = Frame::parse(marker, data)?;
                    scans.set_frame(parsed.progressive, data[6..].chunks_exact(3).map(|spec| spec[0]));
                    frame = Some(parsed);
                }
                _ => {}
            }
        }
        let frame = frame.ok_or_else(|| Error::corrupt(FORMAT, "it has no frame header"))?;
        scans.check(&frame)?;
        Ok(Self { frame, segments, quantisation, end: at })
    }

    /// The tables of luma and chroma, natural order, held to the 8 bits of ordinary files.
    pub(super) fn tables(&self) -> Option<[[u16; 64]; 2]> {
        let table = |id: u8| self.quantisation.get(usize::from(id)).copied().flatten();
        let [luma, chroma] = self.frame.table_ids.map(table);
        Some([luma?, chroma?].map(|table| table.map(|step| step.clamp(1, 255))))
    }
}

impl Frame {
    fn parse(marker: u8, data: &[u8]) -> Result<Self> {
        let bad = || Error::corrupt(FORMAT, "its frame header is too short");
        let (&[precision, h0, h1, w0, w1, components], specs) = data.split_first_chunk().ok_or_else(bad)?;
        if !matches!(marker, 0xc0..=0xc2) {
            let what = if marker == 0xc3 { "a lossless JPEG" } else { "a JPEG with arithmetic or hierarchical coding" };
            return Err(Error::unsupported(what, "save it as an ordinary JPEG or a PNG first"));
        }
        if precision != 8 {
            return Err(Error::depth(FORMAT, format!("{precision} bit samples")));
        }
        let (width, height) = (u16::from_be_bytes([w0, w1]), u16::from_be_bytes([h0, h1]));
        if width == 0 || height == 0 {
            return Err(Error::corrupt(FORMAT, format!("its size is {width}x{height} px")));
        }
        let specs: Vec<[u8; 3]> = specs.chunks_exact(3).map(|spec| [spec[0], spec[1], spec[2]]).collect();
        if components == 0 || specs.len() != usize::from(components) {
            return Err(bad());
        }
        let table_ids = [specs[0][2], specs.get(1).unwrap_or(&specs[0])[2]];
        let progressive = marker == 0xc2;
        Ok(Self { width, height, components, progressive, sampling: sampling(&specs), table_ids })
    }
}

/// Luma samples to one chroma sample, when both chroma components agree on a whole number.
fn sampling(specs: &[[u8; 3]]) -> (u8, u8) {
    let [luma, cb, cr] = specs else { return (1, 1) };
    let ratio = |shift: u8| {
        let [luma, cb, cr] = [luma, cb, cr].map(|spec| spec[1] >> shift & 0x0f);
        (cb == cr && cb != 0 && luma % cb == 0).then(|| luma / cb)
    };
    ratio(4).zip(ratio(0)).unwrap_or((1, 1))
}

/// The marker at `at`, past any fill bytes, and the position after it.
fn marker(bytes: &[u8], mut at: usize) -> Result<(u8, usize)> {
    let cut = || Error::truncated(FORMAT, "the closing EOI marker is missing");
    if *bytes.get(at).ok_or_else(cut)? != 0xff {
        return Err(Error::corrupt(FORMAT, format!("there is no marker at byte {at}")));
    }
    while *bytes.get(at).ok_or_else(cut)? == 0xff {
        at += 1;
    }
    Ok((bytes[at], at + 1))
}

/// The data of the segment whose length field is at `at`.
fn segment(bytes: &[u8], at: usize) -> Result<&[u8]> {
    let cut = || Error::truncated(FORMAT, "a segment reaches past the end");
    let length = bytes.get(at..at + 2).ok_or_else(cut)?;
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    if length < 2 {
        return Err(Error::corrupt(FORMAT, format!("a segment of {length} bytes")));
    }
    bytes.get(at + 2..at + length).ok_or_else(cut)
}

/// The position of the first marker after the entropy-coded data at `at` that is no restart.
fn skip_scan(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&[a, b]) = bytes.get(at..at + 2).and_then(<[u8]>::first_chunk) {
        if a == 0xff && !matches!(b, 0x00 | 0xff | 0xd0..=0xd7) {
            return at;
        }
        at += if a == 0xff && b != 0xff { 2 } else { 1 };
    }
    bytes.len()
}

fn read_tables(mut data: &[u8], tables: &mut [Option<[u16; 64]>; 4]) -> Result<()> {
    while let Some((&head, rest)) = data.split_first() {
        let bytes_each = if head >> 4 == 0 { 1 } else { 2 };
        let place = tables.get_mut(usize::from(head & 0x0f));
        let (Some(place), Some(steps)) = (place, rest.get(..64 * bytes_each)) else {
            return Err(Error::corrupt(FORMAT, "a quantisation table is cut short or misnumbered"));
        };
        let mut table = [0; 64];
        for (step, natural) in steps.chunks_exact(bytes_each).zip(ZIGZAG) {
            table[natural] = step.iter().fold(0, |value, &byte| value << 8 | u16::from(byte));
        }
        *place = Some(table);
        data = &rest[steps.len()..];
    }
    Ok(())
}

/// The encoder's file with `segments` put first; the encoder's own APP0 stays only if none of them is a JFIF one.
pub(super) fn insert_segments(file: &[u8], segments: &[(u8, Vec<u8>)]) -> Result<Vec<u8>> {
    let mut rest = file.get(2..).unwrap_or_default();
    let mut own = Vec::new();
    if rest.starts_with(&[0xff, APP0]) {
        let data = segment(rest, 2)?;
        own = data.to_vec();
        rest = &rest[4 + data.len()..];
    }
    let jfif = |segment: &&(u8, Vec<u8>)| segment.0 == APP0 && segment.1.starts_with(b"JFIF\0");
    let first = segments.iter().find(jfif).map_or((APP0, own), Clone::clone);
    let others = segments.iter().filter(|segment| !jfif(segment));
    let mut out = vec![0xff, SOI];
    for (marker, data) in std::iter::once(&first).chain(others) {
        let length = u16::try_from(data.len() + 2).map_err(|e| Error::encode(FORMAT, e))?;
        out.extend([0xff, *marker]);
        out.extend(length.to_be_bytes());
        out.extend(data);
    }
    out.extend(rest);
    Ok(out)
}
