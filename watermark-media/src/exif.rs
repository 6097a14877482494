//! TIFF structures as they stand in EXIF blocks and in TIFF files: directories of tagged values, read and written
//! without touching the values.

use crate::Orientation;

/// Tag of the orientation.
pub(crate) const ORIENTATION: u16 = 274;
/// Tags of the first directory that describe the picture rather than its storage.
const DESCRIPTIVE: [u16; 12] = [270, 271, 272, ORIENTATION, 282, 283, 296, 305, 306, 315, 316, 33432];
/// Tag in the first directory that points to the EXIF directory.
pub(crate) const EXIF_POINTER: u16 = 34665;
/// Tag in the first directory that points to the GPS directory.
pub(crate) const GPS_POINTER: u16 = 34853;

/// One value: its tag, the number of its type, how many there are, and their bytes in the block's byte order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) tag: u16,
    pub(crate) kind: u16,
    pub(crate) count: u32,
    pub(crate) data: Vec<u8>,
}

/// The directories that are understood; others are left behind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    /// Big-endian, `MM`.
    pub(crate) big: bool,
    pub(crate) main: Vec<Entry>,
    pub(crate) exif: Vec<Entry>,
    pub(crate) gps: Vec<Entry>,
}

/// The block without the `Exif\0\0` that some writers put before it outside JPEG.
pub(crate) fn body(exif: &[u8]) -> &[u8] {
    exif.strip_prefix(b"Exif\0\0").unwrap_or(exif)
}

/// The orientation in the first directory; upright when there is none or the block is damaged.
pub(crate) fn orientation(exif: &[u8]) -> Orientation {
    Block::parse(body(exif)).map_or(Orientation::UPRIGHT, |block| block.orientation())
}

/// Bytes of one value of a type, 0 for an unknown one.
fn width(kind: u16) -> usize {
    match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => 0,
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    big: bool,
    /// Bytes of values that may still be copied: values that overlap could otherwise multiply a small file.
    budget: usize,
}

impl Reader<'_> {
    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    /// The readable entries of the directory at `at`.
    fn directory(&mut self, at: usize) -> Option<Vec<Entry>> {
        let count = usize::from(self.short(at)?);
        let start = at.checked_add(2)?;
        let end = start.checked_add(count * 12)?;
        self.bytes.get(start..end)?;
        Some((0..count).filter_map(|n| self.entry(start + n * 12)).collect())
    }

    fn entry(&mut self, at: usize) -> Option<Entry> {
        let (tag, kind, count) = (self.short(at)?, self.short(at + 2)?, self.long(at + 4)?);
        let length = usize::try_from(count).ok()?.checked_mul(width(kind))?;
        let from = if length <= 4 { at + 8 } else { usize::try_from(self.long(at + 8)?).ok()? };
        let data = self.bytes.get(from..from.checked_add(length)?)?;
        self.budget = self.budget.checked_sub(length)?;
        Some(Entry { tag, kind, count, data: data.to_vec() })
    }

    /// The directory that a pointer in `entries` leads to.
    fn behind(&mut self, entries: &[Entry], tag: u16) -> Vec<Entry> {
        let pointer = entries.iter().find(|entry| entry.tag == tag && entry.data.len() == 4);
        let at = pointer.and_then(|entry| Reader { bytes: &entry.data, big: self.big, budget: 0 }.long(0));
        let at = at.and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.directory(at)).unwrap_or_default()
    }
}

