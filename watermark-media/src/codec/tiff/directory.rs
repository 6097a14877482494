//! A TIFF file while it is written: pixels first, then the directory of each page, chained in their order.

use super::FORMAT;
use crate::exif::{Block, EXIF_POINTER, Entry, GPS_POINTER};
use crate::limits::limit;
use crate::{Error, Result};

/// An ordinary TIFF or a BigTIFF, which has places and counts of 64 bits.
pub(super) struct Output {
    pub(super) bytes: Vec<u8>,
    big: bool,
    wide: bool,
    /// Where the place of the next directory is to be put.
    link: usize,
}

/// The ordinary format holds places in 32 bits.
fn beyond() -> Error {
    limit("the size of the TIFF in bytes", u64::MAX, u32::MAX.into())
}

impl Output {
    pub(super) fn new(big: bool, wide: bool) -> Self {
        let mut output = Self { bytes: if big { b"MM".to_vec() } else { b"II".to_vec() }, big, wide, link: 4 };
        output.number(if wide { 43 } else { 42 }, 2);
        if wide {
            // Places have 8 bytes, and a word is reserved.
            output.number(8, 2);
            output.number(0, 2);
            output.link = 8;
        }
        output.number(0, output.place());
        output
    }

    /// Bytes of a place.
    fn place(&self) -> usize {
        if self.wide { 8 } else { 4 }
    }

    /// The lowest `length` bytes of a number, in the order of the file.
    fn ordered(&self, number: u64, length: usize) -> Vec<u8> {
        if self.big { number.to_be_bytes()[8 - length..].to_vec() } else { number.to_le_bytes()[..length].to_vec() }
    }

    fn number(&mut self, number: u64, length: usize) {
        let bytes = self.ordered(number, length);
        self.bytes.extend(bytes);
    }

    /// Where the next byte will be.
    pub(super) fn here(&self) -> Result<u64> {
        let here = self.bytes.len() as u64;
        if !self.wide && here > u32::MAX.into() { Err(beyond()) } else { Ok(here) }
    }

    /// A value of places or lengths.
    pub(super) fn places(&self, tag: u16, values: &[u64]) -> Entry {
        let data = values.iter().flat_map(|&value| self.ordered(value, self.place())).collect();
        Entry { tag, kind: if self.wide { 16 } else { 4 }, count: values.len() as u32, data }
    }

    /// Ends a page: its directories, chained to those before.
    pub(super) fn page(&mut self, block: &Block) -> Result<()> {
        let mut main = block.main.clone();
        for (tag, entries) in [(EXIF_POINTER, &block.exif), (GPS_POINTER, &block.gps)] {
            if !entries.is_empty() {
                let (at, _) = self.directory(entries)?;
                main.push(self.places(tag, &[at]));
            }
        }
        let (at, next) = self.directory(&main)?;
        let place = self.ordered(at, self.place());
        self.bytes[self.link..][..place.len()].copy_from_slice(&place);
        self.link = next;
        Ok(())
    }

    /// Appends the values and then the directory; gives its place, and where the place of the next one is to be put.
    fn directory(&mut self, entries: &[Entry]) -> Result<(u64, usize)> {
        let mut entries: Vec<&Entry> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.tag);
        let (place, align) = (self.place(), if self.wide { 8 } else { 2 });
        let mut fields = Vec::new();
        for entry in &entries {
            fields.extend(self.ordered(entry.tag.into(), 2));
            fields.extend(self.ordered(entry.kind.into(), 2));
            fields.extend(self.ordered(entry.count.into(), place));
            if entry.data.len() <= place {
                fields.extend(&entry.data);
                fields.extend(std::iter::repeat_n(0, place - entry.data.len()));
            } else {
                self.align(align);
                fields.extend(self.ordered(self.here()?, place));
                self.bytes.extend(&entry.data);
            }
        }
        self.align(align);
        let at = self.here()?;
        let count = u16::try_from(entries.len()).map_err(|e| Error::encode(FORMAT, e))?;
        self.number(count.into(), if self.wide { 8 } else { 2 });
        self.bytes.extend(fields);
        let next = self.bytes.len();
        self.number(0, place);
        self.here()?;
        Ok((at, next))
    }

    fn align(&mut self, to: usize) {
        self.bytes.resize(self.bytes.len().next_multiple_of(to), 0);
    }
}