impl Block {
    /// The directories of a TIFF structure; nothing when it is damaged or a BigTIFF.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let big = match bytes.get(..4)? {
            [b'M', b'M', 0, 42] => true,
            [b'I', b'I', 42, 0] => false,
            _ => return None,
        };
        let at = Reader { bytes, big, budget: 0 }.long(4)?;
        Self::parse_at(bytes, big, usize::try_from(at).ok()?)
    }

    /// The directory at a place and those behind it, in a structure that is no BigTIFF.
    pub(crate) fn parse_at(bytes: &[u8], big: bool, at: usize) -> Option<Self> {
        let mut reader = Reader { bytes, big, budget: bytes.len() };
        let main = reader.directory(at)?;
        let exif = reader.behind(&main, EXIF_POINTER);
        let gps = reader.behind(&main, GPS_POINTER);
        let main = main.into_iter().filter(|entry| ![EXIF_POINTER, GPS_POINTER].contains(&entry.tag)).collect();
        Some(Self { big, main, exif, gps })
    }

    /// The value of a tag of the first directory.
    pub(crate) fn find(&self, tag: u16) -> Option<&Entry> {
        self.main.iter().find(|entry| entry.tag == tag)
    }

    /// The orientation that the first directory tells.
    pub(crate) fn orientation(&self) -> Orientation {
        let entry = self.find(ORIENTATION).filter(|entry| entry.kind == 3 && entry.count == 1);
        let value = entry.and_then(|entry| Reader { bytes: &entry.data, big: self.big, budget: 0 }.short(0));
        value.map_or(Orientation::UPRIGHT, Orientation::from_exif)
    }

    /// What describes the picture, without what describes its storage.
    pub(crate) fn descriptive(&self) -> Self {
        let main = self.main.iter().filter(|entry| DESCRIPTIVE.contains(&entry.tag)).cloned().collect();
        Self { main, ..self.clone() }
    }

    /// Whether it says nothing at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.main.is_empty() && self.exif.is_empty() && self.gps.is_empty()
    }

    /// A value of unsigned numbers of 16 bits.
    pub(crate) fn shorts(&self, tag: u16, values: &[u16]) -> Entry {
        let bytes = |v: &u16| if self.big { v.to_be_bytes() } else { v.to_le_bytes() };
        Entry { tag, kind: 3, count: values.len() as u32, data: values.iter().flat_map(bytes).collect() }
    }

    /// A value of unsigned numbers of 32 bits.
    pub(crate) fn longs(&self, tag: u16, values: &[u32]) -> Entry {
        let data = values.iter().flat_map(|&v| self.long_bytes(v)).collect();
        Entry { tag, kind: 4, count: values.len() as u32, data }
    }

    fn long_bytes(&self, value: u32) -> [u8; 4] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn short_bytes(&self, value: u16) -> [u8; 2] {
        if self.big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// A TIFF structure of directories alone. Nothing when it would pass 4 GiB.
    pub(crate) fn write(&self) -> Option<Vec<u8>> {
        self.finish(self.start())
    }

    /// The 8 bytes before everything else; pixels may follow.
    pub(crate) fn start(&self) -> Vec<u8> {
        let mut out = if self.big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
        out.extend([0; 4]);
        out
    }

    /// Appends the directories to what [`start`](Self::start) gave and pixels. Nothing when it would pass 4 GiB.
    pub(crate) fn finish(&self, mut out: Vec<u8>) -> Option<Vec<u8>> {
        let mut main = self.main.clone();
        for (tag, entries) in [(EXIF_POINTER, &self.exif), (GPS_POINTER, &self.gps)] {
            if !entries.is_empty() {
                main.push(self.longs(tag, &[self.append(&mut out, entries)?]));
            }
        }
        let at = self.append(&mut out, &main)?;
        out[4..8].copy_from_slice(&self.long_bytes(at));
        Some(out)
    }

    /// Appends the values and then the directory; gives the directory's position.
    fn append(&self, out: &mut Vec<u8>, entries: &[Entry]) -> Option<u32> {
        let mut entries: Vec<&Entry> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.tag);
        let mut fields = Vec::with_capacity(entries.len() * 12);
        for entry in &entries {
            fields.extend(self.short_bytes(entry.tag));
            fields.extend(self.short_bytes(entry.kind));
            fields.extend(self.long_bytes(entry.count));
            if entry.data.len() <= 4 {
                fields.extend(&entry.data);
                fields.extend(std::iter::repeat_n(0, 4 - entry.data.len()));
            } else {
                out.extend(std::iter::repeat_n(0, out.len() % 2));
                fields.extend(self.long_bytes(u32::try_from(out.len()).ok()?));
                out.extend(&entry.data);
            }
        }
        out.extend(std::iter::repeat_n(0, out.len() % 2));
        let at = u32::try_from(out.len()).ok()?;
        out.extend(self.short_bytes(u16::try_from(entries.len()).ok()?));
        out.extend(fields);
        out.extend([0; 4]);
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(big: bool) -> Block {
        let mut block = Block { big, ..Block::default() };
        block.main = vec![
            block.shorts(ORIENTATION, &[8]),
            Entry { tag: 271, kind: 2, count: 5, data: b"Make\0".to_vec() },
            block.longs(256, &[70_000]),
        ];
        block.exif = vec![Entry { tag: 37500, kind: 7, count: 7, data: b"private".to_vec() }];
        block.gps = vec![Entry { tag: 1, kind: 2, count: 2, data: b"N\0".to_vec() }];
        block
    }

    #[test]
    fn what_is_written_reads_back() {
        for big in [false, true] {
            for pixels in [&b""[..], b"odd"] {
                let before = block(big);
                let bytes = before.finish([&before.start(), pixels].concat()).unwrap();
                assert_eq!(&bytes[8..8 + pixels.len()], pixels);
                let after = Block::parse(&bytes).unwrap();
                let mut main = before.main.clone();
                main.sort_by_key(|entry| entry.tag);
                assert_eq!((after.big, &after.main), (big, &main));
                assert_eq!((after.exif, after.gps), (before.exif, before.gps));
                assert_eq!(orientation(&bytes).exif(), 8);
                assert_eq!(orientation(&[b"Exif\0\0", bytes.as_slice()].concat()).exif(), 8);
            }
        }
    }

    #[test]
    fn descriptions_leave_storage_behind() {
        let kept: Vec<u16> = block(false).descriptive().main.iter().map(|entry| entry.tag).collect();
        assert_eq!(kept, [ORIENTATION, 271]);
    }

    #[test]
    fn values_that_overlap_do_not_multiply() {
        // 200 entries that all claim the same 2400 bytes.
        let mut bytes = b"II*\0\x08\0\0\0\xc8\0".to_vec();
        for _ in 0..200 {
            bytes.extend([0, 1, 7, 0]);
            bytes.extend(2400_u32.to_le_bytes());
            bytes.extend(8_u32.to_le_bytes());
        }
        bytes.extend([0; 4]);
        let block = Block::parse(&bytes).unwrap();
        assert!(block.main.iter().map(|entry| entry.data.len()).sum::<usize>() <= bytes.len());
    }

    #[test]
    fn an_orientation_of_another_type_counts_as_upright() {
        let mut block = block(true);
        block.main = vec![block.longs(ORIENTATION, &[6])];
        assert_eq!(orientation(&block.write().unwrap()), Orientation::UPRIGHT);
    }
}
